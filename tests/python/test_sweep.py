"""plunge sweep as its user meets it, its file as Python reads it."""
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "scripts"))

h5py = pytest.importorskip("h5py")
np = pytest.importorskip("numpy")
xr = pytest.importorskip("xarray")
import plunge as package  # noqa: E402

PLUNGE = os.environ.get("PLUNGE_EXECUTABLE")
BUSY = SOURCE / "tests" / "scenarios" / "busy.toml"
SMALL = ("--set", "run.horizon=3h", "--worlds", 12)
DEPTH = ("--vary", "venue.impact.depth=log(1e5,1e6,3)")
FEE = ("--vary", "venue.liquidation.fee=0.001,0.004")
ENGINES = ("h5netcdf", "netcdf4")

pytestmark = pytest.mark.skipif(not PLUNGE, reason="PLUNGE_EXECUTABLE does not name the program")


def plunge(*arguments, **options):
    return subprocess.run([PLUNGE, *map(str, arguments)], capture_output=True, text=True, timeout=300, **options)


def sweep(*arguments, **options):
    run = plunge("sweep", BUSY, *SMALL, *arguments, **options)
    assert run.returncode == 0, run.stderr
    return run


@pytest.fixture(scope="module")
def grid(tmp_path_factory):
    path = tmp_path_factory.mktemp("sweep") / "grid.h5"
    sweep(*DEPTH, *FEE, "-o", path, "--quiet")
    return path


@pytest.fixture(scope="module")
def saltelli(tmp_path_factory):
    path = tmp_path_factory.mktemp("sweep") / "saltelli.h5"
    sweep("--sample", "saltelli", "--points", 8, "--metrics", "shortfall,liquidated_notional", "-o", path, "--quiet",
          "--vary", "venue.impact.depth=loguniform(1e5,1e6)", "--vary", "venue.liquidation.fee=uniform(0,0.01)")
    return path


def test_every_point_equals_its_run_bit_for_bit(grid, tmp_path):
    worlds = package.load_sweep(grid, "worlds")
    points = package.load_sweep(grid, "points")
    base = package.load_sweep(grid, "base")
    for number, (depth, fee) in enumerate([(1e5, 0.001), (1e6, 0.004), (None, None)]):
        path = tmp_path / f"{number}.h5"
        overrides = [] if depth is None else str(points.overrides.sel(depth=depth, fee=fee).item()).split("\n")
        options = [word for override in overrides for word in ("--set", override)]
        done = plunge("run", BUSY, *SMALL[:2], *options, *SMALL[2:], "-o", path, "--quiet")
        assert done.returncode == 0, done.stderr
        alone = package.open(path)
        if depth is None:
            here = base
        else:
            here = worlds.sel(depth=depth, fee=fee)
            assert points.scenario_sha256.sel(depth=depth, fee=fee) == alone.attributes["scenario_sha256"]
        for name, values in alone.worlds.data_vars.items():
            for column in [(name, values)] if values.ndim == 1 else [
                    (f"{name}.{asset}", values.sel(asset=asset)) for asset in values.asset.values]:
                np.testing.assert_array_equal(here[column[0]].values, column[1].values.astype(float))


def test_differences_are_those_of_compare(grid, tmp_path):
    sweep_ = package.load_sweep(grid)
    a, b = tmp_path / "a.h5", tmp_path / "b.h5"
    assert plunge("run", BUSY, *SMALL, "-o", a, "--quiet").returncode == 0
    assert plunge("run", BUSY, *SMALL, "--set", "venue.impact.depth=1e5", "--set", "venue.liquidation.fee=0.004", "-o", b,
                  "--quiet").returncode == 0
    compared = json.loads(plunge("compare", a, b, "--json").stdout)
    assert compared["mode"] == "paired"
    for metric in ("liquidated_notional", "shortfall", "first_liquidation_step"):
        here = sweep_[metric].sel(depth=1e5, fee=0.004)
        for ours, theirs in (("difference", "difference"), ("difference_standard_error", "standard_error"),
                             ("difference_low", "low"), ("difference_high", "high")):
            assert float(here.sel(statistic=ours)) == compared["metrics"][metric][theirs]


