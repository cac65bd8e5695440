"""plunge run --until as its user meets it: where a run ends, and that its results are those of that many worlds."""
import os
import pathlib
import subprocess

import pytest

PLUNGE = os.environ.get("PLUNGE_EXECUTABLE")
SOURCE = pathlib.Path(os.environ.get("PLUNGE_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
ONE_ACCOUNT = SOURCE / "tests" / "scenarios" / "one_account.toml"

pytestmark = pytest.mark.skipif(not PLUNGE, reason="PLUNGE_EXECUTABLE does not name the program")


def plunge(*arguments, **options):
    return subprocess.run([PLUNGE, *map(str, arguments)], capture_output=True, text=True, timeout=300, **options)


def test_until_ends_at_a_fixed_number_of_worlds_with_the_results_of_that_many(tmp_path):
    import h5py

    rule = "width(shortfall.q95) < 20%"
    digests = []
    for threads in (1, 3):
        run = plunge("run", ONE_ACCOUNT, "-o", tmp_path / "until.h5", "--until", rule, "--worlds", 64000, "--force",
                     "--threads", threads)
        assert run.returncode == 0, run.stderr
        assert "reached" in run.stdout
        with h5py.File(tmp_path / "until.h5") as file:
            worlds = int(file.attrs["worlds"])
            digests.append((worlds, file.attrs["results_sha256"], file.attrs["scenario_sha256"]))
    assert digests[0] == digests[1]
    assert worlds in (1000, 2000, 4000, 8000, 16000, 32000)
    plain = plunge("run", ONE_ACCOUNT, "-o", tmp_path / "plain.h5", "--worlds", worlds, "--quiet")
    assert plain.returncode == 0
    with h5py.File(tmp_path / "plain.h5") as file:
        assert (file.attrs["results_sha256"], file.attrs["scenario_sha256"]) == digests[0][1:]
    assert plunge("replay", tmp_path / "until.h5", "--world", worlds - 1).returncode == 0


def test_until_does_not_end_before_the_worlds_that_are_to_be_traced(tmp_path):
    import h5py

    run = plunge("run", ONE_ACCOUNT, "-o", tmp_path / "run.h5", "--until", "width(shortfall.q95) < 90%",
                 "--worlds", 64000, "--set", "record.traces=[10, 2500]")
    assert run.returncode == 0, run.stderr
    with h5py.File(tmp_path / "run.h5") as file:
        assert int(file.attrs["worlds"]) == 4000
    assert plunge("replay", tmp_path / "run.h5", "--world", 2500).returncode == 0


def test_until_out_of_reach_is_a_whole_run_and_a_note(tmp_path):
    run = plunge("run", ONE_ACCOUNT, "-o", tmp_path / "run.h5", "--until", "se(shortfall.mean) < 0.001%", "--quiet")
    assert run.returncode == 0
    assert "not reached" in run.stderr and "after 2000 worlds" in run.stderr
    assert plunge("show", tmp_path / "run.h5").returncode == 0


@pytest.mark.parametrize("rule, message", [
    ("shortfall < 5%", "not a rule"),
    ("width(shortfal.q99) < 5%", 'did you mean "shortfall"'),
    ("se(shortfall.q99) < 5%", "no standard error"),
])
def test_a_rule_that_is_none_is_refused(tmp_path, rule, message):
    run = plunge("run", ONE_ACCOUNT, "-o", tmp_path / "run.h5", "--until", rule)
    assert run.returncode == 2
    assert message in run.stderr
    assert not (tmp_path / "run.h5").exists()
