"""What every data set has to offer, and that pictures are pictures."""

import base64
import re
import subprocess
import sys
from io import BytesIO
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

import kerastutor.data as data
from kerastutor.data import documentation
from kerastutor.data.picture import Tile, grid, png

OFFLINE = [data.digits, data.digit_pairs, data.digit_tasks, data.docstrings, data.images]


@pytest.fixture(scope="module", params=OFFLINE, ids=lambda make: make.__name__)
def dataset(request):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(documentation, "_PER_LIBRARY", 100)  # of 1,000 texts, which take seconds to read
        documentation._sample.cache_clear()
        yield request.param()
        documentation._sample.cache_clear()


def each(arrays):
    return list(arrays.values()) if isinstance(arrays, dict) else [arrays]


def test_splits_unpack_to_inputs_and_answers_of_one_length(dataset):
    for split in (dataset.train, dataset.validation):
        x, y = split
        assert {len(array) for array in each(x) + each(y)} == {split.examples}
        assert all(array.dtype in ("float32", "int32") for array in each(x) + each(y))


def test_it_says_what_it_is_where_it_comes_from_and_under_which_terms(dataset):
    assert dataset.origin
    assert dataset.licence
    assert dataset.description.endswith(".")
    assert f"{dataset.train.examples:,} examples" in repr(dataset)
    assert " at 0x" not in repr(dataset)


def test_shapes_are_those_of_one_example():
    assert data.digits((8, 8, 1)).shapes == {"x": (8, 8, 1), "y": ()}
    assert data.digit_tasks((64,)).shapes["y"] == {"digit": (), "even": (), "ink": ()}


def test_its_picture_is_an_image_with_words(dataset):
    html = dataset._repr_mimebundle_()["text/html"]
    alt, code = re.match(r'<img alt="([^"]+)" src="data:image/svg\+xml;base64,([^"]+)">', html).groups()
    assert len(alt) > 30
    svg = ElementTree.fromstring(base64.b64decode(code))
    assert float(svg.attrib["width"]) > 300
    assert not re.search(r"(href|src)=\"https?:", base64.b64decode(code).decode())


@pytest.mark.parametrize("shape", [(5, 7, 3), (5, 7)])
def test_png_holds_the_pixels(shape):
    pixels = np.random.default_rng(0).integers(0, 256, shape, "uint8")
    assert np.array_equal(np.asarray(Image.open(BytesIO(png(pixels)))), pixels)


def test_a_grid_of_few_tiles_is_no_wider_than_they_are():
    square = Tile((np.zeros((8, 8)),), "one")
    few, full = (
        float(ElementTree.fromstring(grid([square] * number, "Black squares.", columns=10).svg).attrib["width"])
        for number in (1, 10)
    )
    assert few < full / 5


def test_data_never_loads_keras():
    script = "import sys, kerastutor.data as d; d.digits(); d.digit_pairs(); sys.exit('keras' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0
