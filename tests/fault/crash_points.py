"""Every call of every commit kind is the last one, or fails: RELIABILITY 8.1 and 8.2.

For each kind the program runs once undisturbed, under the shim's trace. Then it runs again and again from the
same beginning: once for each call of that trace and each fault. After each time, what must hold is the same:
every file is whole, every row is there with its old or its new value, `verify` has nothing to say, and the same
command finishes to the bytes of the undisturbed run."""

import io
import json
import multiprocessing
import shutil
import subprocess
from collections import Counter
from dataclasses import dataclass, field

import trace_file
from cache_files import (Broken, check_metadata, difference, files_of, is_data, is_temporary, lasting,
                         rows_in)
from commit_kinds import make_kinds
from setting import Report

CHANGING = {"create", "write", "truncate", "sync", "rename", "link", "unlink", "rmdir", "mkdir", "lock"}
OUTSIDERS_EVERY = 25  # of the cases, so many are also read by zcat and pandas


@dataclass
class Case:
    kind: str
    call: str
    ordinal: int
    effect: str
    path: str

    def plan(self):
        return f"{self.call}:{self.ordinal}:{self.effect}"

    def __str__(self):
        return f"{self.kind} {self.plan()} ({self.path})"


@dataclass
class Undisturbed:
    """What a kind is held against."""

    template: str = ""
    before: dict = field(default_factory=dict)  # files
    after: dict = field(default_factory=dict)  # lasting files
    rows_before: dict = field(default_factory=dict)
    rows_after: dict = field(default_factory=dict)
    calls: list = field(default_factory=list)  # (call, path)


def prepare(setting, kind):
    """The cache that the kind's command is run in, once, and what that command does to it."""
    program = setting.program("kinds")
    base = setting.folder(f"kinds/{kind}")
    template, cache, trace = base / "template", base / "cache", base / "trace"
    for step in kind.prepare:
        if callable(step):
            step(template)
            continue
        ended = program.run(template, step)
        if ended.code != 0:
            raise AssertionError(f"{kind}: preparing: {ended.code} {ended.said()}")
    if template.exists():
        shutil.copytree(template, cache)
    ended = program.run(cache, kind.command, trace=trace)
    if ended.code != kind.ends:
        raise AssertionError(f"{kind}: undisturbed: {ended.code} {ended.said()}")
    known = Undisturbed(template=str(template), before=files_of(template))
    now = files_of(cache)
    known.after = lasting(now)
    known.rows_before = {} if kind.damaged else rows_in(known.before)
    known.rows_after = rows_in(now)
    known.calls = [(r.call, r.path) for r in trace_file.read(trace) if r.call != "say"]
    if lasting(known.before) == known.after:
        raise AssertionError(f"{kind}: the command changes nothing")
    return known


def effects_of(call, long):
    if long or call in CHANGING:
        yield "kill"
        yield "EIO"
        yield "EINTR"
    if call in CHANGING:
        yield "ENOSPC"
        yield "EDQUOT"
    if call == "write":
        yield "half"
    if call in ("read", "write"):
        yield "short"
    if call == "rename":
        yield "lie:EIO"


def cases_of(kind, calls, long):
    counted = Counter()
    for call, path in calls:
        ordinal = counted[call]
        counted[call] += 1
        for effect in effects_of(call, long):
            yield Case(kind.name, call, ordinal, effect, path)


# --- one case -----------------------------------------------------------------------------------------


def check_files(kind, known, files):
    """Promise 1 and 3: each data file whole, each row the old or the new one, none missing."""
    if kind.damaged:  # what was broken before may still be so
        files = {n: d for n, d in files.items() if not (is_data(n) and d == known.before.get(n))}
    rows = rows_in(files)
    check_metadata(files)
    for series, found in rows.items():
        old, new = known.rows_before.get(series, {}), known.rows_after.get(series, {})
        for time, row in found.items():
            if row != old.get(time) and row != new.get(time):
                raise Broken(f"{series} {time}: {row} is neither the old nor the new bar")
    if kind.may_lose or kind.damaged:
        return
    for series, old in known.rows_before.items():
        missing = old.keys() - rows.get(series, {}).keys()
        if missing:
            raise Broken(f"{series}: {len(missing)} bars are gone, the first is {min(missing)}")


def check_outsiders(root, files):
    """Programs that know nothing of Chandler read the same rows."""
    import pandas

    for name, data in files.items():
        if data is None or not is_data(name):
            continue
        unzipped = subprocess.run(["zcat", root / name], capture_output=True, check=False)
        if unzipped.returncode != 0:
            raise Broken(f"{name}: zcat: {unzipped.stderr.decode().strip()}")
        frame = pandas.read_csv(root / name, parse_dates=["timestamp"])
        again = pandas.read_csv(io.BytesIO(unzipped.stdout), parse_dates=["timestamp"])
        if not frame.equals(again) or not frame["timestamp"].is_monotonic_increasing:
            raise Broken(f"{name}: pandas reads something else than zcat")


