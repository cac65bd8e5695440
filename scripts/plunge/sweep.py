"""The result of `plunge sweep` as xarray datasets."""

from __future__ import annotations

import os
from pathlib import Path

import h5py
import numpy as np
import xarray as xr

from .result import ResultError, _plain, read_attributes, read_group

STATISTICS = ("mean", "standard_error", "difference", "difference_standard_error", "difference_low", "difference_high",
              "count")


def load_sweep(path: str | os.PathLike, what: str = "statistics") -> xr.Dataset:
    """Loads one part of a sweep's file.

    A grid has a dimension per factor (`depth`, `fee`); samples and one-at-a-time have one dimension, `point`, with the
    factors' values as coordinates along it. `what` says which part:

    - `"statistics"`: a variable per metric with `statistic` as its last dimension: `mean`, `standard_error`,
      `difference` to the scenario itself with its `difference_standard_error` and interval (`difference_low`,
      `difference_high`), and `count`, the worlds that have a value. The scenario's own are attributes of each variable
      (`base_mean`, `base_standard_error`, `base_count`).
    - `"worlds"`: every metric of every world, `world` as the last dimension.
    - `"base"`: every metric of every world of the scenario itself.
    - `"indices"`: Sobol indices of a Saltelli sample, a variable per metric over `factor` and `index`: `first_order`,
      `total`, and the ends of their intervals (`first_order_low`, ...).
    - `"points"`: what makes each point a run of its own: `overrides`, as after `--set`, and `scenario_sha256`.

        sweep = plunge.load_sweep("sweep.h5")
        sweep.shortfall.sel(statistic="mean").plot()              # a line, or a map over two factors
        sweep.shortfall.sel(statistic="difference", fee=0.005)

    Attributes are those of the file: scenario, seed, worlds, version, digests. Raises FileNotFoundError, or ResultError
    where the file is not a sweep or does not hold what is asked for.
    """
    path = Path(path)
    attributes = read_attributes(path, "sweep")
    with h5py.File(path, "r") as file:
        groups = list(file)
        described = {name: {key: _plain(value) for key, value in group.attrs.items()}
                     for name, group in file["metrics"].items()}
    if what == "statistics":
        dataset = _stacked(path, "metrics", list(described), "statistic", STATISTICS)
        for name, attrs in described.items():
            dataset[name].attrs.update(attrs)
    elif what == "indices":
        if "indices" not in groups:
            raise ResultError(f"{path}: holds no Sobol indices; they need --sample saltelli")
        dataset = _stacked(path, "indices", list(described), "index", (
            "first_order", "first_order_low", "first_order_high", "total", "total_low", "total_high"))
    elif what in ("worlds", "base", "points"):
        dataset = read_group(path, what)
    else:
        raise ValueError(f"what = {what!r}: must be statistics, worlds, base, indices or points")
    return dataset.assign_attrs(attributes)


def _stacked(path: Path, group: str, metrics: list[str], dimension: str, names: tuple[str, ...]) -> xr.Dataset:
    """A variable per metric from groups with a variable per statistic; those become a dimension.

    All groups have the same coordinates: xarray reads them once, which is most of the time that it takes.
    """
    like = read_group(path, f"{group}/{metrics[0]}")[names[0]]
    with h5py.File(path, "r") as file:
        variables = {metric: ((*like.dims, dimension),
                              np.stack([file[f"{group}/{metric}/{name}"][()] for name in names], axis=-1))
                     for metric in metrics}
    return xr.Dataset(variables, {**like.coords, dimension: list(names)})
