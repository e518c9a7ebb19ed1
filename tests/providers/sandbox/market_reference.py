#!/usr/bin/env python3
"""The sandbox's market once more, written from the description and not from the C++ code's text.

Prints the golden values of market_test.cpp: some bars, and a hash of a whole day (FNV-1a over the
bits of the values, column by column). Whole numbers are Python's own, so nothing can overflow here
unnoticed; a division of two of them is the only arithmetic on floats, and exactly rounded.
"""
import datetime
import struct

M64 = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
LEVELS, CALM, YEAR = 27, 10, 19


def draw(seed, stream, index):
    x = (seed + ((stream << 32) + index) * GOLDEN) & M64
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & M64
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & M64
    return x ^ (x >> 31)


def seed_of(name):
    h = 0xCBF29CE484222325
    for c in name.encode():
        h = ((h ^ c) * 0x100000001B3) & M64
    return draw(h, 0, 0)


def lively(seed, minute):
    return 77 + draw(seed, 28, minute >> CALM) % 128


def height(seed, stride, minute):
    """Halve the whole span until the minute is an end of the interval."""
    left = right = 0
    begin, level = 0, LEVELS
    while begin != minute:
        index = begin >> level
        grown = min(level, YEAR)
        step = (stride * 92682 >> 16 if grown % 2 else stride) << (grown // 2)
        if level > YEAR:
            step //= 2
        if level <= CALM:
            step = step * lively(seed, begin) >> 7
        bits = draw(seed, level, index)
        bell = sum(bits >> s & 0xFFFF for s in (0, 16, 32, 48)) - 2 * 0xFFFF
        middle = ((left + right) >> 1) + (bell * step >> 16)
        level -= 1
        half = begin + (1 << level)
        if minute >= half:
            begin, left = half, middle
        else:
            right = middle
    return left


def price_at(level, h):
    one, cube, square = 1 << 30, 83_000_000, 244_400_000
    f = (h & 0xFFFFFF) << 6
    power = one + (f * ((one - cube - square) + (f * (square + (f * cube >> 30)) >> 30)) >> 30)
    return max(1, level * power >> (30 - (h >> 24)))


KNOWN = {"BTCUSDT": (4_300_000, 2), "AAPL": (17_000, 2), "EURUSD": (110_000, 5)}
STRIDE = {"crypto": 14_000, "forex": 2_000, "stock": 8_000}


class Market:
    def __init__(self, name, kind):
        self.seed, self.kind, self.stride = seed_of(name), kind, STRIDE[kind]
        bits = draw(self.seed, 42, 0)
        if name in KNOWN:
            self.level, self.decimals = KNOWN[name]
        elif kind == "crypto":
            self.level = 20_000 + (bits >> 8) % 980_000
            self.decimals = 2 + (bits & 0xFF) % 5
        else:
            self.level, self.decimals = 2_000 + bits % 38_000, 2
        bits = draw(self.seed, 42, 1)
        if kind == "crypto":
            lots = (20_000 + bits % 380_000) * 64 * 10**self.decimals // self.level
            self.lots = min(max(lots, 16), 1 << 30)
        else:
            self.lots = 200 + bits % 19_800

    def bar(self, minute):
        small = lambda bits: (bits & 0xFFFF) ** 2 >> 16
        wicks, trade = draw(self.seed, 40, minute), draw(self.seed, 41, minute)
        live = lively(self.seed, minute)
        o = price_at(self.level, height(self.seed, self.stride, minute))
        c = price_at(self.level, height(self.seed, self.stride, minute + 1))
        swing = (o * self.stride >> 10) * live >> 7
        h = max(o, c) + (swing * small(wicks) >> 30)
        l = max(1, min(o, c) - (swing * small(wicks >> 16) >> 30))
        share = (8192 + small(trade)) * live >> 7
        lots = 1 + (self.lots * share >> 15)
        unit = 10**self.decimals
        values = [o / unit, h / unit, l / unit, c / unit]
        if self.kind == "crypto":
            turnover = max(1, ((o + h + l + c) >> 2) * lots * 4 // unit)
            return values + [lots / 64, float(1 + (900 * share >> 16)), turnover / 256]
        if self.kind == "stock":
            vwap = (o + h + l + c) * 25 / (unit * 100)
            return values + [float(lots), vwap, float(1 + (lots // 40 * share >> 16))]
        return values + [float(lots)]


def minute_of(text):
    at = datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.timezone.utc)
    return int(at.timestamp()) // 60


def main():
    for name, kind, at in (
        ("BTCUSDT", "crypto", "2018-01-01 00:00:00"), ("BTCUSDT", "crypto", "2024-02-29 23:59:00"),
        ("BTCUSDT", "crypto", "2100-12-31 23:59:00"), ("QQZUSDT", "crypto", "2021-06-01 12:34:00"),
        ("AAPL", "stock", "1990-01-02 14:30:00"), ("AAPL", "stock", "2024-11-29 17:59:00"),
        ("ZZTOP", "stock", "2024-07-03 16:59:00"), ("EURUSD", "forex", "2024-06-02 21:00:00")):
        values = ", ".join(repr(v) for v in Market(name, kind).bar(minute_of(at)))
        print(f'{{"{name}", {kind}, "{at}", {{{values}}}}},')
    first = minute_of("2024-01-01 00:00:00")
    market = Market("BTCUSDT", "crypto")
    rows = [market.bar(first + i) for i in range(1440)]
    digest = 0xCBF29CE484222325
    for column in zip(*rows):
        for value in column:
            for byte in struct.pack("<d", value):
                digest = ((digest ^ byte) * 0x100000001B3) & M64
    print(f"0x{digest:016X}")


if __name__ == "__main__":
    main()
