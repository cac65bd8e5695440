"""plunge tail as its user meets it: losses from anywhere."""
import json
import os
import random
import subprocess

import pytest

PLUNGE = os.environ.get("PLUNGE_EXECUTABLE")

pytestmark = pytest.mark.skipif(not PLUNGE, reason="PLUNGE_EXECUTABLE does not name the program")


def tail(*arguments, stdin=None):
    return subprocess.run([PLUNGE, "tail", *map(str, arguments)], capture_output=True, text=True, timeout=300,
                          input=stdin)


def losses(n=4000, zeros=0.5, shape=0.3, seed=1):
    """A generalized Pareto tail of scale 100 with an atom at zero."""
    rng = random.Random(seed)
    return [0.0 if rng.random() < zeros else 100.0 / shape * (rng.random() ** -shape - 1.0) for _ in range(n)]


def column(values, name="loss"):
    return "\n".join([name, *map(repr, values)]) + "\n"


def test_the_same_losses_from_a_file_and_from_standard_input(tmp_path):
    path = tmp_path / "losses.csv"
    path.write_text(column(losses()))
    from_file = tail(path, "--json", "--quantile", 0.999)
    from_stdin = tail("-", "--json", "--quantile", 0.999, stdin=path.read_text())
    assert from_file.returncode == 0, from_file.stderr
    assert from_file.stdout == from_stdin.stdout
    answer = json.loads(from_file.stdout)
    assert answer["losses"] == 4000 and 1800 < answer["zeros"] < 2200
    assert answer["tail"]["fit"] == "chosen"
    truth = 100.0 / 0.3 * (0.002 ** -0.3 - 1.0)
    for estimate in (answer["sample_quantile"], answer["tail"]["var"]):
        assert estimate["low"] is not None and estimate["low"] < truth
        assert estimate["high"] is None or truth < estimate["high"]
    es = (truth + 100.0) / 0.7
    assert answer["tail"]["expected_shortfall"]["low"] < es < answer["tail"]["expected_shortfall"]["high"]
    assert answer["tail"]["thresholds"][0]["exceedances"] == 800


def test_the_table_says_which_threshold_was_taken():
    run = tail("-", stdin=column(losses()))
    assert run.returncode == 0
    assert "A generalized Pareto tail fits the" in run.stdout
    assert "99 % of losses, from the sample" in run.stdout
    assert max(map(len, run.stdout.splitlines())) <= 80


def test_without_a_tail_that_fits_there_are_no_figures_of_one():
    rng = random.Random(3)
    lumps = [(1e9 if rng.random() < 0.1 else 5e6) * (0.9 + 0.2 * rng.random()) for _ in range(4000)]
    run = tail("-", "--quantile", 0.95, stdin=column(lumps))
    assert run.returncode == 0
    assert "No tail fits" in run.stdout and "value at risk  " not in run.stdout
    answer = json.loads(tail("-", "--quantile", 0.95, "--json", stdin=column(lumps)).stdout)
    assert answer["tail"]["fit"] in ("rejected", "contradicted") and "var" not in answer["tail"]
    assert answer["sample_quantile"]["high"] is not None
    own = tail("-", "--quantile", 0.95, "--threshold", 5e6, stdin=column(lumps))
    assert own.returncode == 0 and "IT DOES NOT FIT" in own.stdout


def test_columns_are_found_by_name():
    table = "world,loss\n" + "".join(f"{i},{loss!r}\n" for i, loss in enumerate(losses(1000)))
    assert tail("-", stdin=table).returncode == 2
    named = json.loads(tail("-", "--column", "loss", "--json", stdin=table).stdout)
    alone = json.loads(tail("-", "--json", stdin=column(losses(1000))).stdout)
    assert named == alone
    bare = "".join(f"{loss!r}\n" for loss in losses(1000))
    assert json.loads(tail("-", "--json", stdin=bare).stdout)["sample_quantile"] == alone["sample_quantile"]


@pytest.mark.parametrize("text, arguments, message", [
    ("", (), "is empty"),
    ("loss\n", (), "no losses"),
    ("loss\n1\nx\n", (), 'standard input:3:1: error: loss = "x": must be a finite number'),
    ("loss\n1\nnan\n", (), "finite"),
    ("loss\n1\n#2\n3\n", (), "begins with"),
    ("a,b\n1,2\n", (), "several columns"),
    ("a,b\n1,2\n3\n", ("--column", "a"), "1 cells for 2 columns"),
    ("a,b\n1,2\n", ("--column", "c"), "no such column"),
    ("loss\n1\n2\n", ("--threshold", "5"), "No tail is fitted"),
    ("loss\n1\n", ("--quantile", "1"), "--quantile"),
])
def test_wrong_input_is_refused(text, arguments, message):
    run = tail("-", *arguments, stdin=text)
    assert run.returncode == 2
    assert message in run.stderr
    assert run.stdout == ""
    assert tail("nowhere.csv").returncode == 2
