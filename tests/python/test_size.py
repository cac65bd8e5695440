"""plunge size as its user meets it: answers, exit codes, messages, files."""
import json
import math
import os
import pathlib
import signal
import subprocess
import time

import pytest

PLUNGE = os.environ.get("PLUNGE_EXECUTABLE")
SOURCE = pathlib.Path(os.environ.get("PLUNGE_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
QUICKSTART = SOURCE / "scenarios" / "quickstart.toml"
BUSY = SOURCE / "tests" / "scenarios" / "busy.toml"
ONE_ACCOUNT = SOURCE / "tests" / "scenarios" / "one_account.toml"

pytestmark = pytest.mark.skipif(not PLUNGE, reason="PLUNGE_EXECUTABLE does not name the program")

def plunge(*arguments, **options):
    return subprocess.run([PLUNGE, *map(str, arguments)], capture_output=True, text=True, timeout=300, **options)


def size(*arguments, **options):
    run = plunge("size", *arguments, "--json", **options)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_without_feedback_the_fund_is_the_quantile_of_what_one_run_used(tmp_path):
    import h5py
    import numpy as np

    answer = size(ONE_ACCOUNT, "--survive", 0.99)
    assert plunge("run", ONE_ACCOUNT, "-o", tmp_path / "run.h5", "--quiet").returncode == 0
    with h5py.File(tmp_path / "run.h5") as file:
        used = np.sort(file["worlds/fund_used"][:])
    assert answer["event"] == "uncovered"
    assert answer["draw_is_critical"] and answer["monotone"]
    fund = answer["fund"]
    assert fund["rank"] == 1980
    for end, rank in (("point", 1980), ("low", fund["low_rank"]), ("high", fund["high_rank"])):
        assert fund[end] == pytest.approx(used[rank - 1], rel=1e-9)
    # Full runs with the answer itself: as many worlds go under as the ranks say.
    for check, rank in zip(answer["checks"], (1980, fund["low_rank"], fund["high_rank"])):
        assert check["events"] == check["predicted"] == 2000 - rank
    assert answer["naive"]["fund_used_quantile"] == pytest.approx(fund["point"], rel=1e-9)


def test_the_answer_survives_in_a_run_of_its_own(tmp_path):
    import h5py

    answer = size(BUSY, "--survive", 0.9, "--worlds", 100)
    fund = answer["fund"]["point"]
    for factor, expected in ((1.000001, 10), (0.999999, 11)):
        run = plunge("run", BUSY, "-o", tmp_path / "run.h5", "--worlds", 100, "--quiet", "--force",
                     "--set", f"venue.waterfall.insurance_fund.balance={fund * factor}")
        assert run.returncode == 0, run.stderr
        with h5py.File(tmp_path / "run.h5") as file:
            assert int((file["worlds/adl_notional"][:] > 0).sum()) == expected


def test_threads_change_nothing_and_worlds_and_seed_something():
    one = size(BUSY, "--survive", 0.9, "--worlds", 40, "--threads", 1)
    for threads in (2, 5):
        assert size(BUSY, "--survive", 0.9, "--worlds", 40, "--threads", threads)["critical_funds"] == \
            one["critical_funds"]
    other = size(BUSY, "--survive", 0.9, "--worlds", 40, "--seed", 4)
    assert other["critical_funds"] != one["critical_funds"]
    assert size(ONE_ACCOUNT, "--survive", 0.9, "--horizon", "4d", "--worlds", 100)["horizon_seconds"] == 4 * 86400


def test_precision_doubles_the_worlds_until_it_is_reached():
    answer = size(ONE_ACCOUNT, "--survive", 0.95, "--worlds", 500, "--precision", 0.1)
    fund = answer["fund"]
    assert answer["precise"]
    assert answer["worlds"] in (1000, 2000, 4000, 8000, 16000)
    assert (fund["high"] - fund["low"]) / 2 <= 0.1 * fund["point"]
    few = size(ONE_ACCOUNT, "--survive", 0.95, "--worlds", 500, "--precision", 0.1, "--max-worlds", 700)
    assert few["worlds"] == 700 and not few["precise"]


def test_a_venue_that_loses_nothing_needs_no_fund():
    answer = size(ONE_ACCOUNT, "--survive", 0.99, "--worlds", 400, "--set", "cohort.leverage=1", "--precision", 0.1)
    assert (answer["fund"]["point"], answer["fund"]["high"], answer["worlds"]) == (0, 0, 400)
    assert answer["precise"] and answer["tail"]["fit"] == "too_few"
    run = plunge("size", ONE_ACCOUNT, "--survive", 0.99, "--worlds", 400, "--set", "cohort.leverage=1", "--precision", 0.1)
    assert "half-width 0 %" in run.stdout


def test_a_request_beyond_the_sample_says_what_it_takes():
    run = plunge("size", ONE_ACCOUNT, "--survive", 0.999, "--worlds", 1000)
    assert run.returncode == 0
    assert "the interval has no upper end" in run.stdout
    assert "from 3,688 worlds on" in run.stdout
    assert max(map(len, run.stdout.splitlines())) <= 80
    answer = size(ONE_ACCOUNT, "--survive", 0.999, "--worlds", 1000)
    assert answer["fund"]["high"] is None and answer["worlds_for_upper_end"] == 3688
    tail = answer["tail"]
    assert tail["extrapolated"] and tail["var"]["low"] < tail["var"]["point"] < tail["var"]["high"]


def test_stresses_move_the_number_and_say_what_they_left_out(tmp_path):
    run = plunge("size", BUSY, "--survive", 0.9, "--worlds", 60, "--stress", "-o", tmp_path / "size.json")
    assert run.returncode == 0, run.stderr
    assert max(map(len, run.stdout.splitlines())) <= 80
    report = json.loads((tmp_path / "size.json").read_text())
    stresses = {stress["name"]: stress for stress in report["stresses"]}
    assert stresses["volatility x 1.5"]["fund"]["point"] != report["fund"]["point"]
    assert stresses["impact x 2"]["fund"]["point"] > report["fund"]["point"]
    assert stresses["depth / 2"]["fund"] is None
    assert stresses["other accounts"]["fund"] is None
    assert "in the interval" in stresses["other accounts"]["meaning"]
    assert "left out" in run.stdout
    shared = plunge("size", BUSY, "--survive", 0.9, "--worlds", 60, "--stress", "--json", "--set",
                    "run.population=shared")
    others = {stress["name"]: stress for stress in json.loads(shared.stdout)["stresses"]}["other accounts"]
    assert others["fund"]["point"] != json.loads(shared.stdout)["fund"]["point"]
    # An existing report is replaced only when asked.
    again = plunge("size", BUSY, "--survive", 0.9, "--worlds", 60, "-o", tmp_path / "size.json")
    assert again.returncode == 2
    assert "already exists" in again.stderr


@pytest.mark.parametrize("arguments, message", [
    (("--survive", "1"), "between 0 and 1"),
    (("--survive", "x"), "\"x\" is not a number"),
    ((), "--survive is required"),
    (("--survive", "0.9", "--event", "rain"), "--event"),
    (("--survive", "0.9", "--event", "adl"), 'venue "perp" has no adl layer'),
    (("--survive", "0.9", "--event", "socialized"), "no socialized_loss layer"),
    (("--survive", "0.9", "--venue", "prep"), 'did you mean "perp"'),
    (("--survive", "0.9", "--set", "run.antithetic=true"), "independent worlds"),
    (("--survive", "0.9", "--set", "run.paths=sobol"), "independent worlds"),
    (("--survive", "0.9", "--horizon", "soon"), "run.horizon"),
    (("--survive", "0.9", "--set", "venue.waterfall=[{ layer = \"venue_capital\", balance = 1.0 }]"),
     "no venue has an insurance_fund layer"),
])
def test_wrong_input_is_refused(arguments, message):
    run = plunge("size", ONE_ACCOUNT, *arguments)
    assert run.returncode == 2, run.stdout
    assert message in run.stderr
    assert run.stdout == ""


def test_several_venues_need_a_name():
    scenario = SOURCE / "scenarios" / "two_exchanges.toml"
    run = plunge("size", scenario, "--survive", 0.9)
    assert run.returncode == 2
    assert "several venues have an insurance fund" in run.stderr


def test_interrupted_it_prints_what_it_has():
    def heed():
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    with subprocess.Popen([PLUNGE, "size", QUICKSTART, "--survive", "0.99", "--worlds", "2000000"], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=heed) as process:
        time.sleep(1.5)
        process.send_signal(signal.SIGINT)
        out, error = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "interrupted" in error
    assert "insurance fund at the start" in out
    assert "interrupted: not verified" in out


def test_importance_sampling_sizes_a_tail_that_counting_cannot_see():
    answer = size(ONE_ACCOUNT, "--survive", 0.999999, "--method", "importance", "--worlds", 2000)
    assert answer["method"] == "importance"
    assert answer["search_reached"]
    # One long of 50,000 with 1,000, volatility 0.8, one day: what is below zero where P(fall) is 1e-6.
    variance = 0.8**2 / 365
    needed = 50_000 * (1 - math.exp(-variance / 2 - 4.753424308822899 * math.sqrt(variance))) - 1_000
    assert answer["fund"]["low"] < needed < answer["fund"]["high"]
    assert answer["fund"]["high"] / answer["fund"]["low"] < 1.1
    assert answer["checks"][0]["differing_worlds"] == 0
    assert len(answer["weights"]) == len(answer["critical_funds"]) == 2000
    probabilities = [row["probability"] for row in answer["exceedance"]]
    assert probabilities == sorted(probabilities, reverse=True) and probabilities[-1] < 2e-7
    crude = size(ONE_ACCOUNT, "--survive", 0.999999)
    assert crude["fund"]["high"] is None
    text = plunge("size", ONE_ACCOUNT, "--survive", 0.9999, "--method", "importance", "--worlds", 500, "--quiet")
    assert text.returncode == 0 and text.stdout == ""
    text = plunge("size", ONE_ACCOUNT, "--survive", 0.9999, "--method", "importance", "--worlds", 500)
    assert "by importance sampling" in text.stdout
    assert all(len(line) <= 80 for line in text.stdout.splitlines())


def test_importance_sampling_refuses_what_it_cannot_do():
    run = plunge("size", ONE_ACCOUNT, "--survive", 0.99, "--method", "importance", "--stress")
    assert run.returncode == 2 and "goes with --method crude" in run.stderr
    run = plunge("size", ONE_ACCOUNT, "--survive", 0.99, "--method", "importance",
                 "--set", "venue.margin.dynamic.interval=1h", "--set", "venue.margin.dynamic.depletion=1.0")
    assert run.returncode == 2 and "use --method crude" in run.stderr


def test_importance_sampling_gives_no_answer_that_rests_on_two_worlds():
    """Accounts drawn for every world decide there; the interval was 7.6 to 11.8M where counting said 12.1 to 50.3M."""
    run = plunge("size", QUICKSTART, "--survive", 0.9999, "--method", "importance", "--worlds", 2000)
    assert run.returncode == 1, run.stdout
    assert "no answer" in run.stderr and "--method crude" in run.stderr
    assert run.stdout == ""


def test_it_ends_in_a_paragraph_and_shows_what_the_next_million_buys():
    answer = size(BUSY, "--survive", 0.9, "--worlds", 100, "--curve")
    run = plunge("size", BUSY, "--survive", 0.9, "--worlds", 100, "--curve")
    assert max(map(len, run.stdout.splitlines())) <= 80
    words = " ".join(run.stdout.split("in words")[1].split())
    assert words == answer["in_words"]
    for part in ("with a probability of 90 %?", "95 % confidence", "100 worlds, of which 10 need more",
                 "not per year", "not in it is"):
        assert part in words
    curve = answer["curve"]
    assert [row["fund"] for row in curve] == sorted(row["fund"] for row in curve)
    at_answer = next(row for row in curve if row["fund"] == answer["fund"]["point"])
    assert at_answer["events"] == 10
    assert curve[-1]["probability_fall_per_usd"] is None
    own = next(row for row in curve if row["fund"] == answer["naive"]["fund"])
    assert own["events"] == answer["naive"]["events"]


def test_no_figures_of_a_tail_that_does_not_fit():
    """Most worlds hardly use the fund and some need much: from the first to the last no one tail holds both."""
    request = (QUICKSTART, "--survive", 0.95, "--worlds", 1000, "--set", "run.population=shared")
    tail = size(*request)["tail"]
    assert tail["fit"] == "rejected" and "var" not in tail
    run = plunge("size", *request)
    assert "No tail fits" in run.stdout and "expected shortfall " not in run.stdout
    own = size(*request, "--threshold", 100_000)["tail"]
    assert own["fit"] == "own" and own["threshold"] == 100_000 and own["p_value"] < 1e-3


def test_the_paragraph_says_that_one_draw_of_the_accounts_serves_all_worlds():
    words = size(BUSY, "--survive", 0.9, "--worlds", 50, "--set", "run.population=shared")["in_words"]
    assert "draw of the accounts" in words
    words = size(BUSY, "--survive", 0.9, "--worlds", 50, "--set", "run.population=resampled")["in_words"]
    assert "draw of the accounts" not in words


SLOW_VENUE = """
[scenario]
name = "insolvent and still open"
[run]
worlds = 400
horizon = "10min"
[[asset]]
symbol = "BTC"
price = 100
[prices]
model = "gbm"
volatility = 0.01
[[prices.shock]]
at = "1min"
return = -0.5
[[venue]]
name = "v"
mark = "index"
[venue.impact]
shape = "linear"
depth = 1e15
[venue.margin]
rule = "flat"
rate = 0.005
[venue.liquidation]
policy = "full"
throughput = 1.0
[[venue.waterfall]]
layer = "insurance_fund"
balance = 1e6
[[cohort]]
name = "c"
accounts_from = "accounts.csv"
"""


def test_a_fund_bears_accounts_that_are_insolvent_and_still_open(tmp_path):
    (tmp_path / "slow.toml").write_text(SLOW_VENUE)
    (tmp_path / "accounts.csv").write_text("account,equity,BTC\nx,200,100\n")
    answer = size("slow.toml", "--survive", 0.9, cwd=tmp_path)
    assert answer["fund"]["point"] == pytest.approx(4800, rel=1e-3)
    assert answer["open_losses"]["worlds"] == 400
    assert all(check["events"] == check["predicted"] for check in answer["checks"])
    text = plunge("size", "slow.toml", "--survive", 0.9, cwd=tmp_path).stdout
    told, = (line for line in text.splitlines() if "In 400 worlds losses are open at the end" in line)
    assert len(told) <= 80
    run = json.loads(plunge("run", "slow.toml", "-o", "run.h5", "--json", "--quiet", cwd=tmp_path).stdout)
    assert run["shares"]["open_insolvent"]["worlds"] == 400
    assert run["metrics"]["open_insolvent_loss"]["mean"] == pytest.approx(4800, rel=1e-3)
    assert run["risk"]["value_at_risk"]["quantiles"]["0.99"]["point"] == pytest.approx(4800, rel=1e-3)
    account, = run["accounts"]
    assert (account["account"], account["cohort"], account["liquidated_worlds"]) == ("x", "c", 400)
    assert account["mean_loss"] == pytest.approx(5000, rel=1e-3)
