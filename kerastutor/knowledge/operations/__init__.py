"""The operations of `keras.ops` that can stand in a model, one row each."""

from kerastutor.knowledge.operations import arrays, networks, others

OPERATIONS = (*arrays.OPERATIONS, *networks.OPERATIONS, *others.OPERATIONS)
