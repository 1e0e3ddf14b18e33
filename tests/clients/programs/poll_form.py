"""v1 as scripts of the time wrote it: a form with everything in it, the status every half second, then the results."""
import sys
import time

import requests

base, token = sys.argv[1], sys.argv[2]
created = requests.post(
    base + "/jobs",
    data={
        "token": token,
        "source": "google-shopping",
        "country": "de",
        "currentness": "daily_updated",
        "completeness": "one_page",
        "key": "gtin",
        "values": "00885909666966\n08718108041581",
    },
)
assert created.status_code == 200
# Its presence is taken for failure, whatever it says.
assert "success" not in created.json()
job_id = created.json()["job_id"]
while requests.get(base + "/jobs/" + str(job_id) + "?token=" + token).json()["status"] != "finished":
    time.sleep(0.5)
results = requests.get(base + "/products/bulk/" + str(job_id) + "?token=" + token).json()
print(results["products"][0]["offers"][0]["price"])
