"""pandas reads every csv.gz of a cache to the same rows, bit for bit, with float_precision="round_trip".
Its default is faster and does not always round to the nearest double; how often is printed, not judged.

    with_pandas.py CACHE REFERENCES
"""

import sys

import bits
import numpy as np
import pandas as pd


def read(file, **options):
    return pd.read_csv(file, parse_dates=["timestamp"], **options)


def wrong_values(frame, names, columns):
    return sum(bits.differing(frame[n].to_numpy(dtype=np.float64), c) for n, c in zip(names[1:], columns))


def main(cache, references):
    values = wrong = wrong_by_default = 0
    for file in bits.data_files(cache):
        names, times, columns = bits.load(references, bits.name_of(file))
        exact = read(file, float_precision="round_trip")
        if list(exact.columns) != names or len(exact) != len(times):
            raise SystemExit(f"{file}: other columns or rows")
        if not np.array_equal(exact["timestamp"].to_numpy(dtype="datetime64[s]").astype(np.int64), times):
            raise SystemExit(f"{file}: other times")
        values += len(times) * len(columns)
        wrong += wrong_values(exact, names, columns)
        wrong_by_default += wrong_values(read(file), names, columns)
    print(f"pandas {pd.__version__}: {values} values, {wrong} differ")
    print(f"with its default parser, {wrong_by_default} are a last bit away")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
