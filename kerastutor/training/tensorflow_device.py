"""TensorFlow's graphics processors."""

from __future__ import annotations

import contextlib

import tensorflow as tf


def gpus() -> list[str]:
    """The names of those that TensorFlow can use, in the order it uses them."""
    found = tf.config.list_physical_devices("GPU")
    return [tf.config.experimental.get_device_details(device).get("device_name", device.name) for device in found]


def share_memory() -> None:
    """Take memory as it is needed; TensorFlow would else take all of it. Once a GPU is in use it is too late."""
    with contextlib.suppress(RuntimeError):
        for device in tf.config.list_physical_devices("GPU"):
            tf.config.experimental.set_memory_growth(device, True)


def make_deterministic() -> str:
    """Choose operations that add in a fixed order; it cannot be taken back."""
    tf.config.experimental.enable_op_determinism()
    return ""


def hand_over() -> None:
    """Nothing to do: TensorFlow has one pool of threads for all who call it."""
