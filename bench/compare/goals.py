"""The seven goals, held against what was measured in one run: by medians of wall time, and of CPU time, which is what
counts where other programs keep the machine busy."""


class Measured:
    def __init__(self, document, clock):
        self.results = document["results"]
        self.others = document["others"]
        self.clock = clock

    def value(self, task, side, field=None):
        return self.results.get(task, {}).get(side, {}).get(field or self.clock)

    def ratio(self, theirs, ours, field=None):
        """How many times as long `theirs` (task, side) takes as `ours`; None when one was not measured."""
        a, b = self.value(*theirs, field), self.value(*ours, field)
        return a / b if a and b else None


def row(goal, what, target, value, met, shown):
    return {"goal": goal, "what": what, "target": target, "value": value, "met": met,
            "shown": "not measured" if value is None else shown(value)}


def at_least(goal, what, target, value, shown="{:.1f} ×"):
    return row(goal, what, f"≥ {shown.format(target)}", value, value is not None and value >= target, shown.format)


def at_most(goal, what, target, value, shown):
    return row(goal, what, f"≤ {shown.format(target)}", value, value is not None and value <= target, shown.format)


def without_verdict(judged):
    """Of a goal that this clock says nothing about: two threads need no less CPU than one."""
    return {**judged, "met": None, "shown": "–"}


def milliseconds(seconds):
    return None if seconds is None else seconds * 1e3


def reading(m):
    rows = []
    for threads in (1, 2):
        ours = ("read_year", f"chandler/{threads}")
        many = "one thread" if threads == 1 else "two threads"
        if threads == 1:
            rows.append(at_least(1, "read a year: times as fast as pandas, one thread", 10,
                                 m.ratio(("read_year", "pandas/1"), ours)))
        for side, task, target, what in (
                ("duckdb", "read_year", 6, "DuckDB"), ("polars", "read_year_text", 2.5, "polars, dates left as text"),
                ("polars", "read_year", 8, "polars, dates parsed, types told"),
                ("polars", "read_year_inferred", 8, "polars, dates parsed, types found out")):
            rows.append(at_least(1, f"… as {what}, {many}", target, m.ratio((task, f"{side}/{threads}"), ours)))
        unpack = [m.value(f"inflate_{library}", f"plain/{threads}") for library in ("libdeflate", "isal", "zlib")]
        fastest = min((u for u in unpack if u), default=None)
        took = m.value(*ours)
        rows.append(at_most(1, f"… over unpacking alone, fastest library, {many}", 1.3,
                            took / fastest if took and fastest else None, "{:.2f} ×"))
    scales = at_least(1, "ten symbols × three years: two threads over one", 1.5,
                      m.ratio(("read_many", "chandler/1"), ("read_many", "chandler/2")))
    rows.append(scales if m.clock == "wall" else without_verdict(scales))
    hot = ("read_hot", "chandler/1")
    rows.append(at_most(2, "open a hot year and sum a column", 5, milliseconds(m.value(*hot)), "{:.2f} ms"))
    rows.append(at_least(2, "… times as fast as pandas on the csv.gz", 100, m.ratio(("read_year", "pandas/1"), hot)))
    day = ("read_day", "chandler/1")
    rows.append(at_most(3, "one day out of a year, CPU", 1, milliseconds(m.value(*day, "cpu")), "{:.2f} ms"))
    rows.append(at_least(3, "… times as fast as pandas", 200, m.ratio(("read_day", "pandas/1"), day)))
    return rows


def writing(m):
    ours = ("write_year", "chandler/1")
    rows = [at_least(4, "write a year: times as fast as pandas, one thread", 15, m.ratio(("write_year", "pandas/1"), ours)),
            at_least(4, "… as DuckDB, one thread", 5, m.ratio(("write_year", "duckdb/1"), ours)),
            at_least(4, "… as DuckDB, two threads", 5,
                     m.ratio(("write_year", "duckdb/2"), ("write_year", "chandler/2")))]
    for side in ("pandas", "duckdb"):
        rows.append(at_most(4, f"size of the file over that of {side}'s", 1,
                            m.ratio(ours, ("write_year", f"{side}/1"), "bytes"), "{:.3f} ×"))
    rows.append(at_least(4, "append a day, synced: times as fast as pandas' rewrite", 50,
                         m.ratio(("append_day", "pandas/1"), ("append_day", "chandler/1"))))
    return rows


def computing(m):
    bars = m.value("validate", "chandler/1", "rows")
    took = m.value("validate", "chandler/1")
    rows = [at_least(5, "five roll-ups: times as fast as pandas", 15,
                     m.ratio(("resample", "pandas/1"), ("resample", "chandler/1"))),
            at_least(5, "… as pandas, each from the one before", 15,
                     m.ratio(("resample_chained", "pandas/1"), ("resample", "chandler/1"))),
            at_most(5, "validate, a bar", 4, took / bars * 1e9 if took else None, "{:.2f} ns")]
    more = {}
    for task in ("gaps", "gaps_10"):
        of = m.results.get(task, {}).get("chandler/1")
        more[task] = None if not of else max(0, of["allocated"] - 2 * of["of_gaps"])
    if None not in more.values():
        rows.append(at_most(5, "search for gaps: memory besides the list of gaps, ten years", 65_536, more["gaps_10"],
                            "{:,.0f} bytes"))
    return rows


def whole(m):
    verify = m.results.get("verify", {}).get("chandler/1")
    others = m.others
    status = [at_most(7, f"status of 10,000 series, warm, in a program that uses the library, {many}", 50,
                      milliseconds(m.value("status", f"chandler/{threads}")), "{:.1f} ms")
              for threads, many in ((1, "one thread"), (2, "two threads"))]
    return [*status,
            at_most(7, "`chandler status --json`, the process", 50, others.get("status_command_ms"), "{:.1f} ms"),
            at_least(7, "verify: text a second of CPU", 300,
                     verify and verify["text_bytes"] / verify["cpu"] / 1e6, "{:,.0f} MB"),
            at_most(7, "`chandler --help`, the process", 10, others.get("help_command_ms"), "{:.1f} ms"),
            at_most(7, "selector, a symbol", 200, others.get("selector_ns"), "{:.0f} ns")]


def pipeline(m):
    """As bench/pipeline has measured it."""
    found = m.others.get("pipeline", {})
    bulk, nightly = found.get("bulk"), found.get("nightly")
    return [at_least(6, "the pipeline, bars of 1m a second of own CPU", 1_000_000, bulk and bulk["bars_per_cpu_s"],
                     "{:,.0f}"),
            at_most(6, "a day more of each of 1,000 series: CPU a new bar over that of the bulk run", 3,
                    nightly["us_per_bar"] / bulk["us_per_bar"] if bulk and nightly else None, "{:.1f} ×"),
            at_most(6, "… peak memory of both", 200,
                    max(bulk["memory_mb"], nightly["memory_mb"]) if bulk and nightly else None, "{:.0f} MB")]


def judge(document):
    def rows(clock):
        m = Measured(document, clock)
        return [*reading(m), *writing(m), *computing(m), *pipeline(m), *whole(m)]

    return [{**by_wall, "shown_by_cpu": by_cpu["shown"], "met_by_cpu": by_cpu["met"]}
            for by_wall, by_cpu in zip(rows("wall"), rows("cpu"))]
