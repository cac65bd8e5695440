"""The program as its user meets it: exit codes, messages, interruption, full disks, repetition."""
import hashlib
import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time
import unittest

PLUNGE = os.environ.get("PLUNGE_EXECUTABLE")
SOURCE = pathlib.Path(os.environ.get("PLUNGE_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
QUICKSTART = SOURCE / "scenarios" / "quickstart.toml"
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


# Prices replayed, accounts all alike.
COPIES = """
[scenario]
name = "copies"
[run]
worlds = 2000
horizon = "1h"
[[asset]]
symbol = "BTC"
price = 100000
[prices]
model = "replay"
file = "prices.csv"
[[venue]]
name = "v"
mark = "index"
[venue.impact]
shape = "linear"
depth = 1e5
[venue.margin]
rule = "flat"
rate = 0.005
[venue.liquidation]
policy = "full"
[[venue.waterfall]]
layer = "insurance_fund"
balance = 10
[[cohort]]
name = "c"
accounts = 10
equity = 1000
leverage = 10
long_share = 1.0
positions = { BTC = 1 }
"""


def heed(*ignored):
    """For Popen's preexec_fn: signals as a program started by hand finds them, whoever started the tests."""
    def prepare():
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN if number in ignored else signal.SIG_DFL)
    return prepare


@unittest.skipUnless(PLUNGE, "PLUNGE_EXECUTABLE does not name the program")
class CommandLine(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.out = os.path.join(self.folder.name, "out.h5")

    def plunge(self, *arguments, **options):
        return subprocess.run([PLUNGE, *map(str, arguments)], capture_output=True, text=True, timeout=300, **options)

    def run_quickstart(self, *arguments, worlds=40, **options):
        return self.plunge("run", QUICKSTART, "-o", self.out, "--worlds", worlds, *arguments, **options)

    def leftovers(self):
        return sorted(os.listdir(self.folder.name))

    def test_show_prints_what_run_printed(self):
        run = self.run_quickstart()
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(run.stderr, "")
        show = self.plunge("show", self.out)
        self.assertEqual(show.returncode, 0)
        table = run.stdout[: run.stdout.index("40 worlds in ")]
        self.assertTrue(show.stdout.startswith(table.strip()), show.stdout)
        self.assertLessEqual(max(map(len, show.stdout.splitlines())), 80)

    def test_results_are_the_same_for_any_number_of_threads_and_files_for_the_same_command(self):
        import h5py

        environment = {**os.environ, "SOURCE_DATE_EPOCH": "1760130000"}
        digests = set()
        for threads in (1, 2, 8):
            run = self.run_quickstart("--threads", threads, "--quiet", "--force", env=environment)
            self.assertEqual(run.returncode, 0, run.stderr)
            with h5py.File(self.out) as file:
                digests.add(file.attrs["results_sha256"])
        self.assertEqual(len(digests), 1)
        first = pathlib.Path(self.out).read_bytes()
        self.run_quickstart("--threads", 8, "--quiet", "--force", env=environment)
        self.assertEqual(first, pathlib.Path(self.out).read_bytes())

    def test_the_command_in_the_file_can_be_given_to_a_shell(self):
        import h5py
        import shlex

        arguments = ["--quiet", "--set", "venue.impact.depth={ BTC = 5e6, ETH = 2e6 }", "--set", "scenario.name=it's"]
        self.assertEqual(self.run_quickstart(*arguments).returncode, 0)
        with h5py.File(self.out) as file:
            command = shlex.split(file.attrs["command"])
        self.assertEqual(command, ["plunge", "run", str(QUICKSTART), "-o", self.out, "--worlds", "40", *arguments])

    def test_replay_equals_the_world_of_the_run(self):
        self.assertEqual(self.run_quickstart("--quiet").returncode, 0)
        for world in (0, 17, 39):
            replay = self.plunge("replay", self.out, "--world", world)
            self.assertEqual(replay.returncode, 0, replay.stderr)
            self.assertIn(f"equal to world {world}", replay.stdout)
        for world in (40, -1):
            beyond = self.plunge("replay", self.out, "--world", world)
            self.assertEqual(beyond.returncode, 2)
            self.assertIn(f"worlds 0 to 39; there is no world {world}", beyond.stderr)

    def test_replay_needs_neither_the_scenario_nor_its_inputs(self):
        run = self.plunge("run", SOURCE / "scenarios" / "reference.toml", "-o", self.out, "--worlds", 5, "--quiet")
        self.assertEqual(run.returncode, 0, run.stderr)
        replay = self.plunge("replay", self.out, "--world", 4, cwd=self.folder.name)
        self.assertEqual(replay.returncode, 0, replay.stderr)

    def test_a_run_from_a_preset_says_so_and_replays_without_it(self):
        import h5py

        listed = self.plunge("presets")
        self.assertEqual(listed.returncode, 0)
        names = re.findall(r"^(\w+), (20[\d-]+)$", listed.stdout, re.MULTILINE)
        self.assertEqual([name for name, _ in names],
                         sorted(path.stem for path in (SOURCE / "scenarios" / "presets").glob("*.toml")))
        printed = self.plunge("presets", "hyperliquid")
        self.assertEqual(printed.stdout, (SOURCE / "scenarios" / "presets" / "hyperliquid.toml").read_text())
        self.assertEqual(self.plunge("presets", "nowhere").returncode, 2)

        scenario = SOURCE / "scenarios" / "two_exchanges.toml"
        shown = self.plunge("validate", scenario)
        self.assertIn(f"rules of preset hyperliquid {dict(names)['hyperliquid']}", shown.stdout)
        run = self.plunge("run", scenario, "-o", self.out, "--worlds", 5, "--set", "run.horizon=90min")
        self.assertEqual(run.returncode, 0, run.stderr)
        with h5py.File(self.out) as file:
            self.assertIn("preset = ", file.attrs["scenario"])
            self.assertNotIn("preset = ", file.attrs["scenario_effective"])
        replay = self.plunge("replay", self.out, "--world", 3)
        self.assertEqual(replay.returncode, 0, replay.stderr)

    def test_a_replay_that_differs_names_the_metrics(self):
        # A number changed under a digest that fits again: what a defect in the engine would look like.
        self.assertEqual(self.run_quickstart("--quiet").returncode, 0)
        import h5py

        with h5py.File(self.out, "r+") as file:
            file["venues/perp/worlds/liquidations"][1] += 1
            first = list(file["cascades/world"][:]).index(1)
            file["cascades/shortfall"][first] += 1.0
        trailer = b"\nplunge-sha256 "
        content = pathlib.Path(self.out).read_bytes().split(trailer)[0]
        digest = hashlib.sha256(content).hexdigest().encode()
        pathlib.Path(self.out).write_bytes(content + trailer + digest + b"\n")
        self.assertEqual(self.plunge("replay", self.out, "--world", 0).returncode, 0)
        changed = self.plunge("replay", self.out, "--world", 1)
        self.assertEqual(changed.returncode, 1)
        self.assertEqual(changed.stderr.splitlines()[1:], ["  perp.liquidations", "  cascade 0.shortfall"])
        self.assertNotIn("equal to world", changed.stdout)

    def test_a_replayed_trace_replaces_a_file_only_when_asked_and_never_the_result(self):
        self.assertEqual(self.run_quickstart("--quiet").returncode, 0)
        trace = os.path.join(self.folder.name, "trace.csv")
        replay = ("replay", self.out, "--world", 3, "--csv")
        self.assertEqual(self.plunge(*replay, trace).returncode, 0)
        header, first = pathlib.Path(trace).read_text().splitlines()[:2]
        columns = header.split(",")
        self.assertEqual(columns[:6], ["step", "seconds", "venue", "asset", "index", "price"])
        self.assertEqual(columns[-7:],
                         ["fund", "layers", "inventory", "rounds", "margin_calls", "margin_factor", "halted"])
        self.assertEqual(len(first.split(",")), len(columns))
        again = self.plunge(*replay, trace)
        self.assertEqual(again.returncode, 2)
        self.assertIn("--force", again.stderr)
        self.assertEqual(self.plunge(*replay, trace, "--force").returncode, 0)
        for force in ([], ["--force"]):
            self.assertEqual(self.plunge(*replay, self.out, *force).returncode, 2)
        self.assertEqual(self.plunge("show", self.out).returncode, 0)

    def test_an_existing_file_is_not_replaced(self):
        pathlib.Path(self.out).write_text("precious")
        run = self.run_quickstart()
        self.assertEqual(run.returncode, 2)
        self.assertIn("--force", run.stderr)
        self.assertEqual(pathlib.Path(self.out).read_text(), "precious")

    def test_wrong_input_is_refused_at_once_with_nothing_written(self):
        cases = [
            (["--set", "cohort.0.accounts=3e9"], "memory-limit"),
            (["--set", "run.step=\"1d\"", "--set", "run.horizon=\"1h\""], "longer than the horizon"),
            (["--set", "asset.BTC.price=nan"], "asset"),
            (["--set", "cohort.0.venue=\"nowhere\""], "nowhere"),
            (["--set", "prices.correlation=1.5"], "correlation"),
            (["--set", "no.such.key=1"], "no"),
            (["--memory-limit", "lots"], "not a size"),
            (["--threads", "0"], "threads"),
            (["--seed", "-1"], "run.seed = -1"),
            (["--set", "cohort.0.accounts=-5.0"], "accounts = -5.0: must be in [0"),
            (["--set", "run.seed=99999999999999999999"], "not a TOML value"),
        ]
        for arguments, message in cases:
            with self.subTest(arguments=arguments):
                start = time.monotonic()
                run = self.run_quickstart(*arguments)
                self.assertEqual(run.returncode, 2, run.stdout + run.stderr)
                self.assertIn(message, run.stderr)
                self.assertLess(time.monotonic() - start, 5.0)
                self.assertEqual(self.leftovers(), [])
        for worlds, message in ((0, "run.worlds"), (-3, "run.worlds = -3"), (10**12, "memory-limit")):
            run = self.run_quickstart(worlds=worlds)
            self.assertEqual(run.returncode, 2)
            self.assertIn(message, run.stderr)
            self.assertEqual(self.leftovers(), [])

    def test_a_time_that_cannot_be_is_refused_before_the_run(self):
        for text in ("", "soon", "-1", "1e9", "99999999999999999999"):
            run = self.run_quickstart(env={**os.environ, "SOURCE_DATE_EPOCH": text})
            self.assertEqual(run.returncode, 2)
            self.assertIn("SOURCE_DATE_EPOCH", run.stderr)
            self.assertEqual(self.leftovers(), [])

    def test_worlds_that_would_be_copies_are_one_without_intervals(self):
        scenario = os.path.join(self.folder.name, "copies.toml")
        pathlib.Path(self.folder.name, "prices.csv").write_text(
            "time,BTC\n2024-01-01T00:00:00Z,100000\n2024-01-01T01:00:00Z,80000\n")
        pathlib.Path(scenario).write_text(COPIES)
        done = self.plunge("run", scenario, "-o", self.out)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("one world is run, the other 1,999 would be the same: prices are replayed", done.stderr)
        self.assertIn("certain", done.stdout)
        self.assertNotIn("99.81 %", done.stdout)
        summary = json.loads(self.plunge("show", self.out, "--json").stdout)
        self.assertEqual(summary["worlds"], 1)
        self.assertIs(summary["deterministic"], True)
        self.assertEqual(summary["shares"]["liquidation"]["share"], 1.0)
        self.assertIsNone(summary["shares"]["liquidation"]["wilson_95_low"])
        for command in (("size", "--survive", "0.99"), ("rare", "--event", "shortfall", "--method", "crude")):
            refused = self.plunge(command[0], scenario, *command[1:])
            self.assertEqual(refused.returncode, 2, refused.stdout)
            self.assertIn("every world would be the same: prices are replayed", refused.stderr)

    def test_one_draw_of_the_accounts_for_all_worlds_is_said_where_intervals_stand(self):
        done = self.run_quickstart("--set", 'run.population="shared"')
        self.assertEqual(done.returncode, 0, done.stderr)
        sentence = "Intervals leave out the draw of the accounts"
        self.assertIn(sentence, done.stdout)
        self.assertIn(sentence, self.plunge("show", self.out).stdout)
        self.assertIn(sentence, json.loads(self.plunge("show", self.out, "--json").stdout)["intervals_leave_out"])
        self.assertNotIn(sentence, self.run_quickstart("--force").stdout)

    def test_validate_lists_the_largest_accounts(self):
        done = self.plunge("validate", "scenarios/quickstart.toml")
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = done.stdout.splitlines()
        first = next(i for i, line in enumerate(lines) if "largest accounts" in line)
        listed = lines[first + 1:first + 6]
        shares = [float(line.split()[-3].rstrip("%")) for line in listed]
        self.assertEqual(shares, sorted(shares, reverse=True))
        self.assertTrue(all(re.match(r"  (leveraged longs|shorts) #\d+ ", line) for line in listed), listed)
        self.assertGreater(shares[-1], 0.0)
        self.assertIn("accounts are drawn for every world", done.stdout)

    def test_one_account_one_asset_one_step_run(self):
        scenario = os.path.join(self.folder.name, "one.toml")
        text = """
[scenario]
name = "one"
[run]
worlds = 1
step = "1h"
horizon = "1h"
[[asset]]
symbol = "BTC"
price = 100
[prices]
model = "gbm"
volatility = 0.5
[[venue]]
name = "v"
[venue.impact]
shape = "linear"
depth = 1e6
[venue.margin]
rule = "flat"
rate = 0.01
[venue.liquidation]
policy = "full"
[[cohort]]
name = "c"
venue = "v"
accounts = 1
equity = 100
leverage = 2
positions = { BTC = 1.0 }
"""
        pathlib.Path(scenario).write_text(text)
        run = self.plunge("run", scenario, "-o", self.out)
        self.assertEqual(run.returncode, 0, run.stderr)

    def start_long_run(self, *arguments, ignored=(), **options):
        """A run of far more worlds than a test waits for, some of them done."""
        process = subprocess.Popen([PLUNGE, "run", str(QUICKSTART), "-o", self.out, "--worlds", "200000", *arguments],
                                   text=True, preexec_fn=heed(*ignored),
                                   **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options})
        self.addCleanup(lambda: process.poll() is None and process.kill())
        time.sleep(1.5)
        return process

    def test_interruption_keeps_the_finished_worlds(self):
        for number in SIGNALS:
            with self.subTest(signal=number.name):
                self.interrupt_and_read_what_is_kept(number)
                os.unlink(os.path.join(self.folder.name, "out.partial.h5"))

    def interrupt_and_read_what_is_kept(self, number):
        process = self.start_long_run()
        process.send_signal(number)
        _, errors = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 130)
        kept = re.search(r"interrupted after (\d+) of 200000 worlds", errors)
        self.assertIsNotNone(kept, errors)
        self.assertEqual(self.leftovers(), ["out.partial.h5"])
        partial = os.path.join(self.folder.name, "out.partial.h5")
        self.assertIn(f"{int(kept.group(1)):,} of 200,000 worlds", self.plunge("show", partial).stdout)
        last = int(kept.group(1)) - 1
        self.assertEqual(self.plunge("replay", partial, "--world", last).returncode, 0)

    def test_a_signal_ignored_at_the_start_stays_ignored(self):
        process = self.start_long_run(ignored=(signal.SIGHUP, signal.SIGINT))
        for number in (signal.SIGHUP, signal.SIGINT):
            process.send_signal(number)
        time.sleep(0.5)
        self.assertIsNone(process.poll())
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=120)
        self.assertEqual(process.returncode, 130)

    def test_a_second_request_to_end_is_obeyed_at_once(self):
        process = self.start_long_run("--threads", "1")
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=120)
        self.assertIn(process.returncode, (-signal.SIGTERM, -signal.SIGINT))  # both may arrive before one is handled
        self.assertEqual(self.leftovers(), [])

    def test_a_closed_terminal_costs_no_worlds(self):
        controller, terminal = os.openpty()
        process = self.start_long_run(stdout=terminal, stderr=terminal)
        os.close(terminal)
        os.close(controller)  # what is printed fails from here on
        for _ in range(2):  # the kernel's signal and the shell's
            process.send_signal(signal.SIGHUP)
            time.sleep(0.1)
        self.assertEqual(process.wait(timeout=120), 130)
        self.assertEqual(self.leftovers(), ["out.partial.h5"])
        partial = os.path.join(self.folder.name, "out.partial.h5")
        self.assertEqual(self.plunge("replay", partial, "--world", 0).returncode, 0)

    def test_what_an_interrupted_run_left_is_replaced_only_when_asked_and_gone_after_a_whole_run(self):
        partial = pathlib.Path(self.folder.name, "out.partial.h5")
        partial.write_text("precious")
        run = self.run_quickstart("--quiet")
        self.assertEqual(run.returncode, 2)
        for words in ("out.partial.h5", "interrupted run", "--force"):
            self.assertIn(words, run.stderr)
        self.assertEqual(self.leftovers(), ["out.partial.h5"])
        self.assertEqual(partial.read_text(), "precious")
        self.assertEqual(self.run_quickstart("--quiet", "--force").returncode, 0)
        self.assertEqual(self.leftovers(), ["out.h5"])

    def test_a_full_disk_is_an_error_and_leaves_nothing(self):
        mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", self.folder.name],
                               capture_output=True)
        if mount.returncode != 0:
            self.skipTest("cannot mount a small file system (needs root)")
        self.addCleanup(subprocess.run, ["umount", self.folder.name])
        run = self.run_quickstart()
        self.assertEqual(run.returncode, 3, run.stderr)
        self.assertIn("No space left on device", run.stderr)
        self.assertEqual(self.leftovers(), [])

    def test_output_to_a_full_device_is_not_a_success(self):
        for command in ("models", "schema"):  # the second is longer than the buffer of standard output
            with open("/dev/full", "w") as full:
                run = subprocess.run([PLUNGE, command], stdout=full, stderr=subprocess.PIPE, text=True)
            self.assertEqual(run.returncode, 3)
            self.assertIn("standard output", run.stderr)

    def commands(self):
        listed = re.findall(r"^  ([a-z]+) +\S", self.plunge("--help").stdout, re.MULTILINE)
        self.assertGreater(len(listed), 12)
        return listed

    def test_help_and_version(self):
        self.assertEqual(self.plunge("--help").returncode, 0)
        self.assertRegex(self.plunge("--version").stdout, r"^plunge \d+\.\d+\.\d+")
        alone = self.plunge()  # as git has it: the help, and a code that says that something is missing
        self.assertEqual((alone.returncode, alone.stdout, alone.stderr), (2, self.plunge("--help").stdout, ""))
        misspelt = self.plunge("vaildate", QUICKSTART)
        self.assertEqual(misspelt.returncode, 2)
        self.assertIn('no command "vaildate"', misspelt.stderr)
        self.assertIn('did you mean "validate"?', misspelt.stderr)
        self.assertEqual(self.plunge("run", QUICKSTART).returncode, 2)

    def test_help_is_for_people_and_fits_the_terminal(self):
        for command in self.commands():
            with self.subTest(command=command):
                text = self.plunge(command, "--help").stdout
                self.assertEqual(self.plunge("help", command).stdout, text)
                self.assertLessEqual(max(map(len, text.splitlines())), 80, text)
                self.assertIn(f"usage: plunge {command}", text)
                for internal in ("REQUIRED", "UINT", "INT ", "FLOAT", "Excludes:", "OPTIONS", " in [", "...\n"):
                    self.assertNotIn(internal, text)
                options = set(re.findall(r"--[a-z-]+", text))
                for example in re.findall(r"^  .*plunge .*$", text[text.find("\nExamples\n"):], re.MULTILINE):
                    self.assertLessEqual(set(re.findall(r" (--[a-z-]+)", example)), options)
        text = self.plunge("run", "--help").stdout
        for heading in ("Scenario", "Simulation", "Output", "Examples"):
            self.assertRegex(text, rf"(?m)^{heading}$")
        self.assertIn("[planes]", text)  # what holds where an option is left out
        self.assertIn("[250]", self.plunge("rare", "--help").stdout)
        self.assertLessEqual(max(map(len, self.plunge("--help").stdout.splitlines())), 80)

    def test_a_misspelt_option_is_named_with_what_was_meant(self):
        for arguments, meant in ((["--sead", 1, "-o", self.out], "--seed"), (["--outptu", self.out], "--output"),
                                 (["-o", self.out, "--memory_limit=8GB"], "--memory-limit")):
            run = self.plunge("run", QUICKSTART, *arguments)
            self.assertEqual(run.returncode, 2)
            self.assertIn(f"did you mean {meant}?", run.stderr)
        unlike = self.plunge("run", QUICKSTART, "-o", self.out, "--frobnicate")
        self.assertIn("run has no option --frobnicate\n", unlike.stderr)
        self.assertIn('run has no use for "more.toml"', self.plunge("run", QUICKSTART, "more.toml", "-o", self.out).stderr)
        self.assertIn("plunge has no option --frobnicate", self.plunge("--frobnicate").stderr)
        for arguments, message in ((["--seed", 1, "--seed", 2], "--seed is given more than once"),
                                   (["--seed"], "--seed needs a value"), (["--json=7"], "--json takes no value")):
            run = self.plunge("run", QUICKSTART, "-o", self.out, *arguments)
            self.assertEqual(run.returncode, 2)
            self.assertIn(message, run.stderr)
        pair = self.plunge("compare", "a.h5", "b.h5", "--paired", "--two-sample")
        self.assertIn("cannot stand beside", pair.stderr)
        self.assertEqual(self.leftovers(), [])

    def test_choices_are_made_by_name_alone(self):
        for arguments in (["run", QUICKSTART, "-o", self.out, "--search"], ["size", QUICKSTART, "--survive", 0.9, "--event"],
                          ["rare", QUICKSTART, "--event"], ["rare", QUICKSTART, "--event", "adl", "--method"]):
            for word in ("0", "1", "plains"):
                done = self.plunge(*arguments, word)
                self.assertEqual(done.returncode, 2)
                self.assertIn(f'there is no "{word}" (known:', done.stderr)
        near = self.plunge("run", QUICKSTART, "-o", self.out, "--search", "plane")
        self.assertIn('did you mean "planes"?', near.stderr)
        self.assertEqual(self.run_quickstart("--search", "BRUTE", "--quiet", worlds=2).returncode, 0)

    def test_whole_numbers_are_read_however_they_are_written(self):
        import h5py

        for text in ("2e1", "2_0", "20", "+20", "20.0", "0.2e2", "200e-1"):
            self.assertEqual(self.run_quickstart("--quiet", "--force", worlds=text).returncode, 0, text)
            with h5py.File(self.out) as file:
                self.assertEqual(file.attrs["worlds"], 20)
        for text in ("1.5", "20x", "", "_20", "2__0", "1e-1", "nan", "0x20", "1e", "1e30", "99999999999999999999"):
            run = self.run_quickstart("--quiet", "--force", worlds=text)
            self.assertEqual(run.returncode, 2, text)
            self.assertIn("--worlds", run.stderr)
        self.assertIn("is not a whole number, such as 10000, 10_000 or 1e4",
                      self.run_quickstart(worlds="1.5").stderr)
        for arguments, message in ((["--exceeds", "nan"], "not a number"), (["--exceeds", "-1"], "negative"),
                                   (["--particles", "-5"], "negative"), (["--particles", "1"], "between 2 and 1000000"),
                                   (["--confidence", "nan"], "not a number"), (["--confidence", "0.2"], "between 0.5")):
            done = self.plunge("rare", QUICKSTART, "--event", "adl", *arguments)
            self.assertEqual(done.returncode, 2)
            self.assertIn(message, done.stderr)

    def test_metrics_are_listed_explained_and_a_wrong_name_is_corrected(self):
        every = self.plunge("metrics")
        self.assertEqual(every.returncode, 0, every.stderr)
        self.assertIn("loss_beyond_bankruptcy", every.stdout)
        self.assertLessEqual(max(map(len, every.stdout.splitlines())), 80)
        one = self.plunge("metrics", "liquidated_notional").stdout
        for words in ("unit: USD", "formula: sum f G", "layer: venue", "layer: cohort", "by auto-deleveraging"):
            self.assertIn(words, one)
        self.assertEqual(self.plunge("metrics", "--markdown").stdout, (SOURCE / "sim" / "metrics.md").read_text())
        wrong = self.plunge("metrics", "shortfal")
        self.assertEqual(wrong.returncode, 2)
        self.assertIn('did you mean "shortfall"?', wrong.stderr)

    def test_every_scenario_of_the_library_is_valid(self):
        for scenario in sorted((SOURCE / "scenarios").glob("*.toml")):
            with self.subTest(scenario=scenario.name):
                validate = self.plunge("validate", scenario)
                self.assertEqual(validate.returncode, 0, validate.stderr)
                self.assertIn("Liquidation map", validate.stdout)
                self.assertNotIn("below maintenance margin", validate.stdout)


if __name__ == "__main__":
    unittest.main()
