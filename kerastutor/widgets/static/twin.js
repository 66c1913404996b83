// The twin view: two drawings that are lit, walked and zoomed together. All content comes from Python as data;
// text is only ever set as text, and the drawings are SVG that Python has escaped.

const ZOOMS = [0.25, 0.33, 0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3];
const NARROW = 620;
const LEAST_READABLE = 0.7; // the smallest zoom that is chosen without being asked for
const KEYS = "Keys: the arrows walk along the arrows of the drawing and across to the other one, Home and End lead to the first and last box, Enter opens a card or a group, Escape closes it and then leads back to the cell, + and − zoom, 0 goes back to 100%.";

export default {
  render({ model, el }) {
    const twin = new Twin(model, el);
    const redraw = () => twin.draw();
    model.on("change:view", redraw);
    twin.draw();
    whenOnPage(el, () => hideStill(el));
    return () => {
      model.off("change:view", redraw);
      twin.close();
    };
  },
};

class Twin {
  constructor(model, el) {
    this.model = model;
    this.zoom = 1;
    this.focused = null;
    this.lit = [];
    this.root = make("div", { class: "kt-twin" });
    this.rules = make("style");
    this.bar = make("div", { class: "kt-bar", role: "toolbar", "aria-label": "Drawing" });
    this.panels = make("div", { class: "kt-panels" });
    this.stage = make("div", { class: "kt-stage", tabindex: "0", role: "region" }, this.panels);
    this.below = make("div");
    this.root.append(this.rules, this.bar, this.stage, this.below);
    el.append(this.root);
    this.fillBar();
    this.listen();
    this.watch();
  }

  close() {
    this.sizes.disconnect();
    this.themes.disconnect();
    this.root.remove();
  }

  // ---- drawing -------------------------------------------------------------------------------------------------

  draw() {
    const view = this.model.get("view");
    const before = this.positions();
    const anchor = this.anchor && before.get(this.anchor);
    this.view = view;
    this.rules.textContent = view.rules;
    this.name.textContent = view.name;
    this.stage.setAttribute("aria-label", `Drawings of ${view.name}`);
    this.panels.replaceChildren(...view.panels.map((panel, side) => this.panel(panel, side)));
    this.index();
    this.fillBelow();
    this.scale();
    if (before.size) this.animate(before);
    if (anchor) this.keep(anchor);
    this.anchor = null;
    if (this.refocus) this.focus(this.refocus);
    this.refocus = null;
  }

  panel(panel, side) {
    const svg = parse(`<svg xmlns="${SVG}" class="kt" viewBox="0 0 ${panel.width} ${panel.height}">${panel.body}</svg>`);
    svg.setAttribute("role", "tree");
    svg.setAttribute("aria-label", `${panel.heading}. ${this.view.name}`);
    const heading = make("h3", {}, panel.heading);
    const figure = make("section", { class: "kt-panel" }, heading, make("p", {}, panel.caption), svg);
    figure.dataset.side = side;
    figure.dataset.set = panel.set;
    return figure;
  }

  /** Find every box once, so that lighting up costs no search. */
  index() {
    this.items = new Map();
    this.arrows = new Map();
    for (const item of this.root.querySelectorAll("[data-key]")) {
      add(this.items, item.dataset.key, item);
      const card = this.card(item);
      item.setAttribute("role", "treeitem");
      item.setAttribute("aria-label", card.label ?? item.dataset.key);
      item.setAttribute("aria-level", String(1 + this.ancestors(item).length));
      if (card.group) item.setAttribute("aria-expanded", String(item.classList.contains("fr")));
      item.setAttribute("aria-selected", "false");
      item.setAttribute("tabindex", "-1");
      if (item.parentNode.matches("g:not([data-key])")) item.parentNode.setAttribute("role", "none"); // else no tree's item
    }
    for (const arrow of this.root.querySelectorAll("[data-from]")) {
      add(this.arrows, arrow.dataset.from, arrow);
      add(this.arrows, arrow.dataset.to, arrow);
    }
    for (const svg of this.root.querySelectorAll("svg.kt")) {
      svg.querySelectorAll("text, path, rect, circle").forEach((part) => part.setAttribute("aria-hidden", "true"));
      svg.querySelector("[data-key]")?.setAttribute("tabindex", "0");
      if (!svg.querySelector("[data-key]")) this.asImage(svg);
    }
  }

  /** A side without boxes is a note: it is read as a picture of its words. */
  asImage(svg) {
    svg.setAttribute("role", "img");
    const words = [...svg.querySelectorAll("text")].map((line) => line.textContent).join(" ");
    svg.setAttribute("aria-label", words);
  }

