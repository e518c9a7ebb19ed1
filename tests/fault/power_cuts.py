"""The power goes: every state that a disk may show after it, by a recorded trace: RELIABILITY 8.1.

A sequence of commands is run once under the shim's trace. After each call that changes something, disk_model.py
says which contents the disk may have. Each is laid out in a folder. What a command had reported before the cut must
be there; no file is empty, torn or full of zeros; the rest of the sequence ends in the bytes of an undisturbed one.
_metadata/ is spared: what lies there may be lost at any time, and nothing of it is synced."""

import multiprocessing
import os
import shutil
from pathlib import Path

import trace_file
from cache_files import Broken, difference, files_of, is_data, is_temporary, lasting, rows_in
from commit_kinds import SYMBOL, flip_a_bit, make_kinds
from disk_model import Disk
from setting import Report

MODELS = ("ext4", "any")


class Sequence:
    def __init__(self, name, commands, prepare=(), fetched=("1m",), loses_from=99):
        self.name = name
        self.prepare = list(prepare)
        self.commands = commands
        self.fetched = fetched  # timeframes that are not rolled up: these have to be durable
        self.loses_from = loses_from  # index of the first command that removes bars


def sequences(folder):
    kinds = {k.name: k for k in make_kinds(folder)}
    first, later, middle = (kinds[k].command for k in ("new_year", "append", "rewrite"))
    years, bad = kinds["several_years"].command, kinds["metadata_only"].command
    rolled, more = kinds["derive"].command, kinds["import_many"].command
    fetch = kinds["fetch"].command
    some = kinds["fetch_more"].prepare[0]
    return [
        Sequence("imports", [first, later, middle, years, bad, rolled, more, rolled]),
        Sequence(
            "repair",
            [kinds["repair"].command, kinds["heal_repaired"].command, rolled],
            prepare=[first, flip_a_bit(1)],
        ),
        Sequence("fetches", [some, fetch], fetched=("1h",)),
        Sequence("removal", [years, rolled, kinds["prune"].command, kinds["rm"].command], loses_from=2),
        Sequence("job", [kinds["run"].command], fetched=("1h", "AAPL/1d")),
    ]


class Recorded:
    """A sequence, run once: its trace, and what was reported when."""

    def __init__(self, setting, sequence):
        program = setting.program("recorded")
        base = setting.folder(f"recorded/{sequence.name}")
        # What is watched and cut is the folder above the cache, so that making the cache can be lost, too.
        disk, trace = base / "disk", base / "trace"
        cache = disk / "cache"
        disk.mkdir()
        for step in sequence.prepare:
            if callable(step):
                step(cache)
            elif program.run(cache, step).code != 0:
                raise AssertionError(f"{sequence.name}: preparing")
        self.sequence = sequence
        self.start = files_of(disk)
        self.stages = []  # of each command: its records, and the rows that were there before it
        for command in sequence.commands:
            rows = {} if self.damaged(len(self.stages)) else rows_in(files_of(cache))
            trace.unlink(missing_ok=True)
            ended = program.run(cache, command, trace=trace, root=disk)
            if ended.code != 0:
                raise AssertionError(f"{sequence.name}: {command}: {ended.code} {ended.said()}")
            self.stages.append((trace_file.read(trace), rows))
        self.rows = rows_in(files_of(cache))
        self.final = lasting(files_of(cache))

    def damaged(self, stage):
        return bool(self.sequence.prepare) and stage == 0

    def cuts(self, model, random, instants):
        """{(stage, digest): state} of all instants of all commands, or of about so many of them."""
        calls = sum(len(records) for records, _ in self.stages)
        chance = 1 if instants is None else instants / calls
        disk = Disk.holding(self.start, spared="cache/_metadata/")
        found = {}
        for stage, (records, _) in enumerate(self.stages):
            for record in records:
                if disk.apply(record) and random.random() < chance:
                    for key, state in disk.states(model, random).items():
                        found.setdefault((stage, key), state)
        return found


def is_durable(name, fetched):
    folder = os.path.dirname(name)
    return any(folder.endswith("/" + f) if "/" not in f else folder == f for f in fetched)


def lay_out(state, disk):
    for path, data in state:
        if data is None:
            (disk / path).mkdir(parents=True, exist_ok=True)
    for path, data in state:
        if data is not None:
            (disk / path).write_bytes(data)


