"""Instructions per score that a GPU executes in each pass over a tile, counted without a GPU.

    python3 tools/count_instructions.py [sm_90 ...]

The passes are compiled for a patch that lies within its tile, with the arguments of the largest
losses, and disassembled. The count is that of the shortest way from the first instruction to the
last, with loops as often as they run: what a thread does when nothing special happens. Registers
are those of the entry points of the library.

It needs ``nvcc`` and ``nvdisasm`` on the path. The wheels ``nvidia-cuda-nvcc``,
``nvidia-cuda-crt``, ``nvidia-nvvm``, ``nvidia-cuda-runtime`` and ``nvidia-cuda-nvdisasm`` bring
them.
"""

import math
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from polycontrast.arrays.cuda import launching

ENTRIES = re.compile(r"^(VISITS|PEAKS|FOLDS|UNIT_ROWS|DIRECTIONS)\(.*$", re.M)
"""Entry points, which take their whole text each."""
PASSES = """
__device__ inline void given(const void* pointer) { __builtin_assume(pointer != nullptr); }
template <class... Pointers>
__device__ inline void given(const void* first, Pointers... others) {
    given(first);
    given(others...);
}
#define WITHIN Patch at(n, m); at.whole = true; __shared__ float shared[2][WARPS * COLUMNS]
extern "C" __global__ void log_sum_exps(
    const float* S, Index n, Index m, float* row_tops, float* row_totals, float* tops, float* totals
) {
    WITHIN;
    float* const none = nullptr;
    given(tops);
    peaks<false>(at, S, none, none, row_tops, row_totals, tops, totals, shared[0], shared[1]);
}
extern "C" __global__ void softmax_weights(
    const float* S, Index n, Index m, const float* u, const float* v, const float* L,
    const float* K, bfloat16* W
) {
    WITHIN;
    float* const none = nullptr;
    given(u, v, L, K, W);
    softmax<float, bfloat16>(at, S, none, none, u, v, L, K, W, none, none, none, none, shared[0]);
}
extern "C" __global__ void softplus_values_and_weights(
    const float* S, Index n, Index m, const float* shift, const float* u, const float* v,
    bfloat16* W, float* values, float* of_rows, float* of_columns
) {
    WITHIN;
    float* const none = nullptr;
    given(shift, u, v, W, values, of_rows, of_columns);
    softplus<float, bfloat16>(at, S, shift, none, u, v, none, none, W, values, none, of_rows,
                              of_columns, shared[0]);
}
"""

NAMES = {*re.findall(r"void (\w+)\(\n", PASSES)}


def compiled(text: str, architecture: str, folder: Path) -> tuple[Path, str]:
    """A file with machine code, and what ptxas reports of each kernel."""
    source, code = folder / "kernels.cu", folder / "kernels.cubin"
    source.write_text(text)
    command = ["nvcc", f"-arch={architecture}", *launching.OPTIONS, "-cubin", "-Xptxas", "-v"]
    run = subprocess.run([*command, str(source), "-o", str(code)], capture_output=True, text=True)
    if run.returncode:
        raise SystemExit(run.stderr)
    return code, run.stderr


def registers(report: str) -> dict[str, tuple[int, int]]:
    """Registers and spilled bytes of each kernel."""
    found = re.findall(
        r"entry function '(\w+)'.*?(\d+) bytes spill stores.*?Used (\d+) registers", report, re.S
    )
    return {name: (int(used), int(spilled)) for name, spilled, used in found}


def listings(code: Path) -> Iterator[tuple[str, list[str]]]:
    """Instructions and labels of each kernel, in order."""
    command = ["nvdisasm", "-c", str(code)]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for part in text.split("\t.section\t.text.")[1:]:
        name = part.split(",")[0]
        lines = re.findall(r"^(\.L_\w+):|^\s+/\*\w+\*/\s+(.*?) ;", part, re.M)
        yield name, [label or instruction for label, instruction in lines]


def shortest(lines: list[str], trips: int) -> float:
    """Instructions on the shortest way to the end; a loop runs `trips` times."""
    labels = {line: k for k, line in enumerate(lines) if line.startswith(".L_")}
    weights = [0 if line in labels else 1 for line in lines]
    after: list[set[int]] = [set() for _ in lines]
    for k, line in enumerate(lines):
        guarded = line.startswith("@")
        operation = line.split()[1 if guarded else 0]
        if operation == "EXIT" and not guarded:
            continue
        after[k].add(k + 1)
        if operation == "BRA":
            target = labels[line.split("`(")[1].split(")")[0]]
            if not guarded:
                after[k].clear()
            if target > k:
                after[k].add(target)
            elif guarded:  # the end of a loop; without a guard it is the padding after the end
                for inner in range(target, k + 1):
                    weights[inner] *= trips
    ways = [math.inf] * (len(lines) + 1)
    for k in reversed(range(len(lines))):
        ends = not after[k] and lines[k].endswith("EXIT")
        ways[k] = weights[k] + (0 if ends else min((ways[j] for j in after[k]), default=math.inf))
    return ways[0]


def tabulate(architecture: str, folder: Path) -> None:
    """Print the counts of the passes, then registers of all kernels."""
    text = launching.source(*launching.FILES)
    sizes = launching.constants(text)
    trips = sizes["PER_WARP"] // sizes["TOGETHER"]
    scores = sizes["PER_WARP"] * sizes["PER_LANE"]
    code, report = compiled(ENTRIES.sub("", text) + PASSES, architecture, folder)
    passes = registers(report)
    print(f"{architecture}: instructions for each score")
    for name, lines in listings(code):
        if name in NAMES:
            print(f"{name:30} {shortest(lines, trips) / scores:6.1f}")
    assert passes.keys() >= NAMES
    print("registers, bytes spilled")
    for name, found in sorted(registers(compiled(text, architecture, folder)[1]).items()):
        print(f"{name:30} {found[0]:6} {found[1]}")


def main(architectures: list[str]) -> None:
    """Print a table for each architecture."""
    missing = [tool for tool in ("nvcc", "nvdisasm") if shutil.which(tool) is None]
    if missing:
        raise SystemExit(f"not found on the path: {', '.join(missing)}")
    for architecture in architectures or ["sm_90"]:
        with tempfile.TemporaryDirectory() as folder:
            tabulate(architecture, Path(folder))


if __name__ == "__main__":
    main(sys.argv[1:])
