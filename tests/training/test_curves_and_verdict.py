"""What the page says and draws of a run, all pure functions."""

import math
import xml.etree.ElementTree as ElementTree

import pytest

from kerastutor.knowledge.mistakes import mistakes
from kerastutor.training.curves import MOST_POINTS, panels, race_panels
from kerastutor.training.picture import picture
from kerastutor.training.progress import RunProgress
from kerastutor.training.race_summary import race_epochs, race_results, race_verdict
from kerastutor.training.summary import epochs, headline, in_words, results
from kerastutor.training.verdict import verdict


def rows(losses, validation=()):
    found = [{"loss": loss} for loss in losses]
    for row, value in zip(found, validation, strict=False):
        row["val_loss"] = value
    return tuple(found)


@pytest.mark.parametrize(
    ("losses", "validation", "kind"),
    [
        ([], [], "nothing"),
        ([1.0], [], "too_short"),
        ([2.0, 1.5, 1.2], [], "still_falling"),
        ([2.0, 0.5, 0.4999, 0.4999], [], "settled"),
        ([2.0, 2.0, 1.99, 2.0], [], "not_learning"),
        ([1.0, 2.0, 40.0], [], "diverging"),
        ([1.0, math.nan, math.nan], [], "nan"),
        ([1.0, math.inf], [], "nan"),
        ([2.0, 1.0, 0.5, 0.2], [2.1, 1.5, 1.6, 1.9], "over_fitting"),
        ([2.0, 1.0, 0.5, 0.2], [2.1, 1.5, 1.2, 1.0], "still_falling"),
        ([2.0, 1.0, 0.5, 0.2], [2.1, 1.0, 0.9, 0.901], "settled"),
        ([0.0, 0.0, 0.0], [], "not_learning"),
    ],
)
def test_the_curves_are_read(losses, validation, kind):
    found = verdict(rows(losses, validation))
    assert found.kind == kind
    assert found.sentence.endswith(".")


def test_a_loss_that_is_no_number_is_told_in_the_words_of_the_coach():
    told = verdict(rows([1.0, math.nan], [])).sentence
    assert told.startswith("The loss became NaN in epoch 2.")
    assert mistakes()["nan_loss"].remedy in told
    assert "infinite in epoch 1" in verdict(rows([math.inf, math.nan], [])).sentence


def test_epochs_without_validation_do_not_shift_the_others():
    every_second = tuple(
        {"loss": 1 / epoch} | ({"val_loss": value} if (value := {2: 1.5, 4: 1.0, 6: 1.4}.get(epoch)) else {})
        for epoch in range(1, 7)
    )
    assert "since epoch 4" in verdict(every_second).sentence


def test_a_network_that_is_good_already_is_not_said_to_learn_nothing():
    flat = tuple({"loss": loss, "accuracy": 0.998} for loss in (0.0101, 0.0100, 0.00995))
    assert verdict(flat).kind in ("settled", "still_falling")
    assert verdict(tuple({"loss": row["loss"], "accuracy": 0.1} for row in flat)).kind == "not_learning"


def test_values_that_are_no_numbers_are_left_out_of_the_curves():
    (panel,) = panels(RunProgress(epochs=3, epoch=3, rows=rows([1.0, math.nan, 0.5])))
    assert panel.series[0].points == ((1.0, 1.0), (3.0, 0.5))


def test_long_curves_are_thinned_out_but_keep_their_ends():
    losses = [1 / epoch for epoch in range(1, 5001)]
    (panel,) = panels(RunProgress(epochs=5000, epoch=5000, rows=rows(losses)))
    points = panel.series[0].points
    assert len(points) == MOST_POINTS
    assert (points[0], points[-1]) == ((1.0, 1.0), (5000.0, 1 / 5000))


def test_the_axis_shows_a_short_run_whole_and_grows_with_a_long_one():
    assert panels(RunProgress(epochs=5, epoch=1, rows=rows([1.0])))[0].last_epoch == 5
    assert panels(RunProgress(epochs=1000, epoch=1, rows=rows([1.0])))[0].last_epoch == 12
    assert panels(RunProgress(epochs=1000, epoch=100, rows=rows([1.0] * 100)))[0].last_epoch == 127


def test_no_two_series_of_a_race_differ_by_colour_alone():
    runs = [RunProgress(name, "finished", 1, 1, rows=rows([1.0])) for name in "abcdef"]
    (panel,) = race_panels(runs)
    assert [series.place for series in panel.series] == [0, 1, 2, 3, 4, 5]


def test_the_still_picture_is_xml_and_escapes_names():
    run = RunProgress("<b>&", "finished", 2, 2, rows=({"loss": 1.0, "a<b": 0.5}, {"loss": 0.5, "a<b": 0.6}))
    ElementTree.fromstring(picture(panels(run)))


def test_tables_hold_all_numbers():
    run = RunProgress("digits", "finished", 2, 2, rows=rows([1.0, 0.5], [1.5, 0.75]))
    assert results(run).rows == (("loss", "0.5", "0.75"),)
    assert epochs(run).rows == (("1", "1", "1.5"), ("2", "0.5", "0.75"))
    assert in_words(run).startswith("Training of digits: finished, 2 epochs. loss: training 0.5, validation 0.75.")


def test_a_race_compares_validation_where_there_is_any():
    plain = RunProgress("plain", "finished", 2, 2, rows=rows([1.0, 0.5], [1.5, 0.9]))
    residual = RunProgress("residual", "stopped", 1, 2, rows=rows([1.0], [0.8]))
    assert race_results([plain, residual], times=False).rows == (("plain", "0.9", "2"), ("residual", "0.8", "1"))
    assert race_epochs([plain, residual]).rows == (("1", "1.5", "0.8"), ("2", "0.9", ""))
    assert race_verdict([plain, residual]).startswith("residual ends with the lowest validation loss, 0.8 against 0.9")


def test_headlines():
    assert headline(RunProgress(status="paused", epoch=0, epochs=3)) == "Paused, epoch 1 of 3"
    assert headline(RunProgress(status="preparing")).startswith("Preparing")
