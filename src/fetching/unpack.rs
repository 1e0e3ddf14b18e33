//! Content codings, undone as a stream: neither side of it may grow past its limit.

use super::weight::Weighing;
use async_compression::tokio::bufread::{BrotliDecoder, DeflateDecoder, GzipDecoder, ZlibDecoder, ZstdDecoder};
use async_compression::zstd::DParameter;
use std::io;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncReadExt};

/// zstd windows above 8 MiB are refused: the header alone would make us allocate them. Rule from RFC 9659.
const ZSTD_WINDOW_LOG_MAX: u32 = 23;

/// Longest wait for memory; then the page is asked for again later.
const LONGEST_WAIT: std::time::Duration = std::time::Duration::from_secs(2);

/// Most bytes read from a decoder at once.
const CHUNK: usize = 32 * 1024;

/// What is asked of servers.
pub(super) const ACCEPTED: &str = "gzip, br, zstd, deflate";

/// A body's coding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    Identity,
    Gzip,
    Brotli,
    Zstd,
    Deflate,
}

/// What came out.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unpacked {
    /// At most as many as the limit.
    pub bytes: Vec<u8>,
    /// There would have been more.
    pub is_cut: bool,
}

impl Coding {
    /// Reads a `Content-Encoding`; `None` for one that was not asked for, several at once among them.
    pub(super) fn parse(header: &str) -> Option<Coding> {
        match header.trim().to_ascii_lowercase().as_str() {
            "" | "identity" | "none" => Some(Coding::Identity),
            "gzip" | "x-gzip" => Some(Coding::Gzip),
            "br" => Some(Coding::Brotli),
            "zstd" => Some(Coding::Zstd),
            "deflate" => Some(Coding::Deflate),
            _ => None,
        }
    }
}

/// Undoes the coding of a body, up to so many bytes, and weighs what comes out; errors are the body's own or say how it is
/// broken.
pub(super) async fn unpack(
    mut body: impl AsyncBufRead + Send + Unpin,
    coding: Coding,
    limit: u64,
    weighing: &mut Weighing,
) -> io::Result<Unpacked> {
    match coding {
        Coding::Identity => read(body, limit, weighing).await,
        Coding::Gzip => read(GzipDecoder::new(body), limit, weighing).await,
        Coding::Brotli => read(BrotliDecoder::new(body), limit, weighing).await,
        Coding::Zstd => {
            let window = [DParameter::window_log_max(ZSTD_WINDOW_LOG_MAX)];
            read(ZstdDecoder::with_params(body, &window), limit, weighing).await
        }
        // "deflate" means zlib, but some servers send the bare stream; the first byte tells, as 8 is zlib's only method
        // and a bare stream with these low bits would begin with a reserved block type or a stored block.
        Coding::Deflate => match body.fill_buf().await?.first() {
            Some(first) if first & 0x0f == 8 => read(ZlibDecoder::new(body), limit, weighing).await,
            _ => read(DeflateDecoder::new(body), limit, weighing).await,
        },
    }
}

/// The mark of a body for which there was no memory in time.
#[derive(Debug, thiserror::Error)]
#[error("all memory for pages is in use")]
pub(super) struct NoRoom;

