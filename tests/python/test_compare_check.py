"""plunge compare and plunge check as their users meet them: modes, refusals, exit codes, what other programs read."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

PLUNGE = os.environ.get("PLUNGE_EXECUTABLE")
SOURCE = pathlib.Path(os.environ.get("PLUNGE_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
QUICKSTART = SOURCE / "scenarios" / "quickstart.toml"


def plunge(*arguments):
    return subprocess.run([PLUNGE, *map(str, arguments)], capture_output=True, text=True, timeout=300)


@unittest.skipUnless(PLUNGE, "PLUNGE_EXECUTABLE does not name the program")
class Commands(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.runs = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.runs.cleanup)
        short = ("--set", "run.horizon=6h", "--set", "run.population=shared")
        cls.base = cls.run_scenario("base", *short)
        cls.fee = cls.run_scenario("fee", *short, "--set", "venue.liquidation.fee=0.001")
        cls.seed = cls.run_scenario("seed", *short, "--seed", 2)
        cls.few = cls.run_scenario("few", *short, worlds=61)

    @classmethod
    def run_scenario(cls, name, *arguments, worlds=100):
        out = os.path.join(cls.runs.name, f"{name}.h5")
        run = plunge("run", QUICKSTART, "-o", out, "--worlds", worlds, "--quiet", *arguments)
        assert run.returncode == 0, run.stderr
        return out

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.baseline = os.path.join(self.folder.name, "ci.toml")

    def good(self, *arguments):
        done = plunge(*arguments)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(done.stderr, "")
        return done.stdout

    def refused(self, *arguments):
        done = plunge(*arguments)
        self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
        self.assertEqual(done.stdout, "")
        return done.stderr

    def interrupted(self, source, name="partial.h5"):
        """A copy of a result that says to be the beginning of a longer run."""
        import hashlib

        import h5py

        copy = os.path.join(self.folder.name, name)
        content = pathlib.Path(source).read_bytes()
        trailer = b"\nplunge-sha256 "
        pathlib.Path(copy).write_bytes(content.split(trailer)[0])
        with h5py.File(copy, "r+") as file:
            file.attrs.modify("worlds_requested", file.attrs["worlds"] * 2)
        content = pathlib.Path(copy).read_bytes()
        digest = hashlib.sha256(content).hexdigest().encode()
        pathlib.Path(copy).write_bytes(content + trailer + digest + b"\n")
        return copy

    # ---- compare ---------------------------------------------------------------------------------------------------

    def test_compare_pairs_worlds_that_share_paths_and_agrees_with_numpy(self):
        import h5py
        import numpy as np

        report = json.loads(self.good("compare", self.base, self.fee, "--json"))
        self.assertEqual(report["mode"], "paired")
        with h5py.File(self.base) as a, h5py.File(self.fee) as b:
            for name in ("fees", "liquidated_notional", "shortfall"):
                in_a, in_b = (file[f"worlds/{name}"][:].astype(float) for file in (a, b))
                difference = in_b - in_a
                metric = report["metrics"][name]
                self.assertAlmostEqual(metric["difference"], difference.mean(), delta=1e-9 * abs(in_a.mean()) + 1e-12)
                self.assertEqual(metric["differing_worlds"], int((difference != 0).sum()))
                error = difference.std(ddof=1) / np.sqrt(len(difference))
                self.assertAlmostEqual(metric["standard_error"], error, delta=1e-9 * error + 1e-12)
        self.assertLess(report["metrics"]["fees"]["difference"], 0.0)
        self.assertLess(report["metrics"]["fees"]["p_adjusted"], 0.05)
        self.assertEqual(report["metrics"]["exogenous_max_drawdown.BTC"]["verdict"], "same")
        self.assertLess(report["metrics"]["liquidated_notional"]["variance_ratio"], 0.5)
        text = self.good("compare", self.base, self.fee)
        self.assertIn("Paired: every world is compared with itself", text)
        self.assertIn("the same in every world:", text)
        self.assertLessEqual(max(map(len, text.splitlines())), 80)

    def test_compare_of_a_file_with_itself_finds_nothing(self):
        report = json.loads(self.good("compare", self.base, self.base, "--json"))
        self.assertEqual({metric["verdict"] for metric in report["metrics"].values()} - {"same", "no_values"}, set())
        self.assertRegex(self.good("compare", self.base, self.base), r"Nothing differs: all \d+ metrics are the same")

    def test_compare_says_why_worlds_are_not_paired_and_refuses_to_force_it(self):
        text = self.good("compare", self.base, self.seed)
        self.assertIn("run.seed is 1 and 2", " ".join(text.split()))
        self.assertIn("draw other accounts", " ".join(text.split()))
        self.assertLessEqual(max(map(len, text.splitlines())), 80)
        self.assertEqual(json.loads(self.good("compare", self.base, self.seed, "--json"))["mode"], "two_sample")
        self.assertIn("run.seed is 1 and 2", self.refused("compare", self.base, self.seed, "--paired"))
        self.good("compare", self.base, self.fee, "--paired")
        forced = json.loads(self.good("compare", self.base, self.fee, "--two-sample", "--json"))
        self.assertEqual(forced["mode"], "two_sample")
        self.assertNotEqual(plunge("compare", self.base, self.fee, "--two-sample", "--paired").returncode, 0)

    def test_compare_takes_the_worlds_that_both_have(self):
        report = json.loads(self.good("compare", self.base, self.few, "--json"))
        self.assertEqual((report["mode"], report["worlds_a"], report["worlds_b"]), ("paired", 61, 61))
        self.assertEqual(report["metrics"]["fees"]["verdict"], "same")
        text = self.good("compare", self.base, self.few)
        self.assertIn("of 100 and 61 worlds the first 61", " ".join(text.split()))
        partial = self.interrupted(self.base)
        self.assertIn("100 of 200, interrupted", self.good("compare", self.few, partial))

    def test_compare_of_one_venue_and_of_some_metrics(self):
        some = ("--metric", "fees", "--metric", "min_price")
        report = json.loads(self.good("compare", self.base, self.fee, "--json", *some))
        self.assertEqual(list(report["metrics"]), ["fees", "min_price.BTC", "min_price.ETH"])
        venue = json.loads(self.good("compare", self.base, self.fee, "--json", "--venue", "perp"))
        self.assertEqual(venue["metrics"]["fees"]["difference"], report["metrics"]["fees"]["difference"])
        self.assertIn('has no venue "prep"', self.refused("compare", self.base, self.fee, "--venue", "prep"))
        self.assertIn('did you mean "fees"?', self.refused("compare", self.base, self.fee, "--metric", "fess"))

    def test_compare_refuses_what_is_no_result(self):
        self.assertIn("not HDF5", self.refused("compare", self.base, QUICKSTART))
        self.assertIn("No such file", self.refused("compare", self.base, "nowhere.h5"))
        self.assertIn("confidence", self.refused("compare", self.base, self.fee, "--confidence", "95"))

    def test_antithetic_pairs_count_as_one_observation(self):
        twin = ("--set", "run.horizon=6h", "--set", "run.antithetic=true")
        a = self.run_scenario("anti_a", *twin)
        b = self.run_scenario("anti_b", *twin, "--set", "venue.liquidation.fee=0.001")
        metric = json.loads(self.good("compare", a, b, "--json"))["metrics"]["fees"]
        self.assertEqual(metric["degrees_of_freedom"], 49)
        self.assertIn("run.antithetic is false and true", " ".join(self.good("compare", self.base, a).split()))

    def test_replications_of_quasi_random_worlds_count_as_one_observation(self):
        sobol = ("--set", "run.horizon=6h", "--set", "run.paths=sobol")
        a = self.run_scenario("sobol_a", *sobol)
        b = self.run_scenario("sobol_b", *sobol, "--set", "venue.liquidation.fee=0.001")
        metric = json.loads(self.good("compare", a, b, "--json"))["metrics"]["fees"]
        self.assertEqual(metric["degrees_of_freedom"], 15)
        self.assertIn("run.paths is pseudo and sobol", " ".join(self.good("compare", self.base, a).split()))
        self.good("check", a, self.baseline, "--update")
        self.assertIn('paths = "sobol"', pathlib.Path(self.baseline).read_text())
        self.assertIn("bit for bit", self.good("check", a, self.baseline))

    # ---- check -----------------------------------------------------------------------------------------------------

    def write_baseline(self, *arguments):
        return self.good("check", self.base, self.baseline, "--update", *arguments)

    def test_a_result_passes_its_own_baseline_bit_for_bit(self):
        written = self.write_baseline()
        self.assertRegex(written, r"ci\.toml: written: \d+ metrics")
        self.assertIn("seen with 80 % power", written)
        self.assertLessEqual(max(map(len, written.splitlines()[:-1])), 80)
        text = self.good("check", self.base, self.baseline)
        self.assertTrue(text.endswith("check: passed: the results are the baseline's, bit for bit\n"), text)
        self.assertLessEqual(max(map(len, text.splitlines()[1:])), 80)  # but for the paths in the first line
        self.assertEqual(json.loads(self.good("check", self.base, self.baseline, "--json"))["mode"], "same_results")

    def test_another_scenario_is_refused_and_compared_when_asked(self):
        self.write_baseline()
        message = self.refused("check", self.fee, self.baseline)
        self.assertIn("[venue] changed", message)
        self.assertIn("--allow-scenario-change", message)
        done = plunge("check", self.fee, self.baseline, "--allow-scenario-change", "--family-error", 0.01)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertRegex(done.stdout.splitlines()[-1], r"^check: failed: \d+ moved: .*\bfees\b")
        self.assertLessEqual(max(map(len, done.stdout.splitlines()[1:-1])), 80)

    def test_another_seed_with_other_accounts_is_refused(self):
        self.write_baseline()
        self.assertIn("draws other accounts", self.refused("check", self.seed, self.baseline))
        resampled = ("--set", "run.horizon=6h", "--set", "run.population=resampled")
        then = self.run_scenario("resampled_1", *resampled)
        now = self.run_scenario("resampled_2", *resampled, "--seed", 2)
        os.unlink(self.baseline)
        self.good("check", then, self.baseline, "--update")
        report = json.loads(self.good("check", now, self.baseline, "--json"))
        self.assertEqual((report["mode"], report["passed"]), ("statistical", True))
        self.assertIn("another seed", report["relation"])

    def test_fewer_worlds_are_tested(self):
        self.write_baseline()
        report = json.loads(self.good("check", self.few, self.baseline, "--json"))
        self.assertEqual(report["mode"], "statistical")

    def test_results_that_changed_under_the_same_program_fail(self):
        self.write_baseline()
        text = pathlib.Path(self.baseline).read_text()
        commit = re.search(r'git_commit = "(.*)"', text).group(1)
        digest = re.search(r'results_sha256 = "(.*)"', text).group(1)
        mean = re.search(r"\[metric.fees\]\nmean = (.*)", text).group(1)
        changed = text.replace(digest, "0" * 64).replace(f"mean = {mean}", f"mean = {float(mean) * 1.0001!r}")
        pathlib.Path(self.baseline).write_text(changed)
        done = plunge("check", self.base, self.baseline)
        if commit == "unknown" or commit.endswith("-dirty"):  # nobody knows which program that was
            self.assertEqual(done.returncode, 0, done.stdout)
            self.assertIn("Another version of the program", done.stdout)
        else:
            self.assertEqual(done.returncode, 1, done.stdout)
            self.assertIn("changed though nothing should have: fees", done.stdout.splitlines()[-1])
        # Another version may move the last digits: that is what the statistics are for.
        pathlib.Path(self.baseline).write_text(changed.replace(commit, "0" * 40))
        self.assertIn("Another version of the program", self.good("check", self.base, self.baseline))

    def test_an_update_keeps_what_was_set_by_hand_and_says_what_changed(self):
        self.write_baseline()
        text = pathlib.Path(self.baseline).read_text()
        text = text.replace("family_error = 0.0001", "family_error = 0.002\nignore = [\"max_rounds\"]")
        text = text.replace("[metric.fees]\n", "[metric.fees]\ntolerance = 0.125\n")
        pathlib.Path(self.baseline).write_text(text)
        updated = self.good("check", self.fee, self.baseline, "--update")
        self.assertIn("scenario: [venue] changed", updated)
        self.assertRegex(updated, r"fees +mean .* -> .* \([+-]\d")
        self.assertIn("gone: max_rounds", updated)
        text = pathlib.Path(self.baseline).read_text()
        for words in ("family_error = 0.002", 'ignore = ["max_rounds"]', "[metric.fees]\ntolerance = 0.125\n"):
            self.assertIn(words, text)
        self.assertNotIn("[metric.max_rounds]", text)
        self.assertEqual(os.listdir(self.folder.name), ["ci.toml"])
        again = self.good("check", self.fee, self.baseline, "--update")
        self.assertIn("renewed: 0 of", again)
        self.assertEqual(pathlib.Path(self.baseline).read_text(), text)
        import tomllib

        self.assertEqual(tomllib.loads(text)["run"]["worlds"], 100)

    def test_junit_is_what_ci_systems_read(self):
        self.write_baseline()
        junit = os.path.join(self.folder.name, "check.xml")
        plunge("check", self.fee, self.baseline, "--allow-scenario-change", "--family-error", 0.01, "--junit", junit)
        suite = ElementTree.parse(junit).getroot().find("testsuite")
        cases = suite.findall("testcase")
        failed = [case.get("name") for case in cases if case.find("failure") is not None]
        self.assertEqual(int(suite.get("tests")), len(cases))
        self.assertEqual(int(suite.get("failures")), len(failed))
        self.assertIn("fees", failed)
        self.assertEqual({case.get("classname") for case in cases}, {"Quickstart"})
        self.good("check", self.base, self.baseline, "--junit", junit)
        self.assertIsNone(ElementTree.parse(junit).getroot().find(".//failure"))
        for path, message in ((self.base, "is what is checked"), (self.baseline, "is what is checked"),
                              (self.folder.name, "is a folder")):
            self.assertIn(message, self.refused("check", self.base, self.baseline, "--junit", path))

    def test_wrong_baselines_are_refused_with_their_place(self):
        self.write_baseline()
        text = pathlib.Path(self.baseline).read_text()
        for wrong, message in ((text.replace("[settings]", "[settings"), r"ci\.toml:\d+:\d+: error: "),
                               (text.replace("seed = 1", "seed = \"one\""), r"ci\.toml:\d+:8: error: run\.seed = "),
                               (text.replace("tolerance = 0", "tolerence = 0"), r'did you mean "tolerance"\?'),
                               ("", r"format: must be given"),
                               (pathlib.Path(self.base).read_bytes(), r"is a result file, not a baseline")):
            with self.subTest(message=message):
                if isinstance(wrong, bytes):
                    pathlib.Path(self.baseline).write_bytes(wrong)
                else:
                    pathlib.Path(self.baseline).write_text(wrong)
                before = pathlib.Path(self.baseline).read_bytes()
                self.assertRegex(self.refused("check", self.base, self.baseline), message)
                self.assertRegex(self.refused("check", self.base, self.baseline, "--update"), message)
                self.assertEqual(pathlib.Path(self.baseline).read_bytes(), before)
        self.assertIn("--update writes it", self.refused("check", self.base, "nowhere.toml"))
        self.assertIn("is a folder", self.refused("check", self.base, self.folder.name))
        self.assertIn("does not exist", self.refused("check", self.base, "/nowhere/ci.toml"))

    def test_results_of_interrupted_runs_are_refused(self):
        self.write_baseline()
        partial = self.interrupted(self.base)
        for more in ([], ["--update"]):
            self.assertIn("100 of 200 worlds of an interrupted run", self.refused("check", partial, self.baseline, *more))

    def test_a_disk_that_is_full_is_the_systems_fault_and_keeps_the_baseline(self):
        mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", self.folder.name], capture_output=True)
        if mount.returncode != 0:
            self.skipTest("cannot mount a small file system (needs root)")
        self.addCleanup(subprocess.run, ["umount", self.folder.name])
        done = plunge("check", self.base, self.baseline, "--update")
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("No space left on device", done.stderr)
        self.assertEqual(os.listdir(self.folder.name), [])

    def test_error_rates_of_the_quick_experiment(self):
        done = subprocess.run([sys.executable, SOURCE / "tests" / "statistics" / "check_rates.py", "--quick"],
                              capture_output=True, text=True, timeout=600)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
