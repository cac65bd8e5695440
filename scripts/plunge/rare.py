"""The worlds of `plunge rare -o` as an xarray dataset."""

from __future__ import annotations

import os
from pathlib import Path

import xarray as xr

from .result import read_attributes, read_group


def load_rare(path: str | os.PathLike) -> xr.Dataset:
    """Loads the worlds that were in a rare event: every metric over `world`.

    `weight` is the probability that a world stands for: the sum is the probability of the event. `draw` says which
    worlds hang together: independent ones have numbers of their own, those of one repetition of splitting share one.

        rare = plunge.load_rare("rare.h5")
        rare.probability                                      # with probability_low, probability_high
        rare.shortfall.weighted(rare.weight).mean()           # of worlds in the event
        rare.shortfall.weighted(rare.weight).quantile([0.5, 0.95])
        rare.weight.where(rare.fund_final_balance <= 0, 0).sum()   # probability of the event and an empty fund

    Attributes are those of the file: event, method, probability with its interval, scenario, seed, version, digests.
    Raises FileNotFoundError, or ResultError where the file is not of a rare event.
    """
    path = Path(path)
    attributes = read_attributes(path, "rare event")
    return read_group(path, "worlds").assign_attrs(attributes)
