"""Which device is used, and what is said about it; the GPUs here are made up."""

from types import SimpleNamespace

import keras
import numpy as np
import pytest

from kerastutor.system import graphics
from kerastutor.training import devices, jax_device, train
from kerastutor.training.devices import Device
from kerastutor.training.summary import details


@pytest.fixture
def backend(monkeypatch):
    """A backend that sees one GPU and remembers what it was asked."""
    asked = []
    fake = SimpleNamespace(
        gpus=lambda: ["Tesla T4"],
        share_memory=lambda: asked.append("share"),
        make_deterministic=lambda: "Nothing to set.",
        hand_over=lambda: None,
        asked=asked,
    )
    monkeypatch.setattr(devices, "_backend", lambda: fake)
    return fake


def test_a_gpu_that_is_seen_is_used_and_shared(backend):
    assert devices.prepare_device() == Device("GPU", "Tesla T4")
    assert devices.described(devices.training_device()) == "GPU Tesla T4"
    assert backend.asked == ["share"]


def test_without_a_gpu_the_cpu_is_used(backend, monkeypatch):
    backend.gpus = list
    monkeypatch.setattr(graphics, "why_unseen", lambda machine, backend: None)
    assert devices.prepare_device().kind == "CPU"
    assert devices.described(devices.training_device()) == "CPU"
    assert backend.asked == []


def test_a_gpu_that_is_there_but_unusable_is_explained(backend, monkeypatch):
    backend.gpus = list
    cause = graphics.Cause("TensorFlow was installed without CUDA", 'pip install "tensorflow[and-cuda]"')
    monkeypatch.setattr(graphics, "why_unseen", lambda machine, backend: cause)
    assert "without CUDA" in devices.described(devices.training_device())
    assert "tensorflow[and-cuda]" in devices.described(devices.training_device())


def test_what_determinism_needs_is_among_the_details(backend):
    backend.gpus = list
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    data = np.ones((8, 2), "float32"), np.ones(8, "float32")
    run = train(model, *data, epochs=1, deterministic=True).wait()
    assert dict(details(run.progress))["How"].endswith(". Nothing to set.")
    assert "Nothing to set" not in train(model, *data, epochs=1).wait().progress.how


def test_jax_says_what_only_the_learner_can_set(monkeypatch):
    monkeypatch.setattr(jax_device, "gpus", lambda: ["H200"])
    monkeypatch.setenv("XLA_FLAGS", "")
    assert "needs XLA_FLAGS=--xla_gpu_deterministic_ops=true" in jax_device.make_deterministic()
    monkeypatch.setenv("XLA_FLAGS", "--xla_gpu_deterministic_ops=true")
    assert jax_device.make_deterministic() == ""
    monkeypatch.setattr(jax_device, "gpus", list)
    assert "on a CPU equal seeds give equal histories anyway" in jax_device.make_deterministic()


@pytest.mark.skipif(keras.config.backend() != "tensorflow", reason="fakes TensorFlow's own list of devices")
def test_tensorflows_list_is_read_and_memory_growth_asked_for(monkeypatch):
    from kerastutor.training import tensorflow_device

    gpu = SimpleNamespace(name="/physical_device:GPU:0")
    grown = []
    config = tensorflow_device.tf.config
    monkeypatch.setattr(config, "list_physical_devices", lambda kind=None: [gpu])
    monkeypatch.setattr(config.experimental, "get_device_details", lambda device: {"device_name": "Tesla T4"})
    monkeypatch.setattr(config.experimental, "set_memory_growth", lambda device, grow: grown.append((device, grow)))
    assert devices.prepare_device() == Device("GPU", "Tesla T4")
    assert grown == [(gpu, True)]
