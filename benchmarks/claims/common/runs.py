"""Runs of a claim: the command line they share, and one process a core."""

import argparse
import os
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from threadpoolctl import threadpool_limits


def command_line(about, runs):
    """Parser with the options of every claim: how many runs, the first seed, processes."""
    parser = argparse.ArgumentParser(
        description=about, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=runs, help="runs of each row")
    parser.add_argument("--first-seed", type=int, default=0, help="they count up from here")
    parser.add_argument("--jobs", type=int, default=2, help="processes, one thread each")
    return parser


def seeds(options):
    """Seeds that the command line asks for."""
    return range(options.first_seed, options.first_seed + options.seeds)


def _one_thread():
    os.environ["POLYCONTRAST_NUM_THREADS"] = "1"
    threadpool_limits(1)


def run_all(function, cases, jobs):
    """``{case: function(*case)}`` in several processes, with a line every half minute."""
    start = said = time.perf_counter()
    results = {}
    with ProcessPoolExecutor(jobs, get_context("spawn"), _one_thread) as pool:
        futures = [(case, pool.submit(function, *case)) for case in cases]
        for case, future in futures:
            results[case] = future.result()
            now = time.perf_counter()
            if now - said > 30:
                said = now
                print(f"{len(results)} of {len(cases)} runs, {now - start:.0f} s", flush=True)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"{len(cases)} runs in {time.perf_counter() - start:.0f} s on {jobs} processes; "
        f"processor time so far {used.ru_utime + used.ru_stime:.0f} s\n"
    )
    return results
