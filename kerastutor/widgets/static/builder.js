// The builder's page. It shows what `page` says and sends wishes back; it decides nothing.

const same = (a, b) => a[0] === b[0] && a[1] === b[1];
let serial = 0;
const fresh = () => `kt-builder-${++serial}`;

function button(label, act, more = {}) {
  return make("button", { type: "button", onclick: act, ...more }, label);
}

/** Enter in a field submits its form; inside a notebook browsers do not do so by themselves. */
function enterSubmits(event) {
  if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
  event.preventDefault();
  event.currentTarget.requestSubmit();
}

/** Fill a part of the page anew; who had the focus in it has it again, by its words, or whatever comes first, or the part. */
function refill(part, ...children) {
  const active = part.contains(document.activeElement) ? document.activeElement : null;
  const had = (active?.form ?? active)?.textContent;
  part.replaceChildren(...children);
  if (!active) return;
  const buttons = [...part.querySelectorAll("button")];
  (buttons.find((one) => one.textContent === had) ?? buttons[0] ?? part).focus();
}

function labelled(label, control, words = "") {
  control.id = fresh();
  const caption = make("label", { for: control.id }, label);
  if (!words) return make("div", { class: "field" }, caption, control);
  const hint = make("small", { id: fresh() }, words);
  control.setAttribute("aria-describedby", hint.id);
  return make("div", { class: "field" }, caption, control, hint);
}

// ---- one control per kind of field -------------------------------------------------------------------------------

function control(field) {
  if (field.type === "switch") return make("input", { type: "checkbox", name: field.name, checked: field.value });
  if (field.type === "choice") {
    const present = JSON.stringify(field.value);
    const options = field.choices.map((choice, place) => {
      const value = JSON.stringify(choice);
      return make("option", { value, selected: value === present }, field.labels[place]);
    });
    return make("select", { name: field.name }, ...options);
  }
  const number = field.type === "integer" || field.type === "number";
  return make("input", {
    type: "text", inputmode: number ? "decimal" : "text", name: field.name, value: field.value,
    placeholder: field.required ? "needed" : "", "aria-required": field.required ? "true" : null, autocomplete: "off",
  });
}

function written(form, fields) {
  const values = {};
  for (const field of fields) {
    const input = form.elements[field.name];
    if (field.type === "switch") values[field.name] = input.checked;
    else if (field.type === "choice") values[field.name] = JSON.parse(input.value);
    else values[field.name] = input.value;
  }
  return values;
}

// ---- the page ----------------------------------------------------------------------------------------------------

class Page {
  constructor(model, root) {
    this.model = model;
    this.root = root;
    this.fields = [];
    this.editing = ""; // the layer whose parameters the form holds
    this.rewiring = ""; // the call that is to take other tensors
    this.playing = 0;
    root.classList.add("kt-builder");
    keepKeys(root);
    root.append(this.bar(), make("div", { class: "parts" }, this.side(), this.stage()));
    model.on("change:panels", (this.onPanels = () => this.draw()));
    model.on("change:page", (this.onPage = () => this.fill()));
    model.on("msg:custom", (this.onMessage = (message) => this.heard(message)));
    this.list();
    this.draw();
    this.fill();
    this.pick("Input");
  }

  close() {
    clearInterval(this.playing);
    this.model.off("change:panels", this.onPanels);
    this.model.off("change:page", this.onPage);
    this.model.off("msg:custom", this.onMessage);
  }

  get state() { return this.model.get("page"); }
  wish(what, more = {}) { this.model.send({ do: what, ...more }); }

  // -- the bar on top: undo, redo, the steps, the file

