// The live view of a training. Python sends ready words, numbers and curve points as one `state`; this file lays them
// out and sends clicks back. No dependencies.

const LABELS = { pause: "Pause", resume: "Continue", stop: "Stop", more: "Train more" };
const MARGIN = { left: 48, right: 14, top: 10, bottom: 26 };
const HEIGHT = 190;
const DASHES = ["", "6 4", "2 3", "10 3 2 3", "12 4", "1 4"]; // the same as in training/picture.py

// Round numbers that cover low..high; the same rule as in training/picture.py.
function ticks(low, high, about) {
  if (high - low < 1e-9 * Math.max(1, Math.abs(high))) {
    const pad = Math.abs(high) / 2 || 1;
    low -= pad;
    high += pad;
  }
  const rough = (high - low) / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough * 0.999);
  const marks = [];
  for (let at = Math.floor(low / step + 1e-9); at <= Math.ceil(high / step - 1e-9); at++) {
    marks.push(Number((at * step).toPrecision(12)));
  }
  return marks;
}

function scales(panel, width) {
  const values = panel.series.flatMap((series) => series.points.map((point) => point[1]));
  const marks = ticks(Math.min(...values), Math.max(...values), 4);
  const [low, high] = [marks[0], marks[marks.length - 1]];
  const inner = { width: width - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom };
  return {
    marks,
    x: (epoch) => MARGIN.left + (epoch / panel.last_epoch) * inner.width,
    y: (value) => MARGIN.top + (1 - (value - low) / (high - low)) * inner.height,
  };
}

function axes(panel, { marks, x, y }, width) {
  const lines = marks.map((mark) =>
    shape("g", { class: "kt-run-grid" },
      shape("line", { x1: MARGIN.left, x2: width - MARGIN.right, y1: y(mark), y2: y(mark) }),
      shape("text", { x: MARGIN.left - 6, y: y(mark) + 4, "text-anchor": "end" }, String(mark))));
  const epochs = ticks(0, panel.last_epoch, width < 300 ? 3 : 6)
    .filter((mark) => Number.isInteger(mark) && mark <= panel.last_epoch)
    .map((mark) => shape("text", { x: x(mark), y: HEIGHT - 8, "text-anchor": "middle", class: "kt-run-epoch" }, String(mark)));
  return [...lines, ...epochs];
}

function curve(series, { x, y }) {
  const places = series.points.map(([epoch, value]) => [x(epoch), y(value)]);
  const group = shape("g", { class: `kt-run-curve kt-run-colour-${series.place % 6}` });
  group.append(shape("polyline", {
    points: places.map((place) => place.join(",")).join(" "), fill: "none",
    "stroke-dasharray": DASHES[series.place % 6],
  }));
  if (places.length <= 30) {
    places.forEach(([left, top], index) => {
      const moving = series.moving && index === places.length - 1;
      const kind = moving ? "kt-run-moving" : "kt-run-dot";
      group.append(series.place % 2
        ? shape("rect", { x: left - 3, y: top - 3, width: 6, height: 6, class: kind })
        : shape("circle", { cx: left, cy: top, r: 3.2, class: kind }));
    });
  }
  return group;
}

function legend(panel) {
  const box = make("div", { class: "kt-run-legend" });
  for (const series of panel.series) {
    const sample = shape("svg", { width: 26, height: 10, class: `kt-run-colour-${series.place % 6}`, "aria-hidden": "true" },
      shape("line", { x1: 0, x2: 26, y1: 5, y2: 5, "stroke-dasharray": DASHES[series.place % 6] }));
    const last = series.points[series.points.length - 1][1];
    box.append(make("span", {}, sample, `${series.label} ${Number(last.toPrecision(4))}`));
  }
  return box;
}

function draw(panel, width) {
  const plan = scales(panel, width);
  const picture = shape("svg", {
    width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, role: "img",
    "aria-label": `Curve of ${panel.metric}; the numbers are in the table of all epochs below.`,
  });
  picture.append(...axes(panel, plan, width), ...panel.series.map((series) => curve(series, plan)));
  return make("figure", { class: "kt-run-panel" },
    make("figcaption", {}, panel.metric), picture, legend(panel));
}

function table({ caption, header, rows }) {
  const made = make("table", {}, make("caption", {}, caption),
    make("thead", {}, make("tr", {}, ...header.map((cell) => make("th", { scope: "col" }, cell)))));
  const body = rows.map(([first, ...rest]) => make("tr", {},
    make("th", { scope: "row" }, first), ...rest.map((cell) => make("td", {}, cell))));
  made.append(make("tbody", {}, ...body));
  return made;
}