def test_the_file_has_the_grid_as_dimensions(grid):
    for engine in ENGINES:
        metric = xr.open_dataset(grid, group="metrics/liquidated_notional", engine=engine)
        assert metric["mean"].dims == ("depth", "fee")
        assert metric["mean"].attrs["units"] == "USD"
        np.testing.assert_allclose(metric.depth, [1e5, 316227.766016838, 1e6])
        np.testing.assert_array_equal(metric.fee, [0.001, 0.004])
        assert metric.depth.attrs["key"] == "venue.impact.depth"
        worlds = xr.open_dataset(grid, group="worlds", engine=engine)
        assert worlds.shortfall.shape == (3, 2, 12)
        assert worlds.shortfall.dims == ("depth", "fee", "world")
        np.testing.assert_allclose(worlds.liquidated_notional.mean("world"), metric["mean"])
        factors = xr.open_dataset(grid, group="factors", engine=engine)
        assert list(factors.key.values) == ["venue.impact.depth", "venue.liquidation.fee"]
    with h5py.File(grid) as file:
        assert file.attrs["content"] == "sweep" and file.attrs["seed"] == 11 and file.attrs["worlds"] == 12
        assert "[venue.impact]" in file.attrs["scenario"]
        assert file["worlds/shortfall"].dims[0].keys() == ["depth"]
    dumped = subprocess.run(["h5dump", "-A", "-g", "/metrics/shortfall", grid], capture_output=True, text=True)
    assert dumped.returncode == 0 and "standard error of the mean" in dumped.stdout


def test_load_sweep(grid, saltelli):
    statistics = package.load_sweep(grid)
    assert statistics.shortfall.dims == ("depth", "fee", "statistic")
    assert statistics.attrs["sample"] == "grid"
    worlds = package.load_sweep(grid, "worlds")
    values = worlds.shortfall.sel(fee=0.001).isel(depth=0).values
    here = statistics.shortfall.sel(fee=0.001).isel(depth=0)
    assert float(here.sel(statistic="mean")) == pytest.approx(values.mean())
    assert float(here.sel(statistic="standard_error")) == pytest.approx(values.std(ddof=1) / np.sqrt(12))
    assert statistics.shortfall.attrs["base_mean"] == pytest.approx(float(package.load_sweep(grid, "base").shortfall.mean()))
    indices = package.load_sweep(saltelli, "indices")
    assert indices.shortfall.dims == ("factor", "index")
    assert list(indices.factor.values) == ["depth", "fee"]
    drawn = package.load_sweep(saltelli)
    assert set(drawn.data_vars) == {"shortfall", "liquidated_notional"}
    assert drawn.shortfall.dims == ("point", "statistic") and drawn.sizes["point"] == 32
    assert {"depth", "fee"} <= set(drawn.shortfall.coords)
    points = package.load_sweep(saltelli, "points")
    assert list(points.matrix.values[:4]) == ["A", "B", "A_B depth", "A_B fee"]
    with pytest.raises(package.ResultError, match="holds no Sobol indices"):
        package.load_sweep(grid, "indices")
    with pytest.raises(ValueError, match="must be statistics"):
        package.load_sweep(grid, "means")


def test_indices_are_those_of_the_means(saltelli):
    """The estimators once more, from the file: Saltelli et al. (2010) and Jansen (1999)."""
    means = package.load_sweep(saltelli).liquidated_notional.sel(statistic="mean").values.reshape(8, 4)
    indices = package.load_sweep(saltelli, "indices").liquidated_notional
    a, b = means[:, 0], means[:, 1]
    mean = np.concatenate([a, b]).mean()
    variance = np.concatenate([a, b]).var()
    for i, factor in enumerate(["depth", "fee"]):
        changed = means[:, 2 + i]
        first = ((b - mean) * (changed - a)).mean() / variance
        total = 0.5 * ((a - changed) ** 2).mean() / variance
        assert float(indices.sel(factor=factor, index="first_order")) == pytest.approx(first)
        assert float(indices.sel(factor=factor, index="total")) == pytest.approx(total)


