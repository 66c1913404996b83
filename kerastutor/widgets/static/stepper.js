// The stepper's page: code left, graph right, one line at a time.

class Stepper {
  constructor(model, root) {
    this.model = model;
    this.root = root;
    this.playing = 0;
    this.steps = model.get("steps");
    root.classList.add("kt-stepper");
    keepKeys(root);
    root.addEventListener("keydown", (event) => this.key(event));
    root.append(this.bar(), make("div", { class: "parts" }, this.listing(), this.stage()), this.remarks());
    model.on("change:position", (this.onPosition = () => this.show()));
    model.on("change:picture", (this.onPicture = () => this.draw()));
    this.show();
    this.draw();
  }

  close() {
    clearInterval(this.playing);
    this.model.off("change:position", this.onPosition);
    this.model.off("change:picture", this.onPicture);
  }

  get at() { return this.model.get("position"); }

  go(position) {
    const last = this.steps.length - 1;
    this.model.set("position", Math.max(0, Math.min(position, last)));
    this.model.save_changes();
  }

  bar() {
    const button = (text, act) => make("button", { type: "button", onclick: act }, text);
    this.back = button("Previous", () => this.go(this.at - 1));
    this.next = button("Next", () => this.go(this.at + 1));
    this.play = button("Play", () => this.toggle());
    this.slider = make("input", {
      type: "range", min: 0, max: Math.max(this.steps.length - 1, 0), "aria-label": "Step",
      oninput: (event) => this.go(+event.target.value),
    });
    this.count = make("span", { class: "count" });
    return make("div", { class: "bar", role: "toolbar", "aria-label": "Steps" },
      this.back, this.next, this.slider, this.play, this.count);
  }

  listing() {
    this.lines = this.model.get("code").map((text, number) =>
      make("span", { class: "line" }, make("span", { class: "number", "aria-hidden": "true" }, `${number + 1}`), `${text}\n`));
    for (const [number, step] of this.steps.entries()) {
      this.lines[step.line - 1]?.addEventListener("click", () => this.go(number));
    }
    return make("pre", { class: "listing", tabindex: "0", "aria-label": "Code" }, make("code", {}, ...this.lines));
  }

  stage() {
    this.sentence = make("p", { class: "sentence", role: "status", "aria-live": "polite" });
    this.drawing = make("div", { class: "drawing" });
    return make("div", { class: "stage" }, this.sentence, this.drawing);
  }

  remarks() {
    const said = this.model.get("remarks").map((remark) => make("li", {}, ...rich(remark)));
    return said.length ? make("ul", { class: "remarks" }, ...said) : make("span");
  }

  key(event) {
    if (event.target === this.slider) return;
    const { scrollWidth, clientWidth } = event.target;
    if (/Left|Right/.test(event.key) && event.target.matches("pre") && scrollWidth > clientWidth) return; // they scroll it
    const moves = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    if (event.key in moves) this.go(this.at + moves[event.key]);
    else if (event.key === "Home") this.go(0);
    else if (event.key === "End") this.go(this.steps.length - 1);
    else return;
    event.preventDefault();
  }

  toggle() {
    if (this.playing) return this.stop();
    if (this.at >= this.steps.length - 1) this.go(0);
    this.play.textContent = "Pause";
    this.playing = setInterval(() => {
      if (this.at >= this.steps.length - 1) this.stop();
      else this.go(this.at + 1);
    }, 1000);
  }

  stop() {
    clearInterval(this.playing);
    this.playing = 0;
    this.play.textContent = "Play";
  }

  show() {
    const step = this.steps[this.at];
    idle(this.back, this.at <= 0);
    idle(this.next, this.at >= this.steps.length - 1);
    this.slider.value = this.at;
    for (const line of this.lines) { line.classList.remove("lit", "failed"); line.removeAttribute("aria-current"); }
    if (!step) {
      this.sentence.textContent = "No line was run.";
      return;
    }
    this.count.textContent = `Line ${step.line}${step.inside ? ` in ${step.inside}()` : ""}, step ${this.at + 1} of ${this.steps.length}`;
    this.slider.setAttribute("aria-valuetext", this.count.textContent);
    this.sentence.replaceChildren(...rich(step.sentence));
    const line = this.lines[step.line - 1];
    line.classList.add("lit");
    if (step.failed) line.classList.add("failed");
    line.setAttribute("aria-current", "step");
    const box = line.closest("pre");
    const above = line.offsetTop - box.offsetTop;
    if (above < box.scrollTop || above > box.scrollTop + box.clientHeight - 24) box.scrollTop = above - box.clientHeight / 2;
  }

  draw() {
    const { svg = "", at = 0 } = this.model.get("picture");
    const places = new Map(this.boxes().map((box) => [box.dataset.key, box.getAttribute("transform")]));
    this.drawing.innerHTML = svg; // the drawing escapes every name it shows
    if (!svg) this.drawing.append(make("p", { class: "empty" }, "There is no graph yet."));
    const fresh = this.steps[at]?.new ?? [];
    for (const box of this.boxes()) {
      const before = places.get(box.dataset.key);
      const now = box.getAttribute("transform");
      if (fresh.includes(box.dataset.key)) box.classList.add("lit-box");
      if (calm()) continue;
      if (before === undefined) box.animate({ opacity: [0, 1] }, { duration: 250 });
      else if (before !== now) box.animate({ transform: [pixels(before), pixels(now)] }, { duration: 250, easing: "ease-out" });
    }
    this.showNew();
  }

  /** Scroll the drawing to what the line added. */
  showNew() {
    const lit = [...this.drawing.querySelectorAll(".lit-box")];
    if (lit.length) reveal(this.drawing, lit.at(-1));
  }

  boxes() { return [...this.drawing.querySelectorAll(".b[data-key]")]; }
}

export default {
  render({ model, el }) {
    const page = new Stepper(model, el.appendChild(document.createElement("div")));
    return () => page.close();
  },
};