  set(item) {
    return this.view.sets[item.closest(".kt-panel").dataset.set];
  }

  card(item) {
    return this.set(item).cards[item.dataset.key] ?? {};
  }

  /** The keys of the groups around a box, from the innermost out. */
  ancestors(item) {
    const { parents } = this.set(item), found = [];
    for (let up = parents[item.dataset.key]; up; up = parents[up]) found.push(up);
    return found;
  }

  // ---- lighting up ---------------------------------------------------------------------------------------------

  light(key) {
    for (const part of this.lit) part.classList.remove("lit");
    this.lit = [];
    if (key === null) return;
    const boxes = this.items.get(key) ?? [];
    const around = boxes.length ? this.ancestors(boxes[0]) : [];
    const sides = new Set(boxes.map(side));
    const outer = around.flatMap((name) => this.items.get(name) ?? []).filter((box) => !sides.has(side(box)));
    const lines = [key, ...around].map((name) => this.lines.get(name)).find((found) => found) ?? [];
    this.lit = [...boxes, ...outer, ...(this.arrows.get(key) ?? []), ...lines];
    for (const part of this.lit) part.classList.add("lit");
  }

  // ---- listening -----------------------------------------------------------------------------------------------

  listen() {
    const root = this.root;
    root.addEventListener("pointerover", (event) => this.light(this.keyAt(event.target) ?? this.focused));
    root.addEventListener("pointerleave", () => this.light(this.focused));
    root.addEventListener("focusin", (event) => {
      const key = keyOf(event.target);
      if (key) this.roving(event.target);
      this.focused = key;
      this.light(key);
    });
    root.addEventListener("click", (event) => {
      if (this.dragged) return;
      const item = event.target.closest?.("[data-key]");
      if (item) this.activate(item);
    });
    root.addEventListener("keydown", (event) => this.key(event));
    keepKeys(root);
    this.stage.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      this.step(event.deltaY < 0 ? 1 : -1);
    }, { passive: false });
    this.pan();
  }

  keyAt(target) {
    const item = target.closest?.("[data-key]");
    if (item) return item.dataset.key;
    const line = target.closest?.("li[data-keys]");
    return line ? JSON.parse(line.dataset.keys).find((key) => this.items.has(key)) ?? null : null;
  }

  activate(item) {
    if (this.card(item).group) return this.toggle(item);
    this.openCard(item);
  }

  toggle(item) {
    const key = item.dataset.key;
    this.anchor = `${side(item)} ${key}`;
    this.refocus = { key, side: side(item) };
    this.model.send({ toggle: key, set: Number(item.closest(".kt-panel").dataset.set) });
  }

  key(event) {
    const item = event.target.closest?.("[data-key]");
    if (event.key === "Escape" && this.dialog) {
      this.closeCard();
    } else if (["+", "=", "-", "0"].includes(event.key) && !event.ctrlKey && !event.metaKey) {
      this.step({ "+": 1, "=": 1, "-": -1, 0: 0 }[event.key]);
    } else if (item && (event.key === "Enter" || event.key === " ")) {
      this.activate(item);
    } else if (item && this.next(item, event.key)) {
      this.focus(this.next(item, event.key));
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** The box that an arrow key leads to, in the graph or in the stack, and across from one to the other. */
  next(item, name) {
    const key = item.dataset.key, from = side(item);
    const order = [...item.closest("svg").querySelectorAll("[data-key]")].map((other) => other.dataset.key);
    if (name === "Home") return { key: order[0], side: from };
    if (name === "End") return { key: order.at(-1), side: from };
    const step = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" }[name];
    if (!step) return null;
    const along = this.view.panels[from].walked && this.set(item).walk[key]?.[step]?.[0];
    if (along) return { key: along, side: from };
    if (step === "left" || step === "right") return this.across(item, step);
    const place = order.indexOf(key) + { up: -1, down: 1 }[step];
    return order[place] === undefined ? null : { key: order[place], side: from };
  }

  /** The partner of a box, or of the group around it, in the drawing to the left or right. */
  across(item, step) {
    const to = String(Number(side(item)) + (step === "right" ? 1 : -1));
    for (const key of [item.dataset.key, ...this.ancestors(item)]) {
      if (this.items.get(key)?.some((box) => side(box) === to)) return { key, side: to };
    }
    return null;
  }

  focus({ key, side: where }) {
    const item = this.items.get(key)?.find((box) => side(box) === where) ?? this.visible(key, where);
    if (!item) return;
    this.roving(item);
    item.focus({ preventScroll: true });
    item.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** A box that was there when the group around it changed: itself, or the first that now stands for it. */
  visible(key, where) {
    const { parents } = this.view.sets[this.view.panels[where].set];
    const inside = Object.keys(parents).find((name) => parents[name] === key && this.items.has(name));
    return this.items.get(inside)?.find((box) => side(box) === where);
  }

  /** Exactly one box of each drawing is in the tab order: the last one that had the focus. */
  roving(item) {
    for (const other of item.closest("svg").querySelectorAll('[tabindex="0"]')) other.setAttribute("tabindex", "-1");
    item.setAttribute("tabindex", "0");
  }

  pan() {
    let start = null;
    this.stage.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || event.pointerType !== "mouse") return;
      start = { x: event.clientX, y: event.clientY, left: this.stage.scrollLeft, top: this.stage.scrollTop };
      this.dragged = false;
    });
    this.stage.addEventListener("pointermove", (event) => {
      if (!start || !(event.buttons & 1)) return (start = null);
      const dx = event.clientX - start.x, dy = event.clientY - start.y;
      if (!this.dragged && Math.hypot(dx, dy) < 5) return;
      this.dragged = true;
      this.stage.classList.add("kt-panning");
      this.stage.scrollTo(start.left - dx, start.top - dy);
    });
    this.root.addEventListener("pointerup", () => {
      start = null;
      this.stage.classList.remove("kt-panning");
      setTimeout(() => (this.dragged = false));
    });
  }

  // ---- zoom ----------------------------------------------------------------------------------------------------

  step(direction) {
    this.chosen = true;
    const next = direction > 0 ? ZOOMS.find((zoom) => zoom > this.zoom + 0.01) : ZOOMS.findLast((zoom) => zoom < this.zoom - 0.01);
    this.setZoom(direction === 0 ? 1 : next ?? this.zoom);
  }

  setZoom(zoom) {
    const centre = (this.stage.scrollLeft + this.stage.clientWidth / 2) / this.zoom;
    const middle = (this.stage.scrollTop + this.stage.clientHeight / 2) / this.zoom;
    this.zoom = zoom;
    this.scale();
    this.stage.scrollTo(centre * zoom - this.stage.clientWidth / 2, middle * zoom - this.stage.clientHeight / 2);
  }

  /** Until somebody zooms, a drawing that is a little too wide shrinks so that nothing is cut off. */
  place() {
    const needed = Math.min(1, Math.max(LEAST_READABLE, this.room() / this.wide()));
    if (Math.abs(needed - this.zoom) > 0.005) this.setZoom(needed);
  }

  room() {
    return this.stage.clientWidth - (this.isNarrow() ? 24 : this.gaps());
  }

  wide() {
    return this.isNarrow() ? Math.max(...this.view.panels.map((panel) => panel.width)) : this.together();
  }

  together() {
    return this.view.panels.reduce((sum, panel) => sum + panel.width, 0);
  }

  /** What stands beside and between drawings that are side by side. */
  gaps() {
    return 44 + 40 * (this.view.panels.length - 1);
  }

  fit() {
    this.chosen = true;
    const tall = Math.max(...this.view.panels.map((panel) => panel.height));
    const height = parseFloat(getComputedStyle(this.stage).maxHeight) - 96;
    this.setZoom(Math.max(0.1, Math.min(1, this.room() / this.wide(), this.isNarrow() ? 1 : height / tall)));
  }

  scale() {
    this.root.querySelectorAll("svg.kt").forEach((svg, place) => {
      const { width, height } = this.view.panels[place];
      svg.setAttribute("width", width * this.zoom);
      svg.setAttribute("height", height * this.zoom);
    });
    this.percent.textContent = `${Math.round(this.zoom * 100)}%`;
  }

  /** Below one another only where they would not be readable side by side. */
  isNarrow() {
    const width = this.root.clientWidth;
    return width < NARROW && (width - this.gaps()) / this.together() < LEAST_READABLE;
  }

  watch() {
    this.sizes = new ResizeObserver(() => {
      this.root.classList.toggle("kt-narrow", this.isNarrow());
      if (!this.chosen && this.stage.clientWidth) this.place();
    });
    this.sizes.observe(this.root);
    const theme = () => this.root.classList.toggle("kt-dark", isDark());
    this.themes = new MutationObserver(theme);
    this.themes.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "class", "data-vscode-theme-kind"] });
    theme();
  }

  // ---- moving --------------------------------------------------------------------------------------------------

  positions() {
    const found = new Map();
    for (const item of this.panels.querySelectorAll("[data-key]")) {
      const place = item.getBoundingClientRect();
      found.set(`${side(item)} ${item.dataset.key}`, { x: place.x, y: place.y, moved: item.getAttribute("transform") });
    }
    return found;
  }

  animate(before) {
    if (calm()) return;
    const timing = { duration: 260, easing: "ease-in-out" };
    for (const item of this.panels.querySelectorAll("[data-key]")) {
      const was = before.get(`${side(item)} ${item.dataset.key}`);
      const now = item.getAttribute("transform");
      if (!was) item.animate([{ opacity: 0 }, { opacity: 1 }], timing);
      else if (was.moved !== now) item.animate([{ transform: pixels(was.moved) }, { transform: pixels(now) }], timing);
    }
    for (const arrow of this.panels.querySelectorAll("[data-from]")) arrow.animate([{ opacity: 0 }, { opacity: 1 }], timing);
  }

  /** Scroll so that what was clicked stays under the pointer. */
  keep(anchor) {
    const [where, ...rest] = this.anchor.split(" ");
    const key = rest.join(" ");
    const item = this.items.get(key)?.find((box) => side(box) === where) ?? this.visible(key, where);
    if (!item) return;
    const place = item.getBoundingClientRect();
    this.stage.scrollBy(place.x - anchor.x, place.y - anchor.y);
  }

  // ---- around the drawings -------------------------------------------------------------------------------------

  fillBar() {
    this.name = make("span", { class: "kt-name" });
    this.percent = make("span", { class: "kt-zoom", role: "status" }, "100%");
    const forms = ["svg", "png", "dot"].map((form) => make("option", { value: form }, form.toUpperCase()));
    const form = make("select", { "aria-label": "Form of the file" }, ...forms);
    const button = (text, label, action) =>
      make("button", { type: "button", "aria-label": label, title: label, onclick: action }, text);
    this.bar.append(
      this.name,
      button("−", "Zoom out", () => this.step(-1)),
      this.percent,
      button("+", "Zoom in", () => this.step(1)),
      button("Fit", "Fit the drawing into the view", () => this.fit()),
      make("span", { class: "kt-save" }, form, button("Save", "Save the drawing", () => this.save(form.value))),
    );
  }

  fillBelow() {
    this.lines = new Map();
    const parts = [];
    if (this.view.note) parts.push(make("p", { class: "kt-note" }, this.view.note));
    if (this.view.listings.length) parts.push(make("div", { class: "kt-listings" }, ...this.view.listings.map((listing) => this.listing(listing))));
    const words = make("ol", {}, ...this.view.description.split("\n").map((line) => make("li", {}, line)));
    const keys = make("p", { class: "kt-keys" }, KEYS);
    parts.push(make("details", { class: "kt-words" }, make("summary", {}, "The same in words, and the keys"), words, keys));
    this.below.replaceChildren(...parts);
  }

  listing({ title, lines }) {
    const rows = lines.map(([text, keys]) => {
      const row = make("li", {}, text);
      if (keys.length) row.dataset.keys = JSON.stringify(keys);
      for (const key of keys) add(this.lines, key, row);
      return row;
    });
    return make("div", { class: "kt-listing" }, make("h4", {}, title), make("ol", { tabindex: "0", "aria-label": title }, ...rows));
  }

  // ---- the card ------------------------------------------------------------------------------------------------

  openCard(opener) {
    this.closeCard(false);
    const key = opener.dataset.key, card = this.card(opener);
    const title = make("h3", {}, card.name ? `${card.title} “${card.name}”` : card.title);
    const shut = { type: "button", class: "kt-close", "aria-label": "Close", onclick: () => this.closeCard() };
    const close = make("button", shut, "×");
    this.dialog = make("div", { class: "kt-about", role: "dialog", "aria-label": title.textContent, tabindex: "-1" }, title, close);
    this.dialog.append(...cardParts(card));
    this.opener = opener;
    this.dialog.classList.toggle("kt-left", this.isRight(opener));
    this.root.append(this.dialog);
    close.focus();
    this.focused = key;
    this.light(key);
  }

  /** Whether a box stands in the right half, where the card would cover it. */
  isRight(item) {
    const box = item.getBoundingClientRect(), all = this.root.getBoundingClientRect();
    return box.right > all.right - 360 && box.left > all.left + 200;
  }

  closeCard(back = true) {
    this.dialog?.remove();
    if (back && this.dialog) this.opener?.focus();
    this.dialog = null;
  }

  // ---- saving --------------------------------------------------------------------------------------------------

  save(form) {
    const name = this.view.name.replace(/[^\p{L}\p{N}_-]+/gu, "_") || "drawing";
    if (form === "dot") return download(this.view.dot, `${name}.dot`, "text/vnd.graphviz");
    const { text, width, height } = this.standalone();
    if (form === "svg") return download(text, `${name}.svg`, "image/svg+xml");
    const image = new Image();
    image.onload = () => {
      const scale = Math.min(2, 16000 / Math.max(width, height));
      const canvas = make("canvas", { width: Math.ceil(width * scale), height: Math.ceil(height * scale) });
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob((blob) => download(blob, `${name}.png`, "image/png"), "image/png");
    };
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  }

  /** Both drawings as one SVG with the colours of the moment. */
  standalone() {
    const colours = getComputedStyle(this.root);
    const names = ["paper", "raised", "ink", "muted", "line", "frame", "missing", "extra", "wrong"];
    const variables = names.map((name) => `--kt-${name}:${colours.getPropertyValue(`--kt-${name}`).trim()}`).join(";");
    const whole = document.createElementNS(SVG, "svg");
    let x = 24, height = 0;
    for (const panel of this.view.panels) {
      const group = parse(`<svg xmlns="${SVG}"><g transform="translate(${x} 24)"><text class="h1" y="16"/><text class="h2" y="34"/><g transform="translate(0 ${this.view.header})">${panel.body}</g></g></svg>`).firstChild;
      group.children[0].textContent = panel.heading;
      group.children[1].textContent = panel.caption;
      whole.append(group);
      x += Math.max(panel.width, 220) + 56;
      height = Math.max(height, panel.height);
    }
    const width = x - 32;
    height += this.view.header + 48;
    const style = document.createElementNS(SVG, "style");
    style.textContent = `.kt{${variables}}${this.view.rules}`;
    const paper = document.createElementNS(SVG, "rect");
    for (const [name, value] of Object.entries({ width: "100%", height: "100%", fill: "var(--kt-paper)" })) paper.setAttribute(name, value);
    whole.prepend(style, paper);
    for (const [name, value] of Object.entries({ class: "kt", width, height, viewBox: `0 0 ${width} ${height}` })) whole.setAttribute(name, value);
    return { text: new XMLSerializer().serializeToString(whole), width, height };
  }
}

