"""Writes the reference of every csv.gz of a cache, and holds the 1m files against the sources they were made from.

    make_reference.py CACHE SOURCES REFERENCES
"""

import sys
from pathlib import Path

import bits
import numpy as np


def hold_against_source(cache, source):
    """What was imported is what is kept: same times, same doubles."""
    symbol = source.stem
    names, times, columns = bits.parse(source.read_text())
    kept = [bits.parse(bits.zcat(f)) for f in sorted((cache / symbol / "1m").glob("*.csv.gz"))]
    if any(k[0] != names for k in kept):
        raise SystemExit(f"{symbol}: other columns than the source")
    if not np.array_equal(np.concatenate([k[1] for k in kept]), times):
        raise SystemExit(f"{symbol}: other times than the source")
    for i, name in enumerate(names[1:]):
        wrong = bits.differing(np.concatenate([k[2][i] for k in kept]), columns[i])
        if wrong:
            raise SystemExit(f"{symbol}: {wrong} values of {name} are not those of the source")
    print(f"{symbol}: {len(times)} bars kept as they came")


if __name__ == "__main__":
    cache, sources, references = map(Path, sys.argv[1:])
    references.mkdir(parents=True, exist_ok=True)
    for file in bits.data_files(cache):
        bits.save(references, bits.name_of(file), *bits.parse(bits.zcat(file)))
    for source in sorted(sources.glob("*.csv")):
        hold_against_source(cache, source)
