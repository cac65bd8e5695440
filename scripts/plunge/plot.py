"""Plots of a result. Each function draws into `ax` (a new figure where none is given) and returns the axes."""

from __future__ import annotations

import numpy as np

INK = "#1f2933"
BLUE = "#2460a7"
RED = "#c0392b"
GREY = "#8a94a0"


def _pyplot():
    """Imported late: reading results does not need matplotlib."""
    import matplotlib.pyplot as plt

    return plt


def _axes(ax, figsize=(8, 4.2)):
    if ax is None:
        _, ax = _pyplot().subplots(figsize=figsize, constrained_layout=True)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def _money(ax, which="y"):
    """Ticks as 1.2M rather than 1200000."""
    from matplotlib.ticker import FuncFormatter

    axis = ax.yaxis if which == "y" else ax.xaxis
    axis.set_major_formatter(FuncFormatter(lambda value, _: short_number(value)))


def short_number(value: float) -> str:
    """12, 4.2k, 1.25M, 3B: a number for a tick label, at most four significant digits."""
    for limit, suffix in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= limit:
            return f"{value / limit:.4g}{suffix}"
    return f"{value:.4g}"


def _time(seconds: np.ndarray) -> tuple[np.ndarray, str]:
    """Times in the unit that suits their span, and that unit's name."""
    for unit, name in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds[-1] >= 2 * unit:
            return seconds / unit, name
    return seconds, "seconds"


def _words(name: str) -> str:
    """A metric's name as words: adl_pnl_given_up becomes ADL PnL given up."""
    special = {"adl": "ADL", "pnl": "PnL"}
    return " ".join(special.get(word, word) for word in name.split("_"))


def _label(variable) -> str:
    units = variable.attrs.get("units", "1")
    asset = f" of {variable.asset.item()}" if "asset" in variable.coords else ""
    return _words(variable.name) + asset + ("" if units == "1" else f" [{units}]")


def _tint(share: float) -> tuple[float, ...]:
    """BLUE mixed with white; solid, so that a band has the colour its legend shows."""
    from matplotlib.colors import to_rgb

    return tuple(1 - share * (1 - part) for part in to_rgb(BLUE))


def _legend_beside(ax):
    """Outside the axes, where no curve can be behind it."""
    ax.legend(frameon=False, fontsize="small", loc="upper left", bbox_to_anchor=(1.0, 1.0))


def fan(result, quantity: str = "price", asset: str | None = None, ax=None):
    """Quantiles across worlds over time: nested bands around the median.

    `quantity` is a variable of `result.steps`; `asset` picks one where there are several (the first by default).
    """
    ax = _axes(ax)
    band = result.steps[quantity]
    if "asset" in band.dims:
        asset = asset or str(band.asset.values[0])
        band = band.sel(asset=asset)
    time, unit = _time(band.time.values)
    probabilities = band["quantile"].values
    order = np.argsort(probabilities)
    low, high = 0, len(order) - 1
    pairs = (len(order) + 1) // 2
    while low < high:
        p, q = probabilities[order[low]], probabilities[order[high]]
        ax.fill_between(time, band.isel(quantile=order[low]), band.isel(quantile=order[high]), linewidth=0,
                        color=_tint(0.15 + 0.55 * low / pairs), label=f"{100 * p:g} % to {100 * q:g} %")
        low, high = low + 1, high - 1
    if low == high:
        p = probabilities[order[low]]
        label = "median" if p == 0.5 else f"{100 * p:g} %"
        ax.plot(time, band.isel(quantile=order[low]), color=INK, linewidth=1.4, label=label)
    ax.set(xlabel=f"time [{unit}]", ylabel=_label(band), xlim=(time[0], time[-1]),
           title=f"{result.title}: {_words(quantity)}" + (f" of {asset}" if asset else ""))
    _money(ax)
    _legend_beside(ax)
    return ax


