"""One result file as xarray datasets."""

from __future__ import annotations

import hashlib
import os
from functools import cached_property
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import xarray as xr

from .summary import shares_table, summary_table

FORMAT_VERSION = 1
LOADERS = {"sweep": "load_sweep", "rare event": "load_rare"}  # of files that hold no run
_NOT_RESULTS = {"world", "asset", "cohort", "venue"}  # coordinates
_TRAILER = b"\nplunge-sha256 "
_TRAILER_BYTES = len(_TRAILER) + 64 + 1


class ResultError(Exception):
    """The file is not a result of Plunge, or does not hold what was asked for."""


def open(path: str | os.PathLike) -> "Result":
    """Opens a result file. Groups are read when first asked for.

    Raises FileNotFoundError, or ResultError where the file is not a result of a format this package reads.
    """
    return Result(path)


class Result:
    """A run of Plunge. Datasets have named dimensions, units and long names; they are read once and kept."""

    def __init__(self, path: str | os.PathLike):
        self.path = Path(path)
        self.attributes = read_attributes(self.path)
        try:
            with h5py.File(self.path, "r") as file:
                self._venue_names = list(file["venues"])
                self._trace_worlds = sorted(int(name) for name in file["traces"])
        except (OSError, KeyError) as error:
            raise ResultError(f"{self.path}: is not a result file of Plunge ({error})") from error

    def __repr__(self) -> str:
        worlds, steps = self.attributes["worlds"], self.attributes["steps"]
        return (f"<plunge result {self.path.name}: {self.title!r}, {worlds:,} worlds, {steps:,} steps, "
                f"venues {', '.join(self._venue_names)}>")

    # ---- the run ----------------------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """The scenario's name."""
        return self.attributes["title"]

    @property
    def scenario(self) -> str:
        """The scenario's TOML that was run, overrides (`--set`) applied."""
        return self.attributes["scenario_effective"]

    @property
    def scenario_as_written(self) -> str:
        """The scenario file's TOML, verbatim."""
        return self.attributes["scenario"]

    @cached_property
    def inputs(self) -> dict[str, bytes]:
        """The files that the scenario names: path as written there -> bytes."""
        with h5py.File(self.path, "r") as file:
            return {_plain(item.attrs["path"]): item[()].tobytes() for item in file["inputs"].values()}

    # ---- results ----------------------------------------------------------------------------------------------------

    @cached_property
    def worlds(self) -> xr.Dataset:
        """Every metric, one value per world (and asset), all venues together."""
        return self._read("worlds")

    @cached_property
    def steps(self) -> xr.Dataset:
        """Quantiles across worlds at every step; `time` is in seconds."""
        return self._read("steps")

    @cached_property
    def cascades(self) -> xr.Dataset:
        """One row per cascade. `venue` is an index; `venue_names` of this object resolves it."""
        return self._read("cascades")

    @cached_property
    def cohorts(self) -> xr.Dataset:
        """Metrics by world and cohort."""
        return self._read("cohorts")

    @cached_property
    def contagion(self) -> xr.Dataset:
        """Liquidated notional by world, asset lost in and asset sold. Raises ResultError where it was not recorded."""
        return self._read("contagion")

    @cached_property
    def accounts(self) -> xr.Dataset:
        """What became of the accounts that the scenario lists, over all worlds. Raises ResultError where there are none."""
        return self._read("accounts")

    @cached_property
    def venues(self) -> dict[str, xr.Dataset]:
        """Per venue: every metric by world, and its open interest and fund before the first step."""
        venues = {}
        for name in self._venue_names:
            dataset = self._read(f"venues/{name}/worlds")
            before = self._read(f"venues/{name}")
            venues[name] = dataset.merge(before).assign_attrs(before.attrs)
        return venues

    @property
    def venue_names(self) -> list[str]:
        """Venues in the scenario's order."""
        return list(self._venue_names)

    @property
    def trace_worlds(self) -> list[int]:
        """Worlds whose whole history was recorded."""
        return list(self._trace_worlds)

    def trace(self, world: int) -> xr.Dataset:
        """The whole history of one world. Raises ResultError where it was not recorded."""
        if world not in self._trace_worlds:
            kept = ", ".join(map(str, self._trace_worlds)) or "none"
            raise ResultError(f"{self.path}: keeps no trace of world {world} (kept: {kept}); "
                              "list it under record.traces, or use `plunge replay`")
        return self._read(f"traces/{world}")

    # ---- tables and checks ------------------------------------------------------------------------------------------

    def summary(self, probabilities: tuple[float, ...] = (0.01, 0.05, 0.5, 0.95, 0.99)) -> pd.DataFrame:
        """Mean, standard error and quantiles of every metric, one row each, as `plunge show` prints them."""
        return summary_table(self.worlds, probabilities, bool(self.attributes["antithetic"]),
                             int(self.attributes["replications"]))

    def shares(self) -> pd.DataFrame:
        """Shares of worlds with a liquidation, a cascade, an exhausted fund, ADL, losses; Wilson 95 % intervals."""
        return shares_table(self.worlds, self.venues, float(self.attributes["cascade_threshold"]))

    def verify(self) -> None:
        """Checks the file's last line against its content and `results_sha256` against the results.

        Raises ResultError naming the check that fails.
        """
        content = self.path.read_bytes()
        content, trailer = content[:-_TRAILER_BYTES], content[-_TRAILER_BYTES:]
        if trailer != _TRAILER + hashlib.sha256(content).hexdigest().encode() + b"\n":
            raise ResultError(f"{self.path}: was changed after it was written")
        if self.results_sha256() != self.attributes["results_sha256"]:
            raise ResultError(f"{self.path}: results do not match results_sha256")

    def results_sha256(self) -> str:
        """The digest of the per-world results, computed from the file's datasets."""
        digest = hashlib.sha256()
        with h5py.File(self.path, "r") as file:
            groups = [file["worlds"], *(venue["worlds"] for venue in file["venues"].values()), file["cohorts"]]
            for group in groups:
                for dataset in group.values():
                    if dataset.name.rsplit("/", 1)[1] in _NOT_RESULTS:
                        continue
                    digest.update(dataset.name.encode() + b"\0")
                    digest.update(np.ascontiguousarray(dataset[()]).astype(dataset.dtype.newbyteorder("<")).tobytes())
        return digest.hexdigest()

    def _read(self, group: str) -> xr.Dataset:
        try:
            return read_group(self.path, group)
        except (OSError, KeyError) as error:
            raise ResultError(f"{self.path}: has no group {group} ({error})") from error


