"""What goes wrong between the layers: sharing, arrows, merges, inputs and outputs."""

from kerastutor.knowledge.misconceptions.entry import catalogue

SHARING = catalogue(
    (
        "twin_for_shared", "05", "A twin where one shared layer was meant",
        "Each time you create a layer you get new weights. Two layers with the same settings learn different things; "
        "one layer called twice learns one thing from both.",
        "Count the layers you create and the calls you make. They need not be the same number.",
        "Look at {here}: compare how often you create it and how often you call it.",
        "{here} and {there} have weights of their own. They are meant to have the same.",
        "Create the layer once and call it twice: {code}",
    ),
    (
        "shared_for_twins", "05", "One shared layer where two were meant",
        "Calling one layer twice gives both calls the same weights, so neither branch can learn something of its own.",
        "The same layer object, called again, brings the same weights again.",
        "Look at {here}: it is called more than once.",
        "One layer makes both {here} and {there}; each is meant to have a layer of its own.",
        "Create a layer for each call: {code}",
    ),
    (
        "submodel_rebuilt", "07", "A sub-model rebuilt instead of reused",
        "Building the same block again makes a copy with new weights. To reuse a sub-model, call the model you have, "
        "as you would call a layer.",
        "A model can be called like a layer. What does building it a second time give you?",
        "Look at the part of your network that holds {here}.",
        "{here} and {there} stand in two copies of one block.",
        "Keep the block as a model and call it for each input: {code}",
    ),
    (
        "call_missing", "05", "A call too few",
        "A layer works at every place where it is called, each time with the same weights.",
        "How often is each layer called?",
        "Count the calls of the layer of {here}.",
        "The layer of {here} is to be called once more, at {there}.",
        "Call it there too: {code}",
    ),
    (
        "call_extra", "05", "A call too many",
        "A layer works at every place where it is called; one place more is another network.",
        "How often is each layer called?",
        "Count the calls of the layer of {here}.",
        "The layer of {here} is called once more than the task asks for.",
        "Leave this call out: {code}",
    ),
)  # fmt: skip

LOST = catalogue(
    (
        "never_called", "02", "A layer created and never called",
        "Creating a layer only makes the tool. It becomes part of the network when it is called on a tensor.",
        "Is every layer that you created also called?",
        "Look at {here}.",
        "{here} was created, but no tensor goes into it. It is missing at {there}.",
        "Call it, and go on with what it returns: {code}",
    ),
    (
        "overwritten", "02", "A result that was overwritten",
        "Each call returns a new tensor. If the next layer is given the old one, the call in between is computed "
        "for nothing.",
        "Follow one variable through your code. Is the tensor it holds always the newest?",
        "Look at what becomes of the tensor of {here}.",
        "The tensor of {here} goes nowhere: {there} was given the one before it.",
        "Give each layer what the one before it returned: {code}",
    ),
    (
        "dead_branch", "04", "A branch that reaches no output",
        "A branch takes part in training only if some output depends on it.",
        "Start at the outputs and walk backwards. Do you come past every layer?",
        "Look at what becomes of the tensor of {here}.",
        "The branch that ends with {here} reaches no output; it never arrives at {there}.",
        "Lead the branch to where it is used: {code}",
    ),
)  # fmt: skip

