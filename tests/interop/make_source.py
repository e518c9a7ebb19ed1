"""Makes up two series of one-minute bars as CSV with the cache's own header, for the programs here to read back.

    make_source.py FOLDER

FULLUSDT.csv  a year, 525,600 bars; prices of 0 to 8 decimals and very different sizes, some volumes with all the
              digits that a double has
WIDEUSDT.csv  60 days with every optional column, some values of which are unknown

The same bytes every time.
"""

import random
import sys
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

MINUTES_A_DAY = 1440
# Decimals and the price, counted in units of the last decimal, that a day starts with.
STYLES = [(0, 63_000), (1, 512_345), (2, 4_267_891), (3, 9_999_999), (4, 13_377), (5, 170_141), (6, 2_718_281),
          (7, 31_415_926), (8, 1_234), (8, 99_999_999), (8, 4_200_012_345_678)]


def text(units, decimals):
    return format(Decimal(units).scaleb(-decimals), "f")


def plain(value):
    """A double's shortest text, without an exponent."""
    return format(Decimal(repr(value)), "f")


def volume_text(rng, style):
    kind = style % 4
    if kind == 0:
        return text(rng.randrange(0, 10**9), 5)
    if kind == 1:
        return plain(rng.random() * 10 ** rng.randrange(-9, 12))
    if kind == 2:
        return str(rng.randrange(0, 10**6))
    return text(rng.randrange(0, 10**12), 8)


def days(rng, count):
    """Yields (minute of the series, style, decimals, open, high, low, close), prices in units."""
    for day in range(count):
        style = day % len(STYLES)
        decimals, price = STYLES[style]
        swing = max(2, price // 500)
        for minute in range(MINUTES_A_DAY):
            first = price
            last = max(swing, first + rng.randrange(-swing, swing + 1))
            high = max(first, last) + rng.randrange(swing)
            low = max(1, min(first, last) - rng.randrange(swing))
            price = last
            yield day * MINUTES_A_DAY + minute, style, decimals, first, high, low, last


def full(path):
    rng = random.Random(20230101)
    start = datetime(2023, 1, 1)
    with open(path, "w", newline="\n") as out:
        out.write("timestamp,open,high,low,close,volume\n")
        for minute, style, decimals, *prices in days(rng, 365):
            row = [str(start + timedelta(minutes=minute))]
            row += [text(p, decimals) for p in prices]
            row.append(volume_text(rng, style))
            out.write(",".join(row) + "\n")


def wide(path):
    rng = random.Random(20231115)
    start = datetime(2023, 11, 15)
    with open(path, "w", newline="\n") as out:
        out.write("timestamp,open,high,low,close,volume,adj_close,vwap,trade_count,turnover\n")
        for minute, style, decimals, *prices in days(rng, 60):
            row = [str(start + timedelta(minutes=minute))]
            row += [text(p, decimals) for p in prices]
            row.append(volume_text(rng, style))
            row.append(plain(float(text(prices[3], decimals)) * 0.987654321))
            row.append(plain(float(text(prices[2], decimals)) * (1 + rng.random() / 1000)))
            row.append(str(rng.randrange(0, 5000)))
            row.append(plain(rng.random() * 10 ** rng.randrange(0, 9)))
            for column in range(6, 10):
                if rng.randrange(7) == 0:
                    row[column] = ""
            out.write(",".join(row) + "\n")


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    full(folder / "FULLUSDT.csv")
    wide(folder / "WIDEUSDT.csv")
