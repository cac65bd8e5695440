"""Runs Plunge and the Numba version of the reference model in turn and prints worlds per CPU second and their ratio.

usage: bench.py PLUNGE ROUNDS
"""
import os
import statistics
import subprocess
import sys
import tempfile

SCENARIO = "scenarios/reference.toml"
ACCOUNTS = "scenarios/reference_accounts.csv"
RIVAL = "tests/benchmark/numba_reference.py"
PLUNGE_WORLDS = 4000
RIVAL_WORLDS = 300


def cpu_and_memory(command):
    """CPU seconds and peak memory [MB] of one process."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"bench: {' '.join(command)} ended with exit code {process.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024.0


def plunge_command(plunge, worlds, folder, threads=1, overrides=()):
    command = [plunge, "run", SCENARIO, "--worlds", str(worlds), "--threads", str(threads), "--quiet", "--force"]
    for override in overrides:
        command += ["--set", override]
    return command + ["-o", os.path.join(folder, "bench.h5")]


def plunge_rate(plunge, folder):
    """Worlds per CPU second of the whole process, start, output and all."""
    seconds, _ = cpu_and_memory(plunge_command(plunge, PLUNGE_WORLDS, folder))
    return PLUNGE_WORLDS / seconds


def row(name, values, form="{:10.1f}"):
    low, middle, high = min(values), statistics.median(values), max(values)
    print(f"{name:<44}" + "".join(form.format(x) for x in (low, middle, high)))


def main():
    plunge, rounds = sys.argv[1], int(sys.argv[2])
    rival = None
    if subprocess.run(["/usr/bin/python3", "-c", "import numba"], stderr=subprocess.DEVNULL).returncode == 0:
        rival = subprocess.Popen(
            ["/usr/bin/python3", "-u", "-c",
             f"import sys; sys.argv = ['{RIVAL}', '{ACCOUNTS}', '{RIVAL_WORLDS}', '1']\n"
             f"sys.path.insert(0, 'tests/benchmark'); import numba_reference as r\n"
             "r.main()\n"
             "for line in sys.stdin: r.main()"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "NUMBA_NUM_THREADS": "1"})
        rival.stdout.readline()  # the warm-up
    else:
        print("bench: no numba for /usr/bin/python3 (Debian: python3-numba): its rows are skipped")
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as folder:
        plunge_rate(plunge, folder)  # warm-up
        for _ in range(rounds):
            ours.append(plunge_rate(plunge, folder))
            if rival:
                rival.stdin.write("go\n")
                rival.stdin.flush()
                theirs.append(float(rival.stdout.readline()))
        _, memory = cpu_and_memory(plunge_command(plunge, 10_000, folder, threads=2))
    if rival:
        rival.stdin.close()
        rival.wait()
    print(f"\nreference model, base regime, one core, {rounds} interleaved rounds")
    print(f"{'':<44}{'min':>10}{'median':>10}{'max':>10}")
    row("Plunge, whole process [worlds / CPU s]", ours)
    if theirs:
        row("Numba tuned, without compiling [worlds / CPU s]", theirs)
        row("ratio, round by round", [a / b for a, b in zip(ours, theirs)], "{:10.2f}")
    print(f"\npeak memory of 10,000 worlds on 2 threads: {memory:.0f} MB")


if __name__ == "__main__":
    main()
