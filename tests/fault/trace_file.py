"""Reads what the shim recorded (shim/watch.cpp says how)."""

from dataclasses import dataclass
from pathlib import Path


@dataclass
class Record:
    call: str
    result: int
    handle: str
    argument: int  # flags of an open, offset of a write, size of a truncate
    path: str
    to: str
    data: bytes


def read(file):
    data = Path(file).read_bytes()
    at = 0
    records = []
    while at < len(data):
        end = data.index(b"\n", at)
        call, result, handle, argument, size, path, to = data[at:end].decode().split("\t")
        at = end + 1 + int(size)
        records.append(Record(call, int(result), handle, int(argument), path, to, data[end + 1 : at]))
    return records
