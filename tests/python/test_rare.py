"""plunge rare as its user meets it: answers, exit codes, messages."""
import json
import os
import pathlib
import subprocess
import sys

import pytest

PLUNGE = os.environ.get("PLUNGE_EXECUTABLE")
SOURCE = pathlib.Path(os.environ.get("PLUNGE_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
BUSY = SOURCE / "tests" / "scenarios" / "busy.toml"
QUICKSTART = SOURCE / "scenarios" / "quickstart.toml"
SMALL = ("--set", "run.horizon=2h")

pytestmark = pytest.mark.skipif(not PLUNGE, reason="PLUNGE_EXECUTABLE does not name the program")


def plunge(*arguments):
    return subprocess.run([PLUNGE, *map(str, arguments)], capture_output=True, text=True, timeout=300)


def rare(*arguments):
    run = plunge("rare", *arguments, "--json")
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_splitting_and_counting_agree():
    event = ("--event", "shortfall", "--exceeds", 5000)
    splitting = rare(BUSY, *SMALL, *event, "--particles", 100)
    crude = rare(BUSY, *SMALL, *event, "--method", "crude", "--worlds", 4000)
    assert crude["events"] / 4000 == crude["probability"]["point"]
    assert splitting["probability"]["low"] <= crude["probability"]["high"]
    assert crude["probability"]["low"] <= splitting["probability"]["high"]
    shares = [row["point"] for row in splitting["exceedance"]]
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] == pytest.approx(splitting["probability"]["point"], rel=1e-9)


def test_crude_counts_what_a_run_reports(tmp_path):
    import h5py

    crude = rare(BUSY, *SMALL, "--event", "adl", "--method", "crude", "--worlds", 300)
    assert plunge("run", BUSY, *SMALL, "--worlds", 300, "-o", tmp_path / "run.h5", "--quiet").returncode == 0
    with h5py.File(tmp_path / "run.h5") as file:
        assert int((file["worlds/adl_notional"][:] > 0).sum()) == crude["events"] > 0


def test_threads_do_not_matter_and_the_seed_does():
    event = ("--event", "liquidated", "--exceeds", 2e6, "--particles", 20, "--repetitions", 4)
    one = rare(BUSY, *SMALL, *event, "--threads", 1)
    assert rare(BUSY, *SMALL, *event, "--threads", 3) == one
    assert rare(BUSY, *SMALL, *event, "--seed", 2) != one


@pytest.mark.parametrize("arguments, message", [
    (("--event", "price_move"), "price_move needs a threshold"),
    (("--event", "ruin"), "--event"),
    (("--event", "adl", "--venue", "pepr"), 'did you mean "perp"'),
    (("--event", "adl", "--set", "run.antithetic=true"), "independent worlds"),
    (("--event", "adl", "--set", "run.paths=sobol"), "independent worlds"),
    (("--event", "adl", "--exceeds", "-1"), "--exceeds"),
])
def test_wrong_input_is_refused(arguments, message):
    run = plunge("rare", BUSY, *arguments)
    assert run.returncode == 2
    assert message in run.stderr
    assert run.stdout == ""


def test_the_table_says_what_counting_would_take():
    run = plunge("rare", BUSY, *SMALL, "--event", "shortfall", "--exceeds", 5000, "--repetitions", 4)
    assert run.returncode == 0
    assert "shortfall of 5.00k USD or more, by splitting: 4 repetitions of 250 worlds" in run.stdout
    assert "counting would need" in run.stdout


def test_importance_sampling_and_counting_agree():
    event = ("--event", "shortfall", "--exceeds", 5000)
    sampled = rare(BUSY, *SMALL, *event, "--method", "importance", "--worlds", 1000, "--pilot", 500)
    crude = rare(BUSY, *SMALL, *event, "--method", "crude", "--worlds", 4000)
    assert sampled["method"] == "importance" and sampled["search_reached_event"]
    assert sampled["probability"]["low"] <= crude["probability"]["high"]
    assert crude["probability"]["low"] <= sampled["probability"]["high"]
    assert sampled["events"] >= sampled["effective_events"] > 10
    assert sampled["laws"][0] == {"shift": [], "jumps": []}  # the scenario's own
    assert sampled["laws"][-1]["jumps"][0]["rate_factor"] > 1
    assert rare(BUSY, *SMALL, *event, "--method", "importance", "--worlds", 1000, "--pilot", 500,
                "--threads", 1) == sampled
    text = plunge("rare", BUSY, *SMALL, *event, "--method", "importance", "--worlds", 200, "--pilot", 200)
    assert text.returncode == 0 and "by importance: 200 worlds" in text.stdout


@pytest.mark.parametrize("method", ["splitting", "importance", "crude"])
def test_worlds_in_the_event_are_kept(tmp_path, method):
    xarray = pytest.importorskip("xarray")
    sys.path.insert(0, str(SOURCE / "scripts"))
    import plunge as package

    path = tmp_path / "rare.h5"
    arguments = (BUSY, *SMALL, "--event", "shortfall", "--exceeds", 5000, "--method", method, "--worlds", 1000,
                 "--repetitions", 4, "--particles", 50, "--pilot", 200, "-o", path)
    said = rare(*arguments)
    worlds = package.load_rare(path)
    assert worlds.sizes["world"] > 10
    assert worlds.attrs["event"] == "shortfall of 5.00k USD or more" and worlds.attrs["method"] == method
    assert worlds.attrs["probability"] == said["probability"]["point"] == pytest.approx(float(worlds.weight.sum()))
    assert worlds.attrs["worlds_simulated"] == said["worlds_simulated"]
    assert (worlds.shortfall >= 5000).all()
    assert worlds.shortfall.attrs["units"] == "USD"
    for name, metric in said["metrics_in_event"].items():
        values = worlds[name]
        assert metric["count"] == int(values.notnull().sum())
        if metric["count"]:
            assert metric["mean"] == pytest.approx(float(values.weighted(worlds.weight).mean()), rel=1e-9, abs=1e-9)
    draws = len(set(worlds.draw.values.tolist()))
    assert draws == (4 if method == "splitting" else worlds.sizes["world"])
    with xarray.open_dataset(path, group="worlds") as plain:
        assert "weight" in plain

    again = plunge("rare", *arguments)
    assert again.returncode != 0 and "exists" in again.stderr
    assert plunge("rare", *arguments, "--force").returncode == 0
    assert plunge("show", path).returncode == 0
    compared = plunge("compare", path, path)
    assert compared.returncode == 2 and "load_rare" in compared.stderr
    with pytest.raises(package.ResultError, match="load_rare"):
        package.open(path)
    with pytest.raises(package.ResultError, match="sweep"):
        package.load_sweep(path)


def test_an_event_that_nobody_saw_has_no_worlds(tmp_path):
    path = tmp_path / "rare.h5"
    run = plunge("rare", BUSY, *SMALL, "--event", "shortfall", "--exceeds", 1e12, "--method", "crude", "--worlds", 20,
                 "-o", path)
    assert run.returncode == 0 and "probability 0" in run.stdout
    import h5py

    with h5py.File(path) as file:
        assert file["worlds/weight"].shape == (0,)
        assert file.attrs["probability"] == 0


def test_the_table_shows_the_worlds_in_the_event():
    run = plunge("rare", BUSY, *SMALL, "--event", "shortfall", "--exceeds", 5000, "--repetitions", 4)
    assert "per world in the event" in run.stdout
    assert max(map(len, run.stdout.splitlines())) <= 80


def test_an_event_that_nobody_gets_to_ends_with_the_largest_value_and_a_bound():
    event = ("--event", "shortfall", "--exceeds", 1e9, "--particles", 20, "--repetitions", 6)
    run = plunge("rare", BUSY, *SMALL, *event)
    assert run.returncode == 1, run.stderr
    assert "NOT REACHED. The largest shortfall in" in run.stdout
    assert "came within a tenth of it" in run.stdout
    assert max(map(len, run.stdout.splitlines())) <= 80
    answer = json.loads(plunge("rare", BUSY, *SMALL, *event, "--json").stdout)
    assert answer["probability"]["point"] == 0 == answer["probability"]["low"]
    assert answer["repetitions"] == answer["extinct_repetitions"] == 6
    # Of the 120 worlds that they began with none is in the event (Clopper & Pearson).
    assert answer["probability"]["high"] == pytest.approx(1 - 0.025 ** (1 / 120), rel=1e-9)
    assert 0 < answer["largest"] < 1e9 and 0 < answer["last_level_share"] < 1


def test_repetitions_that_get_no_nearer_are_given_up():
    """Prices can always fall further, which is nearer to a shortfall that auto-deleveraging does not let grow."""
    event = (QUICKSTART, "--set", "run.population=shared", "--set", "venue.liquidation.fee=0.005",
             "--event", "shortfall", "--exceeds", 1e9, "--particles", 60,
             "--repetitions", 6)
    run = plunge("rare", *event, "--threads", 3)
    assert run.returncode == 1, run.stderr
    text = " ".join(run.stdout.split())
    assert "4 of 4 repetitions were given up" in text and "Auto-deleveraging can cap it" in text
    # Four repetitions are enough, and it does not matter which others were at work.
    answer = json.loads(plunge("rare", *event, "--json", "--threads", 1).stdout)
    assert answer["repetitions"] == answer["stuck_repetitions"] == 4
    assert answer["probability"]["high"] == pytest.approx(1 - 0.025 ** (1 / 240), rel=1e-9)
    assert 0 < answer["last_level_share"] < 1e-8 and 1e6 < answer["largest"] < 3e6
    assert f"probability 0, 95 % interval 0 to {answer['probability']['high']:.4g}" in text


def test_importance_sampling_that_does_not_reach_the_event_says_so():
    event = ("--event", "shortfall", "--exceeds", 1e9, "--method", "importance", "--worlds", 400, "--pilot", 200)
    run = plunge("rare", BUSY, *SMALL, *event)
    assert run.returncode == 1
    assert "NOT REACHED. The largest shortfall in" in run.stdout
    answer = json.loads(plunge("rare", BUSY, *SMALL, *event, "--json").stdout)
    # A tenth of the worlds, two turns of twenty, are of the scenario's own law.
    assert answer["probability"]["high"] == pytest.approx(1 - 0.025 ** (1 / 40), rel=1e-9)


def test_prices_cannot_fall_by_more_than_all_they_are():
    run = plunge("rare", BUSY, "--event", "price_move", "--exceeds", 1)
    assert run.returncode == 2 and "cannot fall" in run.stderr
