/* Progress over the course: a bar for each lesson, with the time it takes, and buttons to export, hand in, import, reset
   and undo. What was exported last is mirrored to the browser's own storage and offered again where the kernel has
   nothing. */

const STORED = "kerastutor.progress.v1";

function stored() {
  try { return window.localStorage.getItem(STORED); } catch { return null; }
}

function store(text) {
  try { window.localStorage.setItem(STORED, text); } catch { /* full or forbidden: the file is the safe way */ }
}

function download(text, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

function element(tag, text = "", className = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) made.className = className;
  return made;
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
  const card = element("section", "", "kt-card kt-card-task");
  card.setAttribute("data-lm-suppress-shortcuts", "true");
  card.setAttribute("aria-label", "Progress");
  const bars = element("div");
  const buttons = element("div", "", "kt-card-buttons");
  const said = element("p", "", "kt-said");
  said.setAttribute("role", "status");
  said.setAttribute("aria-live", "polite");
  const file = element("input");
  Object.assign(file, { type: "file", accept: ".json,application/json", hidden: true });

  const button = (label, act) => {
    const made = element("button", label);
    made.type = "button";
    made.addEventListener("click", act);
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
  const restore = button("Restore from this browser", () => model.send({ do: "import", text: stored() }));
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
      const row = element("div", "", "kt-stage");
      const bar = element("progress");
      Object.assign(bar, { max: stage.exercises || 1, value: stage.passed });
      bar.setAttribute("aria-label", stage.label);
      const done = stage.passed === stage.exercises ? " ✓" : "";
      row.append(element("span", stage.label), element("span", lasting(stage.minutes), "kt-stage-time"), bar,
        element("span", `${stage.passed} of ${stage.exercises}${done}`));
      bars.append(row);
    }
    const empty = model.get("attempts") === 0;
    restore.hidden = !(empty && stored());
    exportIt.disabled = empty;
    if (!empty) store(model.get("text"));
  };
  const offer = () => {
    const { name, text } = model.get("handed");
    if (name) download(text, name);
  };
  const say = () => { said.textContent = model.get("said"); };
  card.append(bars, buttons, file, said);
  el.append(card);
  let asked = false;
  const answered = () => { asked = false; };
  const look = () => {
    if (asked || !card.offsetParent) return;
    asked = true;
    model.send({ do: "look" });
  };
  const forget = whenLookedAt(card, look);
  model.on("msg:custom", answered);
  model.on("change:text", show);
  model.on("change:said", say);
  model.on("change:handed", offer);
  show();
  say();
  return () => {
    forget();
    model.off("msg:custom", answered);
    model.off("change:text", show);
    model.off("change:said", say);
    model.off("change:handed", offer);
  };
}

export default { render };
