"""One measurement of each thing that bench.py compares: a run of Plunge, of its rivals, of its kernels."""
import json
import os
import subprocess
import sys
import time

PYTHON = "/usr/bin/python3"  # the one with Debian's packages
RIVAL = "tests/benchmark/numba_reference.py"
START_FACTOR = 1.2  # what worlds take, over starting and reading, which varies from run to run


def finish(command, **options):
    """(standard output, CPU seconds, elapsed seconds) of one process."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    elapsed = time.perf_counter() - start
    process.stdout.close()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"bench: {' '.join(command)} ended with exit code {process.returncode}")
    return output, usage.ru_utime + usage.ru_stime, elapsed


class Plunge:
    """One scenario at one number of threads, run at two numbers of worlds whose difference is what worlds cost.

    Reading, drawing and ordering accounts, starting and ending the program are in both and cancel; stepping, records,
    quantiles and writing are in the difference. The numbers are chosen by runs that are not counted.
    """

    def __init__(self, plunge, folder, scenario, overrides, threads, by_the_clock):
        self.command = [plunge, "run", scenario, "--threads", str(threads), "--json", "--force",
                        "-o", os.path.join(folder, "bench.h5")]
        for override in overrides:
            self.command += ["--set", override]
        self.few, self.many = 0, 0
        self.by_the_clock = by_the_clock  # elapsed time too
        self.liquidations = 0.0  # per world

    def run(self, worlds):
        """(summary, CPU seconds, elapsed seconds)"""
        output, *usage = finish(self.command + ["--worlds", str(worlds)])
        return json.loads(output), *usage

    def prepare(self, seconds):
        """Chooses numbers of worlds whose difference takes about `seconds` of CPU, and more than reading does."""
        self.run(1)  # files into the cache
        start = self.run(1)[1]
        seconds = max(seconds, START_FACTOR * start)
        worlds, taken = 64, 0.0
        # A few worlds say nothing beside a start that takes much longer: more, until they do.
        while (taken := self.run(worlds)[1] - start) < 0.3 * seconds:
            worlds = int(worlds * min(max(0.5 * seconds / max(taken, 1e-3), 2.0), 16.0))
        cost = taken / worlds
        # From 512 on a thread takes as many worlds at a time as it ever does.
        self.few = min(max(int(0.2 * seconds / cost), 64), 512)
        self.many = self.few + max(int(seconds / cost), self.few)

    def measure(self):
        """What one round says: rates per second of CPU and elapsed, of what worlds cost and of the whole process."""
        _, few_cpu, few_elapsed = self.run(self.few)
        summary, cpu, elapsed = self.run(self.many)
        self.liquidations = summary["metrics"]["liquidations"]["mean"]
        rates = {"marginal": self.per_second(cpu - few_cpu), "whole": self.many / cpu}
        return rates | {"elapsed": self.per_second(elapsed - few_elapsed)} if self.by_the_clock else rates

    def per_second(self, seconds):
        if seconds <= 0.0:
            sys.exit(f"bench: {self.many} worlds took less time than {self.few}: the machine is too busy to measure on")
        return (self.many - self.few) / seconds

    def memory(self, worlds):
        """Peak memory [MB] of the process, the program and its libraries included."""
        # A process counts what its parent held when it was started, which here is numpy and all: hence one in between.
        report = ("import os, sys; pid = os.spawnv(os.P_NOWAIT, sys.argv[1], sys.argv[1:]); "
                  "_, status, usage = os.wait4(pid, 0); print(usage.ru_maxrss); sys.exit(status != 0)")
        output = finish([PYTHON, "-I", "-S", "-c", report, *self.command, "--quiet", "--worlds", str(worlds)])[0]
        return float(output.split()[-1]) / 1024.0


class BruteForce:
    """tests/benchmark/brute_force.cpp"""

    def __init__(self, program, folded=False):
        self.program, self.folded = program, folded

    def measure(self, accounts, worlds, volatility, depth, seed):
        """(worlds per CPU second, liquidations per world)"""
        output = finish([self.program, accounts, str(worlds), "--volatility", repr(volatility), "--depth",
                         ",".join(map(repr, depth)), "--seed", str(seed)] + ["--folded"] * self.folded)[0]
        rate, liquidations = output.split()[:2]
        return float(rate), float(liquidations)


class Numba:
    """numba_reference.py in a process of its own that stays, so that it compiles once."""

    def __init__(self):
        self.process = subprocess.Popen([PYTHON, "-B", RIVAL], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env={**os.environ, "NUMBA_NUM_THREADS": "1"})

    @staticmethod
    def installed():
        return subprocess.run([PYTHON, "-c", "import numba"], stderr=subprocess.DEVNULL, check=False).returncode == 0

    def measure(self, accounts, worlds, volatility, depth, seed):
        """(worlds per CPU second, liquidations per world)"""
        print(accounts, worlds, volatility, ",".join(map(repr, depth)), seed, file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline().split()
        if len(answer) != 2:
            sys.exit("bench: the Numba version failed")
        return float(answer[0]), float(answer[1])

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def kernels(program, seconds, only="."):
    """Nanoseconds of an item, by kernel, of CPU time."""
    output = finish([program, "--benchmark_format=json", f"--benchmark_min_time={seconds}",
                     f"--benchmark_filter={only}"], stderr=subprocess.DEVNULL)[0]
    return {item["name"]: 1e9 / item["items_per_second"] for item in json.loads(output)["benchmarks"]
            if "items_per_second" in item}
