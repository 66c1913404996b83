"""Whether this machine has an NVIDIA GPU, and why a backend that should see it does not.

Read from the operating system and from what is installed; no backend is imported.
"""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass, replace
from importlib.metadata import distributions
from pathlib import Path

NVIDIA = "0x10de"
"""The vendor number of NVIDIA on the PCI bus."""

CUDA_PACKAGES = {
    "tensorflow": ("nvidia-cudnn-cu",),
    "jax": ("jax-cuda",),
    "torch": ("nvidia-cudnn-cu", "torch-cuda"),
}
"""Per backend, how the names of packages begin that come only with its GPU build."""

GPU_INSTALL = {
    "tensorflow": 'pip install "tensorflow[and-cuda]"',
    "jax": 'pip install "jax[cuda12]"',
    "torch": "install torch with CUDA as https://pytorch.org/get-started shows",
}


@dataclass(frozen=True)
class Machine:
    """What speaks for a GPU, as far as it can be seen from outside a backend.

    Attributes:
        card: a display adapter by NVIDIA is on the bus.
        driver: NVIDIA's driver is loaded, or its tools are there.
        device_file: programs may open the card (`/dev/nvidia0`, or `/dev/dxg` under WSL).
        hidden: the environment (`CUDA_VISIBLE_DEVICES`) keeps all cards from programs.
        packages: the names of all installed packages, in lower case.
        system: as `sys.platform`.
    """

    card: bool = False
    driver: bool = False
    device_file: bool = False
    hidden: bool = False
    packages: frozenset[str] = frozenset()
    system: str = "linux"

    @property
    def has_gpu(self) -> bool:
        """True where there is reason to expect a GPU."""
        return self.card or self.driver or self.device_file


@dataclass(frozen=True)
class Cause:
    """Why a GPU is not used: `reason` ends the sentence "a GPU is here, but ...", `remedy` says what to do."""

    reason: str
    remedy: str


def this_machine() -> Machine:
    """Look at this computer; raises nothing. The packages, which take 0.1 s to list, only where there is a GPU."""
    machine = Machine(
        card=any(map(_is_nvidia_display, Path("/sys/bus/pci/devices").glob("*"))),
        driver=Path("/proc/driver/nvidia/version").exists() or shutil.which("nvidia-smi") is not None,
        device_file=any(Path(name).exists() for name in ("/dev/nvidia0", "/dev/dxg")),
        hidden=os.environ.get("CUDA_VISIBLE_DEVICES", "0").strip() in ("", "-1"),
        system=sys.platform,
    )
    if not machine.has_gpu:
        return machine
    return replace(machine, packages=frozenset((each.metadata["Name"] or "").lower() for each in distributions()))


def why_unseen(machine: Machine, backend: str) -> Cause | None:
    """The likeliest cause why `backend` sees no GPU on this machine; None where there is none to see.

    >>> why_unseen(Machine(), "tensorflow") is None
    True
    >>> why_unseen(Machine(card=True), "tensorflow").reason
    'its driver is not loaded'
    """
    if not machine.has_gpu:
        return None
    if machine.hidden:
        return Cause("CUDA_VISIBLE_DEVICES hides it", "unset CUDA_VISIBLE_DEVICES and start again")
    if backend == "tensorflow" and machine.system == "win32":
        return Cause("TensorFlow uses no GPU on Windows itself", "install kerastutor inside WSL 2")
    if not machine.driver and not machine.device_file:
        return Cause("its driver is not loaded", "install NVIDIA's driver and restart the machine")
    if machine.system == "linux" and not machine.device_file:
        return Cause("programs may not open it", "in a container, start it with `--gpus all`")
    if backend == "tensorflow" and "tensorflow-cpu" in machine.packages:
        remedy = f"pip uninstall tensorflow-cpu, then {GPU_INSTALL[backend]}"
        return Cause("tensorflow-cpu is installed, which knows no GPU", remedy)
    if not any(name.startswith(CUDA_PACKAGES.get(backend, ("",))) for name in machine.packages):
        return Cause(f"{backend} is installed without its CUDA libraries", GPU_INSTALL[backend])
    return Cause(
        f"{backend} could not start it",
        "run nvidia-smi: if it fails, reinstall the driver and restart; if not, unset LD_LIBRARY_PATH and try again",
    )


def _is_nvidia_display(device: Path) -> bool:
    try:
        vendor, kind = (device / "vendor").read_text().strip(), (device / "class").read_text().strip()
    except OSError:
        return False
    return vendor == NVIDIA and kind.startswith("0x03")