def check_verify(kind, program, cache):
    """Clean, or nothing but what is to be rolled up; before a repair, the damage."""
    ended = program.run(cache, ["verify", "--json"])
    if ended.code == 0:
        return
    if ended.code != 3:
        raise Broken(f"verify exits with {ended.code}: {ended.said()}")
    allowed = {"derived_behind"} if kind.rolls_up else set()
    if kind.damaged:
        allowed |= {"damaged_block", "trailing_bytes", "metadata_missing", "truncated", "unreadable"}
    if kind.ends == 3:
        allowed |= {"data_behind"}
    for problem in json.loads(ended.out)["problems"]:
        if problem["kind"] not in allowed:
            raise Broken(f"verify: {problem['file']} {problem['kind']} {problem['detail']}")


def goes_unnoticed(case):
    """What a program has to put up with: calls that are interrupted or do half, a rename that lies."""
    if case.call == "sync":  # never tried again, whatever it says
        return False
    return case.effect in ("short", "EINTR") or case.effect.startswith("lie:")


def check_ended(case, kind, ended, files):
    """What the user sees of a fault that is not death: RELIABILITY 8.2."""
    if case.effect in ("kill", "half"):
        if not ended.killed:
            raise Broken(f"was not killed, but ended with {ended.code}")
        return
    if ended.code not in (0, 1, 2, 3, 4):
        raise Broken(f"ended with {ended.code}: {ended.said()}")
    if ended.code not in (0, kind.ends) and not any(": " in line for line in ended.err.splitlines()):
        raise Broken(f"ended with {ended.code} and does not say why: {ended.said()}")
    if goes_unnoticed(case) and ended.code != kind.ends:
        raise Broken(f"ended with {ended.code}: {ended.said()}")
    outside = case.path.startswith("_metadata")
    if case.call == "sync" and not outside and ended.code == 0:
        raise Broken("a sync failed, and the program counts it as done")
    if case.call == "write" and case.effect in ("ENOSPC", "EDQUOT") and ".tmp" in case.path:
        left = [n for n in files if is_temporary(n)]
        if left:
            raise Broken(f"no space, and {left[0]} is left")
        if not outside and ended.code == 0:
            raise Broken("no space for bars, and the program counts them as written")
        if not outside and "free)" not in ended.err + ended.out:
            raise Broken(f"does not say how much is needed and free: {ended.said()}")


def check_next_run(kind, program, cache, known):
    ended = program.run(cache, kind.command)
    if ended.code not in (kind.again or {kind.ends}):
        raise Broken(f"the next run exits with {ended.code}: {ended.said()}")
    files = files_of(cache)
    left = [n for n in files if is_temporary(n)]
    if left:
        raise Broken(f"after the next run {left[0]} is left")
    differs = difference(known.after, lasting(files))
    if differs:
        raise Broken(f"after the next run {differs}")
    ended = program.run(cache, ["verify"])
    if ended.code != kind.ends:
        raise Broken(f"after the next run verify exits with {ended.code}: {ended.said()}")


def try_case(setting, kind, known, case, outsiders):
    """Returns whether the fault took effect, and what went wrong."""
    name = f"worker-{multiprocessing.current_process().pid}"
    program = setting.program(name)
    cache = setting.folder(f"{name}/case") / "cache"
    if known.before:
        shutil.copytree(known.template, cache)
    try:
        ended = program.run(cache, kind.command, plan=case.plan())
        if not ended.fired:
            return False, None
        files = files_of(cache)
        check_files(kind, known, files)
        if outsiders and not kind.damaged:
            check_outsiders(cache, files)
        check_ended(case, kind, ended, files)
        check_verify(kind, program, cache)
        if goes_unnoticed(case):
            differs = difference(known.after, lasting(files_of(cache)))
            if differs:
                raise Broken(differs)
        check_next_run(kind, program, cache, known)
    except (Broken, AssertionError) as why:
        return True, str(why)
    return True, None


# --- all of them --------------------------------------------------------------------------------------

_shared = {}  # what the workers inherit: setting, kinds, what is known of each


def _work(numbered):
    number, case = numbered
    kind = _shared["kinds"][case.kind]
    result = try_case(
        _shared["setting"], kind, _shared["known"][case.kind], case, number % OUTSIDERS_EVERY == 0
    )
    return case, result


def run(setting):
    report = Report("crash points")
    kinds = [k for k in make_kinds(setting.scratch / "sources") if setting.only in k.name]
    known = {k.name: prepare(setting, k) for k in kinds}
    cases = [c for k in kinds for c in cases_of(k, known[k.name].calls, setting.long)]
    report.count("calls", sum(len(k.calls) for k in known.values()))
    if setting.count or not setting.long:  # a sample that is another one for every seed
        cases = setting.random("cases").sample(cases, min(len(cases), setting.times(300, 0)))
    _shared.update(setting=setting, kinds={k.name: k for k in kinds}, known=known)
    by_kind = Counter()
    with multiprocessing.get_context("fork").Pool(setting.jobs) as pool:
        for case, (fired, why) in pool.imap_unordered(_work, enumerate(cases), chunksize=4):
            report.count("faults" if fired else "not reached")
            by_kind[case.kind] += fired
            if why:
                report.fail(case, why)
            if sum(by_kind.values()) % 500 == 499:
                print(f"  {report.line()}", flush=True)
    for name, count in by_kind.items():
        print(f"  {name}: {len(known[name].calls)} calls, {count} faults")
    return report
