"""TensorFlow compiles the XLA function aside: Stop is heard meanwhile, and neither steps nor compiler are disturbed."""

import threading
import time
from concurrent.futures import Future

import keras
import numpy as np
import pytest

from kerastutor.training import train
from kerastutor.training.policy import NEVER, Plan
from kerastutor.training.start import prepare
from kerastutor.training.trial import Trial

pytestmark = pytest.mark.slow

if keras.config.backend() != "tensorflow":
    pytest.skip("only the TensorFlow backend has a second function to compile", allow_module_level=True)

ENDLESS = 10**9
CHUNKS, MANY = 200, 20


def network():
    keras.utils.set_random_seed(7)
    model = keras.Sequential(
        [keras.Input((6,)), keras.layers.Dense(16, "relu"), keras.layers.Dropout(0.2), keras.layers.Dense(3)]
    )
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    return model


def data(size=96):
    rng = np.random.default_rng(0)
    return rng.normal(size=(size, 6)).astype("float32"), rng.integers(0, 3, size)


def engine(model, trial):
    from kerastutor.training.tensorflow_engine import TensorFlowEngine

    job = prepare(model, *data(), epochs=1)._job
    made = TensorFlowEngine(model, job.train, None, Plan("compiled loop", NEVER, ""), trial)
    made.begin_epoch(np.arange(job.train.size, dtype=np.int32))
    return made


def state(model):
    return [variable.numpy() for variable in (*model.variables, *model.optimizer.variables)]


def test_running_no_steps_again_and_again_beside_the_training_changes_nothing():
    alone, disturbed = network(), network()
    quiet = engine(alone, Trial(NEVER, ENDLESS))
    busy = engine(disturbed, Trial(NEVER, ENDLESS))
    over, times = threading.Event(), 0

    def disturb():
        nonlocal times
        while not over.is_set():
            busy._train._compiled_aside().result()
            times += 1

    thread = threading.Thread(target=disturb)
    thread.start()
    try:
        chunks = 0
        while chunks < CHUNKS or (times < MANY and thread.is_alive()):
            quiet.train(0, 3)
            busy.train(0, 3)
            chunks += 1
    finally:
        over.set()
        thread.join()
    assert times >= MANY
    for mine, other in zip(state(alone), state(disturbed), strict=True):
        np.testing.assert_array_equal(mine, other)


def test_stop_is_heard_while_xla_compiles(monkeypatch):
    from kerastutor.training import tensorflow_engine

    asked = []

    def never_ready(work):
        asked.append(work)
        return Future()

    monkeypatch.setattr(tensorflow_engine, "aside", never_ready)
    run = train(network(), *data(), epochs=10**6)
    deadline = time.monotonic() + 60
    while not asked and time.monotonic() < deadline:
        time.sleep(0.01)
    assert asked
    run.stop()
    assert run.wait(10).progress.status == "stopped"


def test_steps_go_on_while_xla_compiles_and_go_through_it_afterwards():
    trial = Trial(1e-6, ENDLESS)
    running = engine(network(), trial)
    meanwhile = 0
    deadline = time.monotonic() + 60
    while not trial.xla and time.monotonic() < deadline:
        running.train(0, 3)
        meanwhile += trial._ready is not None
    assert trial.xla
    assert meanwhile > 3, "training waited for the compiler"


def test_what_xla_cannot_compile_is_trained_without_it():
    model = network()
    model.train_step = _with_a_string(model.train_step)
    run = train(model, *data(), epochs=10**6, seconds=4).wait()
    assert run.progress.status == "finished", run.progress.message


def _with_a_string(step):
    import tensorflow as tf

    def stepped(batch):
        with tf.control_dependencies([tf.strings.length(tf.strings.as_string(batch[0]))]):
            return step(batch)

    return stepped
