"""v2 by ids of a marketplace: lines in one text, and every status but the known ones ends it."""
import sys
import time

import requests

base, token = sys.argv[1], sys.argv[2]
created = requests.post(
    base + "/v2/jobs",
    data={
        "token": token,
        "source": "amazon",
        "country": "us",
        "topic": "product",
        "key": "id",
        "values": "\n".join(["B009W8YQ6K", "B0080DJ6CM"]),
    },
)
created.raise_for_status()
job_id = created.json()["job_id"]
while True:
    status = requests.get(f"{base}/v2/jobs/{job_id}", params={"token": token})
    status.raise_for_status()
    state = status.json().get("status")
    if state == "finished":
        break
    assert state in ("new", "working", "finishing"), state
    time.sleep(0.2)
data = requests.get(f"{base}/v2/jobs/{job_id}/download.json?token={token}").json()
for result in data["results"]:
    content = result.get("content", {})
    content.get("brand_name", "N/A")
    content.get("feature_bullets", [])[:1]
    # A product without anyone in the box has null there, and this client reads on only where there is one.
    box = content.get("buybox") or {}
    box.get("availability_text", "N/A")
print(data["results"][0]["content"]["name"])