async fn read(mut source: impl AsyncRead + Unpin, limit: u64, weighing: &mut Weighing) -> io::Result<Unpacked> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut bytes = Vec::new();
    let mut chunk = vec![0; CHUNK];
    loop {
        let read = source.read(&mut chunk).await?;
        let room = limit - bytes.len();
        // Waiting for memory of ours is not the server's fault, so it must not use up the server's time.
        let growing = tokio::time::timeout(LONGEST_WAIT, weighing.grow(bytes.len() + read.min(room)));
        growing.await.map_err(|_| io::Error::other(NoRoom))?;
        bytes.extend_from_slice(&chunk[..read.min(room)]);
        if read == 0 || read > room {
            return Ok(Unpacked { bytes, is_cut: read > 0 });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::weight::Scales;
    use super::*;
    use async_compression::tokio::bufread::{BrotliEncoder, DeflateEncoder, GzipEncoder, ZlibEncoder, ZstdEncoder};

    const ALL: [Coding; 5] = [Coding::Identity, Coding::Gzip, Coding::Brotli, Coding::Zstd, Coding::Deflate];

    async fn pack(text: &[u8], coding: Coding) -> Vec<u8> {
        let mut packed = Vec::new();
        match coding {
            Coding::Identity => packed.extend_from_slice(text),
            Coding::Gzip => drop(GzipEncoder::new(text).read_to_end(&mut packed).await.unwrap()),
            Coding::Brotli => drop(BrotliEncoder::new(text).read_to_end(&mut packed).await.unwrap()),
            Coding::Zstd => drop(ZstdEncoder::new(text).read_to_end(&mut packed).await.unwrap()),
            Coding::Deflate => drop(ZlibEncoder::new(text).read_to_end(&mut packed).await.unwrap()),
        }
        packed
    }

    async fn unpack(body: &[u8], coding: Coding, limit: u64) -> io::Result<Unpacked> {
        super::unpack(body, coding, limit, &mut Scales::new(limit).weigh()).await
    }

    fn text() -> Vec<u8> {
        (0..20_000).flat_map(|n: u32| format!("<li>{n}</li>").into_bytes()).collect()
    }

    #[tokio::test]
    async fn every_coding_comes_out_as_it_went_in() {
        for coding in ALL {
            let unpacked = unpack(pack(&text(), coding).await.as_slice(), coding, 1 << 20).await.unwrap();
            assert_eq!(unpacked, Unpacked { bytes: text(), is_cut: false }, "{coding:?}");
        }
        let mut bare = Vec::new();
        DeflateEncoder::new(text().as_slice()).read_to_end(&mut bare).await.unwrap();
        assert_eq!(unpack(bare.as_slice(), Coding::Deflate, 1 << 20).await.unwrap().bytes, text());
    }

    #[tokio::test]
    async fn output_stops_at_its_limit() {
        for coding in ALL {
            let bomb = pack(&vec![0; 1 << 20], coding).await;
            let unpacked = unpack(bomb.as_slice(), coding, 100_000).await.unwrap();
            assert!(unpacked.is_cut && unpacked.bytes.len() == 100_000, "{coding:?}");
            let exact = unpack(bomb.as_slice(), coding, 1 << 20).await.unwrap();
            assert!(!exact.is_cut && exact.bytes.len() == 1 << 20, "{coding:?}");
        }
    }

    #[tokio::test]
    async fn broken_and_cut_off_bodies_are_errors() {
        for coding in ALL.into_iter().filter(|coding| *coding != Coding::Identity) {
            let packed = pack(&text(), coding).await;
            assert!(unpack(&packed[..packed.len() / 2], coding, 1 << 20).await.is_err(), "{coding:?}");
            assert!(unpack(&b"<html>not packed at all</html>"[..], coding, 1 << 20).await.is_err(), "{coding:?}");
        }
    }

    #[tokio::test]
    async fn a_zstd_window_past_8_mib_is_refused() {
        // Magic number, a frame header without checksum or size, window descriptor 0x88 = 2^27 bytes, one raw block.
        let frame = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x88, 0x09, 0x00, 0x00, b'x'];
        assert!(unpack(&frame[..], Coding::Zstd, 1 << 20).await.is_err());
        let modest = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58, 0x09, 0x00, 0x00, b'x'];
        assert_eq!(unpack(&modest[..], Coding::Zstd, 1 << 20).await.unwrap().bytes, b"x");
    }

    #[test]
    fn codings_are_read_leniently_but_never_guessed() {
        assert_eq!(Coding::parse(" GZIP "), Some(Coding::Gzip));
        assert_eq!(Coding::parse("x-gzip"), Some(Coding::Gzip));
        assert_eq!(Coding::parse(""), Some(Coding::Identity));
        assert_eq!(Coding::parse("compress"), None);
        assert_eq!(Coding::parse("gzip, br"), None);
    }
}
