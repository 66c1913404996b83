"""The door to Keras: models read, recorded and rebuilt.

Keras is imported here first, so that a machine on which it cannot be loaded is told so in one sentence.
"""

import os

BACKENDS = ("tensorflow", "jax", "torch")

try:
    import keras as _keras  # noqa: F401
except (ImportError, ValueError) as problem:
    backend = os.environ.get("KERAS_BACKEND", "tensorflow")
    install = f"install it with `pip install {backend}`, or " if backend in BACKENDS else ""
    raise ImportError(
        f"Keras cannot be loaded with the backend {backend!r} ({str(problem).splitlines()[0]}); {install}"
        f"name one that is installed ({', '.join(BACKENDS)}) in the environment variable KERAS_BACKEND."
    ) from problem
