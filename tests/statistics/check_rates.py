#!/usr/bin/python3
"""How often `plunge check` cries wolf, and what it finds: run many times, as its users run it.

usage: check_rates.py [--quick] [--pairs N] [--repeats N] [--worlds N]

False alarms: pairs of runs of one scenario with seeds of their own, the second held against the baseline of the first at
family_error = 0.05. Detection: fee, depth and margin rate changed by 2 %, 10 % and 50 %, held against the unchanged
scenario at the default error rate, with another seed (what the stated power means) and with the same one (what a changed
program looks like). --quick is what ctest runs, with limits that a correct program passes but for one time in thousands.
The program is what PLUNGE_EXECUTABLE names. Exit code 1 where a rate is out of its limits.
"""
import argparse
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile

SCENARIO = pathlib.Path(__file__).parent / "rates.toml"
PROGRAM = os.environ.get("PLUNGE_EXECUTABLE", "plunge")
VALUES = {"fee": ("venue.liquidation.fee={}", 0.005), "margin rate": ("venue.margin.rate={}", 0.01),
          "depth": ("venue.impact.depth={{ BTC = {}, ETH = {} }}", (4e5, 3e5))}
NOTABLE = ("liquidated_notional", "shortfall", "fees")  # whose shift the table shows


def plunge(*arguments, codes=(0,)):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode not in codes:
        raise RuntimeError(f"plunge {' '.join(map(str, arguments))}: exit code {done.returncode}\n{done.stderr}")
    return done


class Runs:
    """Files in one folder; every run replaces the last of its name."""

    def __init__(self, folder, worlds):
        self.folder, self.worlds = pathlib.Path(folder), worlds

    def run(self, name, seed, *settings):
        out = self.folder / f"{name}.h5"
        changes = [word for setting in settings for word in ("--set", setting)]
        plunge("run", SCENARIO, "-o", out, "--quiet", "--force", "--threads", 1, "--worlds", self.worlds, "--seed", seed,
               *changes)
        return out

    def baseline(self, result):
        out = self.folder / "baseline.toml"
        out.unlink(missing_ok=True)
        plunge("check", result, out, "--update")
        return out

    def check(self, result, baseline, *options):
        return json.loads(plunge("check", result, baseline, "--json", *options, codes=(0, 1)).stdout)


def wilson(count, trials):
    """95 % interval of a share (Wilson 1927)."""
    p, z2 = count / trials, 1.959963984540054**2
    centre = (p + z2 / (2 * trials)) / (1 + z2 / trials)
    half = math.sqrt(z2) * math.sqrt(p * (1 - p) / trials + z2 / (4 * trials**2)) / (1 + z2 / trials)
    return max(0.0, centre - half), min(1.0, centre + half)


def false_alarms(runs, pairs):
    """Alarms, and the statistics that raised them."""
    alarms, culprits = 0, {}
    for pair in range(pairs):
        baseline = runs.baseline(runs.run("then", 2 * pair + 1))
        report = runs.check(runs.run("now", 2 * pair + 2), baseline, "--family-error", 0.05)
        alarms += not report["passed"]
        for row in report["statistics"]:
            if row["moved"]:
                name = f"{row['metric']} {row['statistic']}"
                culprits[name] = culprits.get(name, 0) + 1
    return alarms, culprits


def changed(what, factor):
    key, value = VALUES[what]
    values = [v * factor for v in (value if isinstance(value, tuple) else (value,))]
    return key.format(*values)


def detection(runs, what, factor, repeats, other_seed):
    """Times found, and for the notable metrics mean shift, times found, and the stated shift."""
    found, rows = 0, {name: [0.0, 0, 0.0] for name in NOTABLE}
    for repeat in range(repeats):
        seed = 10_001 + 2 * repeat
        baseline = runs.baseline(runs.run("then", seed))
        now = runs.run("now", seed + 1 if other_seed else seed, changed(what, factor))
        report = runs.check(now, baseline, "--allow-scenario-change")
        found += not report["passed"]
        for row in report["statistics"]:
            if row["metric"] in rows and row["statistic"] == "mean":
                rows[row["metric"]][0] += row["relative"] / repeats
                rows[row["metric"]][1] += row["moved"]
        for name in NOTABLE[:2]:
            rows[name][2] += report["power"][name]["detectable_shift"] / repeats
    return found, rows


def print_detection(runs, repeats, factors):
    print(f"\ndetection, {runs.worlds} worlds, {repeats} times each; shift of the mean, times seen in that mean")
    print(f"{'':<20}{'seed':<8}{'found':>7}" + "".join(f"{name:>24}" for name in NOTABLE))
    stated = {}
    for what in VALUES:
        for factor in factors:
            for other_seed in (True, False):
                found, rows = detection(runs, what, factor, repeats, other_seed)
                cells = "".join(f"{f'{100 * shift:+.1f} %':>15}{seen:>9}" for shift, seen, _ in rows.values())
                label = f"{what} {100 * (factor - 1):+.0f} %"
                print(f"{label:<20}{'other' if other_seed else 'same':<8}{found:>7}{cells}", flush=True)
                stated.setdefault(other_seed, rows)  # of the smallest change: little else differs
    for other_seed, rows in stated.items():
        shifts = ", ".join(f"{name} {100 * rows[name][2]:.1f} %" for name in NOTABLE[:2])
        print(f"stated for 80 % power, {'other' if other_seed else 'same'} seed, smallest change: {shifts}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--pairs", type=int, default=1000)
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--worlds", type=int, default=400)
    parser.add_argument("--detection-worlds", type=int, default=4000)
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.pairs, arguments.worlds, arguments.detection_worlds = 40, 100, 400
    with tempfile.TemporaryDirectory() as folder:
        runs = Runs(folder, arguments.worlds)
        alarms, culprits = false_alarms(runs, arguments.pairs)
        low, high = wilson(alarms, arguments.pairs)
        print(f"false alarms at family_error 0.05, {arguments.worlds} worlds: {alarms} of {arguments.pairs} "
              f"({100 * alarms / arguments.pairs:.1f} %, 95 % interval {100 * low:.1f} to {100 * high:.1f} %)", flush=True)
        for name, count in sorted(culprits.items(), key=lambda item: -item[1])[:10]:
            print(f"  {count:>4}  {name}")
        runs.worlds = arguments.detection_worlds
        good = low <= 0.05
        if arguments.quick:
            found, _ = detection(runs, "depth", 0.25, 2, True)
            print(f"a quarter of the depth: found {found} of 2 times")
            return 0 if good and alarms <= 8 and found == 2 else 1
        print_detection(runs, arguments.repeats, (1.02, 1.1, 1.5))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
