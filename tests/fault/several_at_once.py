"""Many processes on one cache: RELIABILITY 8.3.

Writers import overlapping pieces of the same and of different series; readers, some by `chandler read`, some by
gzip alone, look at every file they can without pause. Each read is one whole version, and never older than one that
a writer had reported before the read began. At the end the cache holds the union, and nothing is left."""

import json
import multiprocessing
import random as randomness
import time
from pathlib import Path

from cache_files import Broken, files_of, is_data, is_temporary, rows_in, rows_of
from commit_kinds import bar, csv
from setting import Report

SERIES = ["BTCUSDT", "ETHUSDT", "SOLUSDT"]
PIECE = 20  # minutes
PIECES = 400  # of a series


def import_words(file, symbol):
    return ["import", file, "--symbol", symbol, "-t", "1m", "-q"]


def slots_of(piece):
    return range(piece * 13, piece * 13 + PIECE)  # overlap their neighbours'


def writer(setting, cache, number, until, reported, results):
    """Imports pieces, and says of each when it was reported."""
    program = setting.program(f"writer-{number}")
    random = setting.random("writer", number)
    folder = setting.folder(f"writer-{number}/pieces")
    done = []
    problems = []
    while time.monotonic() < until:
        symbol, piece = random.choice(SERIES), random.randrange(PIECES)
        file = csv(folder / f"{piece}.csv", 2024, slots_of(piece))
        ended = program.run(cache, import_words(file, symbol), one_core=False)
        file.unlink()
        if ended.code != 0:
            problems.append(f"writer {number}: {ended.code} {ended.said()}")
            continue
        done.append((symbol, piece))
        # A reader that begins after this must see the piece.
        reported[SERIES.index(symbol) * PIECES + piece] = 1
    results.put(("commits", len(done), problems, done))


def expected_from(reported, symbol):
    base = SERIES.index(symbol) * PIECES
    return [p for p in range(PIECES) if reported[base + p]]


def must_hold(times, pieces, where):
    for piece in pieces:
        for slot in (slots_of(piece)[0], slots_of(piece)[-1]):
            if time_of(slot) not in times:
                raise Broken(f"{where}: {time_of(slot)} was reported before the read began, and is not there")


def time_of(slot):
    day, minute = divmod(slot, 1440)
    return f"2024-01-{day + 1:02} {minute // 60:02}:{minute % 60:02}:00"


def check_rows(rows, where):
    for at, row in rows.items():
        day, clock = int(at[8:10]) - 1, at[11:16].split(":")
        if at[:8] != "2024-01-" or row != bar(day * 1440 + int(clock[0]) * 60 + int(clock[1])):
            raise Broken(f"{where}: {at} {row} is a bar that nobody wrote")


def reader(setting, cache, number, until, reported, results):
    program = setting.program(f"reader-{number}")
    random = setting.random("reader", number)
    reads = 0
    problems = []
    while time.monotonic() < until:
        symbol = random.choice(SERIES)
        pieces = expected_from(reported, symbol)
        file = Path(cache) / symbol / "1m" / "2024.csv.gz"
        try:
            if number % 4 == 0:  # a process for each read
                if not pieces:
                    continue
                ended = program.run(cache, ["read", symbol, "1m"], one_core=False)
                if ended.code != 0:
                    raise Broken(f"read: {ended.code} {ended.said()}")
                lines = ended.out.splitlines()[1:]
                rows = dict(line.split(",", 1) for line in lines)
            else:
                if not file.exists() and not pieces:
                    continue
                rows = rows_of(file.read_bytes(), "2024.csv.gz")
            reads += 1
            check_rows(rows, symbol)
            must_hold(rows, pieces, symbol)
        except (Broken, OSError) as why:
            problems.append(f"reader {number}: {why}")
            if len(problems) > 5:
                break
    results.put(("reads", reads, problems, []))


def start(context, target, count, *arguments):
    setting, cache, until, reported, results = arguments
    made = [context.Process(target=target, args=(setting, cache, i, until, reported, results)) for i in range(count)]
    for process in made:
        process.start()
    return made


def crowd(setting, report):
    writers, readers = (8, 16) if setting.long else (4, 4)
    seconds = setting.times(12, 1800)
    context = multiprocessing.get_context("fork")
    cache = setting.folder("crowd") / "cache"
    reported = context.Array("b", len(SERIES) * PIECES, lock=False)
    results = context.Queue()
    until = time.monotonic() + seconds
    arguments = (setting, cache, until, reported, results)
    processes = start(context, writer, writers, *arguments) + start(context, reader, readers, *arguments)
    pieces = set()
    for _ in processes:
        what, count, problems, done = results.get()
        report.count(what, count)
        pieces.update(done)
        for why in problems:
            report.fail("crowd", why)
    for process in processes:
        process.join()
    check_union(setting, report, cache, pieces)