  bar() {
    this.undo = button("Undo", () => this.wish("undo"), { title: "Go one step back; nothing is lost" });
    this.redo = button("Redo", () => this.wish("redo"));
    this.slider = make("input", {
      type: "range", min: 0, "aria-label": "Step", oninput: (event) => this.wish("go", { position: +event.target.value }),
    });
    this.step = make("output", { class: "step" });
    this.play = button("Replay", () => this.replay());
    this.file = make("input", { type: "file", accept: ".json", hidden: true, onchange: () => this.open() });
    return make("div", { class: "bar", role: "toolbar", "aria-label": "Steps" },
      this.undo, this.redo, this.slider, this.play, this.step,
      make("span", { class: "files" },
        button("Save", () => this.wish("save"), { title: "Save the steps as a file" }),
        button("Open", () => this.file.click(), { title: "Open a file of steps" }), this.file));
  }

  replay() {
    if (this.playing) return this.stop();
    const { position, steps } = this.state;
    let next = position >= steps.length ? 0 : position;
    this.play.textContent = "Pause";
    this.wish("go", { position: next });
    this.playing = setInterval(() => {
      if (++next > this.state.steps.length) return this.stop();
      this.wish("go", { position: next });
    }, 900);
  }

  stop() {
    clearInterval(this.playing);
    this.playing = 0;
    this.play.textContent = "Replay";
  }

  open() {
    const file = this.file.files[0];
    if (file) file.text().then((text) => this.wish("load", { text }));
    this.file.value = "";
  }

  // -- left: the palette, the form, the tensors it takes

  side() {
    const keys = (event) => this.toForm(event);
    this.search = make("input", { type: "search", placeholder: "Dense, pooling, …", oninput: () => this.list(), onkeydown: keys });
    this.kinds = make("select", { size: 9, class: "kinds", onchange: () => this.pick(this.kinds.value), onkeydown: keys });
    this.form = make("form", {
      class: "form", onkeydown: enterSubmits, onsubmit: (event) => { event.preventDefault(); this.submit(); },
    });
    this.takes = make("fieldset", { class: "takes" });
    return make("div", { class: "side" },
      labelled("Find a layer", this.search), labelled("Layers", this.kinds), this.form);
  }

  /** From the search down to the list, and from both with Enter into the form. */
  toForm(event) {
    if (event.key === "ArrowDown" && event.target === this.search) this.kinds.focus();
    else if (event.key === "Enter") this.enterForm();
    else return;
    event.preventDefault();
  }

  enterForm() {
    const first = this.form.querySelector("input:not([type=checkbox]), select") ?? this.form.querySelector("input, button, [tabindex]");
    this.entering = !first; // it is still on its way
    first?.focus();
  }

  list() {
    const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (text) => words.every((word) => text.toLowerCase().includes(word));
    const groups = new Map();
    const put = (family, value, text) => {
      if (!groups.has(family)) groups.set(family, make("optgroup", { label: family }));
      groups.get(family).append(make("option", { value }, text));
    };
    if (fits("Input inputs")) put("Input", "Input", "Input");
    for (const { id, name, kind } of this.state.layers) {
      if (kind !== "Input" && fits(`${name} ${kind} share call again`)) put("Call a layer again", `=${id}`, name);
    }
    for (const { kind, name, family, sentence } of this.model.get("palette")) {
      if (fits(`${kind} ${family} ${sentence}`)) put(family, kind, name);
    }
    const before = this.kinds.value;
    this.kinds.replaceChildren(...groups.values());
    this.kinds.value = before;
    if (words.length && this.kinds.selectedIndex < 0 && this.kinds.options.length) {
      this.kinds.selectedIndex = 0;
      this.pick(this.kinds.value);
    }
  }

  pick(choice) {
    this.kind = choice;
    this.editing = this.rewiring = "";
    this.fillChosen();
    if (choice === "Input") this.inputForm();
    else if (choice.startsWith("=")) this.againForm(choice.slice(1));
    else {
      this.form.replaceChildren(make("p", { class: "says" }, "One moment…")); // nothing typed now could be kept
      this.wish("form", { kind: choice });
    }
  }