def test_runs_and_sweeps_are_not_mistaken_for_one_another(grid, tmp_path):
    with pytest.raises(package.ResultError, match="holds a sweep"):
        package.open(grid)
    replay = plunge("replay", grid, "--world", 0)
    assert replay.returncode == 2 and "holds a sweep and not one run" in replay.stderr
    run = tmp_path / "run.h5"
    assert plunge("run", BUSY, *SMALL, "-o", run, "--quiet").returncode == 0
    with pytest.raises(package.ResultError, match="not the file of a sweep"):
        package.load_sweep(run)
    with pytest.raises(FileNotFoundError):
        package.load_sweep(tmp_path / "none.h5")


def test_threads_and_repetition_change_no_bit(tmp_path):
    path = tmp_path / "out.h5"
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1760130000"}
    digests, contents = set(), set()
    for threads in (1, 2, 8, 8):
        sweep(*DEPTH, *FEE, "-o", path, "--threads", threads, "--quiet", "--force", env=environment)
        with h5py.File(path) as file:
            digests.add(file.attrs["results_sha256"])
        contents.add(path.read_bytes())
    assert len(digests) == 1
    assert len(contents) == 3  # the command stands in the file, and names the threads


def test_the_table_has_a_line_per_point(tmp_path):
    run = sweep(*DEPTH, *FEE, "-o", tmp_path / "out.h5")
    assert run.stderr == ""
    lines = run.stdout.splitlines()
    assert max(map(len, lines[:-1])) <= 80  # the last names the file
    assert sum(line.startswith("  1000000 ") for line in lines) >= 4
    assert "6 points and the scenario itself (base), 12 worlds each, seed 11." in run.stdout
    assert "liquidated_notional USD" in run.stdout
    assert any(line.split() == ["depth", "fee", "difference", "s.e.", "difference", "s.e."] for line in lines)


def test_json_has_every_point(tmp_path):
    out = json.loads(sweep(*DEPTH, *FEE, "-o", tmp_path / "out.h5", "--json", "--metrics", "shortfall,min_price").stdout)
    assert len(out["points"]) == 6 and out["sample"] == "grid"
    assert out["points"][0]["values"] == {"depth": 1e5, "fee": 0.001}
    assert set(out["points"][0]["metrics"]) == {"shortfall", "min_price.BTC", "min_price.ETH"}


def test_other_samples(tmp_path):
    path = tmp_path / "latin.h5"
    sweep("--sample", "latin", "--points", 10, "--vary", "venue.liquidation.fee=uniform(0,0.01)", "--vary",
          "venue.liquidation.priority=margin_ratio,size", "-o", path, "--quiet")
    points = package.load_sweep(path)
    assert sorted(np.floor(points.fee.values * 1000)) == list(range(10))
    assert sorted(points.priority.values) == ["margin_ratio"] * 5 + ["size"] * 5
    path = tmp_path / "one.h5"
    run = sweep("--sample", "one-at-a-time", *DEPTH, *FEE, "-o", path)
    points = package.load_sweep(path)
    assert points.sizes["point"] == 5
    np.testing.assert_array_equal(np.isnan(points.fee), [True, True, True, False, False])
    assert "5 points and the scenario itself" in run.stdout


def test_tied_keys_take_the_same_value(tmp_path):
    path = tmp_path / "tied.h5"
    sweep("--vary", "cohort.longs.accounts,cohort.shorts.accounts=20,60", "-o", path, "--quiet")
    points = package.load_sweep(path, "points")
    assert points.overrides.values[1] == "cohort.longs.accounts=60\ncohort.shorts.accounts=60"


