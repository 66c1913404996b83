"""The graphics processors that JAX sees."""

from __future__ import annotations

import jax


def gpus() -> list[str]:
    """Their names, in the order JAX uses them."""
    return [device.device_kind for device in jax.devices() if device.platform in ("gpu", "cuda", "rocm")]
