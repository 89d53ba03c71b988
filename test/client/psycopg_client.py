"""Reads an intent table through psycopg2 and psycopg 3; prints a line for each thing that it has seen.

Arguments: connection string, topic. The test compares the lines with what psql and the API's log say.
"""
import sys

import psycopg
import psycopg2
import psycopg2.extras

dsn, topic = sys.argv[1], int(sys.argv[2])
QUERY = "SELECT hem, intent_score, data_date FROM intent.audience WHERE topic_id = %s AND intent_score >= %s"
SUM = "SELECT count(*) FROM (" + QUERY + ") a"


def say(name, *values):
    print(name, *values, flush=True)


def psycopg2_simple():
    """psycopg2 puts values into the text: the simple protocol."""
    with psycopg2.connect(dsn) as connection, connection.cursor() as cursor:
        cursor.execute(SUM, (topic, 50))
        say("psycopg2-simple", cursor.fetchone()[0])
        cursor.execute(QUERY + " LIMIT 3", (topic, 50))
        rows = cursor.fetchall()
        say("psycopg2-types", len(rows), *[type(value).__name__ for value in rows[0]])
        try:
            cursor.execute("SELECT hem FROM intent.audience")
        except psycopg2.Error as error:
            say("psycopg2-error", error.pgcode)
            connection.rollback()
        cursor.execute("SELECT 1")
        say("psycopg2-usable", cursor.fetchone()[0])


def psycopg2_cursor():
    """A server-side cursor that is left after 130 rows."""
    with psycopg2.connect(dsn) as connection:
        with connection.cursor("named") as cursor:
            cursor.itersize = 40
            cursor.execute(QUERY, (topic, 1))
            read = 0
            for _ in cursor:
                read += 1
                if read == 130:
                    break
            say("psycopg2-cursor", read)


def psycopg3_extended():
    """psycopg 3 sends values apart: the extended protocol, prepared from the sixth execution on."""
    with psycopg.connect(dsn) as connection:
        counts = [connection.execute(SUM, (topic, 50)).fetchone()[0] for _ in range(8)]
        say("psycopg3-extended", len(set(counts)), counts[0])
        say("psycopg3-prepared", connection.execute("SELECT count(*) > 0 FROM pg_prepared_statements").fetchone()[0])
        binary = connection.cursor(binary=True).execute(QUERY + " LIMIT 3", (topic, 50)).fetchall()
        say("psycopg3-binary", len(binary), *[type(value).__name__ for value in binary[0]])
        try:
            connection.execute("SELECT hem FROM intent.audience WHERE topic_id = ANY (%s)", (list(range(1, 12)),))
        except psycopg.Error as error:
            say("psycopg3-error", error.sqlstate)
            connection.rollback()
        listed = connection.execute("SELECT count(*) FROM (SELECT hem FROM intent.audience WHERE topic_id = ANY (%s)) a",
                                    ([topic],)).fetchone()[0]
        say("psycopg3-array", listed)


def psycopg3_cursor():
    """A server-side cursor read to its end, with a scroll back."""
    with psycopg.connect(dsn) as connection:
        with connection.cursor("named", scrollable=True) as cursor:
            cursor.execute(QUERY, (topic, 1))
            rows = cursor.fetchall()
            cursor.scroll(0, mode="absolute")
            again = cursor.fetchall()
            say("psycopg3-cursor", len(rows), rows == again)
        with connection.cursor() as cursor:
            with cursor.copy("COPY (SELECT hem FROM intent.audience WHERE topic_id = %d) TO STDOUT" % topic) as copy:
                say("psycopg3-copy", sum(1 for _ in copy.rows()))


psycopg2_simple()
psycopg2_cursor()
psycopg3_extended()
psycopg3_cursor()
