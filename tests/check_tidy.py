#!/usr/bin/python3
"""clang-tidy over the sources of the library and the program, skipping those that passed before and have not changed.

A source has not changed when its preprocessed text, .clang-tidy and clang-tidy's version are the same; what passed is
remembered in BUILD/tidy_passed. Where the build compiles groups of sources as one, the commands for single sources come
from BUILD/single, which is configured for that and never built.

usage: check_tidy.py BUILD [WORD...]     BUILD has compile_commands.json; only paths that contain one of the words
"""

import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ("models", "sim", "output")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
NOISE = re.compile(r"^(\d+ warnings? (and \d+ errors? )?(generated|treated)|Suppressed|Use -header-filter)")


def commands(build: Path, words: list[str]):
    """(path relative to the root, compile command, folder) of every source in the layers."""
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = Path(entry["directory"], entry["file"]).resolve()
        if not path.is_relative_to(ROOT):
            continue
        name = path.relative_to(ROOT).as_posix()
        if name.split("/", 1)[0] in LAYERS and (not words or any(word in name for word in words)):
            yield name, shlex.split(entry["command"]), entry["directory"]


def single_sources(build: Path) -> Path:
    """The folder whose compile_commands.json names every source by itself."""
    cache = dict(re.findall(r"^(\w+):\w+=(.*)$", (build / "CMakeCache.txt").read_text(), re.MULTILINE))
    if cache.get("PLUNGE_TOGETHER") != "ON":
        return build
    kept = [f"-D{key}={cache[key]}" for key in ("CMAKE_BUILD_TYPE", "PLUNGE_BENCHMARKS", "PLUNGE_SANITIZE")]
    subprocess.run(["cmake", "-S", ROOT, "-B", build / "single", "-G", cache["CMAKE_GENERATOR"], "-DPLUNGE_TOGETHER=OFF",
                    *kept], stdout=subprocess.DEVNULL, check=True)
    return build / "single"


def digest(command: list[str], folder: str, salt: bytes) -> str:
    """Of everything that clang-tidy's answer depends on; empty where the source cannot be preprocessed."""
    if Path(command[0]).name == "ccache":
        command = command[1:]
    kept = []
    skip = False
    for word in command:
        if skip or word in ("-c", "-MD"):
            skip = False
        elif word in ("-o", "-MT", "-MF"):
            skip = True
        else:
            kept.append(word)
    # -C keeps comments: NOLINT is one.
    run = subprocess.run([*kept, "-E", "-C", "-w"], cwd=folder, capture_output=True, check=False)
    return "" if run.returncode else hashlib.sha256(salt + run.stdout).hexdigest()


def main() -> int:
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    build = Path(sys.argv[1]).resolve()
    version = subprocess.run(["clang-tidy", "--version"], capture_output=True, check=True).stdout
    compiled = single_sources(build)
    salt = version + (ROOT / ".clang-tidy").read_bytes()
    remembered = build / "tidy_passed"
    passed = set(remembered.read_text().split()) if remembered.exists() else set()
    new = set()

    def check(item):
        name, command, folder = item
        key = digest(command, folder, salt)
        if key and key in passed:
            new.add(key)
            return name, ""
        run = subprocess.run(["clang-tidy", "--quiet", "-p", str(compiled), str(ROOT / name)], cwd=ROOT,
                             capture_output=True, text=True, check=False)
        if run.returncode == 0:
            new.add(key)
            return name, ""
        lines = COLOUR.sub("", run.stdout + run.stderr).splitlines()
        text = "\n".join(line for line in lines if not NOISE.match(line)) or f"clang-tidy ended with {run.returncode}"
        return name, text.replace(f"{ROOT}/", "")

    items = sorted(commands(compiled, sys.argv[2:]))
    if not items:
        print(f"no sources of {', '.join(LAYERS)} in {compiled}/compile_commands.json", file=sys.stderr)
        return 1
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        findings = [(name, text) for name, text in pool.map(check, items) if text]
    remembered.write_text("\n".join(sorted((new if len(sys.argv) == 2 else passed | new) - {""})) + "\n")
    for name, text in findings:
        print(f"== {name}\n{text}\n")
    print(f"{len(items)} sources, {len(findings)} with findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
