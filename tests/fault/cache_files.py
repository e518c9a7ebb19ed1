"""Reads a cache as its specification says (data-cache/README.md), knowing nothing of Chandler's code,
and more strictly than any reader has to: one odd byte is an error."""

import json
import os
import re
import zlib
from pathlib import Path

HEADER = "timestamp,open,high,low,close,volume"
OPTIONAL = ["adj_close", "vwap", "trade_count", "turnover"]
YEAR_FILE = re.compile(r"^[0-9]{4}\.csv\.gz$")
TIME = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$")
NUMBER = re.compile(r"^-?\d+(\.\d+)?(e[-+]?\d+)?$")


class Broken(Exception):
    """A file that is not what its name promises."""


def unpack(data, where):
    """All members of a gzip, checksums and lengths held, and nothing behind the last."""
    if not data:
        raise Broken(f"{where}: is empty")
    text = []
    while data:
        member = zlib.decompressobj(31)
        try:
            text.append(member.decompress(data))
            text.append(member.flush())
        except zlib.error as why:
            raise Broken(f"{where}: {why}") from None
        if not member.eof:
            raise Broken(f"{where}: ends in the middle of a member")
        data = member.unused_data
    return b"".join(text)


def rows_of(data, where):
    """{timestamp: the row's other fields as text}"""
    try:
        text = unpack(data, where).decode("ascii")
    except UnicodeDecodeError:
        raise Broken(f"{where}: is not ASCII") from None
    if not text.endswith("\n"):
        raise Broken(f"{where}: the last line has no end")
    lines = text[:-1].split("\n")
    columns = lines[0].split(",")
    if ",".join(columns[:6]) != HEADER or columns[6:] != [c for c in OPTIONAL if c in columns[6:]]:
        raise Broken(f"{where}: header {lines[0]!r}")
    rows = {}
    last = ""
    year = Path(where).name[:4]
    for number, line in enumerate(lines[1:], 2):
        fields = line.split(",")
        time = fields[0]
        if len(fields) != len(columns) or not TIME.match(time):
            raise Broken(f"{where}: line {number}: {line!r}")
        if time <= last or time[:4] != year:
            raise Broken(f"{where}: line {number}: {time} is out of order or place")
        for i, value in enumerate(fields[1:], 1):
            if not NUMBER.match(value) and not (value == "" and i > 5):
                raise Broken(f"{where}: line {number}: {value!r} is no number")
        last = time
        rows[time] = ",".join(fields[1:])
    if not rows:
        raise Broken(f"{where}: has no rows")
    return rows


def files_of(root):
    """Every file below a folder by its path in it, and every folder with a slash behind."""
    found = {}
    root = str(root)
    for folder, folders, names in os.walk(root):
        inside = os.path.relpath(folder, root)
        prefix = "" if inside == "." else inside + "/"
        for name in folders:
            found[prefix + name + "/"] = None
        for name in names:
            try:
                with open(os.path.join(folder, name), "rb") as file:
                    found[prefix + name] = file.read()
            except FileNotFoundError:
                pass  # replaced or removed since it was listed
    return found


def is_data(name):
    return bool(YEAR_FILE.match(Path(name).name)) and not name.startswith("_")


def is_metadata(name):
    return name.endswith(".metadata.json") and not Path(name).name.startswith(".")


def is_temporary(name):
    return Path(name).name.startswith(".") and name.endswith(".tmp")


def rows_in(files):
    """{"BTCUSDT/1m": {timestamp: row}} of what files_of gave; Broken when any file is not whole."""
    series = {}
    for name, data in files.items():
        if data is None or not name.endswith(".csv.gz") or name.startswith("_"):
            continue
        base = Path(name).name
        if base.startswith("."):
            continue
        if not YEAR_FILE.match(base):
            raise Broken(f"{name}: matches *.csv.gz and is no year")
        series.setdefault(str(Path(name).parent), {}).update(rows_of(data, name))
    return series


def check_metadata(files):
    """Every final metadata file is one whole JSON document."""
    for name, data in files.items():
        if data is not None and is_metadata(name):
            try:
                json.loads(data)
            except ValueError as why:
                raise Broken(f"{name}: {why}") from None


NONCE = re.compile(rb"\.damaged\.[0-9a-f]{8}")


def lasting(files):
    """What two caches are compared by: data byte by byte, metadata with nonces made equal, no locks, and
    nothing of _metadata/, whose summaries may be deleted at any time."""
    kept = {}
    for name, data in files.items():
        if name.startswith("_metadata") or Path(name).name == ".lock" or data is None:
            continue
        name = NONCE.sub(b".damaged.NONCE", name.encode()).decode()
        while name in kept:
            name += ", another"
        kept[name] = NONCE.sub(b".damaged.NONCE", data) if is_metadata(name) else data
    return kept


def difference(expected, found):
    """One line on the first difference between two caches, or nothing."""
    for name in sorted(expected.keys() | found.keys()):
        if name not in found:
            return f"{name} is missing"
        if name not in expected:
            return f"{name} is left over"
        if expected[name] != found[name]:
            return f"{name} differs{detail(name, expected[name], found[name])}"
    return None


def detail(name, expected, found):
    if not is_metadata(name):
        return f" ({len(expected)} bytes expected, {len(found)} found)"
    try:
        want, have = json.loads(expected), json.loads(found)
    except ValueError:
        return " (is not JSON)"
    keys = [k for k in sorted(want.keys() | have.keys()) if want.get(k) != have.get(k)]
    return f" in {keys}: {[want.get(k) for k in keys][:1]} -> {[have.get(k) for k in keys][:1]}"[:500]
