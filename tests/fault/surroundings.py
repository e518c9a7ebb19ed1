"""The machine misbehaves around the program: RELIABILITY 8.1 (signals), 8.2 (folders, room), 8.4 (one rotten
block) and 8.6 (clock)."""

import json
import os
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager

from cache_files import Broken, difference, files_of, is_data, is_temporary, rows_in
from commit_kinds import csv
from job_kills import JOB
from setting import Report
from several_at_once import PLUGIN, state_of

DAY = 86400


def data_of(cache):
    return {n: d for n, d in files_of(cache).items() if d is not None and is_data(n)}


class Here:
    """One proof's program, cache and job, and what the job gives when nothing disturbs it."""

    known = {}  # the scratch folder -> data files

    def __init__(self, setting, name):
        self.setting = setting
        self.name = name
        self.program = setting.program(name)
        self.cache = setting.folder(f"{name}/case") / "cache"
        self.job = setting.scratch / "job.json"
        self.job.write_text(json.dumps(JOB))
        self.words = ["run", self.job, "-q"]
        if setting.scratch not in self.known:
            cache = setting.folder("undisturbed/case") / "cache"
            began = time.monotonic()
            ended = self.program.run(cache, self.words, one_core=False)
            if ended.code != 0:
                raise AssertionError(f"undisturbed: {ended.code} {ended.said()}")
            self.known[setting.scratch] = data_of(cache), time.monotonic() - began
        self.right, self.span = self.known[setting.scratch]

    def run(self, words=None, cache=None, **settings):
        settings.setdefault("one_core", False)
        return self.program.run(cache or self.cache, words or self.words, **settings)

    def must_finish(self, cache=None):
        """The same command does the rest."""
        cache = cache or self.cache
        ended = self.run(cache=cache)
        if ended.code != 0:
            raise Broken(f"the next run exits with {ended.code}: {ended.said()}")
        differs = difference(self.right, data_of(cache))
        if differs:
            raise Broken(f"after the next run {differs}")
        left = [n for n in files_of(cache) if is_temporary(n)]
        if left:
            raise Broken(f"after the next run {left[0]} is left")
        ended = self.run(["verify"], cache=cache)
        if ended.code != 0:
            raise Broken(f"after the next run verify exits with {ended.code}: {ended.said()}")


def must(condition, why):
    if not condition:
        raise Broken(why)


