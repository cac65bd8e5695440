"""Tables of means, quantiles and shares: the estimators of `plunge show`, in pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

_NORMAL_975 = 1.959963984540054  # 97.5 % quantile of the standard normal distribution


def order_statistic(values: np.ndarray, probability: float) -> float:
    """The smallest value that at least the share `probability` of the values does not exceed; NaN where empty."""
    if len(values) == 0:
        return np.nan
    rank = int(np.ceil(probability * len(values) * (1 - 1e-12)))
    return float(np.sort(values)[min(max(rank, 1), len(values)) - 1])


def wilson_interval(count: int, worlds: int) -> tuple[float, float]:
    """95 % Wilson score interval of a share (Wilson 1927)."""
    if worlds == 0:
        return 0.0, 1.0
    p, z2 = count / worlds, _NORMAL_975**2
    centre = (p + z2 / (2 * worlds)) / (1 + z2 / worlds)
    half = _NORMAL_975 * np.sqrt(p * (1 - p) / worlds + z2 / (4 * worlds**2)) / (1 + z2 / worlds)
    return (0.0 if count == 0 else centre - half), (1.0 if count == worlds else centre + half)


def summary_table(worlds: xr.Dataset, probabilities: tuple[float, ...], antithetic: bool,
                  replications: int) -> pd.DataFrame:
    """One row per metric (per asset as `metric.SYMBOL`). NaN is left out and counted in `missing`.

    With antithetic pairs the standard error is that of the pairs' means, with quasi-random worlds (`replications` above
    zero) that of the replications' means.
    """
    rows = {}
    for name, variable in worlds.data_vars.items():
        if "asset" in variable.dims:
            columns = {f"{name}.{symbol}": variable.sel(asset=symbol) for symbol in worlds.asset.values}
        else:
            columns = {name: variable}
        for label, column in columns.items():
            rows[label] = _row(column.values.astype(float), variable.attrs, probabilities, antithetic, replications)
    return pd.DataFrame.from_dict(rows, orient="index")


def _replication_values(values: np.ndarray, replications: int) -> np.ndarray:
    """What each replication that has values moves their mean by, plus that mean; worlds k and k + replications share one."""
    present = ~np.isnan(values)
    group = np.arange(len(values)) % replications
    count = np.bincount(group[present], minlength=replications)
    total = np.bincount(group[present], weights=values[present], minlength=replications)
    total, count = total[count > 0], count[count > 0]
    mean = total.sum() / count.sum() if len(count) else np.nan
    return mean + len(count) / max(count.sum(), 1) * (total - count * mean)


def _row(values: np.ndarray, attributes: dict, probabilities: tuple[float, ...], antithetic: bool,
         replications: int) -> dict:
    present = values[~np.isnan(values)]
    independent = present
    if antithetic:
        pairs = values[: len(values) // 2 * 2].reshape(-1, 2).mean(axis=1)
        independent = pairs[~np.isnan(pairs)]
    elif replications:
        independent = _replication_values(values, replications)
    error = independent.std(ddof=1) / np.sqrt(len(independent)) if len(independent) > 1 else np.nan
    row = {"units": attributes.get("units", "1"), "mean": present.mean() if len(present) else np.nan,
           "standard_error": error}
    row |= {f"{100 * p:g} %": order_statistic(present, p) for p in probabilities}
    return row | {"count": len(present), "missing": len(values) - len(present),
                  "comment": attributes.get("comment", "")}


def shares_table(worlds: xr.Dataset, venues: dict[str, xr.Dataset], cascade_threshold: float = 0.0) -> pd.DataFrame:
    """Shares of worlds in which something happened. A fund counts as exhausted where a venue that had one ran out; a
    cascade is an endogenous liquidation, or one as large as the scenario's `record.cascade_threshold`."""
    n = worlds.sizes["world"]
    happened = {"liquidation": worlds.liquidations > 0,
                "cascade": (worlds.largest_cascade_notional >= cascade_threshold if cascade_threshold > 0
                            else worlds.endogenous_notional > 0)}
    funds = [venue for venue in venues.values() if venue.attrs["initial_fund_balance"] > 0]
    if funds:
        happened["fund_exhausted"] = sum((venue.fund_min_balance <= 0).astype(int) for venue in funds) > 0
    happened |= {"adl": worlds.adl_notional > 0, "insolvent": worlds.insolvent > 0,
                 "open_insolvent": worlds.open_insolvent_accounts > 0}
    rows = {}
    for name, worlds_with in happened.items():
        count = int(worlds_with.sum())
        low, high = wilson_interval(count, n)
        rows[name] = {"worlds": count, "share": count / n if n else np.nan, "low": low, "high": high}
    return pd.DataFrame.from_dict(rows, orient="index")
