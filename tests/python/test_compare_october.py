"""scripts/compare_october on a small hand-made result file: what it prints follows from what was put in."""

import pathlib
import subprocess
import sys

import h5py
import numpy as np
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]

SCENARIO = """
[[asset]]
symbol = "BTC"
price = 100.0
[[cohort]]
name = "longs"
accounts = 1000
"""

METRICS = {
    "liquidated_notional": 4e9,
    "liquidated_long_notional": 3e9,
    "branching_ratio": 0.25,
    "adl_notional": 1e9,
    "adl_pnl_given_up": 7e6,
    "adl_accounts": 50,
    "first_liquidation_step": 2,
    "first_adl_step": 14,
    "shortfall": 30e6,
    "fund_used": 20e6,
    "socialized_loss": 0.0,
    "uncovered": 0.0,
}


FROM_FILE = """
[[cohort]]
name = "desk"
accounts_from = "desk.csv"
"""
DESK = "\ufeff# the desk\naccount,equity,BTC\n\na,1e6,1\nb,1e6,\"-1\"\n"


def write_result(path, scenario=SCENARIO, inputs={}, **changes):
    with h5py.File(path, "w") as file:
        file.attrs["scenario_effective"] = scenario
        file.create_group("inputs")
        for n, (name, text) in enumerate(inputs.items()):
            file[f"inputs/input_{n}"] = np.frombuffer(text.encode(), dtype=np.uint8)
            file[f"inputs/input_{n}"].attrs["path"] = name
        file.attrs["step_seconds"] = 5.0
        for name, value in {**METRICS, **changes}.items():
            file[f"worlds/{name}"] = np.full(3, value, dtype=float)
        file["worlds/min_price"] = np.array([[88.0], [90.0], [92.0]])
        file["steps/open_interest"] = np.array([[9e9, 10e9, 11e9], [5e9, 6e9, 7e9]])
        file["traces/0/liquidated_notional"] = np.array([[0.0], [1.0], [1.0], [1.0]])
        file["traces/0/adl_notional"] = np.array([[0.0], [0.0], [1.0], [1.0]])


def run(*arguments):
    command = [sys.executable, ROOT / "scripts/compare_october", *arguments]
    return subprocess.run(command, capture_output=True, text=True)


def simulated(output, label):
    line = next(line for line in output.splitlines() if line.startswith(label))
    return line[len(label):].split()[0]


@pytest.fixture
def output(tmp_path):
    write_result(tmp_path / "run.h5")
    done = run(tmp_path / "run.h5")
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "label, expected",
    [
        ("BTC", "-10.0%"),
        ("over open interest", "40.0%"),
        ("share of longs", "75.0%"),
        ("open interest lost", "40.0%"),
        ("first, s after 1st liq.", "60"),
        ("over liquidated", "25.0%"),
        ("share of accounts", "5.0%"),
        ("half done, s (world 0)", "5"),
        ("paid by the fund", "20"),
    ],
)
def test_every_line_follows_from_the_file(output, label, expected):
    assert simulated(output, label) == expected


def test_it_fits_on_eighty_columns(output):
    assert max(len(line) for line in output.splitlines()) <= 80


def test_a_run_without_deleveraging_has_no_time_of_the_first(tmp_path):
    write_result(tmp_path / "run.h5", adl_notional=0.0, first_adl_step=np.nan)
    output = run(tmp_path / "run.h5").stdout
    assert simulated(output, "first, s after 1st liq.") == "-"
    assert simulated(output, "worlds with ADL") == "0.0%"


def test_accounts_of_a_file_are_counted_in_the_result(tmp_path):
    write_result(tmp_path / "run.h5", SCENARIO + FROM_FILE, {"prices.csv": "time,BTC\n", "desk.csv": DESK})
    done = run(tmp_path / "run.h5")
    assert done.returncode == 0, done.stderr
    assert ", 1002 accounts," in done.stdout
    write_result(tmp_path / "run.h5", SCENARIO.replace("accounts = 1000", 'accounts_from = "desk.csv"'),
                 {"desk.csv": DESK}, adl_accounts=1)
    assert simulated(run(tmp_path / "run.h5").stdout, "share of accounts") == "50.0%"


def test_no_accounts_have_no_share(tmp_path):
    write_result(tmp_path / "run.h5", SCENARIO.replace("accounts = 1000", "accounts = 0"), adl_accounts=0)
    done = run(tmp_path / "run.h5")
    assert (done.returncode, done.stderr) == (0, "")
    assert simulated(done.stdout, "share of accounts") == "-"


def test_a_file_that_is_no_result_is_an_error_that_names_it(tmp_path):
    (tmp_path / "text.h5").write_text("no HDF5")
    done = run(tmp_path / "text.h5")
    assert done.returncode == 2
    assert "text.h5" in done.stderr
    assert done.stdout == ""
