"""Digits in photographs."""

import numpy as np

from kerastutor.data import digits, images

PLACES = [(down, along) for down in range(5) for along in range(5)]


def test_every_image_shows_the_digit_it_is_of():
    data, ink = images(), digits((28, 28))
    assert (data.validation.y == ink.validation.y).all()
    for image, digit in zip(data.validation.x[:50], ink.validation.x, strict=False):
        agreement = [np.corrcoef(image[d : d + 28, a : a + 28].max(axis=-1).flat, digit.flat)[0, 1] for d, a in PLACES]
        assert max(agreement) > 0.5


def test_images_are_colours_from_nothing_to_full():
    x, _ = images().train
    assert x.shape == (4_311, 32, 32, 3)
    assert x.dtype == "float32"
    assert 0 <= x.min() < x.max() <= 1


def test_a_seed_decides_on_patches_and_colours():
    assert (images().train.x == images().train.x).all()
    assert (images().train.x != images(seed=1).train.x).any()
