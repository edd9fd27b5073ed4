"""Reads a CSV of an export with Python's own csv module and compares every cell with the entries the service holds.

The changes that the README describes ("What the CSV changes") are written here a second time, from the README alone.

    csv_truth.py compare TRUTH.jsonl FILE.csv DELIMITER [LONGEST]   exit 1 and the first differences, unless all cells are equal
    csv_truth.py cells TRUTH.jsonl                                  the expected rows, one JSON array a line

TRUTH.jsonl holds one entry a line as the service sends it, in the order of the export. LONGEST: only so many characters of a
cell are compared, for programs that cut longer ones.
"""

import csv
import json
import re
import sys
from datetime import datetime, timezone

FIELDS = (
    "id correlationId activityId actorCUID actorUserId actorClientId actorUPN authenticationMechanism timestamp scopeType "
    "scopeDisplayName scopeId projectId projectName ipAddress userAgent actionId data details area category "
    "categoryDisplayName actorDisplayName actorImageUrl"
).split()
COLUMNS = [*FIELDS, "timestampUtc", "extraFields"]

WHITE_SPACE = " \t\n\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
FORMULA = re.compile(f"\t|[{WHITE_SPACE}]*[=+\\-@\uff1d\uff0b\uff0d\uff20]")
CONTROL = {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\t\n"} | {0x7F: 0x2421}
HALF = re.compile("[\ud800-\udfff]")


def cell(value):
    """The text of the cell for a field's value."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else compact(value)
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(CONTROL)
    text = HALF.sub("\ufffd", text)
    return "'" + text if FORMULA.match(text) else text


def compact(value):
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return HALF.sub(lambda half: f"\\u{ord(half[0]):04x}", text)


def spreadsheet_time(timestamp):
    to_second, fraction, zone = re.fullmatch(r"(.{19})(?:\.(\d+))?(Z|[+-]\d\d:\d\d)", timestamp).groups()
    instant = datetime.fromisoformat(to_second + zone.replace("Z", "+00:00")).astimezone(timezone.utc)
    return f"{instant:%Y-%m-%d %H:%M:%S}.{(fraction or '').ljust(3, '0')[:3]}"


def row(entry):
    extra = {name: value for name, value in entry.items() if name not in FIELDS}
    return [*(cell(entry.get(name)) for name in FIELDS), spreadsheet_time(entry["timestamp"]), cell(extra or None)]


def expected_rows(truth):
    with open(truth, encoding="utf-8", newline="\n") as lines:
        for line in lines:
            yield row(json.loads(line))


def compare(truth, file, delimiter, longest=None):
    cut = slice(int(longest) if longest else None)
    csv.field_size_limit(2**31 - 1)
    with open(file, encoding="utf-8-sig", newline="") as text:
        found = list(csv.reader(text, delimiter=delimiter, strict=True))
    expected = [COLUMNS, *expected_rows(truth)]
    problems = [] if len(found) == len(expected) else [f"{len(found)} rows instead of {len(expected)}"]
    for number, (found_row, expected_row) in enumerate(zip(found, expected)):
        if len(found_row) != len(COLUMNS):
            problems.append(f"row {number} has {len(found_row)} cells")
        for name, found_cell, expected_cell in zip(COLUMNS, found_row, expected_row):
            if found_cell[cut] != expected_cell[cut]:
                problems.append(f"row {number}, {name}: {ascii(found_cell)[:200]} instead of {ascii(expected_cell)[:200]}")
    for problem in problems[:10]:
        print(problem)
    if not problems:
        print(f"{len(found) - 1} rows, {len(COLUMNS)} columns: equal")
    return 1 if problems else 0


def main(command, *arguments):
    if command == "compare":
        return compare(*arguments)
    for cells in expected_rows(*arguments):
        print(json.dumps(cells))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
