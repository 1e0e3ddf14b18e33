//! Bodies that are more, or less, than they seem.

use flate2::write::GzEncoder;
use flate2::{Compress, Compression, FlushCompress};
use std::io::Write;

/// Packs bytes.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Half of what packing gives.
pub fn cut_gzip(bytes: &[u8]) -> Vec<u8> {
    let packed = gzip(bytes);
    packed[..packed.len() / 2].to_vec()
}

/// 1 GiB of zeros as one gzip stream: a block that stands for 1 MiB, 1,024 times.
pub fn gzip_bomb() -> Vec<u8> {
    let mut compress = Compress::new(Compression::best(), false);
    let mut block = Vec::with_capacity(16 * 1024);
    compress.compress_vec(&vec![0; 1 << 20], &mut block, FlushCompress::Full).unwrap();
    assert!(compress.total_in() == 1 << 20 && block.len() < 4 * 1024, "{}", block.len());
    let mut bomb = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    (0..1_024).for_each(|_| bomb.extend_from_slice(&block));
    bomb.extend_from_slice(&[3, 0]);
    bomb
}
