"""Rolls the 1m bars up with pandas and holds every coarse file of the cache against the result, bit for bit.

Which bars fall into which bucket, and open, high, low and close, are pandas' own answer. Sums are run here one value after the other,
because pandas corrects for rounding as it sums, and along the chain of the design (5m from 1m, 15m from 5m ...).

    pandas_resamples.py REFERENCES
"""

import sys
from pathlib import Path

import bits
import numpy as np
import pandas as pd

CHAIN = [("5m", "1m", "5min"), ("15m", "5m", "15min"), ("1h", "15m", "1H"), ("4h", "1h", "4H"), ("1d", "1h", "1D"),
         ("1w", "1d", "W-MON"), ("1M", "1d", "MS")]


def load_series(references, symbol, timeframe):
    label = timeframe.replace("M", "month")
    years = [bits.load(references, p.stem) for p in sorted(Path(references).glob(f"{symbol}-{label}-*.json"))]
    if not years:
        raise SystemExit(f"{symbol} {timeframe}: nothing there")
    data = {n: np.concatenate([y[2][i] for y in years]) for i, n in enumerate(years[0][0][1:])}
    times = np.concatenate([y[1] for y in years]).astype("datetime64[s]").astype("datetime64[ns]")
    return pd.DataFrame(data, index=pd.DatetimeIndex(times))


def known_sum(values):
    """One after the other; unknown values are passed over, and nothing known is unknown."""
    total = None
    for value in values:
        if value == value:
            total = value if total is None else total + value
    return np.nan if total is None else total


def weighted(prices, volumes):
    total = weight = 0.0
    for price, volume in zip(prices, volumes):
        if price == price and volume > 0:
            total += price * volume
            weight += volume
    return total / weight if weight > 0 else np.nan


def last_known(values):
    known = [v for v in values if v == v]
    return known[-1] if known else np.nan


def roll_up(fine, rule):
    resampled = fine.resample(rule, label="left", closed="left")
    coarse = resampled.agg({"open": "first", "high": "max", "low": "min", "close": "last"})
    coarse = coarse[resampled.size() > 0]
    ends = np.cumsum(resampled.size().to_numpy())
    groups = [(first, last) for first, last in zip(np.concatenate([[0], ends[:-1]]), ends) if last > first]
    plain = {name: fine[name].tolist() for name in fine.columns}
    for name in fine.columns[4:]:
        column = plain[name]
        if name == "vwap":
            coarse[name] = [weighted(column[a:b], plain["volume"][a:b]) for a, b in groups]
        elif name == "adj_close":
            coarse[name] = [last_known(column[a:b]) for a, b in groups]
        else:
            coarse[name] = [known_sum(column[a:b]) for a, b in groups]
    return coarse


def check(references, symbol):
    frames = {"1m": load_series(references, symbol, "1m")}
    bad = 0
    for target, source, rule in CHAIN:
        frames[target] = roll_up(frames[source], rule)
        kept = load_series(references, symbol, target)
        if not kept.index.equals(frames[target].index):
            raise SystemExit(f"{symbol} {target}: other times than pandas")
        for name in kept.columns:
            wrong = bits.differing(kept[name].to_numpy(), frames[target][name].to_numpy(dtype=np.float64))
            bad += wrong
            if wrong:
                print(f"{symbol} {target}: {wrong} of {len(kept)} values of {name} differ")
        print(f"{symbol} {target}: {len(kept)} bars held against pandas")
    return bad


if __name__ == "__main__":
    sys.exit(1 if sum(check(sys.argv[1], symbol) for symbol in ("FULLUSDT", "WIDEUSDT")) else 0)
