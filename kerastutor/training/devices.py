"""Where training will run."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Literal

import keras


@dataclass(frozen=True)
class Device:
    """A device: `kind` for decisions, `name` for people."""

    kind: Literal["CPU", "GPU"]
    name: str


def training_device() -> Device:
    """The device the backend in use puts a training on."""
    gpus = import_module(f"kerastutor.training.{keras.config.backend()}_device").gpus()
    return Device("GPU", gpus[0]) if gpus else Device("CPU", "CPU")
