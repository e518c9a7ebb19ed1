"""The side of the comparison that is written in Python: the same words as side.h."""

import json
import sys
import time


class Stopwatch:
    def __init__(self):
        self.wall = -time.perf_counter()
        self.cpu = -time.process_time()

    def stop(self):
        self.cpu += time.process_time()
        self.wall += time.perf_counter()


def serve(side, version, threads, tasks):
    """`tasks`: name -> function that answers (stopped stopwatch, {"rows", "sum", ...})."""
    print(json.dumps({"side": side, "version": version, "threads": threads, "tasks": list(tasks)}), flush=True)
    for line in sys.stdin:
        name = line.strip()
        if not name:
            return
        try:
            watch, found = tasks[name]()
            print(json.dumps({"wall": watch.wall, "cpu": watch.cpu, **found}), flush=True)
        except Exception as error:  # told to who asked, who stops
            print(json.dumps({"error": f"{type(error).__name__}: {error}"}), flush=True)
