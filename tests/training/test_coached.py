"""The coach sees a training in the background as it sees `fit`."""

import traceback

import keras
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell

import kerastutor as kt
from kerastutor.coaching import voice
from kerastutor.coaching.coach import explain
from kerastutor.coaching.silent import Cell, notice
from kerastutor.models.interception import without_our_frames
from kerastutor.models.recording import watching
from kerastutor.training import CannotTrain, TrainingFailed, race, train
from kerastutor.widgets.coach import CellCoach

RNG = np.random.default_rng(0)
X = RNG.random((40, 6)).astype("float32")
Y = np.arange(40) % 3


def network(loss="sparse_categorical_crossentropy", activation="softmax"):
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(3, activation=activation)])
    model.compile("sgd", loss)
    return model


def explained(error, work):
    """What the coach says of the error that `work` ends with."""
    with watching() as record, pytest.raises(error) as caught:
        work()
    return explain(caught.value, record)


def test_labels_that_do_not_fit_the_loss_are_explained():
    told = explained(TrainingFailed, lambda: kt.train(network("categorical_crossentropy"), X, Y))
    assert told.finding.mistake == "integer_labels_need_sparse"
    assert "kt.train(network(" in told.line


def test_a_wrong_width_is_explained_on_any_line_that_hears_of_it():
    run = train(network(), X[:, :4], Y)
    told = explained(TrainingFailed, lambda: run.wait())
    assert told.finding.mistake == "data_shape"
    assert "(40, 4)" in told.headline
    assert "run.wait()" in told.line


def test_the_model_of_a_race_that_failed_is_the_one_that_is_told_of():
    models = {"good": network(), "bad": network("categorical_crossentropy")}
    told = explained(TrainingFailed, lambda: race(models, (X, Y), epochs=1).wait())
    assert told.finding.mistake == "integer_labels_need_sparse"


def test_what_is_refused_at_once_is_explained_too():
    assert explained(CannotTrain, lambda: kt.train(network(), X, Y[:20])).finding.mistake == "different_lengths"


def test_a_refusal_that_says_it_all_is_left_alone():
    assert explained(CannotTrain, lambda: kt.train(network(), X, Y, epoch=1)) is None


def test_data_are_named_as_on_the_learners_line():
    words = ["a"] * 40
    told = explained(TrainingFailed, lambda: kt.train(network(), words, Y))
    assert "words" in told.headline


def test_no_step_of_ours_is_in_the_traceback():
    with pytest.raises(TrainingFailed) as caught:
        kt.train(network(), X[:, :4], Y)
    error = without_our_frames(caught.value)
    for one in (error, error.__cause__):
        files = [step.filename for step in traceback.extract_tb(one.__traceback__)]
        assert files
        assert not any("/kerastutor/" in file for file in files)


def test_a_silent_mistake_is_noticed_before_the_training():
    model, scaled = network(activation=None), X * 300
    with watching() as record:
        run = train(model, scaled, Y)
    findings = notice(Cell("", record, {"model": model, "scaled": scaled}))
    run.wait()
    assert {"logits_without_flag", "unscaled_data"} <= {finding.mistake for finding in findings}


@pytest.fixture
def cells(monkeypatch):
    """A shell with a coach; what the coach showed, and what Python did."""
    shown, tracebacks = [], []
    shell = InteractiveShell()
    monkeypatch.setattr(voice, "show", lambda bundle: shown.append(bundle["text/plain"]))
    monkeypatch.setattr(shell, "_showtraceback", lambda kind, error, lines: tracebacks.append("\n".join(lines)))
    shell.user_ns.update(kt=kt, keras=keras, network=network, X=X, Y=Y)
    coach = CellCoach(shell)
    coach.attach()
    yield shell, shown, tracebacks
    coach.detach()
    shell.history_manager.end_session()


def test_a_cell_that_trains_is_coached(cells):
    shell, shown, tracebacks = cells
    shell.run_cell("kt.train(network(activation=None), X * 300, Y, epochs=1)")
    assert any("The values of x go up to" in hint for hint in shown)
    shell.run_cell("kt.train(network(), X[:, :4], Y)")
    assert "The data is (40, 4)" in shown[-1]
    assert tracebacks == ["TrainingFailed: explained above. %tb shows the traceback here."]


class Broken(keras.utils.PyDataset):
    """A data set whose first file is broken."""

    def __len__(self):
        return 5

    def __getitem__(self, index):
        raise ValueError("bad file 3")


def test_a_trained_model_keeps_its_weights_when_the_next_training_fails_at_once():
    model = network()
    train(model, X, Y, epochs=1).wait()
    before = model.get_weights()
    for data in ((X[:, :4], Y), (Broken(workers=0),)):
        with pytest.raises(TrainingFailed):
            train(model, *data).wait()
    for weight, kept in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, kept)
    assert train(model, X, Y, epochs=1).wait().progress.status == "finished"


def test_an_error_of_the_learners_own_data_is_told_in_its_words():
    run = train(network(), Broken(workers=0))
    with pytest.raises(TrainingFailed, match=r"error\. ValueError: bad file 3$"):
        run.wait()


def test_a_wrong_width_is_told_in_a_sentence():
    run = train(network(), X[:, :4], Y)
    with pytest.raises(TrainingFailed, match="expected axis -1 of input shape to have value 6"):
        run.wait()
