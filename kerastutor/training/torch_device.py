"""The graphics processors that torch sees."""

from __future__ import annotations

import torch


def gpus() -> list[str]:
    """Their names, in the order torch uses them."""
    return [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())]
