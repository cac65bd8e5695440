"""plunge variance and runs with quasi-random paths as their users meet them."""
import json
import os
import pathlib
import subprocess

import pytest

PLUNGE = os.environ.get("PLUNGE_EXECUTABLE")
SOURCE = pathlib.Path(os.environ.get("PLUNGE_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
BUSY = SOURCE / "tests" / "scenarios" / "busy.toml"
SMALL = ("--set", "run.horizon=2h")
SOBOL = ("--set", "run.paths=sobol")

pytestmark = pytest.mark.skipif(not PLUNGE, reason="PLUNGE_EXECUTABLE does not name the program")


def plunge(*arguments):
    return subprocess.run([PLUNGE, *map(str, arguments)], capture_output=True, text=True, timeout=300)


def run(path, *arguments):
    done = plunge("run", BUSY, *SMALL, "-o", path, "--json", *arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def digest(path):
    import h5py

    with h5py.File(path) as file:
        return file.attrs["results_sha256"]


def test_quasi_random_runs_do_not_depend_on_threads_search_or_what_else_is_run(tmp_path):
    import h5py

    one = run(tmp_path / "one.h5", *SOBOL, "--worlds", 200, "--threads", 1)
    assert run(tmp_path / "three.h5", *SOBOL, "--worlds", 200, "--threads", 3, "--search", "brute") == one
    assert digest(tmp_path / "one.h5") == digest(tmp_path / "three.h5")
    run(tmp_path / "more.h5", *SOBOL, "--worlds", 300)
    with h5py.File(tmp_path / "one.h5") as few, h5py.File(tmp_path / "more.h5") as more:
        assert few.attrs["replications"] == 16
        for name in few["worlds"]:
            if few[f"worlds/{name}"].shape[0] == 200:
                assert few[f"worlds/{name}"][:].tobytes() == more[f"worlds/{name}"][:200].tobytes(), name
    replayed = plunge("replay", tmp_path / "one.h5", "--world", 137)
    assert replayed.returncode == 0, replayed.stdout + replayed.stderr


def test_standard_errors_are_those_of_replications(tmp_path):
    import h5py
    import numpy as np

    import plunge as results

    # One draw of the accounts: what another for every world adds is not quasi-random.
    summary = run(tmp_path / "sobol.h5", *SOBOL, "--set", "run.population=shared", "--worlds", 320)
    with h5py.File(tmp_path / "sobol.h5") as file:
        values = file["worlds/liquidated_notional"][:]
    replications = values.reshape(-1, 16).mean(axis=0)
    error = replications.std(ddof=1) / 4
    printed = json.loads(plunge("show", tmp_path / "sobol.h5", "--json").stdout)
    assert printed == summary
    table = results.open(str(tmp_path / "sobol.h5")).summary()
    assert table.loc["liquidated_notional", "standard_error"] == pytest.approx(error, rel=1e-12)
    assert error < 0.9 * values.std(ddof=1) / np.sqrt(len(values))
    assert f"{error:.12g}"[:8] in json.dumps(summary)


def test_variance_of_every_way_and_what_is_asked_for():
    done = plunge("variance", BUSY, *SMALL, "--worlds", 256, "--repetitions", 2, "--json", "--threads", 1)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["worlds"] == 256
    ways = ["plain", "antithetic", "sobol", "controls", "sobol+controls"]
    assert list(report["seconds"]) == ways
    metrics = {metric["metric"]: metric["estimators"] for metric in report["metrics"]}
    notional = metrics["liquidated_notional"]
    assert list(notional) == ways
    assert notional["plain"]["variance_ratio"] == 1
    for way in ways[1:]:
        assert notional[way]["low"] < notional[way]["variance_ratio"] < notional[way]["high"]
        apart = abs(notional[way]["mean"] - notional["plain"]["mean"])
        assert apart < 5 * (notional[way]["standard_error"] + notional["plain"]["standard_error"])
    assert notional["controls"]["variance_ratio"] < 0.9
    again = json.loads(plunge("variance", BUSY, *SMALL, "--worlds", 256, "--repetitions", 2, "--json", "--threads", 3,
                              "--metric", "liquidated_notional").stdout)
    assert [metric["metric"] for metric in again["metrics"]] == ["liquidated_notional"]
    for way in ways:
        assert again["metrics"][0]["estimators"][way]["standard_error"] == notional[way]["standard_error"]
    text = plunge("variance", BUSY, *SMALL, "--worlds", 64, "--repetitions", 1, "--metric", "fees").stdout
    assert "fees" in text and "antithetic" in text and "time over" in text
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize("arguments, message", [
    (("--worlds", "63"), "at least 64"),
    (("--worlds", "64", "--metric", "fess"), 'did you mean "fees"'),
    (("--repetitions", "0"), "--repetitions"),
])
def test_variance_refuses(arguments, message):
    done = plunge("variance", BUSY, *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stdout == ""


def test_stopping_rules_of_quasi_random_runs_are_about_means(tmp_path):
    rule = ("--until", "width(shortfall.q99) < 5%")
    done = plunge("run", BUSY, *SMALL, *SOBOL, "-o", tmp_path / "x.h5", *rule)
    assert done.returncode == 2
    assert "run.paths=pseudo" in done.stderr
