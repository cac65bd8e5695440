"""Where results go and how they come back: compression, links and devices, standard input and output, JSON."""
import hashlib
import json
import os
import pathlib
import subprocess

import pytest

PLUNGE = os.environ.get("PLUNGE_EXECUTABLE")
SOURCE = pathlib.Path(os.environ.get("PLUNGE_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
BUSY = SOURCE / "tests" / "scenarios" / "busy.toml"
QUICKSTART = SOURCE / "scenarios" / "quickstart.toml"
HORIZON = ("--set", "run.horizon=4h")
SHORT = (*HORIZON, "--worlds", 40)

pytestmark = pytest.mark.skipif(not PLUNGE, reason="PLUNGE_EXECUTABLE does not name the program")


def plunge(*arguments, code=0, **options):
    done = subprocess.run([PLUNGE, *map(str, arguments)], capture_output=True, text=True, timeout=300, **options)
    assert done.returncode == code, done.stdout + done.stderr
    return done


WIDE_SWEEP = ("sweep", BUSY, *HORIZON, "--vary", "venue.liquidation.fee=0.001,0.01")
WIDE_RARE = ("rare", BUSY, *HORIZON, "--event", "liquidated", "--exceeds", "1e5", "--method", "crude")
SWEEP = (*WIDE_SWEEP, "--worlds", 40)
RARE = (*WIDE_RARE, "--worlds", 200)


def make(tmp_path, name, *arguments):
    path = tmp_path / name
    plunge(*arguments, "-o", path, "--quiet")
    return path


# ---- compression -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind, arguments", [("run", ("run", QUICKSTART, "--worlds", 1500, "--set", "run.horizon=2h")),
                                             ("sweep", (*WIDE_SWEEP, "--worlds", 1500)),
                                             ("rare", (*WIDE_RARE, "--worlds", 3000))])
def test_compressed_files_are_smaller_and_say_the_same(tmp_path, kind, arguments):
    h5py = pytest.importorskip("h5py")
    plain = make(tmp_path, "plain.h5", *arguments)
    small = make(tmp_path, "small.h5", *arguments, "--compress")
    assert small.stat().st_size < 0.7 * plain.stat().st_size
    with h5py.File(plain) as a, h5py.File(small) as b:
        assert a.attrs["results_sha256"] == b.attrs["results_sha256"]
        filtered = []

        def compare(name, item):
            if not isinstance(item, h5py.Dataset):
                return
            assert item.dtype == b[name].dtype
            assert item[()].tobytes() == b[name][()].tobytes() or item.dtype.kind == "O"
            if b[name].compression is not None:
                filtered.append(name)
                assert (b[name].compression, b[name].shuffle) == ("gzip", True)

        a.visititems(compare)
        assert filtered
    shown = [plunge("show", path, "--json").stdout for path in (plain, small)]
    assert shown[0] == shown[1]


def test_every_command_and_the_package_read_compressed_files(tmp_path, monkeypatch):
    pytest.importorskip("xarray")
    monkeypatch.syspath_prepend(str(SOURCE / "scripts"))
    import plunge as package

    arguments = ("run", QUICKSTART, "--worlds", 1500, "--set", "run.horizon=2h")
    path = make(tmp_path, "run.h5", *arguments, "--compress")
    other = make(tmp_path, "other.h5", *arguments, "--seed", 2)
    plunge("show", path)
    plunge("replay", path, "--world", 1499)
    plunge("compare", path, other)
    plunge("check", path, tmp_path / "baseline.toml", "--update")
    plunge("check", path, tmp_path / "baseline.toml")
    run = package.open(path)
    run.verify()
    assert run.worlds.sizes["world"] == 1500


# ---- counters, labels, identity ----------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [("run", BUSY, *SHORT), SWEEP, RARE])
def test_counters_are_signed_and_labels_short_in_every_file(tmp_path, arguments):
    h5py = pytest.importorskip("h5py")
    path = make(tmp_path, "file.h5", *arguments)
    with h5py.File(path) as file:
        assert file.attrs["Conventions"] == "Plunge-1"

        def inspect(name, item):
            for key, value in item.attrs.items():
                assert getattr(value, "dtype", None) is None or value.dtype.kind != "u", (name, key)
            if not isinstance(item, h5py.Dataset):
                return
            if item.dtype.kind in "iu" and not name.startswith("inputs/"):
                assert item.dtype == "<i8", name
            assert len(item.attrs["long_name"]) <= 40, name
            assert item.attrs["comment"], name

        file.visititems(inspect)
        for value in file.attrs.values():
            assert getattr(value, "dtype", None) is None or value.dtype.kind != "u"


