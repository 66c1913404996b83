"""The graphics processors that TensorFlow sees."""

from __future__ import annotations

import tensorflow as tf


def gpus() -> list[str]:
    """Their names, in the order TensorFlow uses them."""
    found = tf.config.list_physical_devices("GPU")
    return [tf.config.experimental.get_device_details(device).get("device_name", device.name) for device in found]
