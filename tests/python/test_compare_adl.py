"""scripts/compare_adl on the quickstart scenario: every ranking, the same worlds, one table."""
import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(not os.environ.get("PLUNGE_EXECUTABLE"),
                                reason="PLUNGE_EXECUTABLE does not name the program")


def run(*arguments):
    command = [sys.executable, ROOT / "scripts/compare_adl", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


def test_every_ranking_has_a_line_and_only_rounding_up_overshoots():
    done = run(ROOT / "scenarios/quickstart.toml", "--worlds", 200)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("200 worlds, ")
    assert not lines[0].startswith("200 worlds, 0.0%")
    rows = {line[:25].strip(): line[25:].split() for line in lines[3:]}
    assert list(rows) == ["queue", "queue, whole positions", "pro rata", "pro rata in contracts", "largest first",
                          "largest, whole positions"]
    assert max(len(line) for line in lines) <= 80
    for rule in ("queue", "pro rata", "largest first"):
        assert float(rows[rule][3]) == 0.0, rule
    assert float(rows["pro rata"][2]) > float(rows["queue"][2]) > 0.0  # pro rata touches everybody


def test_a_scenario_that_is_not_there_is_an_error():
    done = run("nowhere.toml")
    assert (done.returncode, done.stdout) == (2, "")
    assert "nowhere.toml" in done.stderr
