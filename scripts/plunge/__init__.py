"""Read and plot the result files of Plunge.

    import plunge

    run = plunge.open("run.h5")
    run.worlds                      # xarray: every metric of every world
    run.worlds.shortfall.mean()
    run.steps.price                 # quantiles across worlds over time
    run.venues["perp"].fund_used
    run.summary()                   # mean, standard error and quantiles as a table
    run.trace(17).price             # a world's whole history, where it was recorded

    plunge.plot.fan(run, "price", asset="BTC")
    plunge.plot.exceedance(run, "shortfall")
    plunge.plot.trace(run, 17)

    sweep = plunge.load_sweep("sweep.h5")
    sweep.shortfall.sel(statistic="mean")      # over the factors that were varied

    rare = plunge.load_rare("rare.h5")
    rare.shortfall.weighted(rare.weight).mean()   # of worlds in the event

Needs xarray, pandas, h5py and h5netcdf or netCDF4; plots need matplotlib.
"""

from . import plot
from .rare import load_rare
from .result import FORMAT_VERSION, Result, ResultError, open  # noqa: A004 - plunge.open reads like the built-in it shadows
from .sweep import load_sweep

__all__ = ["FORMAT_VERSION", "Result", "ResultError", "load_rare", "load_sweep", "open", "plot"]