  inputForm() {
    const shape = make("input", { type: "text", name: "shape", value: "784", autocomplete: "off" });
    const dtype = make("select", { name: "dtype" },
      ...["float32", "int32", "bool", "string"].map((name) => make("option", { value: name }, name)));
    this.fields = [];
    this.form.replaceChildren(
      make("p", { class: "says" }, "Where data enters the network."),
      labelled("shape", shape, "of one sample, as 784 or 28, 28, 1; None for an axis left open"),
      labelled("dtype", dtype, "int32 for word numbers"),
      this.nameField(), this.refusal(), make("button", { class: "main" }, "Add input"));
  }

  againForm(id) {
    const layer = this.state.layers.find((one) => one.id === id);
    if (!layer) return this.pick("Input");
    this.fields = [];
    this.form.replaceChildren(
      make("p", { class: "says" }, `Calls ${layer.name} on another tensor. Its weights are shared: no new parameters.`),
      this.takes, this.refusal(), make("button", { class: "main" }, `Call ${layer.name} again`));
    this.tick();
  }

  rewireForm(call) {
    const name = this.labelOf(call);
    this.fields = [];
    this.editing = "";
    this.rewiring = call;
    this.form.replaceChildren(
      make("p", { class: "says" }, `Tick what ${name} takes, in order. It keeps its parameters.`),
      this.takes, this.refusal(), make("button", { class: "main" }, `Let ${name} take these`));
    this.tick();
    this.fillChosen();
    this.wish("select", { tensors: this.state.takes[call] });
    this.enterForm();
  }

  layerForm({ kind, fields }, layer) {
    this.fields = fields;
    this.editing = layer;
    this.rewiring = "";
    const known = this.model.get("palette").find((entry) => entry.kind === kind);
    const title = known?.name ?? kind;
    const row = (field) => labelled(field.name, control(field), field.words);
    const plain = fields.filter((field) => !field.advanced).map(row);
    const expert = fields.filter((field) => field.advanced).map(row);
    const says = make("p", { class: "says" }, known?.sentence ?? "", " ");
    if (known?.link) says.append(make("a", { href: known.link, target: "_blank", rel: "noopener" }, "Keras page"));
    this.form.replaceChildren(
      make("h3", {}, layer ? `${this.nameOf(layer)}: ${title}` : title), says, ...plain,
      expert.length ? make("details", {}, make("summary", {}, "More"), ...expert) : "",
      layer ? "" : this.nameField(), layer ? "" : this.takes, this.refusal(),
      layer && !fields.length
        ? make("p", { class: "says", tabindex: -1 }, "It has no parameters to change.")
        : make("button", { class: "main" }, layer ? "Change" : `Add ${title}`));
    this.tick();
    this.fillChosen();
    if (this.entering) this.enterForm();
  }

  nameField() {
    return labelled("name", make("input", { type: "text", name: "layer-name", autocomplete: "off" }), "empty: one is made");
  }

  refusal() {
    this.says ??= make("div", { class: "message", role: "status", "aria-live": "polite" });
    return this.says;
  }

  labelOf(call) { return this.state.tensors.find(({ ref }) => ref[0] === call)?.label; }

  nameOf(id) { return this.state.layers.find((layer) => layer.id === id)?.name ?? id; }

  submit() {
    const given = this.form.elements;
    const tensors = this.state.selected;
    const name = given["layer-name"]?.value.trim() ?? "";
    if (this.rewiring) this.wish("rewire", { call: this.rewiring, tensors });
    else if (this.editing) this.wish("configure", { layer: this.editing, fields: written(this.form, this.fields) });
    else if (this.kind === "Input") this.wish("input", { name, shape: given.shape.value, dtype: given.dtype.value });
    else if (this.kind.startsWith("=")) this.wish("again", { layer: this.kind.slice(1), tensors });
    else this.wish("add", { kind: this.kind, name, tensors, fields: written(this.form, this.fields) });
  }

