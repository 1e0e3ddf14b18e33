//! The numbers that documents and refusals tell are those the code holds to.

use super::bulk::download::HOLD_UNFINISHED;
use super::bulk::events::KEEP_ALIVE;
use super::bulk::v2::download::LONGEST_WAIT_S;
use super::bulk::v2::parse_job::{MAX_WEBHOOK_URL_BYTES, MOST_TIMEOUT_MINUTES};
use super::bulk::v2::parse_results::{DEFAULT_LIMIT, MAX_LIMIT};
use super::codes::RefusalKind as K;
use super::list_page::{DEFAULT_PER_PAGE, MAX_PER_PAGE};
use super::open_streams::MAX_STREAMS_PER_ACCOUNT;
use super::params::MAX_BODY_BYTES;
use super::schedules::parse::MAX_NAME_CHARS;
use crate::domain::{
    IDEMPOTENCY_KEPT, MAX_CRON_CHARS, MAX_IDEMPOTENCY_KEY_CHARS, MAX_KEYWORD_CHARS, MAX_SOURCE_ID_CHARS, MAX_VALUES,
    MOST_SCHEDULES, WEBHOOK_WAITS,
};

const V1: &str = include_str!("../../docs/API/bulk-v1.md");
const V2: &str = include_str!("../../docs/API/bulk-v2.md");
const CREDITS: &str = include_str!("../../docs/API/credits.md");
const SCHEDULES: &str = include_str!("../../docs/API/schedules.md");
const WEBHOOKS: &str = include_str!("../../docs/API/webhooks.md");

/// 1000 as people read it: `1,000`.
fn grouped(number: usize) -> String {
    if number < 1000 { number.to_string() } else { format!("{},{:03}", number / 1000, number % 1000) }
}

#[test]
fn documents_tell_the_limits_of_the_code() {
    let (hold, values) = (HOLD_UNFINISHED.as_secs(), grouped(MAX_VALUES));
    let pages = format!("`per_page` is {DEFAULT_PER_PAGE} unless given, at most {MAX_PER_PAGE}");
    let mebibytes = MAX_BODY_BYTES / 1024 / 1024;
    let waits = WEBHOOK_WAITS.map(|wait| match wait.as_secs() {
        seconds if seconds >= 3600 => format!("{} h", seconds / 3600),
        seconds if seconds >= 60 => format!("{} min", seconds / 60),
        seconds => format!("{seconds} s"),
    });
    for (page, phrase) in [
        (V1, format!("up to {values} different values")),
        (V2, format!("up to {values} different values")),
        (V1, format!("at most {mebibytes} MiB")),
        (V2, format!("at most {mebibytes} MiB")),
        (V1, format!("at most {MAX_KEYWORD_CHARS} characters, a source id {}", grouped(MAX_SOURCE_ID_CHARS))),
        (V1, pages.clone()),
        (V2, pages.clone()),
        (CREDITS, pages),
        (V1, format!("held for up to {hold} seconds")),
        (V2, format!("up to {hold} seconds unless `wait`")),
        (V1, format!("up to {LONGEST_WAIT_S} seconds for its end")),
        (V2, format!("(whole seconds, at most {LONGEST_WAIT_S})")),
        (V2, format!("at most {} days", MOST_TIMEOUT_MINUTES / 60 / 24)),
        (V2, format!("1 to {MAX_LIMIT}, default {DEFAULT_LIMIT}")),
        (V2, format!("up to {MAX_STREAMS_PER_ACCOUNT} streams open")),
        (V2, format!("after {} s of silence", KEEP_ALIVE.as_secs())),
        (CREDITS, format!("1 to {MAX_IDEMPOTENCY_KEY_CHARS} printable")),
        (CREDITS, format!("For {} hours", IDEMPOTENCY_KEPT.as_secs() / 3600)),
        (SCHEDULES, format!("at most {MAX_CRON_CHARS} characters")),
        (SCHEDULES, format!("at most {MAX_NAME_CHARS} characters")),
        (SCHEDULES, format!("at most {MOST_SCHEDULES} schedules")),
        (WEBHOOKS, format!("at most {} bytes", grouped(MAX_WEBHOOK_URL_BYTES))),
        (WEBHOOKS, format!("| after | {} |", waits.join(" | "))),
    ] {
        assert!(page.contains(&phrase), "no document says `{phrase}`");
    }
}

#[test]
fn refusals_tell_the_limits_of_the_code() {
    for (kind, limit) in [
        (K::TooManyValues, grouped(MAX_VALUES)),
        (K::BodyTooLarge, format!("{} MiB", MAX_BODY_BYTES / 1024 / 1024)),
        (K::IdempotencyKeyReused, format!("{} hours", IDEMPOTENCY_KEPT.as_secs() / 3600)),
    ] {
        let comment = kind.row().comment;
        assert!(comment.contains(&limit), "{comment} does not say {limit}");
    }
}
