"""v2 without looking at the status: a form with parameters the service never knew, five seconds, one download."""
import sys
import time

import requests

base, token = sys.argv[1], sys.argv[2]
job = {
    "token": token,
    "country": "us",
    "source": "google_shopping",
    "topic": "product_and_offers",
    "key": "term",
    "max_age": "1200",
    "max_pages": "1",
    "sort_by": "ranking_descending",
    "condition": "any",
    "shipping": "any",
    "values": "apple ipad mini",
}
job_id = requests.post(base + "/v2/jobs", data=job).json()["job_id"]
time.sleep(1)
response = requests.get(f"{base}/v2/jobs/{job_id}/download?token={token}")
assert response.status_code == 200, response.text
offer = response.json()["results"][0]["content"]["offers"][0]
print(offer["price"])
