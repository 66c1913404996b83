"""Mistakes in the labels and the loss with which a model is trained."""

from __future__ import annotations

from typing import Any

from kerastutor.coaching.diagnoses.given import Shape, beyond_units, training_site, x_and_y
from kerastutor.coaching.evidence import Evidence
from kerastutor.coaching.sites import Site
from kerastutor.coaching.tensors import fits, is_data, shape_of, shape_text
from kerastutor.models.recording import of_keras
from kerastutor.topology.finding import Finding, found


def labels_missing(evidence: Evidence) -> Finding | None:
    site = _innermost_training(evidence)
    if site is None or "*" in site.text or _has_own_step(evidence.model):
        return None
    x, model = site.argument(0, "x"), evidence.model
    given = len(site.args) > 1 or "y" in site.keywords
    if (given and site.argument(1, "y") is not None) or not is_data(x) or getattr(model, "loss", None) is None:
        return None
    text = site.keywords["x"].text if "x" in site.keywords else site.args[0].text
    return found("labels_missing", model=evidence.name(model), method=site.function.__name__, data=text)


def loss_missing(evidence: Evidence) -> Finding | None:
    site, model = _innermost_training(evidence), evidence.model
    if site is None or not getattr(model, "compiled", False) or model.loss is not None or model.losses:
        return None
    if _has_own_step(model) or evidence.failed is not None:
        return None
    return found("loss_missing", model=evidence.name(model), method=site.function.__name__)


def _innermost_training(evidence: Evidence) -> Site | None:
    """The line that trains, where no line of the learner's own, as of a callback, is further in; and Keras refused."""
    site = training_site(evidence)
    refused = isinstance(evidence.error, (ValueError, TypeError, AttributeError, KeyError))
    return site if refused and site is evidence.site else None


def _has_own_step(model: Any) -> bool:
    """Whether a class of the learner's says itself how it is trained."""
    return any({"train_step", "compute_loss"} & vars(cls).keys() for cls in type(model).__mro__ if not of_keras(cls))


def labels_for_each_output(evidence: Evidence) -> Finding | None:
    """One array of labels for a model with several outputs."""
    site = _innermost_training(evidence)
    y = x_and_y(site)[1]
    outputs = getattr(evidence.model, "outputs", None) or []
    if site is None or y is None or len(y) >= len(outputs):
        return None
    order = ", ".join(evidence.model.output_names)
    return found(
        "labels_for_each_output", model=evidence.name(evidence.model), wanted=len(outputs), given=len(y), order=order
    )


def different_lengths(evidence: Evidence) -> Finding | None:
    site = training_site(evidence)
    x, y = x_and_y(site)
    if x is None or y is None:
        return None
    lengths = [shape[0] for leaf in (*x, *y) if (shape := shape_of(leaf))]
    if len(set(lengths)) > 1 and len(y) == 1 and lengths[0] != lengths[-1]:
        return found("different_lengths", x=lengths[0], y=lengths[-1])
    return None


def labels_do_not_fit_loss(evidence: Evidence) -> Finding | None:
    site = training_site(evidence)
    labels, output, loss = _labels(site), _output_shape(evidence), _loss(evidence)
    if labels is None or output is None or not loss:
        return None
    shape = shape_of(labels) or ()
    units = output[-1] if output else None
    sparse = "sparse" in loss.lower()
    flat = len(shape) == 1 or (len(shape) == 2 and shape[1] == 1)
    if len(output) > 2 and len(shape) < len(output) - (1 if sparse else 0) and (flat or len(shape) == 2):
        return found("output_has_more_axes", output=shape_text(output), labels=shape_text(shape))
    if sparse and not flat and len(shape) == len(output) and shape[-1] == units:
        return found("one_hot_labels_not_sparse", labels=shape_text(shape), loss=loss)
    if sparse and flat:
        return beyond_units(labels, units, "labels_beyond_units")
    if "categorical" in loss.lower() and not sparse and flat and units and units > 1:
        return found("integer_labels_need_sparse", labels=shape_text(shape), loss=loss, units=units)
    if not sparse and len(shape) <= len(output) and not fits(_padded(shape, len(output)), output):
        return found("output_shape", output=shape_text(output), labels=shape_text(shape), loss=loss)
    return None


def _padded(shape: Shape, axes: int) -> Shape:
    return (*shape, *(1,) * (axes - len(shape)))


def _labels(site: Site | None) -> Any:
    y = x_and_y(site)[1]
    return y[0] if y and len(y) == 1 and is_data(y[0]) else None


def _output_shape(evidence: Evidence) -> Shape | None:
    try:
        outputs = evidence.model.outputs
    except AttributeError:
        return None
    return tuple(outputs[0].shape) if outputs and len(outputs) == 1 else None


def _loss(evidence: Evidence) -> str:
    loss = getattr(evidence.model, "loss", None)
    if isinstance(loss, str):
        return loss
    return getattr(loss, "name", None) or getattr(loss, "__name__", "") or ""


RULES = (
    labels_missing,
    loss_missing,
    labels_for_each_output,
    different_lengths,
    labels_do_not_fit_loss,
)