function layOut(el, send) {
  const parts = {
    name: make("strong", { class: "kt-run-name" }),
    headline: make("span", { class: "kt-run-headline", role: "status", "aria-live": "polite" }),
    timing: make("span", { class: "kt-run-timing" }),
    bar: make("progress", { max: "1", "aria-label": "Progress of the training" }),
    buttons: make("div", { class: "kt-run-buttons", role: "group", "aria-label": "Training" }),
    message: make("p", { class: "kt-run-message" }),
    panels: make("div", { class: "kt-run-panels" }),
    verdict: make("p", { class: "kt-run-verdict" }),
    results: make("div", { class: "kt-run-results" }),
    details: make("dl", { class: "kt-run-details" }),
    how: make("details", { class: "kt-run-how" }, make("summary", {}, "Device and speed")),
    epochs: make("details", { class: "kt-run-epochs" }, make("summary", {}, "All epochs as a table"), make("div")),
  };
  for (const [wish, label] of Object.entries(LABELS)) {
    parts.buttons.append(make("button", { type: "button", "data-wish": wish, onclick: () => send(wish) }, label));
  }
  parts.root = make("section", { class: "kt-run", "aria-label": "Training" },
    make("header", {}, parts.name, parts.headline, parts.timing),
    parts.bar, parts.buttons, parts.message, parts.panels, parts.verdict, parts.results, parts.epochs, parts.how);
  parts.how.append(parts.details);
  parts.root.addEventListener("focusin", (event) => { parts.held = event.target; });
  parts.root.addEventListener("focusout", () => setTimeout(() => {
    if (parts.root.isConnected && !parts.root.contains(document.activeElement)) parts.held = null;
  }));
  keepKeys(parts.root);
  el.append(parts.root);
  return parts;
}

// When a run ends, Jupyter takes its view from the page and shows it anew. What was open is open again, and who had the
// focus has it.
const views = new Map();

function takeOver(address, parts) {
  const last = views.get(address);
  views.set(address, parts);
  if (!last || last.root.isConnected) return;
  const folds = ["epochs", "how"];
  for (const fold of folds) parts[fold].open = last[fold].open;
  if (!last.held) return;
  const fold = folds.find((name) => last[name].contains(last.held));
  whenOnPage(parts.root, () => {
    if (document.activeElement !== document.body) return; // the learner has gone on
    hold(parts.root, fold ? parts[fold].firstChild : shownButton(parts.buttons));
  });
}

function shownButton(group) {
  return group.hidden ? null : group.querySelector("button:not([hidden])");
}

// Give the focus to a part of the view, or to the view as long as there is none: elsewhere it would be lost.
function hold(root, part) {
  if (!part) {
    root.tabIndex = -1;
    root.addEventListener("blur", () => root.removeAttribute("tabindex"), { once: true });
  }
  (part ?? root).focus({ preventScroll: true });
}

// The live region changes only when the words do, not ten times a second.
function say(part, words) {
  if (part.textContent !== words) part.textContent = words;
  part.hidden = !words;
}

function showButtons({ root, buttons }, wishes, needed) {
  const held = document.activeElement;
  const here = held === root || buttons.contains(held);
  buttons.hidden = !needed;
  for (const button of buttons.children) button.hidden = !wishes.includes(button.dataset.wish);
  if (here && (held === root || held.hidden || buttons.hidden)) hold(root, shownButton(buttons));
}

// A kernel handles widget messages between two cells; the control channel is served while a cell runs as well. A click
// goes both ways, with a number by which the second copy is known.
let clicks = 0;
function sender(model) {
  return (wish) => {
    clicks += 1;
    const content = { to: model.get("address"), do: wish, click: Math.max(clicks, Date.now()) };
    clicks = content.click;
    model.send(content);
    const kernel = model.widget_manager?.kernel;
    if (typeof kernel?.sendControlMessage !== "function") return;
    kernel.sendControlMessage({
      header: {
        msg_id: crypto.randomUUID?.() ?? `kt-${clicks}`, msg_type: "kerastutor_click", username: kernel.username,
        session: kernel.clientId, date: new Date().toISOString(), version: "5.3",
      },
      parent_header: {}, metadata: {}, content, buffers: [], channel: "control",
    }, false);
  };
}

function render({ model, el }) {
  const parts = layOut(el, sender(model));

  const update = () => {
    const state = model.get("state");
    if (!state.status) return;
    el.firstChild.dataset.status = state.status;
    say(parts.name, state.name);
    say(parts.headline, state.headline);
    say(parts.timing, state.timing);
    say(parts.message, state.message);
    say(parts.verdict, state.verdict);
    if (state.fraction === null) parts.bar.removeAttribute("value");
    else parts.bar.value = state.fraction;
    showButtons(parts, state.wishes, state.wishes.length > 0 || state.verdict === "");
    showCurves();
    parts.results.replaceChildren(...(state.results.rows.length ? [table(state.results)] : []));
    parts.details.replaceChildren(...state.details.flatMap(([what, value]) => [make("dt", {}, what), make("dd", {}, value)]));
    parts.how.hidden = !state.details.length;
    parts.epochs.hidden = !state.epochs?.rows.length;
    if (state.epochs) parts.epochs.lastChild.replaceChildren(table(state.epochs));
  };

  const showCurves = () => {
    const drawn = model.get("state").panels?.filter((panel) => panel.series.length) ?? [];
    const room = parts.panels.clientWidth || 640;
    const fitting = Math.max(1, Math.min(drawn.length, Math.floor(room / 260)));
    const columns = drawn.length === 4 && fitting === 3 ? 2 : fitting; // two and two, not three and one
    const width = Math.min(460, Math.floor(room / columns) - 12);
    parts.panels.style.setProperty("--kt-columns", columns);
    parts.panels.replaceChildren(...drawn.map((panel) => draw(panel, width)));
  };

  const resized = new ResizeObserver(showCurves);
  resized.observe(el);
  model.on("change:state", update);
  update();
  takeOver(model.get("address"), parts);
  return () => {
    resized.disconnect();
    model.off("change:state", update);
  };
}

export default { render };
