"""The twin view in JupyterLab, in Notebook 7, and in pages made by nbconvert with and without saved widgets."""

import re

import nbformat
import pytest
from nbconvert import HTMLExporter

MODEL = """
from kerastutor.topology.graph import *
from kerastutor.widgets.twin import show
image = Layer("image", "Input", config={"shape": [None, 784]}, weights=())
def dense(name, wide, units):
    return Layer(name, "Dense", config={"units": units}, owns="weights", weights=(Weight("kernel", (wide, units)),))
hidden, digit = dense("hidden", 784, 128), dense("digit", 128, 10)
net = Topology((image, hidden, digit), (
    Call("image", "image", (), (Tensor((None, 784)),)),
    Call("hidden", "hidden", (Argument("inputs", Ref("image")),), (Tensor((None, 128)),)),
    Call("digit", "digit", (Argument("inputs", Ref("hidden")),), (Tensor((None, 10)),)),
), (Port(Ref("image")),), (Port(Ref("digit")),), "digits")
"""
STATE = "application/vnd.jupyter.widget-state+json"


def test_in_jupyterlab_in_light_and_dark(open_lab):
    lab = open_lab([MODEL + "show(net)"])
    lab.run(0)
    twin = lab.page.locator(".kt-twin")
    twin.wait_for(timeout=30_000)
    lab.page.locator(".kt-still").first.wait_for(state="hidden", timeout=10_000)
    lab.page.locator('[data-side="1"] [data-key="hidden"]').hover()
    assert lab.page.locator("[data-key].lit").count() == 2
    lab.screenshot("twin-lab-light")
    lab.theme("JupyterLab Dark")
    paper = twin.evaluate("twin => getComputedStyle(twin).backgroundColor")
    assert sum(map(int, re.findall(r"\d+", paper)[:3])) < 150
    lab.screenshot("twin-lab-dark")
    assert lab.errors == []
    assert lab.external == []


def test_keys_do_not_reach_jupyterlab(open_lab):
    lab = open_lab([MODEL + "show(net)", "1"])
    lab.run(0)
    box = lab.page.locator('[data-side="1"] [data-key="image"]')
    box.wait_for(timeout=30_000)
    box.focus()
    for key in ["ArrowDown", "d", "d", "x", "Enter"]:
        lab.page.keyboard.press(key)
    assert lab.page.locator(".jp-Notebook-cell").count() == 2
    assert lab.page.get_by_role("dialog", name="Dense “hidden”").is_visible()


def test_a_group_opens_and_closes_through_the_kernel(open_lab):
    nested = MODEL + (
        "from dataclasses import replace\n"
        "net = replace(net, scopes=(Scope('part', 'part', 'Sequential', 'part'),),"
        " calls=tuple(replace(call, scope=('part',)) if call.id == 'hidden' else call for call in net.calls))\n"
        "show(net)"
    )
    lab = open_lab([nested])
    lab.run(0)
    group = lab.page.locator('[data-side="1"] [data-key="part"]')
    group.wait_for(timeout=30_000)
    assert group.get_attribute("aria-expanded") == "true"
    group.focus()
    lab.page.keyboard.press("Enter")
    lab.page.locator('[data-side="1"] [data-key="part"][aria-expanded="false"]').wait_for(timeout=10_000)
    lab.page.keyboard.press("Enter")
    lab.page.locator('[data-side="1"] [data-key="hidden"]').wait_for(timeout=10_000)
    assert lab.errors == []


def test_in_notebook_7(open_lab, lab_server):
    lab = open_lab([MODEL + "show(net)"])
    lab.run(0)
    lab.page.locator(".kt-twin").wait_for(timeout=30_000)
    lab.command("docmanager:save")
    name = lab.page.url.partition("/tree/")[2].partition("?")[0]
    page = lab.page.context.new_page()
    page.goto(f"{lab_server.url}/notebooks/{name}?token={lab_server.token}")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    page.locator(".jp-Cell .cm-content").first.click()
    page.keyboard.press("Control+Enter")
    page.locator(".kt-twin").wait_for(timeout=60_000)
    page.locator('[data-side="1"] [data-key="hidden"]').hover()
    assert page.locator("[data-key].lit").count() == 2


def _joined(output):
    """An output as it is saved: JupyterLab's model keeps long texts as lists of lines."""
    data = {form: "".join(value) if isinstance(value, list) else value for form, value in output["data"].items()}
    return nbformat.from_dict({**output, "data": data})


@pytest.mark.parametrize("saved", [False, True], ids=["without", "with"])
def test_nbconvert_shows_the_picture(open_lab, browser, tmp_path, saved):
    lab = open_lab([MODEL + "show(net)"])
    lab.run(0)
    lab.page.locator(".kt-twin").wait_for(timeout=30_000)
    outputs = [_joined(output) for output in lab.outputs(0)]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("show(net)", outputs=outputs)])
    if saved:
        models = [
            output["data"].get("application/vnd.jupyter.widget-view+json", {}).get("model_id") for output in outputs
        ]
        state = {
            model: {"model_name": "AnyModel", "model_module": "anywidget", "model_module_version": "0", "state": {}}
            for model in models
            if model
        }
        assert state
        notebook.metadata["widgets"] = {STATE: {"state": state, "version_major": 2, "version_minor": 0}}
    page_text, _ = HTMLExporter().from_notebook_node(nbformat.reads(nbformat.writes(notebook), as_version=4))
    (tmp_path / "page.html").write_text(page_text)
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(f"file://{tmp_path / 'page.html'}", wait_until="domcontentloaded")
    pictures = page.locator(".kt-still img")
    assert pictures.count() == 2
    assert all(pictures.nth(place).is_visible() for place in range(2))
    assert pictures.first.evaluate("async image => { await image.decode(); return image.naturalWidth }") > 200
    context.close()