function cardParts(card) {
  const parts = [];
  const section = (title, rows, head) => {
    if (!rows?.length) return;
    const lines = rows.map((row) => make("tr", {}, ...row.map((cell, place) => make(place ? "td" : "th", place ? {} : { scope: "row" }, cell))));
    parts.push(make("h4", {}, title), make("table", {}, ...(head ? [head] : []), ...lines));
  };
  if (card.says) parts.push(make("p", {}, card.says));
  if (card.shared) parts.push(make("p", {}, card.shared));
  section("Parameters you set", card.config);
  section("Takes", card.takes);
  section("Returns", card.returns?.filter(Boolean).map((shape) => ["tensor", shape]));
  section("Weights", card.weights);
  if (card.sum) parts.push(make("p", {}, `Parameters: ${card.sum}`));
  if (card.line) parts.push(make("p", {}, `Made in ${card.line}`));
  if (card.link?.startsWith("https://")) {
    parts.push(make("p", {}, make("a", { href: card.link, target: "_blank", rel: "noopener noreferrer" }, "Keras documentation")));
  }
  return parts;
}

/** The still picture of the same output has done its work once this view is on the page. */
function hideStill(el) {
  for (let around = el, steps = 0; around && steps < 8; around = around.parentElement, steps += 1) {
    const found = around.querySelectorAll(".kt-still");
    for (const still of found) (still.closest(".jp-OutputArea-child") ?? still).style.display = "none";
    if (found.length || around.matches(".jp-Cell, .cell_container")) return;
  }
}

function parse(text) {
  return document.importNode(new DOMParser().parseFromString(text, "image/svg+xml").documentElement, true);
}

function add(map, key, value) {
  if (map.has(key)) map.get(key).push(value);
  else map.set(key, [value]);
}

function keyOf(target) {
  return target.closest?.("[data-key]")?.dataset.key ?? null;
}

function side(item) {
  return item.closest(".kt-panel").dataset.side;
}

function isDark() {
  const { jpThemeLight, vscodeThemeKind } = document.body.dataset;
  if (jpThemeLight !== undefined) return jpThemeLight === "false";
  if (vscodeThemeKind !== undefined) return /dark|high-contrast$/.test(vscodeThemeKind);
  return document.body.classList.contains("theme-dark") || document.documentElement.getAttribute("theme") === "dark";
}
