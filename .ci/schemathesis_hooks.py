"""Keeps made-up requests at home and the run going: an address to be called at the end of a job becomes one that no name
server knows, and a daily quota one that the run's jobs stay within."""

import schemathesis

NOWHERE = "https://receiver.invalid/hook"
ENOUGH = 1_000_000_000


@schemathesis.hook
def map_body(context, body):
    if isinstance(body, dict) and isinstance(body.get("webhook_url"), str):
        # What is no address stays what it is: it is to be refused.
        if body["webhook_url"].lower().startswith(("http://", "https://")):
            body["webhook_url"] = NOWHERE
    if isinstance(body, dict) and isinstance(body.get("daily_quota"), int) and 0 <= body["daily_quota"] < ENOUGH:
        body["daily_quota"] += ENOUGH
    return body
