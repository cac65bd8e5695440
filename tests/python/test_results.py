"""Result files as Python users read them: xarray by both engines, h5py, and the plunge package.

The file is made by the executable named by PLUNGE_EXECUTABLE, or PLUNGE_RESULT names one that exists.
"""

import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

try:
    import h5py
    import numpy as np
    import xarray as xr

    import plunge
except ImportError as missing:
    raise unittest.SkipTest(f"reading results from Python needs {missing.name}")

SCENARIO = (ROOT / "tests/scenarios/busy.toml").read_text()
GROUPS = ("worlds", "steps", "cascades", "cohorts", "contagion", "venues/perp", "venues/perp/worlds", "traces/0", "inputs")
ENGINES = ("h5netcdf", "netcdf4")


def run_plunge(executable: str, folder: Path, name: str, *options: str) -> Path:
    scenario = folder / "scenario.toml"
    scenario.write_text(SCENARIO)
    environment = os.environ | {"SOURCE_DATE_EPOCH": "1760130000"}
    done = subprocess.run([executable, "run", "scenario.toml", "-o", name, "--quiet", *options], cwd=folder,
                          env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"plunge run failed ({done.returncode}): {done.stderr}")
    return folder / name


class ResultFile(unittest.TestCase):
    """One run, read in every way."""

    @classmethod
    def setUpClass(cls):
        cls.executable = os.environ.get("PLUNGE_EXECUTABLE")
        prepared = os.environ.get("PLUNGE_RESULT")
        if not cls.executable and not prepared:
            raise unittest.SkipTest("set PLUNGE_EXECUTABLE to the plunge program, or PLUNGE_RESULT to a result file")
        cls.folder = Path(tempfile.mkdtemp(prefix="plunge-python-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.path = Path(prepared) if prepared else run_plunge(cls.executable, cls.folder, "run.h5")
        cls.run_ = plunge.open(cls.path)

    def test_both_engines_read_every_group_alike(self):
        for group in GROUPS:
            if group.startswith("traces") and 0 not in self.run_.trace_worlds:
                continue
            first, second = (xr.open_dataset(self.path, group=group, engine=engine).load() for engine in ENGINES)
            with self.subTest(group=group):
                xr.testing.assert_identical(first, second)

    def test_worlds_have_coordinates_units_and_meanings(self):
        worlds = xr.open_dataset(self.path, group="worlds", engine="h5netcdf")
        self.assertEqual(worlds.min_price.dims, ("world", "asset"))
        self.assertEqual(list(worlds.world.values), list(range(self.run_.attributes["worlds"])))
        self.assertTrue(all(isinstance(symbol, str) for symbol in worlds.asset.values))
        for name, variable in worlds.data_vars.items():
            with self.subTest(variable=name):
                self.assertEqual(len(variable.attrs["long_name"].split()), len(name.split("_")))  # an axis label
                self.assertTrue(variable.attrs["comment"])
                self.assertIn(variable.attrs["units"], {"1", "USD", "s"})
                self.assertIn(variable.dtype, (np.dtype("f8"), np.dtype("i8")))

    def test_every_dataset_has_scales_and_a_type_that_netcdf_reads(self):
        def inspect(name, item):
            if not isinstance(item, h5py.Dataset):
                return
            with self.subTest(dataset=name):
                self.assertTrue(item.attrs["long_name"])
                if not h5py.h5ds.is_scale(item.id):
                    self.assertTrue(all(len(dimension) == 1 for dimension in item.dims))
                text = h5py.check_string_dtype(item.dtype)
                self.assertTrue(text.length is None if text else item.dtype.kind in "fi" or name.startswith("inputs/"))
                self.assertIsNone(item.chunks)

        with h5py.File(self.path) as file:
            file.visititems(inspect)

    def test_the_world_is_the_sum_or_the_extreme_of_its_venues(self):
        worlds, venues = self.run_.worlds, self.run_.venues.values()
        for metric in ("liquidations", "liquidated_notional", "shortfall", "fund_used", "socialized_loss", "uncovered"):
            total = sum(venue[metric].values.astype(float) for venue in venues)
            np.testing.assert_allclose(worlds[metric], total, rtol=1e-12)
        np.testing.assert_array_equal(worlds.max_rounds, np.max([venue.max_rounds for venue in venues], axis=0))

    def test_digests_match_and_a_changed_file_is_noticed(self):
        self.run_.verify()
        damaged = self.folder / "damaged.h5"
        content = bytearray(self.path.read_bytes())
        content[len(content) // 2] ^= 1
        damaged.write_bytes(content)
        with self.assertRaisesRegex(plunge.ResultError, "changed after it was written"):
            plunge.open(damaged).verify()

    def test_quantiles_are_ordered_and_traces_lie_where_they_should(self):
        steps = self.run_.steps
        for name, band in steps.data_vars.items():
            with self.subTest(band=name):
                values = band.transpose(..., "quantile").values
                self.assertTrue(np.all(np.diff(values, axis=-1) >= 0))
        for world in self.run_.trace_worlds:
            trace = self.run_.trace(world)
            self.assertEqual(trace.sizes["step"], self.run_.attributes["steps"] + 1)
            worlds = self.run_.worlds.sel(world=world)
            # The minimum also sees the rounds within a step, the trace only its end.
            lowest = trace.price.min(["step", "venue"])
            self.assertTrue(bool((worlds.min_price <= lowest * (1 + 1e-12)).all()))
            np.testing.assert_allclose(trace.liquidated_notional.sum(), worlds.liquidated_notional, rtol=1e-9)

    def test_cascades_add_up_to_the_worlds(self):
        cascades, worlds = self.run_.cascades, self.run_.worlds
        count = np.bincount(cascades.world.values.astype(int), minlength=worlds.sizes["world"])
        np.testing.assert_array_equal(count, worlds.cascades.values)
        notional = np.bincount(cascades.world.values.astype(int), cascades.notional.values, worlds.sizes["world"])
        np.testing.assert_allclose(notional, worlds.liquidated_notional, rtol=1e-9, atol=1e-6)

    def test_contagion_sums_to_what_was_liquidated(self):
        contagion, worlds = self.run_.contagion, self.run_.worlds
        self.assertEqual(contagion.notional.dims, ("world", "lost_in", "sold_of"))
        np.testing.assert_allclose(contagion.notional.sum(("lost_in", "sold_of")), worlds.liquidated_notional, rtol=1e-9)
        by_asset = worlds.asset_long_liquidated + worlds.asset_short_liquidated
        np.testing.assert_allclose(contagion.notional.sum("lost_in"), by_asset, rtol=1e-9)
        on_diagonal = sum(contagion.notional.sel(lost_in=a, sold_of=a).values for a in worlds.asset.values)
        np.testing.assert_allclose(worlds.contagion_notional, worlds.liquidated_notional - on_diagonal, rtol=1e-9,
                                   atol=1e-9 * float(worlds.liquidated_notional.max()))

    def test_summary_and_shares(self):
        table = self.run_.summary()
        self.assertIn("min_price." + str(self.run_.worlds.asset.values[0]), table.index)
        values = self.run_.worlds.liquidated_notional.values
        self.assertAlmostEqual(table.loc["liquidated_notional", "mean"], values.mean())
        self.assertAlmostEqual(table.loc["liquidated_notional", "standard_error"],
                               values.std(ddof=1) / math.sqrt(len(values)))
        shares = self.run_.shares()
        self.assertEqual(shares.loc["liquidation", "worlds"], int((self.run_.worlds.liquidations > 0).sum()))
        self.assertEqual(shares.loc["cascade", "worlds"], int((self.run_.worlds.endogenous_notional > 0).sum()))
        self.assertTrue(((shares.low <= shares.share) & (shares.share <= shares.high)).all())

    def test_plots_draw_what_they_say(self):
        import matplotlib

        matplotlib.use("Agg")
        import matplotlib.pyplot as plt

        self.addCleanup(plt.close, "all")
        axes = plunge.plot.fan(self.run_, "price")
        self.assertEqual(axes.get_xlim()[0], 0.0)
        median = axes.lines[0].get_ydata()
        np.testing.assert_array_equal(median, self.run_.steps.price.isel(asset=0).sel(quantile=0.5))
        curve = plunge.plot.exceedance(self.run_, "min_price").lines[0]
        self.assertEqual(curve.get_ydata()[0], 1.0)
        self.assertAlmostEqual(curve.get_ydata()[-1], 1 / self.run_.worlds.sizes["world"])
        plunge.plot.histogram(self.run_, "max_drawdown")
        for world in self.run_.trace_worlds[:1]:
            self.assertEqual(len(plunge.plot.trace(self.run_, world)), 4)

    def test_h5dump_reads_the_headers(self):
        if not shutil.which("h5dump"):
            self.skipTest("h5dump is not installed")
        done = subprocess.run(["h5dump", "-A", "--sort_by=creation_order", self.path], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        for phrase in ("distinct accounts of which", "scenario_effective", "USD"):
            self.assertIn(phrase, done.stdout)

    def test_what_is_not_a_result_is_refused_with_a_reason(self):
        with self.assertRaises(FileNotFoundError):
            plunge.open(self.folder / "none.h5")
        text = self.folder / "text.h5"
        text.write_text("no")
        with self.assertRaisesRegex(plunge.ResultError, "not a result file"):
            plunge.open(text)
        foreign = self.folder / "foreign.h5"
        with h5py.File(foreign, "w") as file:
            file.create_group("traces/of something else")
        with self.assertRaisesRegex(plunge.ResultError, "format version None"):
            plunge.open(foreign)
        with self.assertRaisesRegex(plunge.ResultError, "no trace of world 3"):
            self.run_.trace(3)

    def needs_program(self):
        if not self.executable:
            self.skipTest("PLUNGE_EXECUTABLE is not set")

    def test_the_same_run_gives_the_same_bytes(self):
        self.needs_program()
        (self.folder / "again").mkdir()
        again = run_plunge(self.executable, self.folder / "again", "run.h5")
        self.assertEqual(self.path.read_bytes(), again.read_bytes())

    def test_show_prints_the_shares_of_the_package(self):
        self.needs_program()
        done = subprocess.run([self.executable, "show", self.path], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(all(len(line) <= 80 for line in done.stdout.splitlines()[:-1]))
        count = int(self.run_.shares().loc["cascade", "worlds"])
        self.assertRegex(done.stdout, rf"a cascade, endogenous liquidations +{count} ")
        self.assertIsNone(re.search("\x1b", done.stdout))

    def test_show_refuses_a_damaged_file_with_exit_code_2(self):
        self.needs_program()
        damaged = self.folder / "cut.h5"
        damaged.write_bytes(self.path.read_bytes()[:-1])
        done = subprocess.run([self.executable, "show", damaged], capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("cut.h5", done.stderr)
        self.assertEqual(done.stdout, "")


if __name__ == "__main__":
    unittest.main()
