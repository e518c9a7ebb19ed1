"""Every way in which the program changes a cache: how to prepare one, and the command that changes it."""

import json
import struct
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Callable

SYMBOL = "BTCUSDT"
MINUTE = timedelta(minutes=1)


def bar(index, level=100.0):
    wave = (index * 7919) % 1000 / 100
    prices = (level + wave, level + wave + 2, level + wave - 1.5, level + wave + 0.25)
    return ",".join(f"{p:.2f}".rstrip("0").rstrip(".") for p in prices) + f",{1 + index % 17}"


def csv(path, year, slots, level=100.0, more=""):
    """A file of 1m bars in the given minutes of a year."""
    start = datetime(year, 1, 1)
    lines = ["timestamp,open,high,low,close,volume"]
    lines += [f"{start + MINUTE * slot},{bar(slot, level)}" for slot in slots]
    path.write_text("\n".join(lines) + "\n" + more)
    return path


@dataclass
class Kind:
    name: str
    # Commands that make the cache the command is run in; a callable is called with the cache's folder.
    prepare: list
    command: list
    may_lose: bool = False  # rm and prune: the only ones that may
    ends: int = 0  # the exit code, undisturbed
    again: set = field(default_factory=set)  # exit codes of the next run, if it may have others
    damaged: bool = False  # verify finds the damage before the command
    rolls_up: bool = False  # dying between the source and its frames leaves these behind

    def __str__(self):
        return self.name


def imported(file):
    return ["import", file, "--symbol", SYMBOL, "-t", "1m"]


def flip_a_bit(block):
    """Damages a block of 2024: the last byte of its deflate stream."""

    def damage(root):
        folder = Path(root) / SYMBOL / "1m"
        about = json.loads((folder / "2024.metadata.json").read_text())["file_info"]["blocks"][block]
        data = bytearray((folder / "2024.csv.gz").read_bytes())
        data[about["offset"] + about["size"] - 12] ^= 1
        (folder / "2024.csv.gz").write_bytes(data)

    return damage


def lose_the_end(frame):
    """Cuts a rolled up file of 2024 off in its end mark."""

    def damage(root):
        file = Path(root) / SYMBOL / frame / "2024.csv.gz"
        file.write_bytes(file.read_bytes()[:-40])

    return damage


def leave_noise_of(year):
    def damage(root):
        file = Path(root) / SYMBOL / "1m" / f"{year}.csv.gz"
        file.write_bytes(bytes(i * 73 % 251 for i in range(file.stat().st_size)))

    return damage


def append_a_tail(root):
    file = Path(root) / SYMBOL / "1m" / "2024.csv.gz"
    file.write_bytes(file.read_bytes() + struct.pack("<Q", 0))


def forget_metadata(root):
    (Path(root) / SYMBOL / "1m" / "2024.metadata.json").unlink()


def make_kinds(sources):
    """The kinds of RELIABILITY 8.1, over files that are written into the folder `sources`."""
    sources = Path(sources)
    sources.mkdir(parents=True, exist_ok=True)
    first = csv(sources / "first.csv", 2024, [0, 1, 2, 4096, 4097])
    later = csv(sources / "later.csv", 2024, [4098, 8192])
    middle = csv(sources / "middle.csv", 2024, [4096, 4100], level=200)
    before = csv(sources / "before.csv", 2023, [5, 6, 7])
    after = csv(sources / "after.csv", 2025, [0, 9000])
    lost = csv(sources / "lost.csv", 2024, [4096, 4097])
    bad = csv(sources / "bad.csv", 2024, [0, 1, 2], more="2024-01-01 00:03:00,nan,1,1,1,1\n")
    last = csv(sources / "last.csv", 2024, [9000, 9001])

    years = ["import", before, middle, after, "--symbol", SYMBOL, "-t", "1m"]
    rolled = ["resample", SYMBOL, "--source", "1m", "-t", "5m,1h,1d"]
    fetched = ["fetch", SYMBOL, "-t", "1h", "--from", "2024-12-20", "--provider", "sandbox"]
    derive = ["--derive", "4h,1d"]
    gone = {0, 1, 4}  # the second time there may be nothing to remove
    job = sources / "job.json"
    job.write_text(
        json.dumps(
            {
                "name": "crash",
                "provider": "sandbox",
                "from": "2024-12-28",
                "to": "2025-01-03",
                "workers": 2,
                "series": [
                    {"symbols": ["BTCUSDT", "ETHUSDT"], "timeframe": "1h", "derive": ["1d"]},
                    {"symbols": ["AAPL"], "timeframe": "1d"},
                ],
            }
        )
    )
    return [
        Kind("new_year", [], imported(first)),
        Kind("append", [imported(first)], imported(later)),
        Kind("rewrite", [imported(first)], imported(middle)),
        Kind("several_years", [imported(first)], years),
        Kind("metadata_only", [imported(first)], imported(bad)),
        Kind("metadata_lost", [imported(first), forget_metadata], imported(later), damaged=True),
        Kind("derive", [imported(first)], rolled, rolls_up=True),
        Kind("derive_again", [imported(first), rolled, imported(later)], rolled, rolls_up=True),
        Kind("rm", [imported(first), imported(before)], ["rm", SYMBOL, "1m", "--yes"], True, again=gone),
        Kind(
            "prune", [years], ["prune", SYMBOL, "1m", "--keep-years", "1", "--yes"], True, again={0, 1}
        ),
        Kind("repair", [imported(first), flip_a_bit(1)], ["verify", "--repair"], damaged=True),
        Kind("repair_tail", [imported(first), append_a_tail], ["verify", "--repair"], damaged=True),
        Kind(
            "repair_rolled_up",
            [imported(first), rolled, lose_the_end("1h")],
            ["verify", "--repair"],
            damaged=True,
            rolls_up=True,
        ),
        Kind(
            "repair_lost_year",
            [imported(first), imported(before), leave_noise_of(2023)],
            ["verify", "--repair"],
            damaged=True,
            ends=3,  # the bars have to come again
        ),
        Kind(
            "heal_repaired",
            [imported(first), flip_a_bit(1), ["verify", "--repair"]],
            imported(lost),
        ),
        Kind(
            "import_many",
            [imported(first)],
            ["import", before, later, last, after, "--symbol", SYMBOL, "-t", "1m"],
        ),
        Kind("fetch", [], [*fetched, "--to", "2025-01-05", *derive], rolls_up=True),
        Kind(
            "fetch_more",
            [[*fetched, "--to", "2024-12-30", *derive]],
            [*fetched, "--to", "2025-01-05", *derive],
            rolls_up=True,
        ),
        Kind("run", [], ["run", job], rolls_up=True),
    ]
