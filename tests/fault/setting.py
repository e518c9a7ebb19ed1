"""What a proof is given, and what it gives back."""

import random
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path

from program import Program


@dataclass
class Setting:
    chandler: Path
    shim: Path
    scratch: Path
    long: bool = False
    jobs: int = 2
    seed: int = 1
    only: str = ""  # of a proof's parts, those whose name holds this
    without: str = ""  # a mechanism that is taken out, to see the proof fail
    count: int = 0  # how often, where a proof has a number; 0: its own for the short or long form

    def program(self, name):
        return Program(self.chandler, self.shim, self.scratch / name, self.without)

    def random(self, *about):
        return random.Random(":".join(map(str, (self.seed, *about))))

    def folder(self, name):
        """An empty folder."""
        folder = self.scratch / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def times(self, short, long):
        return self.count or (long if self.long else short)


@dataclass
class Report:
    name: str
    counted: dict = field(default_factory=dict)  # what was done how often
    failures: list = field(default_factory=list)
    skipped: list = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def count(self, what, by=1):
        self.counted[what] = self.counted.get(what, 0) + by

    def fail(self, where, why):
        self.failures.append(f"{where}: {why}")
        if len(self.failures) <= 20:
            print(f"  FAILED {where}: {why}", flush=True)

    def skip(self, why):
        self.skipped.append(why)
        print(f"  skipped: {why}", flush=True)

    def line(self):
        counts = ", ".join(f"{n:,} {what}" for what, n in self.counted.items())
        seconds = time.monotonic() - self.began
        verdict = f"{len(self.failures)} FAILED" if self.failures else "no failure"
        return f"{self.name}: {counts}; {verdict}, {seconds:.0f} s"
