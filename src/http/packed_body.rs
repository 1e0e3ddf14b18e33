//! Request bodies that come packed: gzip, brotli or deflate (`Content-Encoding`).
//!
//! The framework unpacks whatever arrives before anybody can look at its size, and a kilobyte of brotli stands for a
//! gigabyte. Here the packed body is read first, within its limit, and unpacked no further than the limit either.

use async_compression::tokio::bufread::{BrotliDecoder, GzipDecoder, ZlibDecoder};
use tokio::io::{AsyncRead, AsyncReadExt};

/// How a body is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    Gzip,
    Brotli,
    Deflate,
}

/// Why a packed body is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnpackError {
    /// It is longer than the limit, unpacked.
    TooLarge,
    Broken,
}

impl Packing {
    /// By the words of `Content-Encoding`; `None` for a body that is not packed, or in a way nobody here knows.
    pub fn parse(word: &str) -> Option<Packing> {
        match word.trim().to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => Some(Packing::Gzip),
            "br" => Some(Packing::Brotli),
            "deflate" => Some(Packing::Deflate),
            _ => None,
        }
    }

    /// At most `most` bytes; what is longer is an error, found as soon as the limit is passed.
    pub async fn unpack(self, packed: &[u8], most: usize) -> Result<Vec<u8>, UnpackError> {
        match self {
            Packing::Gzip => read(GzipDecoder::new(packed), most).await,
            Packing::Brotli => read(BrotliDecoder::new(packed), most).await,
            Packing::Deflate => read(ZlibDecoder::new(packed), most).await,
        }
    }
}

async fn read(unpacking: impl AsyncRead + Unpin, most: usize) -> Result<Vec<u8>, UnpackError> {
    let mut body = Vec::new();
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    unpacking.take(limit).read_to_end(&mut body).await.map_err(|_| UnpackError::Broken)?;
    if body.len() > most { Err(UnpackError::TooLarge) } else { Ok(body) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_compression::tokio::write::{BrotliEncoder, GzipEncoder, ZlibEncoder};
    use tokio::io::AsyncWriteExt;

    async fn packed(packing: Packing, bytes: &[u8]) -> Vec<u8> {
        macro_rules! pack {
            ($encoder:ident) => {{
                let mut encoder = $encoder::new(Vec::new());
                encoder.write_all(bytes).await.unwrap();
                encoder.shutdown().await.unwrap();
                encoder.into_inner()
            }};
        }
        match packing {
            Packing::Gzip => pack!(GzipEncoder),
            Packing::Brotli => pack!(BrotliEncoder),
            Packing::Deflate => pack!(ZlibEncoder),
        }
    }

    #[tokio::test]
    async fn what_fits_is_read_and_what_does_not_is_given_up_at_the_limit() {
        for packing in [Packing::Gzip, Packing::Brotli, Packing::Deflate] {
            let body = packed(packing, &[b'a'; 1000]).await;
            assert_eq!(packing.unpack(&body, 1000).await.unwrap(), [b'a'; 1000]);
            assert_eq!(packing.unpack(&body, 999).await, Err(UnpackError::TooLarge));
            assert_eq!(packing.unpack(&body[..body.len() / 2], 1000).await, Err(UnpackError::Broken), "{packing:?}");
            assert_eq!(packing.unpack(b"not packed", 1000).await, Err(UnpackError::Broken));
        }
    }

    #[test]
    fn codings_by_name() {
        let known = ["GZIP", " x-gzip", "br", "deflate", "identity", "zstd", "gzip, br"].map(Packing::parse);
        let (gzip, none) = (Some(Packing::Gzip), None);
        assert_eq!(known, [gzip, gzip, Some(Packing::Brotli), Some(Packing::Deflate), none, none, none]);
    }
}
