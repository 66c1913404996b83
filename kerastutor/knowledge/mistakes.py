"""The mistakes people make with Keras: what each is in one sentence, why Keras minds, and what to try.

The sentences are templates; names between braces are filled with the learner's own names and shapes. Which of them a
piece of code makes is not decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Mistake:
    """One mistake.

    Attributes:
        id: its name in the catalogue.
        sentence: what went wrong, as a template.
        why: why Keras insists, or why nothing good comes of it.
        remedy: what to try, as a template.
        silent: Keras says nothing about it.
    """

    id: str
    sentence: str
    why: str
    remedy: str
    silent: bool = False


_LOUD = (
    Mistake(
        "merge_unequal_shapes",
        "{layer} cannot merge {first} {first_shape} with {second} {second_shape}: {difference}.",
        "It works number by number, so every axis must have the same length.",
        "Bring one to the shape of the other: {projection}.",
    ),
    Mistake(
        "concatenate_axis",
        "Concatenate joins along axis {axis}, and there {first} {first_shape} and {second} {second_shape} do not fit: "
        "{difference}.",
        "All axes but the one it joins along must have the same length.",
        "{suggestion}",
    ),
    Mistake(
        "merge_needs_list",
        "{layer} merges several tensors and wants them in one list, and it was given {given}.",
        "A layer is called with one argument; several tensors go into it as a list.",
        "Write {form} with the tensors between square brackets.",
    ),
    Mistake(
        "layer_not_tensor",
        "{given} is a layer, and {place} takes tensors.",
        "A layer is a machine; a tensor is what comes out of it when it is called.",
        "Call the layer on a tensor first, {given}(...), and pass what it returns.",
    ),
    Mistake(
        "tensor_not_layer",
        "{given} is a tensor, and here it is called as if it were a layer.",
        "Only layers and models can be called; a tensor is what they return.",
        "Call a layer on it: {example}. Two names that are alike may have been mixed up.",
    ),
    Mistake(
        "tensor_in_sequential",
        "{given} is a tensor, and a Sequential is a list of layers.",
        "A Sequential makes the tensors itself, by calling each layer on what the one before returned.",
        "List the layers without calling them: keras.Sequential([layer, layer]); or use keras.Model(inputs, outputs).",
    ),
    Mistake(
        "class_not_instance",
        "{given} is the class, not a layer: the brackets that make one are missing.",
        "The class is the plan; {given}(...) makes a layer from it.",
        "Write {given}(...) with its parameters.",
    ),
    Mistake(
        "tensor_to_constructor",
        "{tensor} is passed to {layer}(...), where the parameters of the layer belong.",
        "A layer is first made, {layer}(...), and then called on the tensor with brackets of its own.",
        "Write two pairs of brackets: {layer}(...)({tensor}).",
    ),
    Mistake(
        "config_to_call",
        "{given} is a parameter of the layer, and it is passed where {layer} is called on its tensor.",
        "Parameters are fixed when the layer is made; the call takes tensors.",
        "Move it into the first brackets: {layer}({given}...)(x).",
    ),
    Mistake(
        "missing_parameter",
        "{layer} needs {missing}, and it is made without.",
        "There is no value that would be right by default.",
        "Say it when the layer is made: {layer}({missing}=...).",
    ),
    Mistake(
        "unknown_parameter",
        "{layer} has no parameter {given}.",
        "Its parameters are: {known}.",
        "{suggestion}",
    ),
    Mistake(
        "renamed_parameter",
        "{given} is the older name of a parameter of {owner}.",
        "Keras renamed it and takes only the new name.",
        "Write {today}.",
    ),
    Mistake(
        "removed_name",
        "{older} belongs to an older Keras and is gone.",
        "{reason}",
        "Today's form: {today}.",
    ),
    Mistake(
        "no_such_name",
        "There is no {owner}.{given}.",
        "Keras knows a name only as it is spelled, capitals included.",
        "{suggestion}",
    ),
    Mistake(
        "no_such_layer",
        "{model} has no layer called {given}.",
        "Its layers are {known}.",
        "{suggestion}",
    ),
    Mistake(
        "never_made",
        "{cls} uses self.{given}, and nothing has made it.",
        "What call() uses is made in __init__ first, so that the weights are found and the layer is made only once.",
        "{suggestion}",
    ),
    Mistake(
        "file_without_kind",
        "The file name {path} does not say what kind of file Keras is to write.",
        "A model is saved into one file, and the end of its name tells the kind; older versions wrote a folder.",
        "Save it as {today}.",
    ),
    Mistake(
        "missing_history",
        "The history holds nothing under {given}.",
        "It keeps a list for each loss and metric that compile() was given, and with val_ before the name for the "
        "validation data. So far it holds {known}.",
        "{suggestion}",
    ),
    Mistake(
        "bad_parameter",
        "{layer} cannot be made with {given}.",
        "{reason}",
        "Give a value of the right kind: {example}.",
    ),
    Mistake(
        "several_into_one",
        "{layer} takes one tensor, and it was given {count}.",
        "Only layers that merge take lists.",
        "{suggestion}",
    ),
    Mistake(
        "disconnected",
        "The output {output} does not depend on the input {input}: no path of calls leads from one to the other.",
        "A model computes its outputs from its inputs alone; every tensor on the way must start at one of them.",
        "Follow the tensors back from {output}: it comes from {source}. "
        "Pass that input, or call the layers on {input}.",
    ),
    Mistake(
        "output_is_input",
        "{given} is passed as the inputs and as the outputs of the model, so there is nothing between them.",
        "A model is the way from its inputs to its outputs; where x = layer(x) is written, x is no longer the input.",
        "Keep the input under a name of its own, inputs = keras.Input(...), and write keras.Model(inputs, {given}).",
    ),
    Mistake(
        "inputs_and_outputs_swapped",
        "The inputs and the outputs of the model are swapped: {first} is computed from {second}.",
        "keras.Model takes the inputs first, and computes the outputs from them.",
        "Write keras.Model({second}, {first}).",
    ),
    Mistake(
        "array_in_graph",
        "{given} is data, an array of numbers with shape {shape}, and keras.Model wants symbolic tensors.",
        "The graph is drawn before there is data: keras.Input stands for it.",
        "Begin with x = keras.Input(shape=...) and pass {given} to fit() instead.",
    ),
    Mistake(
        "input_forgotten",
        "{layer} is called on {given}, and it takes a tensor.",
        "A graph begins with keras.Input, which gives the first tensor.",
        "Write x = keras.Input(shape=...) and call {layer} on x.",
    ),
    Mistake(
        "shape_not_tuple",
        "keras.Input wants a shape, and {given} is a single number.",
        "A shape lists the length of each axis, so it is a tuple, even with one axis.",
        "Write keras.Input(shape=({given},)) with the comma.",
    ),
    Mistake(
        "not_built",
        "{model} has no {wanted} yet: it does not know its input.",
        "Weights have the shape of what comes in, so there are none before the first call or an Input.",
        "Put keras.Input(shape) in front, or call the model once on data.",
    ),
    Mistake(
        "never_called",
        "The layer {layer} was never called, so it has no {wanted}.",
        "A layer has an output only for a tensor it was called on.",
        "Call it: y = {layer}(x), and use y.",
    ),
    Mistake(
        "several_outputs_in_sequential",
        "{layer} returns {count} tensors, and the next layer of the Sequential takes one.",
        "A Sequential passes one tensor from layer to layer.",
        "To pick the tensor you need, {suggestion}use the functional API.",
    ),
    Mistake(
        "branches_in_sequential",
        "A Sequential is one chain, and {given} wants branches side by side.",
        "Each layer is called on what the one before it returned, and on that alone.",
        "Use the functional API: call both layers on the same tensor, and merge what they return.",
    ),
    Mistake(
        "two_inputs_in_sequential",
        "The Sequential has a second Input, and a chain begins only once.",
        "It takes one tensor and passes it on from layer to layer.",
        "Keep one Input; for two, use keras.Model([first, second], outputs).",
    ),
    Mistake(
        "not_a_list_of_layers",
        "The Sequential was given its layers one by one, and it wants one list.",
        "What comes after the first argument has another meaning.",
        "Put square brackets around them: keras.Sequential([layer, layer]).",
    ),
    Mistake(
        "not_a_layer",
        "{given} is not a layer, and a Sequential is a list of layers.",
        "Each item is called on the tensor before it.",
        "Put a layer in its place: {suggestion}.",
    ),
    Mistake(
        "duplicate_names",
        "Two layers are called {name}.",
        "Names tell the layers of a model apart, in files and in summary().",
        "Give one of them another name, or leave the names out.",
    ),
    Mistake(
        "missing_outputs",
        "keras.Model is given {given} alone, and it needs both inputs and outputs.",
        "A model is the way from the inputs to the outputs.",
        "Write keras.Model(inputs, outputs).",
    ),
    Mistake(
        "rnn_needs_sequences",
        "{layer} reads a sequence, and {before} before it returns its last step alone: {shape}.",
        "It wants (batch, steps, features).",
        "Let the one before return every step: {before_kind}(..., return_sequences=True).",
    ),
    Mistake(
        "too_few_axes",
        "{layer} wants {wanted}, and {tensor} is {shape}: {missing} too few.",
        "It slides or steps along axes that are not there.",
        "{suggestion}",
    ),
    Mistake(
        "too_many_axes",
        "{layer} wants {wanted}, and {tensor} is {shape}: {missing} too many.",
        "It cannot tell which axes to work along.",
        "{suggestion}",
    ),
    Mistake(
        "made_for_other_shape",
        "{layer} is made for {wanted}, and {tensor} is {shape}.",
        "Its weights have the shape of what it was made for.",
        "{suggestion}",
    ),
    Mistake(
        "window_too_large",
        "The window of {layer} is larger than what is left of {tensor}, {shape}.",
        "Every convolution or pooling with padding='valid' makes height and width smaller, until nothing is left.",
        "Use padding='same', a smaller window, or one pooling less.",
    ),
    Mistake(
        "open_axis",
        "{layer} needs to know the length of the last axis, and {tensor} is {shape}.",
        "Its weights have one row for each number of that axis.",
        "Say the length in keras.Input, or bring the axis to a fixed length first (an Embedding, a pooling).",
    ),
    Mistake(
        "open_length",
        "{given} is None: the length of axis {axis} of {tensor} is not known while the graph is drawn.",
        "The batch stays open until there is data, and so does every axis for which keras.Input says None.",
        "Leave the batch out of it, as layers.Reshape does, take ops.shape({tensor})[{axis}] as a length inside "
        "keras.ops, or give keras.Input a fixed length.",
    ),
    Mistake(
        "reshape_size",
        "{layer} cannot bring {shape} to {target}: one holds {have} numbers, the other {want}.",
        "Reshaping only puts the same numbers into another order of axes.",
        "The lengths of the new axes must multiply to {have}.",
    ),
    Mistake(
        "query_and_value",
        "{layer} needs two tensors, the query and the value, and it was given one.",
        "It compares each query with each value.",
        "For self-attention pass the same tensor twice: {layer}(...)(x, x).",
    ),
    Mistake(
        "function_on_symbolic",
        "{function} wants numbers, and {given} is symbolic: it has a shape and no values yet.",
        "The graph is drawn before data flows through it, so only Keras operations can be part of it.",
        "Use keras.ops or a layer in its place{suggestion}.",
    ),
    Mistake(
        "condition_on_tensor",
        "The line decides by the value of {given}, and a symbolic tensor has no value yet.",
        "The graph is drawn once, before there is data.",
        "Use keras.ops.where(condition, a, b), or decide by its shape.",
    ),
    Mistake(
        "super_init_forgotten",
        "{cls} does not call super().__init__() first.",
        "Keras prepares the place for layers and weights there.",
        "Make super().__init__() the first line of __init__.",
    ),
    Mistake(
        "call_missing",
        "{cls} has no call method, so Keras does not know what it computes.",
        "A subclass says in call(self, inputs) what happens to its input.",
        "Write def call(self, inputs): and return a tensor. Check the spelling and the indentation.",
    ),
    Mistake(
        "returns_nothing",
        "The call method of {cls} returns nothing.",
        "What call() returns is the output of the layer; without a return that is None.",
        "End call() with return and the tensor.",
    ),
    Mistake(
        "fit_before_compile",
        "{model} was not compiled, so {method}() does not know the loss.",
        "compile() says what is to be made small (loss) and how (optimizer).",
        "Call {model}.compile(optimizer='adam', loss=...) before.",
    ),
    Mistake(
        "unknown_identifier",
        "Keras knows no {what} called {given}.",
        "The name is looked up letter by letter.",
        "{suggestion}",
    ),
    Mistake(
        "integer_labels_need_sparse",
        "The labels are class numbers, {labels}, and {loss} wants one column for each of the {units} classes.",
        "categorical_crossentropy compares with one-hot rows.",
        "Use loss='sparse_categorical_crossentropy', or keras.utils.to_categorical(y).",
    ),
    Mistake(
        "one_hot_labels_not_sparse",
        "The labels are one-hot rows, {labels}, and {loss} wants one class number for each sample.",
        "sparse_categorical_crossentropy looks the class up by its number.",
        "Use loss='categorical_crossentropy', or y.argmax(axis=-1).",
    ),
    Mistake(
        "output_has_more_axes",
        "The model returns {output} for each batch, and the labels are {labels}: the output has axes left over.",
        "A Dense works on the last axis alone and keeps the others.",
        "Put a Flatten (or a global pooling) before the last Dense layers.",
    ),
    Mistake(
        "output_shape",
        "The model returns {output} and the labels are {labels}; {loss} compares them number by number.",
        "Both must have the same shape.",
        "Give the last layer as many units as the labels have columns.",
    ),
    Mistake(
        "data_shape",
        "The data is {data}, and {model} wants {wanted}.",
        "The weights were made for that shape.",
        "{suggestion}",
    ),
    Mistake(
        "number_of_inputs",
        "{model} has {wanted} inputs, and it was given {given}.",
        "Each Input needs its own array.",
        "Pass a list in the order of the inputs, {order}, or a dict by their names.",
    ),
    Mistake(
        "unknown_input_name",
        "{model} has no input called {given}; its inputs are {known}.",
        "A dict is matched with the inputs by name, letter by letter.",
        "Write {wanted} in place of {given}, or give keras.Input the name that the data has.",
    ),
    Mistake(
        "input_order",
        "The arrays are in another order than the inputs: {first} got {data}.",
        "A list is matched with the inputs by position.",
        "Pass them as {order}, or as a dict by name.",
    ),
    Mistake(
        "different_lengths",
        "There are {x} samples and {y} labels.",
        "Each sample needs its label.",
        "Look where rows were lost: x and y must be cut alike.",
    ),
    Mistake(
        "labels_missing",
        "{method}() is given the data, {data}, and no labels.",
        "The loss compares what the model returns with the labels.",
        "Write {model}.{method}({data}, y); a model that is to return its own input gets {data} twice.",
    ),
    Mistake(
        "loss_missing",
        "{model} was compiled without a loss, so {method}() does not know what to make small.",
        "The weights are moved to where the loss gets smaller.",
        "Say it in compile(), for example {model}.compile(optimizer='adam', loss='mse').",
    ),
    Mistake(
        "labels_for_each_output",
        "{model} has {wanted} outputs, and it was given labels for {given}.",
        "Each output is compared with labels of its own.",
        "Pass a list in the order of the outputs, {order}, or a dict by their names.",
    ),
    Mistake(
        "stateful_batch",
        "{layer} is stateful and made for batches of {wanted} samples, and it was given one of {given}.",
        "It keeps one state for each place in the batch, from one batch to the next.",
        "{suggestion}",
    ),
    Mistake(
        "beyond_vocabulary",
        "The data holds the number {largest}, and {layer} has {units} rows, for the numbers 0 to {last}.",
        "An Embedding looks up the row with that number.",
        "Make it Embedding({needed}, ...), or look where the number comes from.",
    ),
    Mistake(
        "lists_instead_of_arrays",
        "{given} is a Python list, and {method}() takes a list as several inputs, one array each.",
        "Lists of tensors are how several inputs are passed.",
        "Make it an array: np.array({given}).",
    ),
    Mistake(
        "text_as_data",
        "{given} holds text, and the layers compute with numbers.",
        "Words must become numbers first.",
        "Put keras.layers.TextVectorization before, or encode the labels as class numbers.",
    ),
)

_SILENT = (
    Mistake(
        "shared_by_accident",
        "{layer} is one layer used {count} times in a row, with one set of weights.",
        "A list times a number, or a layer made before a loop, repeats the same object.",
        "If you meant {count} layers, make each one: [Dense(64) for _ in range({count})].",
        silent=True,
    ),
    Mistake(
        "add_broadcasts",
        "{layer} adds {first} {first_shape} and {second} {second_shape}: the axis of length 1 is repeated.",
        "Keras stretches an axis of length 1 without a word.",
        "If it was not meant, bring both to one shape, for example with a 1x1 convolution.",
        silent=True,
    ),
    Mistake(
        "concatenate_batch",
        "{layer} joins along axis 0, the batch: samples are mixed, not features.",
        "Axis 0 counts the samples; the features are the last axis. It is what ops.concatenate does by itself.",
        "Write axis=-1.",
        silent=True,
    ),
    Mistake(
        "softmax_one_unit",
        "{layer} is a softmax over one unit: it always says 1.0.",
        "Softmax shares 1.0 among the units; one unit gets it all.",
        "Use activation='sigmoid' for yes or no, or one unit for each class.",
        silent=True,
    ),
    Mistake(
        "softmax_and_logits",
        "{end} ends in {activation}, and the loss is told from_logits=True.",
        "The loss would apply {activation} a second time.",
        "Leave from_logits out, or the activation, not both in.",
        silent=True,
    ),
    Mistake(
        "logits_without_flag",
        "{end} has no activation, and {loss} expects probabilities.",
        "Numbers outside 0 to 1 are clipped, and learning stalls.",
        "Use activation='{activation}' there, or the loss with from_logits=True.",
        silent=True,
    ),
    Mistake(
        "one_unit_for_classes",
        "{end} has one unit, and {loss} compares one unit for each class: it has nothing to learn.",
        "With a single class the answer is always the same, and so is the loss.",
        "For yes or no use loss='binary_crossentropy' with activation='sigmoid'; for more classes one unit for each.",
        silent=True,
    ),
    Mistake(
        "accuracy_of_a_quantity",
        "The model gives one quantity, and accuracy counts classes: it says nothing here.",
        "It rounds what the model says to 0 or 1, and counts how often the label is just that.",
        "For a quantity use metrics=['mae']; for classes one unit for each, activation='softmax' and "
        "loss='sparse_categorical_crossentropy'.",
        silent=True,
    ),
    Mistake(
        "mse_on_classes",
        "{end} ends in softmax, and the loss is {loss}, which is for quantities.",
        "Class numbers have no distances: 3 is not nearer to 4 than to 9.",
        "Use loss='sparse_categorical_crossentropy' for class numbers.",
        silent=True,
    ),
    Mistake(
        "dead_branch",
        "{what} {name} reaches no output of {model}.",
        "Keras leaves such layers out of the model: they are never trained.",
        "Merge it into the path to the output, make it an output, or delete it.",
        silent=True,
    ),
    Mistake(
        "layer_unused",
        "The layer {layer} was made and never called.",
        "It is not part of any model.",
        "Call it on a tensor, or delete the line.",
        silent=True,
    ),
    Mistake(
        "merged_with_itself",
        "{layer} is given {tensor} twice.",
        "Most often the variable was overwritten before the shortcut was added.",
        "Keep the shortcut in a name of its own before you go on: shortcut = x.",
        silent=True,
    ),
    Mistake(
        "input_shape_later",
        "{layer} has an input_shape and is not the first layer: it is ignored.",
        "Only the first layer is told what comes in; the others see it.",
        "Delete it there, and begin with keras.Input(shape).",
        silent=True,
    ),
    Mistake(
        "older_form",
        "{older} is how older tutorials write it, and it works.",
        "{reason}",
        "Today's form: {today}.",
        silent=True,
    ),
    Mistake(
        "kernel_by_position",
        "{layer}({filters}, {size}, {size}) has a kernel of {size} by {size} and moves on in steps of {size}.",
        "The third number is strides; in older versions of Keras it was the width of the kernel.",
        "Write {layer}({filters}, ({size}, {size})), or strides={size} where the steps are meant.",
        silent=True,
    ),
    Mistake(
        "built_without_weights",
        "{model} says it is built, and it has no weights.",
        "build() of a subclassed model marks it without calling its layers.",
        "Call it once: {model}(keras.Input(shape)), or on data.",
        silent=True,
    ),
    Mistake(
        "nan_in_data",
        "{given} holds NaN, which is no number: everything computed from it is NaN.",
        "One missing value is enough to spoil all weights.",
        "Fill or drop the missing values first: np.nan_to_num({given}).",
        silent=True,
    ),
    Mistake(
        "unscaled_data",
        "The values of {given} go up to {largest}.",
        "Layers start out for numbers around 0 to 1; large ones make learning jump.",
        "{advice}",
        silent=True,
    ),
    Mistake(
        "nan_loss",
        "The loss became NaN in epoch {epoch}.",
        "The weights have grown beyond what numbers can hold, or the data or labels hold something that cannot be.",
        "Look for NaN and class numbers beyond the units, scale the data, and lower the learning rate.",
        silent=True,
    ),
    Mistake(
        "labels_beyond_units",
        "The labels go up to {largest}, and the last layer has {units} units, for the classes 0 to {last}.",
        "There must be one unit for each class; some backends refuse, others compute NaN or nonsense.",
        "Make it {needed} units, or check whether the labels begin at 1 instead of 0.",
        silent=True,
    ),
    Mistake(
        "shared_output",
        "{layer} was called {count} times, and {layer}.output is what the first call returned.",
        "Every call returns a tensor of its own.",
        "Keep the tensor each call returns in a variable, and use that.",
        silent=True,
    ),
    Mistake(
        "layers_assigned",
        "What is written into {model}.layers or taken out of it changes nothing: it is a copy of the list.",
        "The graph of a model is fixed when it is made.",
        "Make a new model: keras.Model({model}.inputs, new_layer({model}.layers[-2].output)).",
        silent=True,
    ),
    Mistake(
        "training_written",
        "training={value} is written into the call of {layer}, and fit() and predict() may overrule it.",
        "Some Keras versions replace it by their own value in a functional model.",
        "To freeze a layer set layer.trainable = False; to keep Dropout on, call model(x, training=True).",
        silent=True,
    ),
    Mistake(
        "embedding_on_floats",
        "{layer} looks words up by their number, and {tensor} has the dtype {dtype}.",
        "Fractions are cut off without a word.",
        "Use keras.Input(shape, dtype='int32') for word numbers; for measurements use Dense.",
        silent=True,
    ),
    Mistake(
        "flatten_missing",
        "{layer} ends with {shape}: one answer for every place, not one for the sample.",
        "A Dense works on the last axis alone and keeps the others.",
        "Put a Flatten before the Dense layers.",
        silent=True,
    ),
)

MISTAKES: Mapping[str, Mistake] = MappingProxyType({mistake.id: mistake for mistake in (*_LOUD, *_SILENT)})
"""Every mistake the coach knows, by its id."""
