"""Keeps made-up requests at home: an address to be called at the end of a job becomes one that no name server knows."""

import schemathesis

NOWHERE = "https://receiver.invalid/hook"


@schemathesis.hook
def map_body(context, body):
    if isinstance(body, dict) and isinstance(body.get("webhook_url"), str):
        # What is no address stays what it is: it is to be refused.
        if body["webhook_url"].lower().startswith(("http://", "https://")):
            body["webhook_url"] = NOWHERE
    return body
