"""The door to Keras: models read, recorded and rebuilt.

Keras is imported here first, so that a machine on which it cannot be loaded is told so in one sentence.
"""

from kerastutor.system.backend import explain

try:
    import keras  # noqa: F401
except (ImportError, ValueError) as problem:
    raise explain(problem) from (None if isinstance(problem, ModuleNotFoundError) else problem)
