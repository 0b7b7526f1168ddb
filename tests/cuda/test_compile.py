"""NVIDIA's compilers take the CUDA text; neither needs a GPU.

``LD_LIBRARY_PATH`` tells where NVRTC is, if it is not where libraries are: the wheels
``nvidia-cuda-nvrtc-cu12`` and ``nvidia-cuda-nvrtc`` bring it in a folder of theirs.
"""

import ctypes
import re
import shutil
import subprocess

import pytest
from processor import NAMES

from polycontrast.arrays.cuda import launching

ARCHITECTURES = [
    pytest.param("sm_80", marks=pytest.mark.slow, id="sm_80"),
    pytest.param("sm_90", id="sm_90"),
    pytest.param("sm_100", marks=pytest.mark.slow, id="sm_100"),
]
LIBRARIES = ["libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so", "nvrtc64_130_0.dll"]


def nvrtc():
    for name in LIBRARIES:
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    pytest.skip("NVRTC is not installed")


def compiled(text, architecture):
    """Code for a GPU, by NVRTC; its complaints raise."""
    library, program = nvrtc(), ctypes.c_void_p()
    made = library.nvrtcCreateProgram(
        ctypes.byref(program), text.encode(), b"kernels", 0, None, None
    )
    assert made == 0
    options = [f"--gpu-architecture={architecture}", *launching.OPTIONS]
    given = (ctypes.c_char_p * len(options))(*(option.encode() for option in options))
    failed = library.nvrtcCompileProgram(program, len(options), given)
    size = ctypes.c_size_t()
    library.nvrtcGetProgramLogSize(program, ctypes.byref(size))
    log = ctypes.create_string_buffer(size.value)
    library.nvrtcGetProgramLog(program, log)
    assert not failed, log.value.decode()
    assert log.value == b""
    library.nvrtcGetCUBINSize(program, ctypes.byref(size))
    code = ctypes.create_string_buffer(size.value)
    library.nvrtcGetCUBIN(program, code)
    return code.raw


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_nvrtc_compiles_every_kernel(architecture):
    code = compiled(launching.source(*launching.FILES), architecture)
    assert [name for name in NAMES if name.encode() not in code] == []


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_nvcc_compiles_every_kernel_without_spilling(architecture, tmp_path):
    if shutil.which("nvcc") is None:
        pytest.skip("nvcc is not installed")
    source = tmp_path / "kernels.cu"
    source.write_text(launching.source(*launching.FILES))
    command = ["nvcc", f"-arch={architecture}", *launching.OPTIONS, "-cubin", "-Xptxas", "-v"]
    output = ["-o", str(tmp_path / "kernels.cubin")]
    run = subprocess.run(
        [*command, str(source), *output], capture_output=True, text=True, check=True
    )
    assert sorted(re.findall(r"entry function '(\w+)'", run.stderr)) == sorted(NAMES)
    assert {*re.findall(r"(\d+) bytes spill", run.stderr)} == {"0"}


def test_names_and_sizes_are_those_of_the_text():
    made = launching.constants(launching.source(*launching.FILES))
    assert (made["ROWS"], made["COLUMNS"]) == launching.PATCH
    assert made["THREADS"] == made["COLUMNS"] == launching.THREADS
    assert made["FOLDED"] == launching.FOLDED
    assert made["FOLDED"] * made["TURNS"] == launching.THREADS


def test_every_file_of_the_folder_is_part_of_the_text():
    assert {*launching.SHARED, *launching.FILES} == {
        file.stem for file in launching.FOLDER.iterdir()
    }
