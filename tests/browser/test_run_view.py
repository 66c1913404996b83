"""Training in a real page: the curve grows, the buttons work, a cell run again leaves one view and no thread."""

import re

from playwright.sync_api import expect

SETUP = """
import os
os.environ["KERAS_BACKEND"] = "jax"
import keras, numpy as np
import kerastutor as kt
rng = np.random.default_rng(0)
x = rng.normal(size=(4000, 32)).astype("float32")
y = (x[:, :10].argmax(axis=1)).astype("int32")

def network():
    layers = [keras.Input((32,)), keras.layers.Dense(64, "relu"), keras.layers.Dense(10)]
    model = keras.Sequential(layers, name="digits")
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, metrics=["accuracy"])
    return model
print("ready")
"""
TRAIN = "run = kt.train(network(), x[:3200], y[:3200], validation_data=(x[3200:], y[3200:]), epochs=100000)"
THREADS = """
import threading, ipywidgets
print(sum("training" in thread.name for thread in threading.enumerate()), run.progress.status)
"""


WAIT = "run = kt.train(network(), x, y, epochs=100000).wait(); print('status after wait:', run.progress.status)"
RACE = """
kt.race({"first": network(), "second": network()}, (x, y), epochs=4, seed=1, wait=True)
"""
FIT = "history = network().fit(x, y, epochs=1000, verbose=0, callbacks=[kt.live()])"


def test_buttons_are_heard_while_the_cell_waits(open_lab):
    lab = open_lab([SETUP, WAIT, FIT, RACE])
    lab.run(0)
    lab.run(1, wait=False)
    headline = lab.cell(1).locator(".kt-run-headline")
    expect(headline).to_contain_text("Training, epoch", timeout=60_000)
    lab.cell(1).get_by_role("button", name="Pause").click()
    expect(headline).to_contain_text("Paused")
    lab.cell(1).get_by_role("button", name="Continue").click()
    expect(headline).to_contain_text("Training")
    lab.cell(1).get_by_role("button", name="Stop").click()
    expect(headline).to_contain_text("Stopped")
    expect(lab.cell(1).get_by_text("status after wait: stopped", exact=True)).to_be_visible()

    lab.run(2, wait=False)
    expect(lab.cell(2).locator("polyline").first).to_be_visible(timeout=60_000)
    lab.cell(2).get_by_role("button", name="Stop").click()
    expect(lab.cell(2).locator(".kt-run-headline")).to_contain_text("Stopped")

    lab.run(3)
    expect(lab.cell(3).locator(".kt-run-headline")).to_contain_text("Finished")
    expect(lab.cell(3).locator("tbody tr")).not_to_have_count(0)
    html = "".join(lab.outputs(3)[0]["data"]["text/html"])
    assert "ends with the lowest" in html
    lab.cell(3).scroll_into_view_if_needed()
    lab.screenshot("run-race")
    assert lab.errors == []
    assert lab.external == []


def test_train_pause_continue_stop_run_again(open_lab):
    lab = open_lab([SETUP, TRAIN, THREADS])
    lab.run(0)
    lab.run(1)
    view = lab.page.locator(".kt-run")
    headline = view.locator(".kt-run-headline")
    expect(headline).to_contain_text(re.compile("Training, epoch"), timeout=60_000)
    expect(view.locator("polyline").first).to_be_visible(timeout=60_000)
    lab.screenshot("run-training")

    view.get_by_role("button", name="Pause").click()
    expect(headline).to_contain_text("Paused")
    held = headline.text_content()
    lab.run(2)  # by the time the kernel has answered, whatever it was about to say is said
    lab.wait_for_output(2)
    assert lab.text(2).endswith(" paused\n")
    assert headline.text_content() == held
    view.get_by_role("button", name="Continue").click()
    expect(headline).not_to_have_text(held, timeout=10_000)

    lab.run(1)
    expect(view).to_have_count(1)
    expect(headline).to_contain_text("Training, epoch", timeout=60_000)
    view.get_by_role("button", name="Stop").click()
    expect(headline).to_contain_text("Stopped")
    lab.run(2)
    lab.wait_for_idle()
    assert lab.text(2) == "0 stopped\n"
    lab.screenshot("run-stopped")
    assert lab.errors == []
    assert lab.external == []