def comparable(files, sequence):
    """What is rolled up need not be durable: its data is made again, its history begins anew. An original that a repair
    set aside comes back when its removal was not synced; the next write to its series removes it."""
    return {
        n: d
        for n, d in files.items()
        if ".damaged." not in n and (is_data(n) or is_durable(n, sequence.fetched))
    }


def end_of(sequence, stage, cache, program):
    """Runs the command that was cut, and those behind it. The one before it comes first: its last rename, of metadata,
    is not synced, and its roll-ups are not at all; it alone finishes them, or makes them again."""
    for number, command in enumerate(sequence.commands):
        if number < stage - 1:
            continue
        ended = program.run(cache, command)
        allowed = {0, 1, 4} if number == stage and stage >= sequence.loses_from else {0}
        if ended.code not in allowed:
            raise Broken(f"the next run of {command[0]} exits with {ended.code}: {ended.said()}")


def check_cut(setting, recorded, stage, state, label):
    sequence = recorded.sequence
    program = setting.program(label)
    disk = setting.folder(f"{label}/case")
    lay_out(state, disk)
    cache = disk / "cache"
    files = files_of(cache)
    if not recorded.damaged(stage):
        found = rows_in(files)
        reported = recorded.stages[stage][1]
        for series, rows in reported.items():
            if not is_durable(series + "/x", sequence.fetched) or stage >= sequence.loses_from:
                continue
            gone = rows.keys() - found.get(series, {}).keys()
            if gone:
                raise Broken(f"{series}: {len(gone)} bars that were reported are gone")
    elif any(is_data(n) and d is not None and not d.strip(b"\0") for n, d in files.items()):
        raise Broken("a file is empty or full of zeros")
    end_of(sequence, stage, cache, program)
    files = files_of(cache)
    differs = difference(comparable(recorded.final, sequence), comparable(lasting(files), sequence))
    if differs:
        raise Broken(f"after the next run {differs}")
    left = [n for n in files if is_temporary(n)]
    if left:
        raise Broken(f"after the next run {left[0]} is left")
    ended = program.run(cache, ["verify"])
    if ended.code != 0:
        raise Broken(f"after the next run verify exits with {ended.code}: {ended.said()}")


_shared = {}


def _work(case):
    name, stage, state, number = case
    label = f"worker-{multiprocessing.current_process().pid}"
    try:
        check_cut(_shared["setting"], _shared["recorded"][name], stage, state, label)
    except (Broken, AssertionError) as why:
        command = _shared["recorded"][name].sequence.commands[stage][0]
        keep(_shared["setting"], state, number)
        return name, f"{name} command {stage} ({command}) state {number}: {why}"
    return name, None


def keep(setting, state, number):
    folder = Path("/tmp/chandler-fault-failed") / f"state-{number}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    lay_out(state, folder)


def run(setting):
    report = Report("power cuts (model)")
    recorded = {}
    cases = []
    seen = set()
    for sequence in sequences(setting.scratch / "sources"):
        if setting.only not in sequence.name:
            continue
        made = recorded[sequence.name] = Recorded(setting, sequence)
        calls = sum(len(records) for records, _ in made.stages)
        report.count("calls", calls)
        for model in MODELS:
            states = made.cuts(model, setting.random(sequence.name, model), None if setting.long else 100)
            print(f"  {sequence.name}: {calls} calls, {len(states)} states of {model}", flush=True)
            report.count(f"states of {model}", len(states))
            for (stage, key), state in states.items():
                if (sequence.name, stage, key) not in seen:
                    seen.add((sequence.name, stage, key))
                    cases.append((sequence.name, stage, state, len(cases)))
    if not setting.long or setting.count:
        cases = setting.random("cuts").sample(cases, min(len(cases), setting.times(200, 0)))
    _shared.update(setting=setting, recorded=recorded)
    with multiprocessing.get_context("fork").Pool(setting.jobs) as pool:
        for _, why in pool.imap_unordered(_work, cases, chunksize=4):
            report.count("different states tried")
            if report.counted["different states tried"] % 500 == 0:
                print(f"  {report.line()}", flush=True)
            if why:
                report.fail(f"seed {setting.seed}", why)
    return report
