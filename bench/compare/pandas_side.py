"""pandas' side.

    pandas_side.py DATA WORK THREADS [--short]      (pandas has one thread)
"""

import os
import sys
from pathlib import Path

import pandas as pd

from side import Stopwatch, serve

YEAR = 2023
YEARS = (2021, 2022, 2023)
SYMBOL = "BTCUSDT"
RULES = ["5min", "15min", "1H", "4H", "1D"]
HOW = {"open": "first", "high": "max", "low": "min", "close": "last", "volume": "sum"}

data, work = Path(sys.argv[1]), Path(sys.argv[2])
is_short = "--short" in sys.argv
days = 14 if is_short else 365
year_file = data / "year" / SYMBOL / "1m" / f"{YEAR}.csv.gz"
kept = {}


def read(file):
    return pd.read_csv(file, parse_dates=["timestamp"])


def found(frame):
    return {"rows": len(frame), "sum": float(frame["close"].sum())}


def in_memory():
    if "year" not in kept:
        kept["year"] = read(year_file)
    return kept["year"]


def read_year():
    watch = Stopwatch()
    frame = read(year_file)
    watch.stop()
    return watch, found(frame)


def read_day():
    start = pd.Timestamp(YEAR, 1, 1) + pd.Timedelta(days=days // 2)
    watch = Stopwatch()
    frame = read(year_file)
    frame = frame[(frame["timestamp"] >= start) & (frame["timestamp"] < start + pd.Timedelta(days=1))]
    watch.stop()
    return watch, found(frame)


def read_hot():
    """Open a year and sum one of its columns: pandas can leave the others out, no more."""
    watch = Stopwatch()
    frame = pd.read_csv(year_file, usecols=["close"])
    total = float(frame["close"].sum())
    watch.stop()
    return watch, {"rows": len(frame), "sum": total}


def read_many():
    files = [[s / "1m" / f"{y}.csv.gz" for y in YEARS] for s in sorted((data / "many").iterdir())
             if not s.name.startswith("_")]
    watch = Stopwatch()
    frames = [pd.concat([read(f) for f in of_symbol], ignore_index=True) for of_symbol in files]
    watch.stop()
    return watch, {"rows": sum(map(len, frames)), "sum": sum(float(f["close"].sum()) for f in frames)}


def write_year():
    """Like Chandler, it has the file on the disk when it is done."""
    frame = in_memory()
    out = work / "pandas.csv.gz"
    out.unlink(missing_ok=True)
    watch = Stopwatch()
    frame.to_csv(out, index=False, compression="gzip")
    with open(out, "rb") as file:
        os.fsync(file.fileno())
    watch.stop()
    return watch, {**found(frame), "bytes": out.stat().st_size}


def append_day():
    """The year without its last day lies in memory already, so does the day: join and write."""
    frame = in_memory()
    most, day = frame.iloc[:-1440], frame.iloc[-1440:]
    out = work / "pandas-append.csv.gz"
    out.unlink(missing_ok=True)
    watch = Stopwatch()
    pd.concat([most, day], ignore_index=True).to_csv(out, index=False, compression="gzip")
    with open(out, "rb") as file:
        os.fsync(file.fileno())
    watch.stop()
    return watch, {**found(frame), "bytes": out.stat().st_size}


def resampled(chained):
    frame = in_memory().set_index("timestamp")
    frames = []
    watch = Stopwatch()
    source = frame
    for rule in RULES:
        coarse = source.resample(rule).agg(HOW)
        frames.append(coarse)
        if chained:
            source = coarse
    watch.stop()
    return watch, {"rows": sum(map(len, frames)), "sum": sum(float(f["close"].sum()) for f in frames)}


serve("pandas", pd.__version__, 1, {
    "read_year": read_year,
    "read_many": read_many,
    "read_hot": read_hot,
    "read_day": read_day,
    "write_year": write_year,
    "append_day": append_day,
    "resample": lambda: resampled(chained=False),
    "resample_chained": lambda: resampled(chained=True),
})
