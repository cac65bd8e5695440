"""Accounts of the reference model for any number of accounts and assets, as a table that Plunge and its rivals read.

Notional lognormal around 10,000 USD, spread over the assets by a Dirichlet distribution, 62 % of positions long,
leverage log-uniform between 1.5 and `max_leverage`. With 2,000 accounts, three assets and leverage up to 25 these are
the accounts of scenarios/reference_accounts.csv.
"""
import numpy as np

PRICES = (60_000.0, 3_000.0, 150.0)
SYMBOLS = ("BTC", "ETH", "SOL")
# Selling the whole gross position of an asset one way moves its log price by 0.1: depth for 1 % is a tenth of it.
DEPTH_OVER_GROSS = 0.1


def draw(accounts, max_leverage, prices=PRICES, seed=7):
    """Equity [N] and signed base quantities [N x A]."""
    prices = np.array(prices)
    assets = len(prices)
    random = np.random.default_rng(seed)
    notional = np.exp(random.normal(np.log(1e4), 1.2, accounts))
    # 0.7 each for three assets; the sum stays for others, so that an account holds as many markets in earnest.
    weight = random.dirichlet([0.7 if assets == 3 else 2.1 / assets] * assets, accounts)
    side = np.where(random.random((accounts, assets)) < 0.62, 1.0, -1.0)
    position = side * weight * notional[:, None] / prices
    leverage = np.exp(random.uniform(np.log(1.5), np.log(max_leverage), accounts))
    cash = notional / leverage - (position * prices).sum(1)
    return cash + (position * prices).sum(1), position


def write(path, equity, position, symbols=SYMBOLS):
    with open(path, "w", encoding="utf-8") as file:
        file.write("account,equity," + ",".join(symbols) + "\n")
        for i, (e, q) in enumerate(zip(equity.tolist(), position.tolist())):
            file.write(f"{i},{e!r}," + ",".join(map(repr, q)) + "\n")


def depth(position, prices=PRICES):
    """Quote notional within 1 % for every asset."""
    return (DEPTH_OVER_GROSS * np.array(prices) * np.abs(position).sum(0)).tolist()