  tick() {
    const { tensors, selected } = this.state;
    const rows = tensors.map(({ ref, label, shape }) => {
      const place = selected.findIndex((one) => same(one, ref));
      const box = make("input", { type: "checkbox", checked: place >= 0, onchange: () => this.toggle(ref, true) });
      const order = selected.length > 1 && place >= 0 ? make("b", {}, `${place + 1}.`) : "";
      return make("label", { class: "tensor", title: label }, box, order, make("span", {}, label), make("small", {}, shape));
    });
    const focused = [...this.takes.querySelectorAll("input")].indexOf(document.activeElement);
    this.takes.replaceChildren(make("legend", {}, "Takes"), ...rows);
    if (focused >= 0) this.takes.querySelectorAll("input")[focused]?.focus();
    else if (this.takes.querySelector(":checked")) reveal(this.takes, [...this.takes.querySelectorAll("label:has(:checked)")].at(-1));
    if (!rows.length) this.takes.append(make("small", {}, "Add an input first."));
  }

  toggle(ref, together) {
    const { selected } = this.state;
    const there = selected.some((one) => same(one, ref));
    const others = selected.filter((one) => !same(one, ref));
    const tensors = together ? (there ? others : [...selected, ref]) : there && !others.length ? [] : [ref];
    this.model.set("page", { ...this.state, selected: tensors, moves: [] }); // the next click builds on this one
    this.wish("select", { tensors });
  }

  // -- right: what is chosen, the drawing, the code

