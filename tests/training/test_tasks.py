"""What the policy is told about a job."""

import keras
import numpy as np

from kerastutor.training import devices
from kerastutor.training.start import prepare
from kerastutor.training.tasks import task_of


def job(**compiled):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    model.compile("sgd", "mse", **compiled)
    return prepare(model, np.zeros((8, 4), "float32"), np.zeros((8, 2), "float32"))._job


def test_xla_is_left_open_unless_compile_asks_for_what_keras_would_not_do_by_itself(monkeypatch):
    monkeypatch.setattr(devices, "training_device", lambda: devices.Device("CPU", "CPU"))
    by_itself = keras.config.backend() == "jax"
    assert task_of(job()).xla is None
    assert task_of(job(jit_compile=by_itself)).xla is None
    assert task_of(job(jit_compile=not by_itself)).xla is (not by_itself)