def _metric(result, metric: str, venue: str | None, asset: str | None):
    """Values of a metric without NaN, and the variable they come from."""
    variable = (result.venues[venue] if venue else result.worlds)[metric]
    if "asset" in variable.dims:
        variable = variable.sel(asset=asset or str(variable.asset.values[0]))
    values = variable.values.astype(float)
    return values[~np.isnan(values)], variable


def histogram(result, metric: str, venue: str | None = None, asset: str | None = None, bins: int = 40, ax=None):
    """Histogram of a metric over worlds. Worlds where it is zero are stated in the title, not drawn."""
    ax = _axes(ax)
    values, variable = _metric(result, metric, venue, asset)
    drawn = values[values != 0]
    ax.hist(drawn, bins=bins, color=BLUE, alpha=0.8)
    zero = len(values) - len(drawn)
    ax.set(xlabel=_label(variable), ylabel="worlds",
           title=f"{result.title}" + (f"  ({zero:,} of {len(values):,} worlds: zero)" if zero else ""))
    _money(ax, "x")
    return ax


def exceedance(result, metric: str, venue: str | None = None, asset: str | None = None, ax=None):
    """Share of worlds in which a metric exceeds x, both axes logarithmic: tails as they are.

    Only positive values can be drawn; where the curve starts is the share of worlds that have one.
    """
    ax = _axes(ax)
    values, variable = _metric(result, metric, venue, asset)
    positive = np.sort(values[values > 0])
    if len(positive) == 0:
        ax.text(0.5, 0.5, f"{metric} is zero in every world", ha="center", va="center", transform=ax.transAxes)
        return ax
    share = np.arange(len(positive), 0, -1) / len(values)  # of worlds at or above each value
    ax.step(positive, share, where="pre", color=BLUE, linewidth=1.6)
    ax.set(xscale="log", yscale="log", xlabel=_label(variable), ylabel="share of worlds at or above",
           title=f"{result.title}: {len(positive):,} of {len(values):,} worlds above zero")
    _money(ax, "x")
    ax.grid(True, which="major", color=GREY, alpha=0.25)
    return ax


def trace(result, world: int, venue: str | None = None, asset: str | None = None):
    """One recorded world: prices, forced selling, open interest and fund over time. Returns the four axes."""
    data = result.trace(world)
    venue = venue or str(data.venue.values[0])
    asset = asset or str(data.asset.values[0])
    time, unit = _time(data.time.values)
    _, axes = _pyplot().subplots(4, 1, figsize=(9, 8), sharex=True, constrained_layout=True,
                                 gridspec_kw={"height_ratios": [2.2, 1, 1, 1]})
    for ax in axes:
        _axes(ax)
        ax.margins(x=0)
    here = data.sel(venue=venue)
    prices, selling, interest, fund = axes
    prices.plot(time, data["index"].sel(asset=asset), color=GREY, linewidth=1.2, label="index, which no\ntrading moves")
    prices.plot(time, here.price.sel(asset=asset), color=RED, linewidth=1.2, label=f"traded at {venue}")
    prices.set(ylabel=f"{asset} [USD]", title=f"{result.title}, world {world}")
    _legend_beside(prices)
    selling.vlines(time, 0, here.liquidated_notional, color=RED, linewidth=1.5)
    selling.set(ylabel="liquidated\nper step [USD]")
    interest.plot(time, here.open_interest, color=INK, linewidth=1.2)
    interest.set(ylabel="open\ninterest [USD]")
    fund.plot(time, here.fund, color=BLUE, linewidth=1.4)
    fund.set(ylabel="insurance\nfund [USD]", xlabel=f"time [{unit}]")
    for ax in axes:
        _money(ax)
    for ax in axes[1:]:
        ax.set_ylim(0, max(ax.get_ylim()[1], 1e-9))
    _shade_halts(axes, time, here.halted.values)
    return axes


def _shade_halts(axes, time: np.ndarray, halted: np.ndarray) -> None:
    """Greys out the times when trading was halted."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], halted > 0, [0]]).astype(int)))
    for start, stop in edges.reshape(-1, 2):
        for ax in axes:
            ax.axvspan(time[start], time[min(stop, len(time) - 1)], color=GREY, alpha=0.2, linewidth=0)
