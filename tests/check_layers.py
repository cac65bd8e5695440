#!/usr/bin/python3
"""Who may include whom: models only models; sim, without its command line, models and sim; output all three; sim/cli
everything. Inside sim nobody includes upwards, from room to room of ROOMS, and no files include one another in a circle.
Models are pure: no files, no threads, no clock. Library code never ends the process.

usage: check_layers.py [ROOT]     exit 1 and one line per offence, as file:line: sentence
"""

import re
import sys
from fnmatch import fnmatch
from pathlib import Path

LAYERS = ("models", "sim", "output")
MAY_INCLUDE = {
    "models": {"models"},
    "sim": {"models", "sim"},
    "output": {"models", "sim", "output"},
    "sim/cli": {"models", "sim", "output", "sim/cli"},
}
# The rooms of sim, from the ground up: the first pattern that a path matches is its room.
ROOMS = (
    ("sim/engine/venue_engine.*", 5), ("sim/engine/world.*", 5), ("sim/engine/records.*", 5),
    ("sim/engine/scoring.*", 5), ("sim/engine/contagion.*", 5),
    ("sim/scenario/*", 0), ("sim/engine/parts/*", 2), ("sim/engine/round/*", 3), ("sim/engine/acts/*", 4),
    ("sim/engine/*", 1), ("sim/stats/*", 6), ("sim/driver/*", 7), ("sim/cli/*", 8),
)
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


def room_of(path: str) -> int | None:
    """How high the room of a path in sim is; None outside sim."""
    return next((height for pattern, height in ROOMS if fnmatch(path, pattern)), None)


def offences_of_include(path: str, quote: str, target: str, root: Path):
    """Sentences about one include line in a file at `path`."""
    layer = layer_of(path)
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
    elif (here := room_of(path)) is not None and (there := room_of(target)) is not None and there > here:
        yield f'"{target}" stands above this file'


def offences_of_file(path: Path, root: Path):
    """(line, sentence) for every offence of one file."""
    name = path.relative_to(root).as_posix()
    layer = layer_of(name)
    lines = path.read_text(encoding="utf-8").splitlines()
    if len(lines) > MAX_LINES:
        yield len(lines), f"{len(lines)} lines: which second subject moved in? (limit {MAX_LINES})"
    if path.suffix == ".hpp" and "#pragma once" not in lines:
        yield 1, "a header without #pragma once"
    for number, line in enumerate(lines, start=1):
        include = INCLUDE.match(line)
        if include:
            for sentence in offences_of_include(name, *include.groups(), root):
                yield number, sentence
        elif layer != "sim/cli" and EXITS.search(line.split("//", 1)[0]):
            yield number, "the library does not end the process: throw, or return a result"


def stem_of(name: str) -> str:
    """A header, its source and its kernels are one file."""
    return name.rsplit(".", 1)[0].removesuffix("_kernels")


def circles(files: list[Path], root: Path):
    """One sentence per circle of files that include one another."""
    stems = {stem_of(p.relative_to(root).as_posix()) for p in files}
    includes = {stem: set() for stem in stems}
    for path in files:
        stem = stem_of(path.relative_to(root).as_posix())
        for line in path.read_text(encoding="utf-8").splitlines():
            include = INCLUDE.match(line)
            if include and include.group(1) == '"':
                target = stem_of(include.group(2))
                if target in stems and target != stem:
                    includes[stem].add(target)
    done, on_way = set(), []

    def visit(stem: str):
        if stem in on_way:
            yield " includes ".join([*on_way[on_way.index(stem):], stem])
        elif stem not in done:
            on_way.append(stem)
            for target in sorted(includes[stem]):
                yield from visit(target)
            on_way.pop()
            done.add(stem)

    for stem in sorted(stems):
        yield from visit(stem)


def main() -> int:
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent).resolve()
    files = sorted(p for layer in LAYERS for p in (root / layer).rglob("*") if p.suffix in (".hpp", ".cpp"))
    if not files:
        print(f"no sources under {root}", file=sys.stderr)
        return 1
    found = [f"{p.relative_to(root)}:{line}: {text}" for p in files for line, text in offences_of_file(p, root)]
    found += [f"a circle: {circle}" for circle in circles(files, root)]
    print("\n".join(found) if found else f"{len(files)} files keep their layers")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
