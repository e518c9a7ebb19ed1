"""A whole job with several workers, killed at random instants again and again until it is done: RELIABILITY 8.1.

After each kill every file is whole, no bar that was there before is gone, every bar is the right one; when the job
has come to its end the cache has the bytes of one that nothing disturbed."""

import json
import multiprocessing
import shutil
import time

from cache_files import Broken, check_metadata, difference, files_of, is_data, is_temporary, lasting, rows_of
from setting import Report

JOB = {
    "name": "killed",
    "provider": "sandbox",
    "from": "2024-12-01",
    "to": "2025-02-01",
    "workers": 4,
    "series": [
        {"symbols": ["BTCUSDT", "ETHUSDT", "SOLUSDT"], "timeframe": "1h", "derive": ["4h", "1d"]},
        {"symbols": ["AAPL", "MSFT"], "timeframe": "1d"},
        {"symbols": "XRPUSDT", "timeframe": "5m", "from": "2024-12-30", "to": "2025-01-02", "derive": ["1h"]},
    ],
}


def check_last_run(program, cache, job, right, part=lambda files: files):
    """The job comes to its end: the files, or a part of them, are those of an undisturbed one, and nothing else is left."""
    ended = program.run(cache, ["run", job, "-q"], one_core=False)
    if ended.code != 0:
        raise Broken(f"the last run exits with {ended.code}: {ended.said()}")
    files = files_of(cache)
    differs = difference(part(right), part(lasting(files)))
    if differs:
        raise Broken(f"after the last run {differs}")
    left = [n for n in files if is_temporary(n)]
    if left:
        raise Broken(f"after the last run {left[0]} is left")
    ended = program.run(cache, ["verify"], one_core=False)
    if ended.code != 0:
        raise Broken(f"after the last run verify exits with {ended.code}: {ended.said()}")


class Rows:
    """What the files hold; the same bytes are read only once."""

    def __init__(self):
        self.known = {}

    def of(self, name, data):
        key = (name, data)
        if key not in self.known:
            if len(self.known) > 2000:
                self.known.clear()
            self.known[key] = rows_of(data, name)
        return self.known[key]

    def all(self, files):
        return {name: self.of(name, data) for name, data in files.items() if data is not None and is_data(name)}


def check(rows, files, before, right):
    """The rows now; Broken when one is gone since `before` or is not the right one."""
    check_metadata(files)
    now = rows.all(files)
    for name, old in before.items():
        gone = old.keys() - now.get(name, {}).keys()
        if gone:
            raise Broken(f"{name}: {len(gone)} bars are gone, the first is {min(gone)}")
    for name, found in now.items():
        for at, row in found.items():
            if right[name].get(at) != row:
                raise Broken(f"{name}: {at} is {row}, not {right[name].get(at)}")
    return now


class Undisturbed:
    def __init__(self, setting, job):
        program = setting.program("undisturbed")
        self.rows = Rows()
        spans = []
        for i in range(3):
            cache = setting.folder("undisturbed/case") / "cache"
            began = time.monotonic()
            ended = program.run(cache, ["run", job, "-q"], one_core=False)
            spans.append(time.monotonic() - began)
            if ended.code != 0:
                raise AssertionError(f"undisturbed: {ended.code} {ended.said()}")
            files = files_of(cache)
            if i > 0 and lasting(files) != self.files:
                raise AssertionError(f"two undisturbed runs: {difference(self.files, lasting(files))}")
            self.files = lasting(files)
        self.right = self.rows.all(files)
        self.span = sorted(spans)[1]


def rounds(setting, job, known, worker, kills):
    """Kills jobs until `kills` of them have died; yields (what, why it failed or None)."""
    program = setting.program(f"worker-{worker}")
    random = setting.random("kills", worker)
    died = number = 0
    while died < kills:
        number += 1
        cache = setting.folder(f"worker-{worker}/case") / "cache"
        before = {}
        where = f"worker {worker} round {number}"
        try:
            while died < kills:
                process = program.start(cache, ["run", job, "-q"])
                time.sleep(random.uniform(0, known.span))
                process.kill()
                _, err = process.communicate()
                if process.returncode == 0:
                    break
                if process.returncode != -9:
                    raise Broken(f"ended with {process.returncode}: {err.strip()}")
                died += 1
                before = check(known.rows, files_of(cache), before, known.right)
                yield "kills", None
            check_last_run(program, cache, job, known.files)
            yield "jobs", None
        except (Broken, AssertionError) as why:
            yield "jobs", f"{where}, after {died} kills: {why}"
            shutil.copytree(cache, setting.scratch / f"failed-{worker}-{number}", dirs_exist_ok=True)


_shared = {}


def _work(worker):
    s = _shared
    return list(rounds(s["setting"], s["job"], s["known"], worker, s["kills"]))


def run(setting):
    report = Report("kills of whole jobs")
    job = setting.scratch / "job.json"
    job.write_text(json.dumps(JOB))
    known = Undisturbed(setting, job)
    print(f"  undisturbed: {known.span * 1000:.0f} ms, {len(known.files)} files")
    kills = setting.times(200, 10000)
    # Short shares, so that a long run says how far it is.
    share = min(50, kills)
    shares = range(0, kills, share)
    _shared.update(setting=setting, job=job, known=known, kills=share)
    with multiprocessing.get_context("fork").Pool(setting.jobs) as pool:
        for done, results in enumerate(pool.imap_unordered(_work, range(len(shares))), 1):
            for what, why in results:
                report.count(what)
                if why:
                    report.fail(f"seed {setting.seed}", why)
            if done % 2 == 0:
                print(f"  {report.line()}", flush=True)
    return report
