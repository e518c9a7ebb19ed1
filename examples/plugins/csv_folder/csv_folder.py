#!/usr/bin/env python3
"""A provider as a program: bars from CSV files of a folder.

A file is named SYMBOL_TIMEFRAME.csv (BTCUSDT_1h.csv) and begins with a header that has at least
timestamp,open,high,low,close,volume, in any order. The folder is $CSV_FOLDER, else data/ beside
this file. Python 3 and nothing else.

Try it without Chandler:
    ./csv_folder.py describe
    echo '{"symbol": "BTCUSDT", "timeframe": "1h", "from": "2024-01-01T00:00:00",
           "to": "2024-01-02T00:00:00"}' | ./csv_folder.py fetch
"""

import csv
import datetime
import json
import os
import sys

REQUIRED = ["open", "high", "low", "close", "volume"]
OPTIONAL = ["adj_close", "vwap", "trade_count", "turnover"]

DESCRIPTION = {
    "protocol": 1,
    "name": "csv_folder",
    "classes": ["crypto", "stock", "etf", "index", "forex", "future"],
    "timeframes": ["1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h",
                   "1d", "3d", "1w", "1M"],
    "columns": REQUIRED + OPTIONAL,
    "needs_key": False,
    "env": ["CSV_FOLDER"],
}


class Failure(Exception):
    """Why there are no bars: kind is not_found, rate_limited, auth, unavailable or bad_request."""

    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind


def find_file(symbol, timeframe):
    folder = os.environ.get("CSV_FOLDER") or os.path.join(os.path.dirname(__file__) or ".", "data")
    name = f"{symbol}_{timeframe}.csv"
    if os.path.basename(name) != name:
        raise Failure("bad_request", f"{symbol!r} cannot be the name of a file")
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        raise Failure("not_found", f"there is no {name} in {folder}")
    return path


def read_time(text):
    time = datetime.datetime.fromisoformat(text)
    if time.tzinfo is not None:
        time = time.astimezone(datetime.timezone.utc).replace(tzinfo=None)
    return time


def read_bars(path, first, end):
    """The columns of the file, and its rows from `first` to before `end`, oldest first."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file)
        names = rows.fieldnames or []
        missing = [name for name in ["timestamp"] + REQUIRED if name not in names]
        if missing:
            raise Failure("unavailable", f"{path} has no column {missing[0]}")
        columns = REQUIRED + [name for name in OPTIONAL if name in names]
        bars = {}
        for row in rows:
            try:
                time = read_time(row["timestamp"])
            except (TypeError, ValueError):
                raise Failure("unavailable", f"{path}, line {rows.line_num}: the time "
                                             f"{row['timestamp']!r} cannot be read") from None
            if first <= time < end:
                bars[time] = [row[name] or "" for name in columns]
        return columns, sorted(bars.items())


def fetch():
    request = json.load(sys.stdin)
    path = find_file(request["symbol"], request["timeframe"])
    columns, bars = read_bars(path, read_time(request["from"]), read_time(request["to"]))
    print(",".join(["timestamp"] + columns))
    for time, values in bars:
        print(",".join([time.strftime("%Y-%m-%d %H:%M:%S")] + values))


def main():
    verb = sys.argv[1] if len(sys.argv) == 2 else ""
    if verb == "describe":
        print(json.dumps(DESCRIPTION))
    elif verb == "fetch":
        fetch()
    else:
        raise Failure("bad_request", "say describe or fetch")


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        print(json.dumps({"kind": failure.kind, "message": str(failure)}), file=sys.stderr)
        sys.exit(1)
