"""The real program, run under the shim (shim/shim.h says what the shim can do)."""

import os
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

NOON = 1767268800  # 2026-01-01 12:00 UTC: where the wall clock stands still
LONGEST = 120  # seconds; no command here comes near it


@dataclass
class Ended:
    code: int  # negative: the signal that ended it
    out: str
    err: str
    fired: list = field(default_factory=list)  # (call, path) of the calls that were disturbed

    @property
    def killed(self):
        return self.code == -9

    def said(self):
        return (self.err.strip() or self.out.strip()).replace("\n", " | ")[:300]


class Program:
    """Knows where the program and the shim lie, and a scratch folder for what must not be in a cache."""

    def __init__(self, chandler, shim, scratch, without=""):
        self.without = without
        self.chandler = str(chandler)
        self.shim = str(shim)
        self.scratch = Path(scratch)
        self.scratch.mkdir(parents=True, exist_ok=True)
        self.home = self.scratch / "home"
        self.home.mkdir(exist_ok=True)

    def environment(self, root=None, plan=None, trace=None, now=NOON, more=None):
        env = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "HOME": str(self.home),
            "XDG_STATE_HOME": str(self.home / "state"),
            "LD_PRELOAD": self.shim,
        }
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LD_LIBRARY_PATH"):
            if name in os.environ:
                env[name] = os.environ[name]
        if root is not None:
            env["FAULT_ROOT"] = str(root)
        if plan:
            env["FAULT_PLAN"] = plan
            env["FAULT_FIRED"] = str(self.fired_file())
        if trace:
            env["FAULT_TRACE"] = str(trace)
        if now is not None:
            env["FAULT_NOW"] = str(now)
        if self.without:
            env["FAULT_WITHOUT"] = self.without
        env.update(more or {})
        return env

    def fired_file(self):
        return self.scratch / f"fired-{os.getpid()}"

    def words(self, cache, arguments):
        return [self.chandler, *map(str, arguments), "--cache", str(cache)]

    def start(self, cache, arguments, **settings):
        """A process that goes on; the caller waits for it."""
        one_core = settings.pop("one_core", None)
        settings.setdefault("root", cache)
        return subprocess.Popen(
            self.words(cache, arguments),
            cwd=self.scratch,
            env=self.environment(**settings),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=on_one_core if one_core else hear_hang_ups,
        )

    def run(self, cache, arguments, **settings):
        """One core, so that the n-th call is the same call in every run (oneTBB goes by the cores)."""
        settings.setdefault("one_core", True)
        if settings.get("plan"):
            self.fired_file().unlink(missing_ok=True)
        process = self.start(cache, arguments, **settings)
        try:
            out, err = process.communicate(timeout=LONGEST)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise AssertionError(f"did not end within {LONGEST} s: {arguments}") from None
        fired = []
        if settings.get("plan") and self.fired_file().exists():
            fired = [tuple(line.split("\t")) for line in self.fired_file().read_text().splitlines()]
        return Ended(process.returncode, out, err, fired)


def hear_hang_ups():
    """Under nohup the program would ignore them, as it should."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def on_one_core():
    hear_hang_ups()
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[os.getppid() % len(cores)]})