  stage() {
    this.chosen = make("div", { class: "chosen", tabindex: -1, role: "group", "aria-label": "What is chosen" });
    this.drawing = make("div", { class: "drawing" });
    this.drawing.addEventListener("click", (event) => this.clicked(event, event.shiftKey || event.ctrlKey || event.metaKey));
    this.drawing.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      if (this.clicked(event, event.shiftKey)) event.preventDefault();
    });
    this.code = make("div", { class: "codes" });
    return make("div", { class: "stage" }, this.chosen, this.drawing, this.code);
  }

  clicked(event, together) {
    const box = event.target.closest?.("[data-key]");
    const tensor = box && this.state.tensors.find(({ ref }) => ref[0] === box.dataset.key);
    if (!tensor) return false;
    this.focusKey = box.dataset.key;
    this.toggle(tensor.ref, together);
    return true;
  }

  boxes() { return [...this.drawing.querySelectorAll(".b[data-key], .d[data-key]")]; }

  draw() {
    const places = new Map(this.boxes().map((box) => [this.identity(box), box.getAttribute("transform")]));
    const panels = this.model.get("panels");
    this.drawing.replaceChildren(...panels.map(({ heading, caption, svg }) => {
      const picture = make("div", { class: "picture" });
      picture.innerHTML = svg; // the drawing escapes every name it shows
      picture.firstChild.setAttribute("role", "group");
      const panel = make("section", { class: "panel" }, make("h3", {}, heading), make("small", {}, caption), picture);
      panel.style.setProperty("--kt-wide", `${picture.firstChild.width.baseVal.value}px`);
      return panel;
    }));
    if (!panels.length) this.drawing.append(make("p", { class: "empty" },
      "Nothing is built yet. Begin with an input: its shape is the shape of one sample."));
    if (!calm() && places.size) this.animate(places);
    this.mark();
  }

  identity(box) { return `${box.closest(".graph") ? "graph" : "stack"} ${box.dataset.key}`; }

  animate(places) {
    for (const box of this.boxes()) {
      const before = places.get(this.identity(box));
      const now = box.getAttribute("transform");
      if (before === undefined) box.animate({ opacity: [0, 1] }, { duration: 250 });
      else if (before !== now) {
        box.animate({ transform: [pixels(before), pixels(now)] }, { duration: 250, easing: "ease-out" });
      }
    }
  }

  mark() {
    const { selected, lit, tensors } = this.state;
    for (const box of this.boxes()) {
      const tensor = tensors.find(({ ref }) => ref[0] === box.dataset.key);
      const on = selected.some((ref) => ref[0] === box.dataset.key);
      box.classList.toggle("chosen-box", on);
      box.classList.toggle("lit-box", lit.includes(box.dataset.key));
      if (!tensor || !box.closest(".graph")) continue;
      box.setAttribute("tabindex", "0");
      box.setAttribute("role", "button");
      box.setAttribute("aria-pressed", String(on));
      box.setAttribute("aria-label", `${tensor.label}, ${tensor.shape}`);
      if (this.focusKey === box.dataset.key && this.drawing.contains(document.activeElement) === false
        && document.activeElement === document.body) box.focus();
    }
  }

  /** Scroll the drawing to what the step added. */
  showNew() {
    const box = [...this.drawing.querySelectorAll(".graph .lit-box")].at(-1);
    if (!box || this.state.position === this.shown) return;
    this.shown = this.state.position;
    reveal(this.drawing, box);
  }

  fill() {
    const { position, steps, tensors, message, hints, summary } = this.state;
    idle(this.undo, position === 0);
    idle(this.redo, position === steps.length);
    this.slider.max = steps.length;
    this.slider.value = position;
    this.slider.disabled = this.play.disabled = steps.length === 0;
    const told = position ? `Step ${position} of ${steps.length}: ${steps[position - 1]}` : `Step 0 of ${steps.length}`;
    this.step.textContent = steps.length || tensors.length ? `${told}. ${summary}.` : "No step yet.";
    this.slider.setAttribute("aria-valuetext", told);
    this.list();
    this.tick();
    this.mark();
    this.showNew();
    this.tell(message, hints);
    this.root.classList.toggle("no-stack", this.state.code.reasons.length > 0);
    this.fillChosen();
    this.fillCode();
  }

  tell({ text = "", alternatives = [] }, hints) {
    const says = this.refusal();
    const here = says.contains(document.activeElement);
    says.dataset.kind = text ? "refused" : "hint";
    const hint = ({ text: told, remedy }) => make("p", {}, told, " ", make("small", {}, remedy));
    const ways = alternatives.map((label, number) => button(label, () => this.wish("alternative", { number })));
    says.replaceChildren(...(text ? [make("p", {}, ...rich(text)), ...ways] : hints.map(hint)));
    if (here) (says.querySelector("button") ?? this.form.querySelector(".main"))?.focus();
  }

  fillChosen() {
    const { selected, inputs, outputs, ends, tensors } = this.state;
    const names = selected.map((ref) => tensors.find((one) => same(one.ref, ref))?.label);
    if (!names.length) {
      if (!tensors.length) return refill(this.chosen);
      return refill(this.chosen, make("span", {}, "Click a box to go on from its tensor; Shift-click takes several."));
    }
    const output = selected.every((ref) => outputs.some((one) => same(one, ref)));
    const other = this.labelOf(this.rewiring);
    const takes = other ? `${other} is to take ` : "Next layer takes ";
    const place = selected.length === 1 && inputs.length > 1 ? inputs.indexOf(selected[0][0]) : -1;
    const parts = [make("span", {}, takes, make("b", {}, names.join(", ")), place < 0 ? "" : `, input ${place + 1} of ${inputs.length}`)];
    if (selected.length === 1) parts.push(...this.changes(selected[0][0]));
    const others = outputs.filter((ref) => !selected.some((one) => same(one, ref)));
    const choose = (label, tensors) => parts.push(button(label, () => this.wish("outputs", { tensors })));
    if (!output) choose("Make output", [...outputs, ...selected.filter((ref) => !outputs.some((one) => same(one, ref)))]);
    else if (others.length) choose("Not an output", others);
    if (output && String(outputs) !== String(ends)) choose("All open ends are outputs", []);
    refill(this.chosen, ...parts);
  }

  changes(call) {
    const layer = this.state.layers.find(({ calls }) => calls.includes(call));
    const rename = () => {
      const field = make("input", { type: "text", value: layer.name, "aria-label": "New name" });
      const keys = (event) => {
        if (event.key !== "Escape") return enterSubmits(event);
        event.preventDefault();
        this.fillChosen();
      };
      const form = make("form", { class: "rename", onkeydown: keys, onsubmit: (event) => {
        event.preventDefault();
        this.wish("rename", { layer: layer.id, name: field.value.trim() });
      } }, field, make("button", {}, "Rename"));
      this.chosen.replaceChildren(form);
      field.select();
    };
    const edit = layer.kind === "Input" ? [] : [
      button("Parameters", () => { this.wish("form", { layer: layer.id }); this.entering = true; }),
      button("Call again", () => { this.kinds.value = `=${layer.id}`; this.pick(`=${layer.id}`); this.enterForm(); }),
      button("Other tensors", () => this.rewireForm(call), { title: "Let it take other tensors than now" }),
    ];
    const move = this.state.moves.map((way) => button(`Move ${way}`, () => this.wish("move", { call, way })));
    return [...edit, ...move, button("Rename", rename), button("Delete", () => this.wish("delete", { call }))];
  }

  fillCode() {
    const { code } = this.state;
    if (!code.functional) return this.code.replaceChildren();
    const refused = code.reasons.length
      ? make("div", { class: "reasons" }, make("p", {}, ...rich(code.left)), make("ul", {}, ...code.reasons.map((why) => make("li", {}, ...rich(why)))))
      : null;
    const sources = [
      this.source("Sequential", code.sequential, code.lit_sequential, refused),
      this.source("Functional", code.functional, code.lit_functional, null),
    ];
    this.code.replaceChildren(...(refused ? sources.reverse() : sources)); // first what there is
  }

  source(title, text, lit, instead) {
    const head = make("div", { class: "head" }, make("h3", {}, title));
    if (text) {
      const done = make("small", { role: "status" });
      head.append(
        button("Copy", () => copy(text, done), { "aria-label": `Copy the ${title} code` }),
        button("New cell", () => insert(this.model, head, text, done), { "aria-label": `New cell with the ${title} code` }), done);
    }
    const lines = text.replace(/\n$/, "").split("\n").map((line, number) =>
      make("span", { class: lit.includes(number) ? "line lit" : "line" }, `${line}\n`));
    const body = instead ?? make("pre", { tabindex: 0, "aria-label": `${title} code` }, make("code", {}, ...lines));
    return make("section", { class: instead ? "code greyed" : "code" }, head, body);
  }

  heard(message) {
    if (message.form && (message.layer || message.form.kind === this.kind)) this.layerForm(message.form, message.layer);
    if (message.save) download(message.save, message.file);
  }
}

async function copy(text, says) {
  try {
    await navigator.clipboard.writeText(text);
    says.textContent = "Copied.";
  } catch {
    says.textContent = "The browser does not allow it; mark the code and press Ctrl+C.";
  }
}

/** Put the code into a cell of its own, below the one that shows `el`. Only Jupyter's own pages say which notebook it is. */
async function insert(model, el, text, says) {
  const notebook = model.widget_manager?.context?.model?.sharedModel;
  if (!notebook?.insertCell) {
    await copy(text, says);
    says.textContent += " Make a new cell (key B) and paste.";
    return;
  }
  const cell = el.closest(".jp-Notebook-cell");
  const place = cell ? Number(cell.dataset.windowedListIndex ?? [...cell.parentElement.children].indexOf(cell)) + 1 : notebook.cells.length;
  notebook.insertCell(place, { cell_type: "code", metadata: {}, source: text });
  says.textContent = "Put into a new cell.";
}

export default {
  render({ model, el }) {
    const page = new Page(model, el.appendChild(document.createElement("div")));
    return () => page.close();
  },
};
