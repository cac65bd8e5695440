"""The reference model as a Numba user would tune it: the rival of scripts/bench.

One account loop per step that the compiler vectorises (the smallest slack), and a second one only when somebody is
short. Same model as scenarios/reference.toml: correlated GBM, flat margin, full liquidation, permanent linear impact.

usage: numba_reference.py
Reads lines "ACCOUNTS.csv WORLDS VOLATILITY_FACTOR DEPTH,DEPTH,DEPTH SEED" and answers each with worlds per CPU second
and liquidations per world. Compiling and reading the accounts are not measured, drawing random numbers is.
"""
import sys
import time

import numpy as np
from numba import njit

PRICE = np.array([60_000.0, 3_000.0, 150.0])
VOLATILITY = np.array([0.60, 0.80, 1.20])
CORRELATION = np.array([[1.0, 0.75, 0.60], [0.75, 1.0, 0.65], [0.60, 0.65, 1.0]])
MARGIN = 0.02
STEPS = 1440


@njit(fastmath=True)
def run(price0, drift, factor, per_base, cash0, position0, worlds, seed):
    accounts = cash0.shape[0]
    liquidations = 0
    for w in range(worlds):
        np.random.seed(seed + w)
        cash = cash0.copy()
        position = position0.copy()
        qa, qb, qc = position[0], position[1], position[2]
        x = np.zeros(3)
        displacement = np.zeros(3)
        z = np.zeros(3)
        sold = np.zeros(3)
        for _ in range(STEPS):
            for a in range(3):
                z[a] = np.random.standard_normal()
            for a in range(3):
                move = drift[a]
                for b in range(a + 1):
                    move += factor[a, b] * z[b]
                x[a] += move
            while True:
                pa = price0[0] * np.exp(x[0] + displacement[0])
                pb = price0[1] * np.exp(x[1] + displacement[1])
                pc = price0[2] * np.exp(x[2] + displacement[2])
                least = 0.0
                for i in range(accounts):
                    equity = cash[i] + qa[i] * pa + qb[i] * pb + qc[i] * pc
                    gross = abs(qa[i]) * pa + abs(qb[i]) * pb + abs(qc[i]) * pc
                    least = min(least, equity - MARGIN * gross)
                if least >= 0.0:
                    break
                sold[:] = 0.0
                for i in range(accounts):
                    equity = cash[i] + qa[i] * pa + qb[i] * pb + qc[i] * pc
                    gross = abs(qa[i]) * pa + abs(qb[i]) * pb + abs(qc[i]) * pc
                    if equity < MARGIN * gross:
                        liquidations += 1
                        sold[0] += qa[i]
                        sold[1] += qb[i]
                        sold[2] += qc[i]
                        cash[i] = 1.0
                        qa[i] = 0.0
                        qb[i] = 0.0
                        qc[i] = 0.0
                for a in range(3):
                    displacement[a] -= per_base[a] * sold[a]
    return liquidations


def measure(accounts, worlds, volatility_factor, depth, seed):
    """(worlds per CPU second, liquidations per world)"""
    table = np.genfromtxt(accounts, delimiter=",", names=True)
    position = np.array([table["BTC"], table["ETH"], table["SOL"]])
    cash = table["equity"] - (position * PRICE[:, None]).sum(0)
    sigma = volatility_factor * VOLATILITY / np.sqrt(365.0 * 1440.0)
    factor = np.linalg.cholesky(CORRELATION) * sigma[:, None]
    arguments = (PRICE, -0.5 * sigma**2, factor, 0.01 * PRICE / np.array(depth), cash, position)
    run(*arguments, 1, 1)  # compile, and warm the caches
    start = time.process_time()
    liquidations = run(*arguments, worlds, seed)
    return worlds / (time.process_time() - start), liquidations / worlds


def main():
    for line in sys.stdin:
        accounts, worlds, volatility, depth, seed = line.split()
        print(*measure(accounts, int(worlds), float(volatility), [float(d) for d in depth.split(",")], int(seed)),
              flush=True)


if __name__ == "__main__":
    main()
