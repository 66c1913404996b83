/* Progress over the course: a bar for each lesson, with the time it takes, and buttons to export, hand in, import, reset
   and undo. Where Python names a copy, the browser's own storage keeps one under this name, for this learner alone, and
   it is offered again where the kernel has nothing. */

/** The copy in the browser's storage; where that is full or forbidden, the file is the safe way. */
class Copy {
  constructor(name) { this.place = name && `kerastutor.progress.v2 ${name}`; }

  get text() {
    try { return this.place && localStorage.getItem(this.place); } catch { return null; }
  }

  keep(text) {
    try { if (this.place) localStorage.setItem(this.place, text); } catch { /* see above */ }
  }

  forget() {
    try { localStorage.removeItem(this.place); } catch { /* see above */ }
  }

  /** How much there is and from when, so that nobody takes another's for their own. */
  get words() {
    try {
      const kept = JSON.parse(this.text).attempts.filter((attempt) => !attempt.reset);
      const last = new Date(kept.map((attempt) => attempt.at).sort().at(-1));
      return `${kept.length} ${kept.length === 1 ? "attempt" : "attempts"}, last on ${last.toLocaleDateString()}`;
    } catch {
      return "";
    }
  }
}

function lasting(minutes) {
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

// Other notebooks add to the same record. The kernel is asked when somebody looks, and not by the clock: that would keep
// an unused server alive.
function whenLookedAt(card, act) {
  const seen = new IntersectionObserver((entries) => { if (entries.some((entry) => entry.isIntersecting)) act(); });
  seen.observe(card);
  card.addEventListener("pointerenter", act);
  window.addEventListener("focus", act);
  return () => { seen.disconnect(); window.removeEventListener("focus", act); };
}

function render({ model, el }) {
  const bars = make("div");
  const buttons = make("div", { class: "kt-card-buttons" });
  const said = make("p", { class: "kt-said", role: "status", "aria-live": "polite" });
  const file = make("input", { type: "file", accept: ".json,application/json", hidden: true });
  const card = make("section", { class: "kt-card kt-card-task", "aria-label": "Progress" }, bars, buttons, file, said);
  keepKeys(card);

  const button = (label, act) => {
    const made = make("button", { type: "button", onclick: act }, label);
    buttons.append(made);
    return made;
  };
  const exportIt = button("Export", () => download(model.get("text"), "kerastutor-progress.json"));
  button("Hand in", () => model.send({ do: "hand in" }));
  button("Import", () => file.click());
  const reset = button("Reset", () => {
    if (reset.textContent === "Reset") { reset.textContent = "Reset everything?"; return; }
    reset.textContent = "Reset";
    model.send({ do: "reset" });
  });
  reset.addEventListener("blur", () => { reset.textContent = "Reset"; });
  button("Undo reset", () => model.send({ do: "undo" }));
  const copy = new Copy(model.get("mirror"));
  const restore = button("", () => model.send({ do: "import", text: copy.text }));
  const forget = button("Forget what this browser has", () => { copy.forget(); show(); });
  file.addEventListener("change", async () => {
    if (file.files.length) model.send({ do: "import", text: await file.files[0].text() });
    file.value = "";
  });

  const show = () => {
    const stages = model.get("stages");
    bars.replaceChildren();
    const whole = { label: "The course", minutes: 0, passed: 0, exercises: 0 };
    for (const stage of stages) {
      whole.minutes += stage.minutes;
      whole.passed += stage.passed;
      whole.exercises += stage.exercises;
    }
    for (const stage of [whole, ...stages]) {
      const bar = make("progress", { max: stage.exercises || 1, value: stage.passed, "aria-label": stage.label });
      const done = stage.passed === stage.exercises ? " ✓" : "";
      bars.append(make("div", { class: "kt-card-stage" }, make("span", {}, stage.label),
        make("span", { class: "kt-card-time" }, lasting(stage.minutes)), bar,
        make("span", {}, `${stage.passed} of ${stage.exercises}${done}`)));
    }
    const empty = model.get("attempts") === 0;
    if (!empty) copy.keep(model.get("text"));
    restore.hidden = forget.hidden = !(empty && copy.words);
    restore.textContent = `Restore from this browser: ${copy.words}`;
    exportIt.disabled = empty;
  };
  const offer = () => {
    const { name, text } = model.get("handed");
    if (name) download(text, name);
  };
  const say = () => { said.textContent = model.get("said"); };
  el.append(card);
  let asked = false;
  const answered = () => { asked = false; };
  const look = () => {
    if (asked || !card.offsetParent) return;
    asked = true;
    model.send({ do: "look" });
  };
  const lookNoMore = whenLookedAt(card, look);
  model.on("msg:custom", answered);
  model.on("change:text", show);
  model.on("change:said", say);
  model.on("change:handed", offer);
  show();
  say();
  return () => {
    lookNoMore();
    model.off("msg:custom", answered);
    model.off("change:text", show);
    model.off("change:said", say);
    model.off("change:handed", offer);
  };
}

export default { render };