def read_attributes(path: Path, content: str = "run") -> dict:
    """Root attributes of a file that holds this. Raises FileNotFoundError or ResultError."""
    if not path.exists():
        raise FileNotFoundError(path)
    try:
        with h5py.File(path, "r") as file:
            attributes = {name: _plain(value) for name, value in file.attrs.items()}
    except OSError as error:
        raise ResultError(f"{path}: is not a result file of Plunge ({error})") from error
    found = attributes.get("content", "run")
    if found != content and content == "run":
        raise ResultError(f"{path}: holds a {found}; {LOADERS.get(found, 'nothing')} reads it")
    if found != content:
        raise ResultError(f"{path}: is not the file of a {content}; plunge.open reads runs")
    version = attributes.get("format_version")
    if version != FORMAT_VERSION:
        raise ResultError(f"{path}: has format version {version}; this package reads {FORMAT_VERSION}")
    return attributes


def read_group(path: Path, group: str) -> xr.Dataset:
    """One group, loaded."""
    with xr.open_dataset(path, group=group, engine=_engine()) as dataset:
        return dataset.load()


def _engine() -> str:
    """h5netcdf where it is installed, else netCDF4: both read the file alike."""
    try:
        import h5netcdf  # noqa: F401
    except ImportError:
        return "netcdf4"
    return "h5netcdf"


def _plain(value):
    """An HDF5 attribute as an ordinary Python value."""
    if isinstance(value, bytes):
        return value.decode()
    return value.item() if isinstance(value, np.generic) else value
