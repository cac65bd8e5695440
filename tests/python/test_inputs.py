#!/usr/bin/python3
"""What the program says of the files and matrices that a scenario names, and that limits count them.

The program is found in the environment variable PLUNGE_EXECUTABLE.
"""

import os
import pathlib
import subprocess
import tempfile
import unittest

import h5py

PROGRAM = os.environ.get("PLUNGE_EXECUTABLE")

SCENARIO = """
[scenario]
name = "inputs"
[run]
worlds = 2
step = "1min"
horizon = "10min"
{assets}
[prices]
{prices}
[[venue]]
name = "v"
[venue.impact]
shape = "linear"
depth = 1e9
[venue.margin]
rule = "flat"
rate = 0.005
[venue.liquidation]
policy = "full"
[[cohort]]
name = "c"
accounts = 10
equity = 100
leverage = 5
positions = {{ dirichlet = 1.0 }}
"""
THREE = "".join(f'[[asset]]\nsymbol = "{symbol}"\nprice = 1\n' for symbol in "ABC")
NOT_DEFINITE = """model = "gbm"
volatility = 0.5
correlation = [[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]]
repair = true"""
ONE = '[[asset]]\nsymbol = "A"\nprice = 100\n'
REPLAY = 'model = "replay"\nfile = "prices.csv"'


@unittest.skipUnless(PROGRAM, "set PLUNGE_EXECUTABLE to the program")
class InputsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.scenario = self.folder / "s.toml"

    def plunge(self, *arguments):
        return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)

    def test_a_repaired_correlation_is_told_printed_and_kept(self):
        self.scenario.write_text(SCENARIO.format(assets=THREE, prices=NOT_DEFINITE))
        told = ("prices.correlation is not positive semi-definite and was repaired; largest change 0.4: "
                "A, B from 0.9 to 0.5")
        validate = self.plunge("validate", self.scenario)
        self.assertEqual(validate.returncode, 0, validate.stderr)
        self.assertIn(told, validate.stdout)
        self.assertIn("correlation used:", validate.stdout)
        self.assertRegex(validate.stdout, r"A +1\.000000 +0\.500000 +-0\.500000\n")
        run = self.plunge("run", self.scenario, "-o", self.folder / "r.h5")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("plunge: note: " + told, run.stderr)
        with h5py.File(self.folder / "r.h5") as file:
            used = file["prices/correlation"][()]
        self.assertAlmostEqual(used[0, 1], 0.5, places=6)
        self.assertAlmostEqual(used[0, 2], -0.5, places=6)

    def test_a_matrix_that_is_used_as_it_stands_is_not_spoken_of(self):
        self.scenario.write_text(SCENARIO.format(assets=THREE, prices=NOT_DEFINITE.replace("-0.9", "0.9")))
        self.assertNotIn("correlation", self.plunge("validate", self.scenario).stdout)
        run = self.plunge("run", self.scenario, "-o", self.folder / "r.h5")
        self.assertNotIn("note", run.stderr)
        with h5py.File(self.folder / "r.h5") as file:
            self.assertNotIn("prices", file)

    def test_validate_and_run_say_what_a_file_holds(self):
        rows = "".join(f"{1760130900 + 60 * row},{100 - row}\n" for row in range(11))
        (self.folder / "prices.csv").write_text("time,A\n" + rows)
        self.scenario.write_text(SCENARIO.format(assets=ONE, prices=REPLAY))
        told = "prices.csv: 11 rows, 2025-10-10T21:15:00Z to 2025-10-10T21:25:00Z, 1min apart"
        self.assertIn(told, self.plunge("validate", self.scenario).stdout)
        self.assertIn(told, self.plunge("run", self.scenario, "-o", self.folder / "r.h5").stderr)
        quiet = self.plunge("run", self.scenario, "-o", self.folder / "q.h5", "--quiet")
        self.assertEqual(quiet.stderr, "")

    def test_a_memory_limit_counts_files(self):
        rows = "".join(f"{1760130900 + 60 * row},{100 + row % 7}\n" for row in range(200_000))
        (self.folder / "prices.csv").write_text("time,A\n" + rows)
        self.scenario.write_text(SCENARIO.format(assets=ONE, prices=REPLAY))
        refused = self.plunge("validate", self.scenario, "--memory-limit", "10MB")
        self.assertEqual(refused.returncode, 2)
        self.assertIn("error: input files: the run would need about", refused.stderr)
        self.assertEqual(self.plunge("validate", self.scenario, "--memory-limit", "200MB").returncode, 0)


if __name__ == "__main__":
    unittest.main()
