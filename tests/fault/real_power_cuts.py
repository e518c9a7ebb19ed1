"""The power goes under a job with several workers, on a real ext4 and a real XFS: RELIABILITY 8.1 and 9.

The file system lies in an image, and the image on an XFS that can clone a file in one instant. While the job runs,
the image is cloned at random instants: each clone is what the disk would hold had the power gone then, nothing
more. The clone is mounted, which replays the journal; what the program had reported before must be there, and
the same job ends in the bytes of an undisturbed one. Needs root and loop devices."""

import fcntl
import json
import os
import re
import selectors
import shutil
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

from cache_files import Broken, check_metadata, files_of, rows_in
from job_kills import JOB, Undisturbed, check_last_run
from setting import Report

FICLONE = 0x40049409
FORMATS = {
    # Little journals, so that they wrap round; writeback by the kernel's own clock besides the program's syncs.
    "ext4": ("32M", ["mkfs.ext4", "-q", "-F", "-J", "size=4"], ["-o", "commit=1"]),
    "xfs": ("300M", ["mkfs.xfs", "-q", "-f"], ["-o", "nouuid"]),
}
DONE = re.compile(r"^chandler: (\S+) (\S+): ([0-9]+) new bars? from ")  # what the program says when a series is committed
CUTS_A_RUN = 8


def call(*words):
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise OSError(f"{' '.join(map(str, words))}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout.strip()


@contextmanager
def mounted(image, where, options=()):
    where.mkdir(exist_ok=True)
    call("mount", "-o", "loop", *options, image, where)
    try:
        yield where
    finally:
        call("umount", where)


def clone(image, copy):
    with open(image, "rb") as source, open(copy, "wb") as target:
        fcntl.ioctl(target, FICLONE, source.fileno())


def run_and_cut(program, disk, image, job, known, random, copies):
    """Runs the job once; yields (clone, what had been reported before it)."""
    process = program.start(disk / "cache", ["run", job], now=None)
    os.set_blocking(process.stderr.fileno(), False)
    instants = sorted(random.uniform(0, known.span * 1.2) for _ in range(CUTS_A_RUN))
    began = time.monotonic()
    said = ""
    cuts = []
    with selectors.DefaultSelector() as waiting:
        waiting.register(process.stderr, selectors.EVENT_READ)
        for number, instant in enumerate(instants):
            while time.monotonic() - began < instant and process.poll() is None:
                waiting.select(max(0, began + instant - time.monotonic()))
                said += os.read(process.stderr.fileno(), 65536).decode() if waiting.select(0) else ""
            ended = process.poll() is not None
            copy = copies / f"cut-{number}"
            clone(image, copy)
            cuts.append((copy, [m.groups() for m in map(DONE.match, said.splitlines()) if m]))
            if ended:
                break
    process.stdout.read()
    process.wait()
    return cuts


def check_cut(program, cache, job, reported, known):
    if cache.exists():
        files = files_of(cache)
        rows = rows_in(files)
        check_metadata(files)
    else:
        rows = {}
    right = {}
    for name, found in known.right.items():
        right.setdefault(os.path.dirname(name), {}).update(found)
    for symbol, timeframe, count in reported:
        series = f"{symbol}/{timeframe}"
        if len(rows.get(series, {})) < int(count):
            raise Broken(f"{series}: {count} bars were reported, {len(rows.get(series, {}))} are there")
    for series, found in rows.items():
        for at, row in found.items():
            if right[series].get(at) != row:
                raise Broken(f"{series} {at}: {row} is not the right bar")
    check_last_run(program, cache, job, known.files, data_of)


def data_of(files):
    """Times of two runs on a clock that goes on differ; metadata is held to its rows by verify."""
    return {n: d for n, d in files.items() if n.endswith(".csv.gz")}


def cut_again_and_again(setting, report, name, store, job, known, cuts):
    size, make, options = FORMATS[name]
    program = setting.program(name)
    random = setting.random(name)
    empty, image = store / f"{name}-empty", store / f"{name}-image"
    call("truncate", "-s", size, empty)
    call(*make, empty)
    tried = 0
    while tried < cuts:
        clone(empty, image)
        with mounted(image, setting.scratch / f"{name}-disk", ["-o", options[1]]) as disk:
            made = run_and_cut(program, disk, image, job, known, random, store)
        for copy, reported in made[: cuts - tried]:
            tried += 1
            report.count(f"cuts on {name}")
            report.count(f"series reported before a cut on {name}", len(reported))
            try:
                with mounted(copy, setting.scratch / f"{name}-after", ["-o", options[1]]) as disk:
                    check_cut(program, disk / "cache", job, reported, known)
            except (Broken, AssertionError, OSError) as why:
                report.fail(f"{name} seed {setting.seed} cut {tried}", why)
            copy.unlink()
        if tried % 40 < CUTS_A_RUN:
            print(f"  {report.line()}", flush=True)


def run(setting):
    report = Report("power cuts (real file systems)")
    missing = [w for w in ("mkfs.ext4", "mkfs.xfs", "mount") if shutil.which(w, path="/usr/sbin:/sbin:/usr/bin:/bin") is None]
    if os.geteuid() != 0 or missing or not Path("/dev/loop-control").exists():
        report.skip(f"needs root, loop devices, e2fsprogs and xfsprogs (missing: {missing})")
        return report
    os.environ["PATH"] = "/usr/sbin:/sbin:" + os.environ["PATH"]
    job = setting.scratch / "job.json"
    job.write_text(json.dumps(JOB))
    known = Undisturbed(setting, job)
    host = setting.scratch / "host"
    try:
        call("truncate", "-s", "2G", host)
        call("mkfs.xfs", "-q", "-f", "-m", "reflink=1", host)
        with mounted(host, setting.scratch / "store") as store:
            for name, short, long in (("ext4", 16, 2000), ("xfs", 8, 1000)):
                if setting.only in name:
                    cut_again_and_again(setting, report, name, store, job, known, setting.times(short, long))
    except OSError as why:
        report.skip(str(why))
    return report