@pytest.mark.parametrize("arguments, message", [
    ((), "--vary is required"),
    (("--vary", "venue.liquidation.fees=1,2"), 'did you mean "fee"'),
    (("--vary", "venue.liquidation.fee=0.001,-1"), "--vary venue.liquidation.fee=-1: error: venue.liquidation.fee = -1"),
    (("--vary", "venue.liquidation.fee=lin(0,1"), "character 26: \"(\" has no partner"),
    (("--vary", "venue.liquidation.fee"), "no values"),
    (("--vary", "venue.liquidation.fee=0.1,0.2", "--vary", "venue.liquidation.fee=0.1,0.2"), "is varied twice"),
    (("--vary", "venue.liquidation.fee=uniform(0,1)"), "a range has no values of its own"),
    (("--vary", "venue.liquidation.fee=lin(0,1,3)", "--sample", "latin", "--points", "4"), "a sample draws from ranges"),
    (("--vary", "venue.liquidation.fee=uniform(0,1)", "--sample", "saltelli"), "needs --points"),
    (("--vary", "venue.liquidation.fee=0.1,0.2", "--points", "4"), "has the points that its values make"),
    (("--vary", "venue.liquidation.fee=lin(0,1,1000000)", "--vary", "venue.impact.depth=lin(1,2,1000000)"),
     "the sweep would need about"),
    (("--vary", "run.worlds=90,100"), "all points have the same worlds"),
    (("--vary", "venue.liquidation.fee=0.1,0.2", "--metrics", "shortfal"), 'did you mean "shortfall"'),
    (("--vary", "venue.liquidation.fee=0.1,0.2", "--memory-limit", "1kB"), "more than the limit of 1 kB"),
])
def test_wrong_input_is_refused_before_anything_is_run(tmp_path, arguments, message):
    worlds = () if "run.worlds=90,100" in arguments else ("--worlds", 8)
    run = plunge("sweep", BUSY, *worlds, *arguments, "-o", tmp_path / "out.h5")
    assert run.returncode == 2, run.stderr
    assert message in run.stderr
    assert run.stdout == "" and os.listdir(tmp_path) == []


def test_a_file_that_is_there_is_kept(tmp_path):
    path = tmp_path / "out.h5"
    path.write_text("mine")
    run = plunge("sweep", BUSY, *SMALL, *FEE, "-o", path)
    assert run.returncode == 2 and "--force replaces it" in run.stderr
    assert path.read_text() == "mine"


def test_interrupted_sweeps_leave_nothing_behind(tmp_path):
    process = subprocess.Popen([PLUNGE, "sweep", BUSY, *FEE, "--worlds", "1000000", "--metrics", "shortfall",
                                "-o", tmp_path / "out.h5"],
                               stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                               preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted after 0 of 2 points; nothing written" in err
    assert out == "" and os.listdir(tmp_path) == []


def test_shares_and_quantiles_are_outputs(tmp_path):
    path = tmp_path / "out.h5"
    out = json.loads(sweep(*DEPTH, "-o", path, "--json", "--metrics",
                           "liquidated_notional.q99,adl_notional.share,min_price.BTC.q5,shortfall").stdout)
    assert list(out["base"]) == ["liquidated_notional.q99", "adl_notional.share", "min_price.BTC.q5", "shortfall"]
    worlds = package.load_sweep(path, "worlds")
    assert set(worlds.data_vars) == {"liquidated_notional", "adl_notional", "min_price.BTC", "shortfall"}
    statistics = package.load_sweep(path)
    for place in range(worlds.sizes["depth"]):
        of_point = {name: np.sort(worlds[name].isel(depth=place).values) for name in worlds.data_vars}
        read = {name: float(statistics[name].isel(depth=place).sel(statistic="mean")) for name in statistics.data_vars}
        assert read["adl_notional.share"] == pytest.approx((of_point["adl_notional"] > 0).mean())
        assert read["liquidated_notional.q99"] == of_point["liquidated_notional"][-1]  # of twelve worlds
        assert read["min_price.BTC.q5"] == of_point["min_price.BTC"][5]
    usual = json.loads(sweep(*DEPTH, "-o", tmp_path / "usual.h5", "--json").stdout)
    assert {"adl_notional", "adl_notional.share", "uncovered.share", "shortfall.q99"} <= set(usual["base"])
    wrong = plunge("sweep", BUSY, *SMALL, *DEPTH, "-o", tmp_path / "no.h5", "--metrics", "shortfall.p99")
    assert wrong.returncode == 2 and "known: mean, share" in wrong.stderr
