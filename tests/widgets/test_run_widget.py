"""The view of a run without a page: what it sends, what it hears, what it leaves behind."""

import json
import math

import ipywidgets
import pytest

from kerastutor import session
from kerastutor.training.control import Control
from kerastutor.training.journal import RunJournal
from kerastutor.training.progress import RunProgress
from kerastutor.widgets import express, front_end, registry
from kerastutor.widgets import run as views
from kerastutor.widgets.run_page import run_page


class FakeRun:
    """A run that does what the test says."""

    def __init__(self):
        self.journal = RunJournal("digits")
        self.control = Control()
        self.wishes = []

    @property
    def progress(self):
        return self.journal.progress

    def listen(self, listener):
        return self.journal.listen(listener)

    def wait(self):
        self.wishes.append("wait")

    def stop(self):
        self.wishes.append("stop")

    def pause(self):
        self.wishes.append("pause")

    def resume(self):
        self.wishes.append("resume")


@pytest.fixture
def run():
    made = FakeRun()
    made.journal.begin(epochs=3, steps=10)
    return made


def click(view, wish, number):
    view._handle_custom_msg({"to": view.address, "do": wish, "click": number}, [])


def test_a_click_is_done_once_however_often_it_arrives(run):
    view = views.RunView(run)
    click(view, "pause", 1)
    express._received(None, None, {"content": {"to": view.address, "do": "pause", "click": 1}})
    express._received(None, None, {"content": {"to": view.address, "do": "stop", "click": 2}})
    click(view, "stop", 2)
    assert run.wishes == ["pause", "stop"]
    view.close()


def test_nothing_but_wishes_is_done(run):
    view = views.RunView(run)
    click(view, "wait", 1)
    click(view, "__init__", 2)
    click(view, "more", 3)
    assert run.wishes == []
    view.close()


def test_a_closed_view_hears_and_says_nothing_more(run):
    view = views.RunView(run)
    before = view.state
    view.close()
    run.journal.status("paused")
    express._received(None, None, {"content": {"to": view.address, "do": "stop", "click": 9}})
    assert view.state == before
    assert run.wishes == []


def test_closing_leaves_no_widget_behind(run):
    before = len(ipywidgets.Widget.widgets)
    registry.close_tree(views.RunView(run))
    assert len(ipywidgets.Widget.widgets) == before


def test_numbers_that_are_none_reach_no_browser(run):
    view = views.RunView(run)
    run.journal.epoch_ends({"loss": math.nan, "accuracy": math.inf})
    run.journal.status("finished")
    json.dumps(view.state, allow_nan=False)
    assert "The loss became NaN in epoch 1." in view.state["verdict"]
    view.close()


def test_a_saved_notebook_holds_a_picture_with_words_and_no_addresses(run):
    run.journal.epoch_ends({"loss": 0.5, "val_loss": 0.7})
    run.journal.status("finished")
    view = views.RunView(run)
    data, _ = view._repr_mimebundle_()
    assert '<img alt="Training of digits: finished' in data["text/html"]
    assert "data:image/svg+xml;base64," in data["text/html"]
    assert data["text/html"].count('body[data-jp-theme-light="false"]') == 1, "the curves have a dark twin"
    assert "0x" not in data["text/plain"]
    view.close()


def test_where_nobody_watches_train_waits_and_leaves_the_picture(run, monkeypatch):
    shown = []
    monkeypatch.setattr(views, "display", lambda data, raw: shown.append(data))
    monkeypatch.setattr(front_end, "in_a_kernel", lambda: True)
    assert session.watched(run, None) is run
    assert run.wishes == ["wait"]
    assert set(shown[0]) == {"text/html", "text/plain"}


def test_where_somebody_watches_train_returns_at_once(run, monkeypatch):
    monkeypatch.setattr(front_end, "is_live", lambda: True)
    monkeypatch.setattr(views, "display", lambda *given, **options: None)
    session.watched(run, None)
    assert run.wishes == []
    session.watched(run, True)
    assert run.wishes == ["wait"]


def test_the_page_of_a_run_without_known_end_has_no_fraction():
    assert run_page(RunProgress(status="training", epochs=None), frozenset())["fraction"] is None
