#!/usr/bin/python3
"""Who may include whom: models only models; sim, without its command line, models and sim; output all three; sim/cli
everything. Models are pure: no files, no threads, no clock. Library code never ends the process.

usage: check_layers.py [ROOT]     exit 1 and one line per offence, as file:line: sentence
"""

import re
import sys
from pathlib import Path

LAYERS = ("models", "sim", "output")
MAY_INCLUDE = {
    "models": {"models"},
    "sim": {"models", "sim"},
    "output": {"models", "sim", "output"},
    "sim/cli": {"models", "sim", "output", "sim/cli"},
}
IMPURE = {"iostream", "fstream", "thread", "mutex", "atomic", "future", "chrono", "ctime", "filesystem", "cstdio",
          "random", "hdf5.h"}
IMPURE_PREFIXES = ("tbb/", "oneapi/", "fmt/", "toml++/", "CLI/", "nlohmann/", "openssl/")
MAX_LINES = 700
GENERATED = re.compile(r"models/\w+/list\.hpp")  # by cmake/model_lists.cmake, in the build folder

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
EXITS = re.compile(r"(?<![\w.>])(?:std::)?(?:exit|_exit|quick_exit)\s*\(")


def layer_of(path: str) -> str:
    """The layer of a path relative to the root."""
    return "sim/cli" if path.startswith("sim/cli/") else path.split("/", 1)[0]


def offences_of_include(layer: str, quote: str, target: str, root: Path):
    """Sentences about one include line in a file of `layer`."""
    if quote == "<":
        if layer == "models" and (target in IMPURE or target.startswith(IMPURE_PREFIXES)):
            yield f"models are pure values and functions and do not include <{target}>"
        return
    if target.split("/", 1)[0] not in LAYERS or "/../" in target:
        yield f'"{target}" is not written from the root of the repository'
    elif not (root / target).exists() and not GENERATED.fullmatch(target):
        yield f'"{target}" does not exist'
    elif layer_of(target) not in MAY_INCLUDE[layer]:
        yield f'{layer} may not include "{target}"'


def offences_of_file(path: Path, root: Path):
    """(line, sentence) for every offence of one file."""
    layer = layer_of(path.relative_to(root).as_posix())
    lines = path.read_text(encoding="utf-8").splitlines()
    if len(lines) > MAX_LINES:
        yield len(lines), f"{len(lines)} lines: which second subject moved in? (limit {MAX_LINES})"
    if path.suffix == ".hpp" and "#pragma once" not in lines:
        yield 1, "a header without #pragma once"
    for number, line in enumerate(lines, start=1):
        include = INCLUDE.match(line)
        if include:
            for sentence in offences_of_include(layer, *include.groups(), root):
                yield number, sentence
        elif layer != "sim/cli" and EXITS.search(line.split("//", 1)[0]):
            yield number, "the library does not end the process: throw, or return a result"


def main() -> int:
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent).resolve()
    files = sorted(p for layer in LAYERS for p in (root / layer).rglob("*") if p.suffix in (".hpp", ".cpp"))
    if not files:
        print(f"no sources under {root}", file=sys.stderr)
        return 1
    found = [f"{p.relative_to(root)}:{line}: {text}" for p in files for line, text in offences_of_file(p, root)]
    print("\n".join(found) if found else f"{len(files)} files keep their layers")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
