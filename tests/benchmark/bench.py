"""Plunge beside its rivals, in interleaved rounds of one run: prints a table of rates and ratios, and the goals.

README.md beside this file says what is measured and how to read it. scripts/bench builds what is run here.
"""
import argparse
import json
import math
import os
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path

import measure
import population

ROOT = Path(__file__).resolve().parents[2]
RELEASE = ROOT / "build" / "release"
STRIPPED = "scenarios/reference.toml"
FULL = "tests/benchmark/full_model.toml"
ACCOUNTS = "scenarios/reference_accounts.csv"
OCTOBER = "scenarios/october_2025.toml"
QUICKSTART = "scenarios/quickstart.toml"
QUICKSTART_ACCOUNTS = 2_000
STEPS = 1440
REGIMES = ("calm", "base", "stress")
VOLATILITY = (0.60, 0.80, 1.20)
RICH = 100.0  # times as much equity: the same positions, and nobody is ever short
WORLDS_OF_MEMORY = 10_000


class Plan:
    """How much is measured: quickly, or thoroughly."""

    def __init__(self, quick):
        self.rounds, self.budget_seconds = (3, 52.0) if quick else (9, 540.0)
        self.seconds = 0.25 if quick else 0.8          # of CPU time a run
        self.sweep_seconds = 0.15 if quick else 0.5
        self.thread_seconds = 0.6 if quick else 3.0    # of the base regime, which 2 threads are compared with
        self.kernel_seconds = 0.02 if quick else 0.1
        self.brute_worlds, self.numba_worlds = (200, 60) if quick else (800, 200)
        self.accounts = {"calm": (500, 128_000) if quick else (500, 8_000, 32_000, 128_000),
                         "base": (500, 8_000) if quick else (500, 8_000, 32_000, 128_000)}
        self.assets = (1, 10, 50) if quick else (1, 2, 5, 10, 25, 50)
        self.steps = ("15s",) if quick else ("6min", "2min", "30s", "15s")


def setting(name, values, symbols=population.SYMBOLS):
    return f"{name}={{ " + ", ".join(f"{s} = {v!r}" for s, v in zip(symbols, values)) + " }"


