"""Losses through torch and JAX, ours beside those that people use, on the same inputs.

    python3 benchmarks/frameworks.py

makes a virtual environment of its own in ``.venv-frameworks`` with the peers at the versions pinned
below and runs itself in it. Values and gradients are compared first. Then ours and each peer take
turns, value and gradient with respect to both embeddings; the table has medians and their ratio.
Peak memory is that of a fresh process for each, beyond what it held before the call. Results are
written to ``benchmarks/results/frameworks.csv`` and ``docs/_tables/frameworks.md``; with ``--only``
they are shown and not written.

With ``--tests`` it runs the tests that compare `polycontrast.compat` with the peers, and no more.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
ENVIRONMENT = ROOT / ".venv-frameworks"
PEERS = (
    "torch==2.13.0",
    "open_clip_torch==3.3.0",
    "lightly==1.6.0",
    "sentence-transformers==6.2.0",
    "pytorch-metric-learning==2.9.0",
    "info-nce-pytorch==0.1.4",
    "libauc==2.0.1",
    "optax==0.2.8",
    "jax==0.10.2",
)
LARGE = ("open_clip ClipLoss", "lightly NTXentLoss")  # whose memory is compared at more rows


def in_own_environment():
    """Make the environment if it is not there, and run this file in it."""
    python = ENVIRONMENT / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True)
        pip = [str(python), "-m", "pip", "install", "-q"]
        subprocess.run([*pip, PEERS[0]], check=True)
        subprocess.run([*pip, *PEERS, "pytest", "-e", f"{ROOT}[align]"], check=True)
    os.execv(python, [str(python), *sys.argv, "--here"])


def main():
    """Run all pairs and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--here", action="store_true", help="use the environment as it is")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--rows", type=int, default=4096)
    parser.add_argument("--depth", type=int, default=512)
    parser.add_argument("--large", type=int, default=16384, help="rows at which memory is compared")
    parser.add_argument("--tests", action="store_true", help="run the tests marked peers")
    parser.add_argument("--only", help="parts of peers' names, with commas between")
    args = parser.parse_args()
    if not args.here:
        in_own_environment()
    if args.tests:
        tests = [sys.executable, "-m", "pytest", "-q", "-m", "peers", "tests/compat"]
        sys.exit(subprocess.run(tests, cwd=ROOT, check=False).returncode)
    measure(args)


def measure(args):
    """Compare with every peer, and with the formulas that a framework compiles."""
    from polycontrast.bench import setting, write_csv, write_markdown
    from polycontrast.bench.comparison import COLUMNS, compare, compare_memory
    from polycontrast.bench.rivals import RIVALS

    def wanted(rival):
        compiled = "torch.compile" in rival.name or (
            rival.backend == "jax" and rival.objective == "info_nce"
        )
        parts = args.only.split(",") if args.only else [""]
        return (rival.package or compiled) and any(part in rival.name for part in parts)

    rivals, table = list(filter(wanted, RIVALS)), []
    for rival in rivals:
        table.append(compare(rival, args.rows, args.depth, args.runs))
        print(*table[-1], sep="  ", flush=True)
    for rival in rivals:
        if rival.name in LARGE:
            table.append(compare_memory(rival, args.large, args.depth))
            print(*table[-1], sep="  ", flush=True)
    if not args.only:
        note = setting(["polycontrast", *(peer.split("==")[0] for peer in PEERS)])
        write_csv(ROOT / "benchmarks" / "results" / "frameworks.csv", COLUMNS, table, note)
        write_markdown(ROOT / "docs" / "_tables" / "frameworks.md", COLUMNS, table, note)


if __name__ == "__main__":
    main()