def test_differences_of_counters_are_negative_where_they_should_be(tmp_path):
    xr = pytest.importorskip("xarray")
    worlds = xr.open_dataset(make(tmp_path, "run.h5", "run", BUSY, *SHORT), group="worlds")
    accounts = worlds.liquidated_accounts
    assert int((accounts - accounts.max()).min()) == int(accounts.min()) - int(accounts.max()) <= 0
    assert accounts.attrs["long_name"] == "liquidated accounts"
    assert accounts.attrs["comment"].startswith("distinct accounts of which a position was closed")


IDENTITY = ("plunge_version", "git_commit", "seed", "scenario_sha256", "results_sha256")


def test_every_json_says_what_it_comes_from(tmp_path):
    h5py = pytest.importorskip("h5py")
    run, sweep, rare = tmp_path / "run.h5", tmp_path / "sweep.h5", tmp_path / "rare.h5"
    printed = {path: json.loads(plunge(*arguments, "-o", path, "--json").stdout)
               for path, arguments in ((run, ("run", BUSY, *SHORT)), (sweep, SWEEP), (rare, RARE))}
    for path, document in printed.items():
        with h5py.File(path) as file:
            for key in IDENTITY:
                assert document[key] == file.attrs[key]
        shown = json.loads(plunge("show", path, "--json").stdout)
        assert {key: shown[key] for key in IDENTITY} == {key: document[key] for key in IDENTITY}
    compared = json.loads(plunge("compare", run, run, "--json").stdout)
    for side in "ab":
        assert {key: compared[side][key] for key in IDENTITY} == {key: printed[run][key] for key in IDENTITY}
    plunge("check", run, tmp_path / "baseline.toml", "--update")
    checked = json.loads(plunge("check", run, tmp_path / "baseline.toml", "--json").stdout)
    assert {key: checked["run"][key] for key in IDENTITY} == {key: printed[run][key] for key in IDENTITY}

    size = ("size", BUSY, *SHORT, "--survive", 0.9, "--venue", "perp", "--json")
    first, second, other = (json.loads(plunge(*size, *more).stdout) for more in ([], ["--threads", 1], ["--seed", 9]))
    variance = json.loads(plunge("variance", BUSY, "--set", "run.horizon=1h", "--worlds", 64, "--repetitions", 1,
                                 "--json").stdout)
    for document in (first, variance):
        assert all(document[key] or document[key] == 0 for key in IDENTITY)
        assert len(document["results_sha256"]) == 64
    assert first["results_sha256"] == second["results_sha256"] != other["results_sha256"]
    assert other["seed"] == 9


# ---- show of other files ------------------------------------------------------------------------------------------


def test_show_prints_what_sweep_printed(tmp_path):
    for name, sample in (("grid", []), ("one", ["--sample", "one-at-a-time"]),
                         ("saltelli", ["--sample", "saltelli", "--points", 2])):
        path = tmp_path / f"{name}.h5"
        printed = plunge(*SWEEP, *sample, "-o", path).stdout
        table = printed[:printed.index(" worlds in ")].rsplit("\n", 1)[0].strip()
        shown = plunge("show", path).stdout
        assert shown.startswith(table), shown
        assert "seed " in shown.splitlines()[-1]
    path = tmp_path / "chosen.h5"
    printed = json.loads(plunge(*SWEEP, "--metrics", "halts,min_price", "-o", path, "--json").stdout)
    assert json.loads(plunge("show", path, "--json").stdout) == printed
    assert "min_price" in plunge("show", path).stdout


def test_show_prints_what_rare_printed_of_the_worlds_in_the_event(tmp_path):
    path = tmp_path / "rare.h5"
    printed = plunge(*RARE, "-o", path).stdout
    shown = plunge("show", path).stdout
    assert printed.splitlines()[:2] == shown.splitlines()[:2]
    table = printed[printed.index("per world in the event"):].strip()
    assert table in shown


# ---- files, links, standard input and output -----------------------------------------------------------------------