def scenario_of_assets(assets, folder, accounts=2_000):
    """The base regime with another number of assets, all alike; the scenario's path."""
    symbols, prices = [f"A{a}" for a in range(assets)], [100.0] * assets
    equity, position = population.draw(accounts, 25.0, prices)
    population.write(os.path.join(folder, f"assets_{assets}.csv"), equity, position, symbols)
    text = open(STRIPPED, encoding="utf-8").read()
    head = text[text.index("[scenario]"):text.index("[[asset]]")]
    tail = text[text.index("[venue.margin]"):].replace("reference_accounts.csv", f"assets_{assets}.csv")
    correlation = "correlation = 0.7\n" if assets > 1 else ""
    path = os.path.join(folder, f"assets_{assets}.toml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(head + "".join(f'[[asset]]\nsymbol = "{s}"\nprice = 100\n' for s in symbols))
        file.write(f'[prices]\nmodel = "gbm"\nvolatility = 0.8\n{correlation}')
        file.write('[[venue]]\nname = "perp"\nmark = "last"\nmax_rounds = 10_000\n[venue.impact]\nshape = "linear"\n')
        file.write(setting("depth", population.depth(position, prices), symbols).replace("=", " = ", 1)
                   + "\npermanent = 1.0\n" + tail)
    return path


class Suite:
    """Everything that is measured: what there is, and what every round said."""

    def __init__(self, options, plan, folder):
        self.options, self.plan, self.folder = options, plan, folder
        self.plunge, self.seconds = {}, {}
        self.values = {}     # name: one value a round
        self.liquidations = {}
        self.rivals = {"brute force": (measure.BruteForce(options.brute_force), plan.brute_worlds),
                       "brute force, folded": (measure.BruteForce(options.brute_force, True), plan.brute_worlds)}
        if measure.Numba.installed():
            self.rivals["numba"] = (measure.Numba(), plan.numba_worlds)
        else:
            print("bench: no numba for /usr/bin/python3 (Debian: python3-numba): its rows are skipped", file=sys.stderr)
        self.kernels = os.path.exists(options.kernels)
        if not self.kernels:
            print("bench: no plunge_kernels (Debian: libbenchmark-dev): paths and kernels are skipped", file=sys.stderr)
        self.make_regimes()
        self.make_drawn()
        self.make_sweeps()

    def add(self, name, seconds, scenario, overrides=(), threads=1, by_the_clock=False):
        self.plunge[name] = measure.Plunge(self.options.plunge, self.folder, scenario, overrides, threads, by_the_clock)
        self.seconds[name] = seconds

    def accounts(self, count, leverage, equity_factor=1.0):
        """Settings that put another population into a scenario, and the depth to match."""
        path = os.path.join(self.folder, f"accounts_{count}_{leverage:g}_{equity_factor:g}.csv")
        equity, position = population.draw(count, leverage)
        population.write(path, equity * equity_factor, position)
        depth = population.depth(position)
        return path, depth, [f'cohort.0.accounts_from="{path}"', setting("venue.impact.depth", depth)]

    def make_regimes(self):
        plan = self.plan
        calm_path, depth, calm = self.accounts(2_000, 6.0)
        _, _, rich = self.accounts(2_000, 25.0, RICH)
        harder = [f"prices.volatility={[5.0 * v for v in VOLATILITY]}"]
        stress = harder + [setting("venue.impact.depth", [d / 2.0 for d in depth])]
        self.regimes = {"calm": (calm_path, 1.0, depth), "base": (ACCOUNTS, 1.0, depth),
                        "stress": (ACCOUNTS, 5.0, [d / 2.0 for d in depth])}
        overrides = {"calm": calm, "base": [], "stress": stress}
        for regime in REGIMES:
            if regime == "base":
                self.add("stripped, base", plan.thread_seconds, STRIPPED, by_the_clock=True)
                self.add("two threads", plan.thread_seconds, STRIPPED, threads=2, by_the_clock=True)
            else:
                self.add(f"stripped, {regime}", plan.seconds, STRIPPED, overrides[regime])
            self.add(f"full, {regime}", plan.seconds, FULL, overrides[regime])
        self.add("nobody short, base", plan.seconds, STRIPPED, rich)
        self.add("nobody short, full, base", plan.seconds, FULL, rich)
        self.add("nobody short, stress", plan.seconds, STRIPPED, rich + harder)

    def make_drawn(self):
        """Accounts that are drawn for every world, and the same scenario with those of world 0 in all."""
        self.add("October 2025", self.plan.thread_seconds, OCTOBER, by_the_clock=True)
        self.add("October 2025, two threads", self.plan.thread_seconds, OCTOBER, threads=2, by_the_clock=True)
        for mode in ("shared", "resampled"):
            self.add(f"quickstart, {mode}", self.plan.seconds, QUICKSTART,
                     [f'run.population="{mode}"', "record.traces=[]"])

    def make_sweeps(self):
        plan = self.plan
        for regime, leverage in (("calm", 6.0), ("base", 25.0)):
            for count in plan.accounts[regime]:
                self.add(f"accounts {count:,}, {regime}", plan.sweep_seconds, STRIPPED,
                         self.accounts(count, leverage)[2])
        for count in plan.assets:
            self.add(f"assets {count}", plan.sweep_seconds, scenario_of_assets(count, self.folder))
        for step in plan.steps:
            self.add(f"step {step}", plan.sweep_seconds, STRIPPED, [f'run.step="{step}"'])

    def prepare(self):
        for name, case in self.plunge.items():
            case.prepare(self.seconds[name])

    def keep(self, name, value):
        self.values.setdefault(name, []).append(value)

    def round(self, number):
        for name, case in self.plunge.items():
            for kind, value in case.measure().items():
                self.keep(f"{name}: {kind}", value)
            self.liquidations[name] = case.liquidations
            regime = name.removeprefix("stripped, ")
            if regime in self.regimes:  # the rivals right after, in the same state of the machine
                self.round_of_rivals(regime, number)
        if self.kernels:
            for name, value in measure.kernels(self.options.kernels, self.plan.kernel_seconds).items():
                self.keep(f"kernel {name}", value)

    def round_of_rivals(self, regime, number):
        accounts, volatility, depth = self.regimes[regime]
        for name, (rival, worlds) in self.rivals.items():
            rate, liquidations = rival.measure(accounts, worlds, volatility, depth, 1 + number * worlds)
            self.keep(f"{name}, {regime}: marginal", rate)
            self.liquidations[f"{name}, {regime}"] = liquidations

    def measure_memory(self):
        self.add("memory", 0.0, STRIPPED, threads=2)
        case = self.plunge.pop("memory")
        self.keep("memory, 1 world", case.memory(1))
        self.keep("memory", case.memory(WORLDS_OF_MEMORY))

    def close(self):
        if "numba" in self.rivals:
            self.rivals["numba"][0].close()

    def rate(self, name, kind="marginal"):
        return self.values.get(f"{name}: {kind}", [])

    def microseconds(self, name):
        return [1e6 / rate for rate in self.rate(name)]


def ratio(left, right):
    return [a / b for a, b in zip(left, right)]


def exponent(small, large, factor):
    return [math.log(b / a) / math.log(factor) for a, b in zip(small, large)]


class Report:
    """Rows and goals, printed and as JSON."""

    def __init__(self, rounds):
        self.rounds, self.rows, self.goals = rounds, [], []
        self.section, self.unit = "", ""

    def head(self, title, unit="", note=""):
        """Opens a section whose rows are in `unit`, where they do not say otherwise."""
        self.section, self.unit = title, unit
        print(f"\n{title}\n{'':<50}{'min':>10}{'median':>10}{'max':>10}  {note}".rstrip())

    def row(self, name, values, unit="", liquidations=None):
        """Left out where there are no values. \param liquidations  per world, where they say something"""
        if not values:
            return
        label = f"{name} [{unit}]" if unit else name
        text = "" if liquidations is None else f"  {liquidations:.4g}"
        print(f"  {label:<48}{three(values)}{text}")
        self.rows.append({"section": self.section, "name": name, "unit": unit or self.unit, "min": min(values),
                          "median": statistics.median(values), "max": max(values), "values": values,
                          "liquidations_per_world": liquidations})

    def goal(self, name, values, sign, goal, unit=""):
        """`sign` is ">=" or "<="; the median decides."""
        entry = {"name": name, "unit": unit, "sign": sign, "goal": goal, "median": None, "reached": None}
        text = f"{sign} {goal:g} {unit}".rstrip()
        if values:
            middle = statistics.median(values)
            reached = middle >= goal if sign == ">=" else middle <= goal
            entry.update({"min": min(values), "median": middle, "max": max(values), "reached": reached})
            print(f"  {name:<48}{three(values)}  {text:<14} {'reached' if reached else 'not reached'}")
        else:
            print(f"  {name:<48}{'-':>10}{'-':>10}{'-':>10}  {text:<14} not measured")
        self.goals.append(entry)


def three(values):
    """Minimum, median and maximum as text."""
    middle = statistics.median(values)
    digits = next((d for limit, d in ((1000, 0), (100, 1), (1, 2)) if abs(middle) >= limit), 3)
    return "".join(f"{x:>10,.{digits}f}" for x in (min(values), middle, max(values)))


def report_regimes(report, suite):
    report.head("worlds per CPU second, one thread (3 assets, 1,440 steps, 2,000 accounts)", "worlds/CPU s",
                "liq./world")
    for regime in REGIMES:
        for name in (f"stripped, {regime}", f"full, {regime}"):
            report.row(f"Plunge {name}", suite.rate(name), liquidations=suite.liquidations[name])
        report.row(f"Plunge stripped, {regime}, whole process", suite.rate(f"stripped, {regime}", "whole"))
        for rival in suite.rivals:
            name = f"{rival}, {regime}"
            report.row(name, suite.rate(name), liquidations=suite.liquidations[name])
    report.head("ratios, round by round", "x")
    for regime in REGIMES:
        for rival in suite.rivals:
            report.row(f"Plunge stripped / {rival}, {regime}",
                       ratio(suite.rate(f"stripped, {regime}"), suite.rate(f"{rival}, {regime}")))
        report.row(f"Plunge full / stripped, {regime}",
                   ratio(suite.rate(f"full, {regime}"), suite.rate(f"stripped, {regime}")))


def path_share(suite, name):
    """Share of a world's time that making its path takes, in per cent."""
    return [100.0 * STEPS * ns * 1e-3 / us
            for ns, us in zip(suite.values.get("kernel index_path/3", []), suite.microseconds(name))]


def liquidation_cost(suite, regime, model="stripped"):
    """Microseconds a liquidation, over the same paths and positions with so much equity that there are none."""
    count = suite.liquidations[f"{model}, {regime}"]
    rich = f"nobody short, {regime}" if model == "stripped" else f"nobody short, {model}, {regime}"
    return [(with_them - without) / count for with_them, without
            in zip(suite.microseconds(f"{model}, {regime}"), suite.microseconds(rich))]


def report_costs(report, suite):
    report.head("what a world's time goes into")
    report.row("path generation alone, 3 assets", suite.values.get("kernel index_path/3", []), "ns/step")
    for regime in REGIMES:
        report.row(f"time of a world, {regime}", suite.microseconds(f"stripped, {regime}"), "us")
        report.row(f"share of path generation, {regime}", path_share(suite, f"stripped, {regime}"), "%")
    report.row("time of a world with nobody ever short, base", suite.microseconds("nobody short, base"), "us")
    for regime in ("base", "stress"):
        report.row(f"marginal cost of a liquidation, {regime}", liquidation_cost(suite, regime), "us")
    report.row("marginal cost of a liquidation, full model, base", liquidation_cost(suite, "base", "full"), "us")


def report_drawn(report, suite):
    report.head("accounts drawn for every world", "us", "liq./world")
    for name in ("October 2025", "quickstart, shared", "quickstart, resampled"):
        report.row(name, suite.microseconds(name), liquidations=suite.liquidations[name])


def october_over_numba(suite):
    return ratio(suite.rate("numba, base"), suite.rate("October 2025"))


def drawn_over_shared(suite):
    return ratio(suite.rate("quickstart, shared"), suite.rate("quickstart, resampled"))


def cost_of_an_account(suite):
    """Nanoseconds of drawing one and of finding out where it may be short, which shared accounts do once in a run."""
    return [1e3 * (resampled - shared) / QUICKSTART_ACCOUNTS for shared, resampled
            in zip(suite.microseconds("quickstart, shared"), suite.microseconds("quickstart, resampled"))]


def report_sweeps(report, suite):
    report.head("scaling: microseconds of CPU a world, stripped model", "us", "liq./world")
    for regime in ("calm", "base"):
        cases = {2_000: f"stripped, {regime}"}
        cases |= {count: f"accounts {count:,}, {regime}" for count in suite.plan.accounts[regime]}
        for count, name in sorted(cases.items()):
            report.row(f"{count:,} accounts, {regime}", suite.microseconds(name), liquidations=suite.liquidations[name])
    for count in suite.plan.assets:
        name = f"assets {count}"
        report.row(f"{count} asset{'s' * (count > 1)}, base", suite.microseconds(name),
                   liquidations=suite.liquidations[name])
    for step in suite.plan.steps:
        name = f"step {step}"
        report.row(f"steps of {step}, base", suite.microseconds(name), liquidations=suite.liquidations[name])
    few, many = suite.plan.assets[-2], suite.plan.assets[-1]
    report.row(f"assets, {few} to {many}", exponent(
        suite.microseconds(f"assets {few}"), suite.microseconds(f"assets {many}"), many / few), "exponent")
    report.row("1 thread", suite.rate("stripped, base", "elapsed"), "worlds/s elapsed")
    report.row("2 threads", suite.rate("two threads", "elapsed"), "worlds/s elapsed")
    report.row("CPU time of a world, 2 threads over 1",
               ratio(suite.rate("stripped, base"), suite.rate("two threads")), "x")
    report.row("peak memory, 1 world, 2 threads", suite.values["memory, 1 world"], "MB")
    report.row(f"peak memory, {WORLDS_OF_MEMORY:,} worlds, 2 threads", suite.values["memory"], "MB")


def report_kernels(report, suite):
    report.head("kernels: ns of CPU an item (number, step, plane, value, world)", "ns")
    for name, values in suite.values.items():
        if name.startswith("kernel "):
            report.row(name.removeprefix("kernel "), values)


def report_goals(report, suite):
    report.head("goals", note="goal")
    base, stress = suite.rate("stripped, base"), suite.rate("stripped, stress")
    report.goal("base against tuned Numba", ratio(base, suite.rate("numba, base")), ">=", 60.0, "x")
    report.goal("base against brute force", ratio(base, suite.rate("brute force, base")), ">=", 18.0, "x")
    report.goal("stress against brute force", ratio(stress, suite.rate("brute force, stress")), ">=", 8.0, "x")
    report.goal("calm: share of path generation", path_share(suite, "stripped, calm"), ">=", 60.0, "%")
    report.goal("path generation, 3 assets", suite.values.get("kernel index_path/3", []), "<=", 10.0, "ns/step")
    report.goal("marginal cost of a liquidation, base", liquidation_cost(suite, "base"), "<=", 0.25, "us")
    report.goal("the same in the full model over it", ratio(
        liquidation_cost(suite, "base", "full"), liquidation_cost(suite, "base")), "<=", 1.5, "x")
    report.goal("October 2025, a world over one of Numba's base", october_over_numba(suite), "<=", 1.2, "x")
    report.goal("quickstart, accounts drawn per world over shared", drawn_over_shared(suite), "<=", 1.6, "x")
    report.goal("an account drawn, its place in the search found", cost_of_an_account(suite), "<=", 150.0, "ns")
    report.goal("exponent in accounts, calm, 2,000 to 128,000", exponent(
        suite.microseconds("stripped, calm"), suite.microseconds("accounts 128,000, calm"), 64.0), "<=", 0.2)
    report.goal("2 threads against 1, elapsed", ratio(
        suite.rate("two threads", "elapsed"), suite.rate("stripped, base", "elapsed")), ">=", 1.95, "x")
    report.goal("2 threads against 1, October 2025, elapsed", ratio(
        suite.rate("October 2025, two threads", "elapsed"), suite.rate("October 2025", "elapsed")), ">=", 1.95, "x")
    report.goal(f"peak memory, {WORLDS_OF_MEMORY:,} worlds, 2 threads", suite.values["memory"], "<=", 40.0, "MB")
    report.goal("full model against stripped, base", ratio(suite.rate("full, base"), base), ">=", 0.5, "x")


def processor():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next(line.split(":", 1)[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.machine()


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer points and rounds: under one minute")
    parser.add_argument("--rounds", type=int, help="at most; the time allowed may end them before")
    parser.add_argument("--json", metavar="FILE", help="everything that was measured, for machines")
    parser.add_argument("--plunge", default=RELEASE / "plunge")
    parser.add_argument("--brute-force", default=RELEASE / "tests" / "plunge_brute_force")
    parser.add_argument("--kernels", default=RELEASE / "tests" / "plunge_kernels")
    options = parser.parse_args()
    for name in ("json", "plunge", "brute_force", "kernels"):
        if getattr(options, name):
            setattr(options, name, os.path.abspath(getattr(options, name)))
    return options


def main():
    start = time.monotonic()
    options = parse()
    os.chdir(ROOT)
    plan = Plan(options.quick)
    rounds = options.rounds or plan.rounds
    with tempfile.TemporaryDirectory() as folder:
        suite = Suite(options, plan, folder)
        suite.prepare()
        suite.measure_memory()
        done, longest = 0, 0.0
        # Another round only where it will end in time.
        while done < rounds and (done == 0 or time.monotonic() - start + longest < plan.budget_seconds):
            began = time.monotonic()
            suite.round(done)
            done, longest = done + 1, max(longest, time.monotonic() - began)
            print(f"bench: round {done} of at most {rounds}, {time.monotonic() - start:.0f} s", file=sys.stderr)
        suite.close()
    report = Report(done)
    print(f"{processor()}, {os.cpu_count()} logical processors; {done} interleaved rounds")
    report_regimes(report, suite)
    report_costs(report, suite)
    report_drawn(report, suite)
    report_sweeps(report, suite)
    report_kernels(report, suite)
    report_goals(report, suite)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"format": 1, "quick": options.quick, "rounds": done, "processor": processor(),
                       "logical_processors": os.cpu_count(), "seconds": time.monotonic() - start,
                       "rows": report.rows, "goals": report.goals}, file, indent=1)


if __name__ == "__main__":
    main()
