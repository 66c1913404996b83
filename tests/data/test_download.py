"""MNIST: from a cache, from the network, and without either. The network here is a stand-in."""

import hashlib
import io

import numpy as np
import pytest

from kerastutor.data import NoDownload, mnist


@pytest.fixture
def home(tmp_path, monkeypatch):
    """No earlier download anywhere, in Keras' cache or ours."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda name: str(tmp_path / name))
    return tmp_path


@pytest.fixture
def small(monkeypatch):
    """A small file of MNIST's form, taken for the real one."""
    arrays = {f"x_{part}": np.full((30, 28, 28), 255, "uint8") for part in ("train", "test")}
    arrays |= {f"y_{part}": np.arange(30, dtype="uint8") % 10 for part in ("train", "test")}
    file = io.BytesIO()
    np.savez(file, **arrays)
    content = file.getvalue()
    monkeypatch.setattr("kerastutor.data.download.SHA256", hashlib.sha256(content).hexdigest())
    return content


def serve(monkeypatch, content):
    asked = []

    def urlopen(address, timeout):
        asked.append(address)
        return io.BytesIO(content)

    monkeypatch.setattr("urllib.request.urlopen", urlopen)
    return asked


def test_it_downloads_once(home, small, monkeypatch):
    asked = serve(monkeypatch, small)
    x, y = mnist().train
    assert (x.shape, x.dtype, x.max(), y.dtype) == ((30, 784), "float32", 1, "int32")
    mnist()
    assert len(asked) == 1


def test_it_uses_what_keras_has_downloaded(home, small, monkeypatch):
    asked = serve(monkeypatch, b"")
    (home / "keras" / "datasets").mkdir(parents=True)
    (home / "keras" / "datasets" / "mnist.npz").write_bytes(small)
    assert mnist().validation.examples == 30
    assert not asked


def test_without_a_network_it_says_what_to_use_instead(home, monkeypatch):
    def offline(address, timeout):
        raise OSError("no route")

    monkeypatch.setattr("urllib.request.urlopen", offline)
    with pytest.raises(NoDownload, match=r"no route.*kt\.data\.digits\(\)"):
        mnist()


def test_another_file_is_not_taken_for_mnist(home, monkeypatch):
    serve(monkeypatch, b"<html>please log in</html>")
    with pytest.raises(NoDownload, match="is not MNIST"):
        mnist()
    assert not (home / "kerastutor").exists()
