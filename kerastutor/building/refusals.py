"""Why Keras does not take a step, in the coach's words."""

from __future__ import annotations

from kerastutor.building.alternatives import alternatives
from kerastutor.building.draft import Draft, Impossible, class_name
from kerastutor.building.edits import AddInput, AddLayer, CallAgain, Edit
from kerastutor.building.own_layers import layer_class
from kerastutor.building.workshop import Refused
from kerastutor.coaching.diagnoses import diagnose
from kerastutor.coaching.evidence import Evidence
from kerastutor.knowledge import facts
from kerastutor.models.error_messages import telling
from kerastutor.models.recording import Record
from kerastutor.topology.finding import Finding
from kerastutor.topology.graph import Ref


def impossible(refused: Refused, before: Draft, edit: Edit | None) -> Impossible:
    """The refusal in the learner's words. `before` is the draft without the step, `edit` the step.

    Its alternatives are proposals: Keras has not judged them yet.
    """
    finding = _finding(refused)
    sentence = _missing(edit) or _why(refused, finding)
    if edit is not None and not isinstance(edit, (AddInput, AddLayer, CallAgain)):
        sentence = f"It is not possible to {edit.sentence}: {sentence}"
    mistake = finding.mistake if finding else ""
    return Impossible(sentence, [] if edit is None else alternatives(mistake, before, edit))


def _finding(refused: Refused) -> Finding | None:
    if refused.failed is None:
        return None
    return diagnose(Evidence(refused.error, Record(failed=refused.failed), ()))


def _why(refused: Refused, finding: Finding | None) -> str:
    return finding.sentence if finding else f"{refused.call} cannot be called so: {telling(refused.error)}"


def _missing(edit: Edit | None) -> str:
    """What has to be there before the step: the class of a layer of the learner's own, a second tensor for a merge."""
    if not isinstance(edit, AddLayer):
        return ""
    name = class_name(edit.kind)
    if ">" in edit.kind and layer_class(edit.kind) is None:
        return f"There is no layer class {name} here: run the cell that defines {name} first."
    given = sum(isinstance(value, Ref) for _, value in edit.arguments)
    if facts(edit.kind).family == "merge" and given < 2:
        return f"{name} merges two tensors or more, and {given} is selected: select another one too."
    return ""
