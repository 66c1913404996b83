"""Where training will run, and how it is set up to share the device and to repeat itself."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Literal, Protocol, cast

import keras

from kerastutor.system import graphics


@dataclass(frozen=True)
class Device:
    """A device: `kind` for decisions, `name` for people."""

    kind: Literal["CPU", "GPU"]
    name: str


class Backend(Protocol):
    """What each backend's file says about its devices."""

    def gpus(self) -> list[str]:
        """The names of the graphics processors that it can use, in the order it uses them."""

    def share_memory(self) -> None:
        """Take GPU memory as it is needed, so that several notebooks fit on one GPU; only before it is first used."""

    def make_deterministic(self) -> str:
        """Let equal seeds give equal results to the last bit, for the rest of the process; what is left to say."""

    def hand_over(self) -> None:
        """Let another thread than this one have the processors."""


def training_device() -> Device:
    """The device the backend in use puts a training on.

    >>> training_device().kind in ("CPU", "GPU")
    True
    """
    gpus = _backend().gpus()
    return Device("GPU", gpus[0]) if gpus else Device("CPU", "CPU")


def described(device: Device) -> str:
    """The device for the page; for a CPU beside an unusable GPU also why it is not used and what to do.

    >>> described(Device("GPU", "NVIDIA H200"))
    'GPU NVIDIA H200'
    """
    if device.kind == "GPU":
        return f"GPU {device.name}"
    cause = graphics.why_unseen(graphics.this_machine(), keras.config.backend())
    return f"CPU; a GPU is here, but {cause.reason}: {cause.remedy}" if cause else "CPU"


def prepare_device() -> Device:
    """The device for a training that begins now, its memory to be shared with other notebooks."""
    device = training_device()
    if device.kind == "GPU":
        _backend().share_memory()
    return device


def make_deterministic() -> str:
    """Let equal seeds give equal histories to the last bit, for the rest of the process; slower on a GPU.

    Returns a sentence for the learner where there is nothing to set, or they must do it themselves, else "".
    """
    return _backend().make_deterministic()


def hand_over() -> None:
    """Let the thread that trains have the processors which the backend keeps for the thread of the cell."""
    _backend().hand_over()


def _backend() -> Backend:
    """The file of the backend that Keras runs on."""
    return cast(Backend, import_module(f"kerastutor.training.{keras.config.backend()}_device"))
