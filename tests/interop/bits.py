"""What every reader is held against: a csv.gz unpacked by zcat, each number read by Python's float(), which rounds
correctly. A reference is a pair of files: NAME.json says columns and rows; NAME.bin holds, column by column, the times
as int64 seconds since 1970 and the numbers as doubles (an empty field: NaN)."""

import json
import subprocess
from datetime import datetime, timezone
from pathlib import Path

import numpy as np


def name_of(data_file):
    """.../FULLUSDT/1m/2023.csv.gz -> FULLUSDT-1m-2023 (month and minute must not meet on any file system)"""
    symbol, timeframe, file = Path(data_file).parts[-3:]
    return f"{symbol}-{timeframe.replace('M', 'month')}-{file.split('.')[0]}"


def data_files(cache):
    files = sorted(Path(cache).glob("*/*/*.csv.gz"))
    if not files:
        raise SystemExit(f"{cache}: no csv.gz there")
    return files


def seconds(text):
    return int(datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=timezone.utc).timestamp())


def parse(csv_text):
    """-> column names, int64 times, list of arrays of doubles"""
    header, *lines = csv_text.splitlines()
    names = header.split(",")
    rows = [line.split(",") for line in lines]
    if any(len(row) != len(names) for row in rows):
        raise SystemExit("a row with more or fewer fields than the header")
    times = np.array([seconds(row[0]) for row in rows], dtype=np.int64)
    columns = [np.array([float(row[i]) if row[i] else np.nan for row in rows]) for i in range(1, len(names))]
    return names, times, columns


def zcat(path):
    return subprocess.run(["zcat", str(path)], check=True, capture_output=True, text=True).stdout


def save(folder, name, names, times, columns):
    folder = Path(folder)
    (folder / f"{name}.json").write_text(json.dumps({"columns": names, "rows": len(times)}))
    with open(folder / f"{name}.bin", "wb") as out:
        for array in [times, *columns]:
            out.write(array.tobytes())


def load(folder, name):
    facts = json.loads((Path(folder) / f"{name}.json").read_text())
    raw = np.fromfile(Path(folder) / f"{name}.bin", dtype=np.int64).reshape(len(facts["columns"]), facts["rows"])
    return facts["columns"], raw[0], [column.view(np.float64) for column in raw[1:]]


def differing(a, b):
    """How many values are not the same bits; all unknown values are alike."""
    a, b = np.ascontiguousarray(a), np.ascontiguousarray(b)
    return int(((a.view(np.int64) != b.view(np.int64)) & ~(np.isnan(a) & np.isnan(b))).sum())