def check_union(setting, report, cache, pieces):
    program = setting.program("after")
    files = files_of(cache)
    rows = rows_in(files)
    for symbol in SERIES:
        union = {time_of(slot) for s, p in pieces if s == symbol for slot in slots_of(p)}
        if union != set(rows.get(f"{symbol}/1m", {})):
            report.fail("crowd", f"{symbol}: is not the union of what was written")
    # One more write of each clears up what a dead writer would leave; nobody died here.
    left = [n for n in files if is_temporary(n)]
    if left:
        report.fail("crowd", f"{left[0]} is left")
    ended = program.run(cache, ["verify"], one_core=False)
    if ended.code != 0:
        report.fail("crowd", f"verify: {ended.code} {ended.said()}")


# --- locks --------------------------------------------------------------------------------------------


def prepared(setting, name):
    program = setting.program(name)
    folder = setting.folder(f"{name}/files")
    first = csv(folder / "first.csv", 2024, range(10))
    second = csv(folder / "second.csv", 2024, range(10, 20))
    cache = setting.folder(f"{name}/case") / "cache"
    return program, cache, import_words(first, "BTCUSDT"), import_words(second, "BTCUSDT")


def stop_owner(program, cache, words):
    """A process that was stopped in the middle of a commit, its lock in hand."""
    owner = program.start(cache, words, plan="rename:0:stop")
    while not program.fired_file().exists() or state_of(owner.pid) != "T":
        if owner.poll() is not None:
            raise Broken(f"was not stopped, but ended with {owner.returncode}")
        time.sleep(0.01)
    return owner


def state_of(pid):
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]


def stopped_owner(setting, report):
    """Others give up after the wait and name it; killed, it lets go at once."""
    program, cache, first, second = prepared(setting, "stopped")
    program.fired_file().unlink(missing_ok=True)
    owner = stop_owner(program, cache, first)
    began = time.monotonic()
    ended = program.run(cache, second, one_core=False)
    waited = time.monotonic() - began
    if ended.code not in (1, 4) or f"pid {owner.pid} " not in ended.err or "since" not in ended.err:
        report.fail("stopped owner", f"the other ends with {ended.code}: {ended.said()}")
    if not 29 < waited < 45:
        report.fail("stopped owner", f"the other waited {waited:.0f} s, not 30")
    owner.kill()
    owner.wait()
    began = time.monotonic()
    ended = program.run(cache, second, one_core=False)
    if ended.code != 0 or time.monotonic() - began > 10:
        report.fail("killed owner", f"its lock was not free: {ended.code} {ended.said()}")
    if program.run(cache, first, one_core=False).code != 0 or len(rows_in(files_of(cache))["BTCUSDT/1m"]) != 20:
        report.fail("killed owner", "the next run does not do the rest")
    report.count("stopped owners")


PLUGIN = """#!/bin/sh
if [ "$1" = describe ]; then
  echo '{"protocol": 1, "name": "slow", "classes": ["crypto"], "timeframes": ["1m"], "columns": [], "rate_limit": "60/minute", "needs_key": false}'
  exit 0
fi
echo $$ > "$0.pid"
exec sleep 60
"""


def child_lives_on(setting, report):
    """A killed owner whose plugin still runs: its locks are free at once."""
    program, cache, first, _ = prepared(setting, "child")
    plugins = setting.folder("child/plugins")
    plugin = plugins / "slow"
    plugin.write_text(PLUGIN)
    plugin.chmod(0o755)
    if program.run(cache, first, one_core=False).code != 0:
        report.fail("child", "preparing")
        return
    job = setting.scratch / "child-job.json"
    job.write_text(json.dumps({"name": "child", "from": "2024-02-01", "to": "2024-02-02", "provider": "slow",
                               "series": [{"symbols": "BTCUSDT", "timeframe": "1m"}]}))
    words = ["run", job, "--plugin-dir", plugins]
    owner = program.start(cache, words, now=None)
    pid_file = Path(f"{plugin}.pid")
    deadline = time.monotonic() + 20
    while not pid_file.exists() or not pid_file.read_text().strip():
        if owner.poll() is not None or time.monotonic() > deadline:
            report.fail("child", f"the plugin was not run: {owner.communicate()[1][:300]}")
            return
        time.sleep(0.01)
    child = int(pid_file.read_text())
    owner.kill()
    owner.wait()
    if not Path(f"/proc/{child}").exists():
        report.fail("child", "the plugin died with its owner: this proves nothing")
    again = program.start(cache, words, now=None)  # the job's lock, and the series'
    pid_file.unlink()
    deadline = time.monotonic() + 20
    while not pid_file.exists() and again.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    if not pid_file.exists():
        report.fail("child", f"the job did not start again: {again.communicate()[1][:300]}")
    if program.run(cache, first, one_core=False).code != 0:
        report.fail("child", "the lock of the series was not free")
    again.kill()
    again.wait()
    for pid in {child, int((pid_file.read_text() if pid_file.exists() else "") or child)}:
        kill_quietly(pid)
    report.count("owners killed with a child alive")


def kill_quietly(pid):
    import os
    import signal

    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def run(setting):
    report = Report("several at once")
    randomness.seed(setting.seed)
    for name, proof in (("crowd", crowd), ("stopped", stopped_owner), ("child", child_lives_on)):
        if setting.only in name:
            proof(setting, report)
    return report
