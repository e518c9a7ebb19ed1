"""Runs all sides (side.h) on the same files, round robin, and saves what they said.

    race.py --build DIR --node-modules DIR --data DIR --out DIR [--short] [--rounds N] [--tasks A,B]

A round goes through the tasks, and each task through the sides, so that whatever else the machine does meets all of
them alike. What is measured is told by the sides themselves. Memory comes first, of a process of its own for every
task, started, told one task, ended; after that the page cache is warm.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

import report

HERE = Path(__file__).resolve().parent
# A task that takes less is done several times a round: its clock would show little else than noise.
QUICK = 0.03
REPEATS = 5
# Sums of closes may differ in their last bits: each side adds in an order of its own.
TOLERANCE = 1e-9


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, required=True, help="where Chandler was built")
    parser.add_argument("--programs", type=Path, help="default: bench/compare below it")
    parser.add_argument("--node-modules", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--page", action="store_true", help="also put the figures into docs/performance.md")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--tasks", help="only these, separated by commas")
    parser.add_argument("--sides", help="only these, separated by commas: chandler, plain, pandas, duckdb, polars")
    options = parser.parse_args()
    options.programs = options.programs or options.build / "bench" / "compare"
    return options


class Side:
    """One process that does tasks; see side.h."""

    def __init__(self, command, environment=None):
        self.command = command
        self.environment = {**os.environ, **(environment or {})}
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env=self.environment)
        said = self.hear()
        self.name, self.threads, self.tasks = said["side"], said["threads"], said["tasks"]
        self.version = said["version"]
        self.key = f"{self.name}/{self.threads}"

    def hear(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{' '.join(map(str, self.command))} ended without an answer")
        return json.loads(line)

    def do(self, task):
        self.process.stdin.write(task + "\n")
        self.process.stdin.flush()
        answer = self.hear()
        if "error" in answer:
            raise SystemExit(f"{self.key} {task}: {answer['error']}")
        return answer

    def end(self):
        """-> the most memory it had, in MiB"""
        self.process.stdin.close()
        _, status, used = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        if self.process.returncode != 0:
            raise SystemExit(f"{self.key} ended with {self.process.returncode}")
        return used.ru_maxrss / 1024


def start_sides(options):
    flags = ["--short"] if options.short else []
    wanted = options.sides.split(",") if options.sides else None
    sides = []

    def add(name, command, threads, **environment):
        if wanted and name not in wanted:
            return
        work = options.out / "work" / f"{name}-{threads}"
        work.mkdir(parents=True, exist_ok=True)
        sides.append(Side([*command, options.data, work, str(threads), *flags], environment))

    node = {"NODE_PATH": str(options.node_modules)}
    for threads in (1, 2):
        add("chandler", [options.programs / "chandler_side"], threads)
        add("plain", [options.programs / "plain_side"], threads)
        if threads == 1:
            add("pandas", [sys.executable, "-B", HERE / "pandas_side.py"], threads)
        add("duckdb", ["node", HERE / "duckdb_side.js"], threads, **node)
        add("polars", ["node", HERE / "polars_side.js"], threads, POLARS_MAX_THREADS=str(threads), **node)
    return sides


def check(task, results):
    """Whoever did the task must have found the same rows and the same sum."""
    known = [(key, runs[0]) for key, runs in results.items() if runs]
    first_key, first = known[0]
    for key, run in known[1:]:
        same_sum = abs(run["sum"] - first["sum"]) <= TOLERANCE * max(1.0, abs(first["sum"]))
        if run["rows"] != first["rows"] or not same_sum:
            raise SystemExit(f"{task}: {key} found {run['rows']} rows, sum {run['sum']}; {first_key} {first['rows']}, "
                             f"{first['sum']}")


def race(sides, tasks, rounds):
    """-> task -> side -> list of answers"""
    results = {task: {s.key: [] for s in sides if task in s.tasks} for task in tasks}
    for number in range(rounds):
        began = time.perf_counter()
        for task, of_task in results.items():
            for side in (s for s in sides if s.key in of_task):
                answers = [side.do(task)]
                if answers[0]["wall"] < QUICK:
                    answers += [side.do(task) for _ in range(REPEATS - 1)]
                of_task[side.key] += answers
        print(f"round {number + 1} of {rounds}: {time.perf_counter() - began:.0f} s, load {os.getloadavg()[0]:.1f}", file=sys.stderr)
    for task, of_task in results.items():
        check(task, of_task)
    return results


def measure_memory(sides, tasks):
    """-> task -> side -> MiB, and under "idle" what a side needs to be there. All sides run afterwards as before."""
    began = time.perf_counter()
    memory = {"idle": {side.key: side.end() for side in sides}}
    for task in tasks:
        memory[task] = {}
        for side in (s for s in sides if task in s.tasks):
            side.start()
            side.do(task)
            memory[task][side.key] = side.end()
    for side in sides:
        side.start()
    print(f"memory, and warm-up: {time.perf_counter() - began:.0f} s", file=sys.stderr)
    return memory


def times_of_command(command, times):
    """Wall milliseconds of a whole process, and its peak memory in MiB: medians."""
    took, memory = [], []
    for _ in range(times):
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        took.append((time.perf_counter() - began) * 1e3)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise SystemExit(f"{' '.join(map(str, command))} ended with {process.returncode}")
        memory.append(used.ru_maxrss / 1024)
    return statistics.median(took), statistics.median(memory)


def measure_others(options):
    """What is not a task of a side: whole commands, the selector, the pipeline."""
    found = {}
    repeats = 3 if options.short else 21
    command = options.build / "apps" / "chandler" / "chandler"
    if command.exists():
        found["help_command_ms"], found["help_command_mib"] = times_of_command([command, "--help"], repeats)
        status = [command, "status", "--json", "--cache", options.data / "status"]
        found["status_command_ms"], found["status_command_mib"] = times_of_command(status, repeats)
    selector = options.build / "bench" / "selector_bench"
    if selector.exists():
        said = subprocess.run([selector, "--benchmark_filter=select_warm/.*threads:1$", "--benchmark_format=json"],
                              capture_output=True, text=True, check=True)
        found["selector_ns"] = json.loads(said.stdout)["benchmarks"][0]["cpu_time"]
    pipeline = options.out / "pipeline.json"
    if pipeline.exists():
        found["pipeline"] = json.loads(pipeline.read_text())
    return found


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    return {"processor": model, "cores": os.cpu_count(), "system": platform.release(),
            "load": os.getloadavg()[0]}


def commit():
    said = subprocess.run(["git", "-C", HERE, "describe", "--always", "--dirty"], capture_output=True, text=True)
    return said.stdout.strip() or "unknown"


def condensed(results):
    return {task: {key: {"runs": len(runs),
                         **{f: statistics.median(r[f] for r in runs) for f in runs[0]},
                         "best": min(r["wall"] for r in runs)}
                   for key, runs in of_task.items()}
            for task, of_task in results.items()}


def main():
    options = arguments()
    rounds = options.rounds or (1 if options.short else 7)
    measured = commit()
    sides = start_sides(options)
    tasks = list(dict.fromkeys(task for side in sides for task in side.tasks))
    if options.tasks:
        tasks = [t for t in tasks if t in options.tasks.split(",")]
    memory = measure_memory(sides, tasks)
    results = race(sides, tasks, rounds)
    others = measure_others(options)
    document = {"short": options.short, "rounds": rounds, "commit": measured, "machine": machine(),
                "versions": {s.name: s.version for s in sides}, "results": condensed(results), "memory_mib": memory, "others": others}
    report.save(document, options.out)
    if options.page:
        report.write_page(document, HERE.parent.parent / "docs")
    print((options.out / "results.md").read_text())


if __name__ == "__main__":
    main()
