"""The speed policy, case by case."""

from dataclasses import replace

import keras
import pytest

from kerastutor.training.policy import ALWAYS, NEVER, RESIDENT_BYTES, Workload, choose, per_batch_callback
from kerastutor.training.tasks import families

DENSE = Workload("tensorflow", "CPU", frozenset(), nbytes=2**20)
CNN = replace(DENSE, families=frozenset({"convolution"}))


def test_tensorflow_turns_to_xla_where_the_rest_of_the_run_is_long_enough_to_gain():
    assert 0 < choose(DENSE).xla_from < choose(replace(DENSE, families=frozenset({"recurrent"}))).xla_from < NEVER
    assert choose(CNN).xla_from == NEVER
    assert choose(replace(CNN, device="GPU")).xla_from < NEVER
    assert choose(CNN).how == "compiled loop"


def test_what_the_learner_compiled_is_honoured():
    assert choose(replace(CNN, xla=True)).xla_from == ALWAYS
    assert choose(replace(DENSE, xla=False)).xla_from == NEVER


def test_jax_never_puts_a_convolution_into_a_loop_on_the_cpu():
    assert choose(replace(CNN, backend="jax")).how == "step by step"
    assert choose(replace(CNN, backend="jax", device="GPU")).how == "compiled loop"
    assert choose(replace(DENSE, backend="jax")).how == "compiled loop"


@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_data_too_large_for_the_device_stay_with_fit(backend):
    plan = choose(replace(DENSE, backend=backend, nbytes=RESIDENT_BYTES["CPU"] + 1))
    assert plan.how == "model.fit"
    assert "512 MB" in plan.why


def test_exact_runs_do_not_depend_on_the_compiler():
    assert choose(replace(DENSE, exact=True)).xla_from == NEVER


class OnBatch(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        """It wants every batch."""


@pytest.mark.parametrize(
    ("callback", "name"),
    [
        (OnBatch(), "OnBatch"),
        (keras.callbacks.LambdaCallback(on_train_batch_end=print), "LambdaCallback"),
        (keras.callbacks.LambdaCallback(on_epoch_end=print), None),
        (keras.callbacks.EarlyStopping(), None),
        (keras.callbacks.ReduceLROnPlateau(), None),
        (keras.callbacks.ModelCheckpoint("x.keras"), None),
        (keras.callbacks.ModelCheckpoint("x.keras", save_freq=10), "ModelCheckpoint"),
        (keras.callbacks.TerminateOnNaN(), None),
        (keras.callbacks.CSVLogger("x.csv"), None),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_only_callbacks_that_look_at_batches_need_fit(callback, name):
    assert per_batch_callback([callback]) == name


def test_a_layer_inside_a_nested_model_counts():
    inner = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Conv2D(2, 3)])
    outer = keras.Sequential([keras.Input((8, 8, 1)), inner, keras.layers.Flatten()])
    assert families(outer) == {"convolution"}
