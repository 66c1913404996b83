"""The door to Keras: models read, recorded and rebuilt.

Keras is imported here first, so that a machine on which it cannot be loaded is told so in one sentence, and so that a
Keras newer than kerastutor knows is remarked on once.
"""

import logging

from kerastutor.system.backend import explain

try:
    import keras
except (ImportError, ValueError) as problem:
    raise explain(problem) from (None if isinstance(problem, ModuleNotFoundError) else problem)

from kerastutor.models.keras_inside import remark_on

if remark := remark_on(keras.__version__):
    logging.getLogger("kerastutor").warning(remark)