@contextmanager
def memory_disk(folder, size):
    """A file system of so many bytes; OSError where there can be none."""
    folder.mkdir(parents=True, exist_ok=True)
    mount(["-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder])
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def mount(words):
    done = subprocess.run(["mount", *map(str, words)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise OSError(f"mount: {done.stderr.strip()}")


# --- the proofs ---------------------------------------------------------------------------------------


def cache_vanishes(here):
    """The cache's folder is renamed away in the middle of a run: 4 or 1, and it is not made anew."""
    failed = 0
    for ordinal in (0, 3, 9, 20, 40):
        here.cache = here.setting.folder(f"{here.name}/case") / "cache"
        here.program.fired_file().unlink(missing_ok=True)
        process = here.program.start(here.cache, here.words, plan=f"create:{ordinal}:stop")
        while not here.program.fired_file().exists() or state_of(process.pid) != "T":
            must(process.poll() is None, f"was not stopped at file {ordinal}")
            time.sleep(0.005)
        away = here.cache.with_name("away")
        here.cache.rename(away)
        process.send_signal(signal.SIGCONT)
        _, err = process.communicate(timeout=60)
        must(not here.cache.exists(), "the cache's folder was made anew")
        rows_in(files_of(away))
        # What is open stays open: who was about to write the last file of all may well succeed.
        done = process.returncode == 0 and data_of(away) == here.right
        must(done or process.returncode in (1, 4), f"file {ordinal}: exits with {process.returncode}: {err.strip()}")
        must(done or err.strip(), f"file {ordinal}: does not say why")
        failed += not done
        away.rename(here.cache)
        here.must_finish()
    must(failed >= 3, "hardly any run noticed")
    return {"caches that vanished": failed}


def read_only(here):
    """A file system that cannot be written: reading verbs work, writing verbs exit with 2."""
    with memory_disk(here.cache.parent / "disk", "8m") as disk:
        cache = disk / "cache"
        here.must_finish(cache)
        mount(["-o", "remount,ro", disk])
        for words in (["status"], ["verify"], ["read", "BTCUSDT", "1h"], ["gaps", "BTCUSDT", "1h"]):
            ended = here.run(words, cache=cache)
            must(ended.code == 0, f"{words[0]} exits with {ended.code}: {ended.said()}")
        one = csv(here.setting.scratch / "one.csv", 2024, [1])
        for words in (
            here.words,
            ["fetch", "ADAUSDT", "-t", "1d", "--from", "2024-01-01", "--to", "2024-02-01", "--provider", "sandbox"],
            ["import", one, "--symbol", "ADAUSDT", "-t", "1m"],
            ["heal"],
            ["resample", "BTCUSDT", "--source", "1h", "-t", "1d"],
            ["rm", "BTCUSDT", "--yes"],
            ["verify", "--repair"],
        ):
            ended = here.run(words, cache=cache)
            must(ended.code == 2, f"{words[0]} exits with {ended.code}, not 2: {ended.said()}")
            must("ead-only" in ended.err, f"{words[0]} does not say why: {ended.said()}")
        mount(["-o", "remount,rw", disk])
        here.must_finish(cache)
    return {"verbs on a read-only disk": 11}


def clock_jumps(here):
    """The clock jumps by a day in either direction at one reading after another."""
    tried = 0
    points = range(0, 60, 2) if here.setting.long else range(0, 60, 12)
    for ordinal in points:
        for by in (DAY, -DAY):
            here.cache = here.setting.folder(f"{here.name}/case") / "cache"
            began = time.monotonic()
            ended = here.run(now=None, more={"FAULT_JUMP": f"{ordinal}:{by}"})
            must(ended.code == 0, f"jump of {by} s at {ordinal}: {ended.code} {ended.said()}")
            must(time.monotonic() - began < 30 + 10 * here.span, f"jump of {by} s at {ordinal}: hangs")
            differs = difference(here.right, data_of(here.cache))
            must(not differs, f"jump of {by} s at {ordinal}: {differs}")
            ended = here.run(["verify"])
            must(ended.code == 0, f"jump of {by} s at {ordinal}: verify {ended.code} {ended.said()}")
            tried += 1
    return {"clock jumps": tried}


def disk_full(here):
    """A disk of too few bytes, of every size: what was there stays, and with more room the same command finishes."""
    sizes = range(16, 400, 8) if here.setting.long else range(24, 400, 60)
    full = 0
    for size in sizes:
        with memory_disk(here.cache.parent / "disk", f"{size}k") as disk:
            cache = disk / "cache"
            # What statvfs says is a lie here, else the plan would stop beforehand.
            ended = here.run(cache=cache, more={"FAULT_FREE": str(1 << 40)})
            must(ended.code in (0, 1, 2, 4), f"{size} KiB: {ended.code} {ended.said()}")
            if ended.code != 0:
                full += 1
                must("space" in ended.err, f"{size} KiB: does not say why: {ended.said()}")
            if cache.exists():
                files = files_of(cache)
                rows_in(files)
                left = [n for n in files if is_temporary(n)]
                must(not left, f"{size} KiB: {left[:1]} is left")
            mount(["-o", "remount,size=8m", disk])
            here.must_finish(cache)
    must(full > 0, "no disk was too small")
    return {"disks that were full": full}


def too_little_room(here):
    """Seen beforehand: said, and nobody is asked."""
    ended = here.run(more={"FAULT_FREE": "100000"})
    must(ended.code in (2, 4), f"exits with {ended.code}: {ended.said()}")
    must("free" in ended.err and "need" in ended.err, f"does not say how much: {ended.said()}")
    must(not data_of(here.cache), "and yet wrote bars")
    here.must_finish()
    return {"plans with too little room": 1}


def signals(here):
    """130 within 5 s, whatever the program waits for; a second signal ends it within 1 s."""
    plugins = here.setting.folder(f"{here.name}/plugins")
    plugin = plugins / "slow"
    plugin.write_text(PLUGIN)
    plugin.chmod(0o755)
    pid_file = plugins / "slow.pid"
    slow = here.setting.scratch / "slow.json"
    slow.write_text(json.dumps({"name": "slow", "from": "2024-02-01", "to": "2024-02-02", "series": [
        {"symbols": "BTCUSDT", "timeframe": "1m", "provider": "slow"},
        {"symbols": "ETHUSDT", "timeframe": "1h", "provider": "sandbox"}]}))
    for sent in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        pid_file.unlink(missing_ok=True)
        process = here.program.start(here.cache, ["run", slow, "--plugin-dir", plugins], now=None)
        deadline = time.monotonic() + 30
        while not pid_file.exists():
            must(process.poll() is None and time.monotonic() < deadline, "the plugin was not run")
            time.sleep(0.005)
        began = time.monotonic()
        process.send_signal(sent)
        _, err = process.communicate(timeout=60)
        took = time.monotonic() - began
        must(process.returncode == 130, f"{sent.name}: exits with {process.returncode}: {err[-300:]}")
        must(took < 5, f"{sent.name}: took {took:.1f} s")
        must("the same command again does the rest" in err, f"{sent.name}: does not say how to go on")
        rows_in(files_of(here.cache))
    shutil.rmtree(here.cache)
    tried = 3
    for part in range(12 if here.setting.long else 4):
        process = here.program.start(here.cache, here.words)
        time.sleep(here.span * part / 4)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)
        # Before main() nobody catches it; nothing is there then.
        early = process.returncode == -signal.SIGTERM and not here.cache.exists()
        must(early or process.returncode in (0, 130), f"SIGTERM: exits with {process.returncode}: {err[-300:]}")
        rows_in(files_of(here.cache))
        tried += 1
    here.must_finish()
    return {"signals": tried}


def rotten_block(here):
    """A bit of a sealed block rots: nobody reads it as a bar, and no append seals it anew: RELIABILITY 8.4."""
    cache = here.cache
    folder = here.setting.folder(f"{here.name}/files")
    first = csv(folder / "first.csv", 2024, [*range(0, 600, 7), 5000, 5001])
    more = csv(folder / "more.csv", 2024, [9000])
    words = ["import", first, "--symbol", "BTCUSDT", "-t", "1m", "-q"]
    must(here.run(words).code == 0, "preparing")
    file = cache / "BTCUSDT/1m/2024.csv.gz"
    whole = file.read_bytes()
    about = json.loads((file.parent / "2024.metadata.json").read_text())["file_info"]["blocks"][0]
    random = here.setting.random("rotten")
    bits = range(8 * about["size"])
    for bit in random.sample(bits, min(len(bits), 4000 if here.setting.long else 40)):
        rotten = bytearray(whole)
        rotten[bit // 8] ^= 1 << bit % 8
        file.write_bytes(rotten)
        ended = here.run(["import", more, "--symbol", "BTCUSDT", "-t", "1m"])
        must(ended.code in (1, 4), f"bit {bit}: an append exits with {ended.code}: {ended.said()}")
        must("verify --repair" in ended.err, f"bit {bit}: without a hint: {ended.said()}")
        must(file.read_bytes() == rotten, f"bit {bit}: the file was changed")
        ended = here.run(["read", "BTCUSDT", "1m", "--to", "2024-01-02"])
        must(ended.code == 1 and not ended.out, f"bit {bit}: is read: {ended.code} {ended.said()}")
        ended = here.run(["read", "BTCUSDT", "1m", "--from", "2024-01-04"])
        must(ended.code == 0 and len(ended.out.splitlines()) == 3, f"bit {bit}: good rows: {ended.code} {ended.said()}")
    file.write_bytes(whole)
    must(here.run(["import", more, "--symbol", "BTCUSDT", "-t", "1m"]).code == 0, "the whole file takes an append")
    return {"rotten bits": min(len(bits), 4000 if here.setting.long else 40)}


PROOFS = (rotten_block, cache_vanishes, read_only, clock_jumps, disk_full, too_little_room, signals)


def run(setting):
    report = Report("surroundings")
    for proof in PROOFS:
        if setting.only not in proof.__name__:
            continue
        try:
            for what, count in proof(Here(setting, proof.__name__)).items():
                report.count(what, count)
        except OSError as why:
            report.skip(f"{proof.__name__}: {why}")
        except (Broken, AssertionError, subprocess.TimeoutExpired) as why:
            report.fail(proof.__name__, why)
    if os.geteuid() != 0 and not report.skipped:
        report.skip("not root: disks of memory cannot be mounted")
    return report
