#!/usr/bin/python3
"""peer_script.py URL KEY TOPIC PAGES: the audience of a topic into the table peer_rows, the usual way.

A session of requests, kept alive; each page's rows go to PostgreSQL by COPY. The database is that of the
environment (PGHOST, PGUSER, PGDATABASE).
"""
import io
import sys

import psycopg2
import requests

ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def text(value):
    return "\\N" if value is None else str(value).translate(ESCAPES)


def line(row):
    hem = row.get("hem") or row["emailHashes"]["sha256"]
    return "\t".join(text(value) for value in (
        row["email"], row["company"], row["jobTitle"], row["intentScore"], row["topicId"], hem)) + "\n"


def pages(url, key, topic, most):
    session = requests.Session()
    session.headers["X-API-Key"] = key
    body = {"topicIds": [topic], "minScore": 1, "maxScore": 100, "limit": 100}
    for _ in range(most):
        reply = session.post(url, json=body)
        reply.raise_for_status()
        page = reply.json()
        yield page["data"]
        if not page["meta"]["hasMore"]:
            return
        body["cursor"] = page["meta"]["nextCursor"]


def main(url, key, topic, most):
    connection = psycopg2.connect("")
    with connection, connection.cursor() as cursor:
        for rows in pages(url, key, int(topic), int(most)):
            cursor.copy_expert("COPY peer_rows FROM STDIN", io.StringIO("".join(map(line, rows))))


main(*sys.argv[1:])
