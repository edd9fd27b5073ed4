"""Reads a CSV export with Python's csv module and compares every cell with the entries' JSON, disarmed as documented.

Arguments: the CSV, the JSON Lines, the delimiter. Shares no code with the exporter.
"""
import csv
import json
import re
import sys

FIELDS = (
    "id correlationId activityId actorCUID actorUserId actorClientId actorUPN authenticationMechanism timestamp scopeType "
    "scopeDisplayName scopeId projectId projectName ipAddress userAgent actionId data details area category "
    "categoryDisplayName actorDisplayName actorImageUrl"
).split()
WHITE_SPACE = " \t\n\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"


def compact(value):
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return re.sub("[\ud800-\udfff]", lambda half: "\\u%04x" % ord(half[0]), text)


def cell(value):
    if value is None:
        return ""
    text = value if isinstance(value, str) else compact(value)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(picture(character) for character in text)
    beginning = text.lstrip(WHITE_SPACE)[:1]
    if text[:1] == "\t" or (beginning and beginning in "=+-@\uff1d\uff0b\uff0d\uff20"):
        text = "'" + text
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


def picture(character):
    code = ord(character)
    if code == 0x7F:
        return "\u2421"
    return chr(0x2400 + code) if code < 0x20 and character not in "\t\n" else character


def expected(entry):
    extra = {name: value for name, value in entry.items() if name not in FIELDS}
    instant = re.fullmatch(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)\.(\d{3})\d*(?:Z|\+00:00)", entry["timestamp"])
    return [cell(entry.get(name)) for name in FIELDS] + ["%s %s.%s" % instant.groups(), cell(extra) if extra else ""]


def main(csv_file, jsonl_file, delimiter):
    csv.field_size_limit(100_000_000)
    with open(csv_file, encoding="utf-8-sig", newline="") as source:
        header, *rows = csv.reader(source, delimiter=delimiter, strict=True)
    with open(jsonl_file, encoding="utf-8", newline="\n") as source:
        entries = [json.loads(line) for line in source]
    assert header == FIELDS + ["timestampUtc", "extraFields"], header
    assert len(rows) == len(entries), (len(rows), len(entries))
    for row, entry in zip(rows, entries):
        assert row == expected(entry), (row, expected(entry))
    print("%d entries equal" % len(entries))


main(*sys.argv[1:])