WIRING = catalogue(
    (
        "branches_chained", "03", "Branches chained one behind the other",
        "Two branches look at the same tensor side by side. In a chain the second sees only what the first made of it.",
        "Branches run side by side: which tensor does each begin with?",
        "Look at {here}: where does its tensor come from?",
        "{here} takes what {there} returns. As a branch of its own it begins further back.",
        "Call it on the tensor where both branches begin: {code}",
    ),
    (
        "skip_wrong_tensor", "06", "A skip connection from the wrong tensor",
        "A skip adds what went *into* a block to what comes *out* of it. From another tensor it skips another part.",
        "Where does the block begin that the skip goes around?",
        "Look at the shortcut into {here}.",
        "The shortcut into {here} comes from {there}; that is not where it begins.",
        "Add the right tensor: {code}",
    ),
    (
        "skip_missing", "06", "The skip connection is missing",
        "Without the skip the block has to learn everything anew; with it, it learns only what to change.",
        "Is there a way round the block as well as through it?",
        "Look at the tensors that go into {here} and past it.",
        "A shortcut is missing: what comes from further back also has to arrive behind {there}.",
        "Add the tensor from before the block: {code}",
    ),
    (
        "self_merge", "06", "A tensor merged with itself",
        "Adding a tensor to itself only doubles it. A merge brings together two different tensors.",
        "Which two different tensors were meant to meet?",
        "Look at what goes into {here}.",
        "{here} takes {there} twice.",
        "Give it both tensors: {code}",
    ),
    (
        "projection_missing", "06", "The projection on the shortcut is missing",
        "Two tensors can only be added when their shapes fit. A 1x1 convolution (or a Dense layer) on the shortcut "
        "makes them fit and learns how.",
        "Both ways round a block have to arrive with the same shape.",
        "Look at the shortcut into {here}.",
        "Something belongs on the shortcut between {there} and {here}.",
        "Project the shortcut: {code}",
    ),
    (
        "aux_wrong_depth", "04", "An output from the wrong depth",
        "An output sees what the layers before it made of the data. Taken at another depth, it sees something else and "
        "trains other layers.",
        "How deep in the network is each output meant to look?",
        "Look at {here}: which tensor does it take?",
        "{here} takes what {there} returns; it is meant to look at another depth.",
        "Take the tensor at the right depth: {code}",
    ),
    (
        "sequential_forced", "03", "A chain forced on a graph",
        "A Sequential is one plain chain: one input, one output, each layer feeding the next. "
        "What has branches or several inputs needs the functional API.",
        "Can the network that is asked for be a single chain?",
        "Look for the place near {here} where the task has more than one way to go.",
        "Around {there} the network that is asked for branches or merges; yours is one chain.",
        "Use the functional API: {code}",
    ),
    (
        "layers_swapped", "01", "Two layers in the wrong order",
        "Layers are computed in the order they are called; exchanged, they compute something else.",
        "All the layers are there. Does each come in its place?",
        "Look at the order around {here}.",
        "{here} and {there} stand in each other's place.",
        "Exchange them: {code}",
    ),
    (
        "wrong_source", "02", "A layer called on the wrong tensor",
        "A layer works on the tensor it is called on; the arrow in the drawing shows which.",
        "Every layer is there; look at which tensor each is called on.",
        "Look at {here}: where does its tensor come from?",
        "{here} takes {there}; that is not the tensor it is meant to take.",
        "Call it on the right tensor: {code}",
    ),
)  # fmt: skip

MERGES = catalogue(
    (
        "add_for_concat", "03", "Add where Concatenate was meant",
        "Add sums tensors and keeps their shape; Concatenate puts them side by side and keeps all they know.",
        "There are several ways to bring two tensors together. Should the numbers be summed or kept side by side?",
        "Look at {here}.",
        "{here} sums what comes from {there}; both are meant to be kept.",
        "Put them side by side: {code}",
    ),
    (
        "concat_for_add", "06", "Concatenate where Add was meant",
        "Concatenate makes the tensor wider; Add keeps its shape, as a skip connection has to.",
        "There are several ways to bring two tensors together. Should the result be wider than each?",
        "Look at {here}.",
        "{here} puts what comes from {there} side by side; they are meant to become one.",
        "Sum them: {code}",
    ),
    (
        "other_merge", "03", "Another way of merging was meant",
        "Add, Multiply, Average, Maximum and Concatenate bring tensors together in different ways.",
        "What should become of two numbers that meet?",
        "Look at {here}.",
        "{here} brings together what comes from {there}, but in another way than is asked for.",
        "Merge them so: {code}",
    ),
    (
        "merge_order", "03", "The tensors of a merge in the wrong order",
        "Concatenate, Subtract and some other layers depend on the order of what they are given.",
        "For some layers it matters which tensor comes first.",
        "Look at the order of what goes into {here}.",
        "The tensors from {there} go into {here} in another order than the task asks for.",
        "Exchange them: {code}",
    ),
    (
        "merge_operand_missing", "03", "A merge that lacks a tensor",
        "A merge brings together every branch it is given, and only those.",
        "How many branches are meant to meet?",
        "Look at what goes into {here}.",
        "{here} takes fewer tensors than are meant to meet there; it has {there}.",
        "Give it every branch: {code}",
    ),
)  # fmt: skip