def test_force_writes_through_a_link_and_never_replaces_a_device(tmp_path):
    target, link = tmp_path / "real.h5", tmp_path / "link.h5"
    link.symlink_to("real.h5")
    run = ("run", BUSY, *SHORT, "--quiet", "-o")
    plunge(*run, link)
    assert link.is_symlink() and target.is_file()
    plunge(*run, link, code=2)
    plunge(*run, link, "--force")
    assert link.is_symlink() and not target.is_symlink()
    plunge("show", link)
    device = tmp_path / "null.h5"
    device.symlink_to("/dev/null")
    os.mkfifo(tmp_path / "pipe.h5")
    for path, word in ((device, "device"), (tmp_path / "pipe.h5", "pipe"), (tmp_path, "folder"), ("/dev/null", "device")):
        assert word in plunge(*run, path, "--force", code=2).stderr
    assert pathlib.Path("/dev/null").is_char_device()


def test_a_result_file_does_not_go_to_standard_output():
    for arguments in (("run", BUSY), SWEEP, RARE):
        done = plunge(*arguments, "-o", "-", code=2)
        assert "standard output" in done.stderr
        assert done.stdout == ""


def test_a_scenario_comes_on_standard_input(tmp_path):
    h5py = pytest.importorskip("h5py")
    text = BUSY.read_text()
    plunge("run", "-", *SHORT, "-o", tmp_path / "a.h5", "--quiet", input=text)
    plunge("run", BUSY, *SHORT, "-o", tmp_path / "b.h5", "--quiet")
    with h5py.File(tmp_path / "a.h5") as a, h5py.File(tmp_path / "b.h5") as b:
        for key in ("scenario", "scenario_sha256", "results_sha256"):
            assert a.attrs[key] == b.attrs[key]
    assert "valid" in plunge("validate", "-", input=text).stdout
    wrong = plunge("validate", "-", input=text + "\n[nonsense]\n", code=2)
    assert wrong.stderr.startswith("standard input:")
    assert "larger than" in plunge("validate", "-", input="#" * (2 << 20), code=2).stderr
    # Files that it names are looked up from where the program runs.
    reference = (SOURCE / "scenarios" / "reference.toml").read_text()
    plunge("validate", "-", input=reference, cwd=SOURCE / "scenarios")


def test_a_report_goes_to_standard_output(tmp_path):
    done = plunge("size", BUSY, *SHORT, "--survive", 0.9, "--venue", "perp", "-o", "-")
    assert json.loads(done.stdout)["venue"] == "perp"
    path = make(tmp_path, "run.h5", "run", BUSY, *SHORT)
    table = plunge("replay", path, "--world", 0, "--csv", "-").stdout.splitlines()
    assert table[0].startswith("step,seconds,venue") and len({line.count(",") for line in table}) == 1
    plunge("check", path, tmp_path / "baseline.toml", "--update")
    assert plunge("check", path, tmp_path / "baseline.toml", "--junit", "-").stdout.startswith("<?xml")
    baseline = plunge("check", path, "-", "--update").stdout
    assert baseline == (tmp_path / "baseline.toml").read_text()
    assert "same results" in plunge("check", path, "-", input=baseline).stdout


def test_who_closes_the_pipe_gets_no_message(tmp_path):
    path = make(tmp_path, "run.h5", "run", BUSY, *SHORT)
    for arguments in (["models"], ["schema"], ["presets"], ["show", path, "--json"], ["--help"], ["run", "--help"],
                      ["validate", QUICKSTART], ["replay", path, "--world", "0", "--csv", "-"]):
        read, write = os.pipe()
        os.close(read)
        done = subprocess.run([PLUNGE, *map(str, arguments)], stdout=write, stderr=subprocess.PIPE, text=True)
        os.close(write)
        assert (done.returncode, done.stderr) == (141, ""), arguments
    first = subprocess.run(f"'{PLUNGE}' models | head -1", shell=True, capture_output=True, text=True)
    assert (first.stderr, len(first.stdout.splitlines())) == ("", 1)


def test_the_digest_of_a_report_is_that_of_its_numbers():
    import struct

    report = json.loads(plunge("size", BUSY, *SHORT, "--survive", 0.9, "--venue", "perp", "--json").stdout)
    funds = [float("inf") if fund is None else fund for fund in report["critical_funds"]]
    assert hashlib.sha256(struct.pack(f"<{len(funds)}d", *funds)).hexdigest() == report["results_sha256"]
