-- A set-returning function in PL/Python with requests: what a wrapper written in Python does for each row,
-- without what multicorn adds.
CREATE EXTENSION IF NOT EXISTS plpython3u;
CREATE OR REPLACE FUNCTION peer_python(url text, key text, topic int, pages int) RETURNS SETOF peer_rows
LANGUAGE plpython3u AS $$
import requests
session = requests.Session()
session.headers["X-API-Key"] = key
body = {"topicIds": [topic], "minScore": 1, "maxScore": 100, "limit": 100}
for _ in range(pages):
    reply = session.post(url, json=body)
    reply.raise_for_status()
    page = reply.json()
    for row in page["data"]:
        yield (row["email"], row["company"], row["jobTitle"], row["intentScore"], row["topicId"],
               row.get("hem") or row["emailHashes"]["sha256"])
    if not page["meta"]["hasMore"]:
        break
    body["cursor"] = page["meta"]["nextCursor"]
$$;