PORTS = catalogue(
    (
        "outputs_swapped", "04", "Outputs in the wrong order",
        "Targets (the right answers) and losses are matched with the outputs by their order; exchanged, each learns "
        "the other's task.",
        "In which order do the targets, the right answers, come?",
        "Look at the list of outputs, and at {here} in it.",
        "{here} and {there} stand in each other's place among the outputs.",
        "List them in the order of the task: {code}",
    ),
    (
        "inputs_swapped", "03", "Inputs in the wrong order",
        "Data is matched with the inputs by their order; exchanged, each input is fed the other's data.",
        "In which order does the data come?",
        "Look at the list of inputs, and at {here} in it.",
        "{here} and {there} stand in each other's place among the inputs.",
        "List them in the order of the task: {code}",
    ),
    (
        "extra_input", "03", "An input too many",
        "Each Input is something the user of the model has to supply.",
        "How many things is the model given?",
        "Look at the list of inputs.",
        "{here} is an input that the task does not have; its data belongs to {there}.",
        "Leave it out: {code}",
    ),
    (
        "missing_input", "03", "An input is missing",
        "What the model is to look at has to come in through an Input of its own.",
        "How many things is the model given?",
        "Look at the list of inputs; so far there is {here}.",
        "Besides {here}, something else comes into the network, near {there}.",
        "Add an Input: {code}",
    ),
    (
        "missing_output", "04", "An output is missing",
        "A model returns only the tensors named as its outputs; the rest stays inside.",
        "How many answers is the model to give?",
        "Look at the list of outputs; so far there is {here}.",
        "Besides {here}, one more tensor is to be returned, from near {there}.",
        "Return it too: {code}",
    ),
    (
        "extra_output", "04", "An output too many",
        "Each output needs targets, right answers to learn from.",
        "How many answers is the model to give?",
        "Look at the list of outputs.",
        "{here} is returned {there}.",
        "Leave it out: {code}",
    ),
    (
        "port_name", "04", "Another name in the dict of outputs",
        "In a dict the outputs (and inputs) are matched with the targets (and the data) by name; in a list by order.",
        "Is each output found by its place in a list, or by its name in a dict?",
        "Look at the line that makes the model, and at {here} in it.",
        "The model {there}; that is not how the task asks for it.",
        "Write it so: {code}",
    ),
    (
        "wrong_output", "04", "Another tensor returned",
        "Some layers return several tensors. Only those named as outputs leave the model, each in its place.",
        "Which of the tensors is the answer?",
        "Look at the list of outputs, and at {here} in it.",
        "The model returns {there}; another tensor of {here} is asked for.",
        "Return the other one: {code}",
    ),
    (
        "input_shape", "01", "An input of another shape",
        "The shape of an Input is that of one example, without the batch.",
        "What is the shape of one example?",
        "Look at {here}.",
        "The shape of {here} is not that of the data.",
        "Give it the shape of one example: {code}",
    ),
    (
        "input_left_out", "01", "A model without an Input",
        "An Input says how many numbers come in. Without one the model has no weights yet.",
        "How does a model know how many numbers come in?",
        "Look at what comes before {here}.",
        "The model does not begin with an Input, so nothing says what comes in to {here}.",
        "Begin with an Input: {code}",
    ),
)  # fmt: skip
