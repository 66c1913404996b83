/* The card of an exercise: its task, where the learner stands, and buttons for a hint and the solution, or to hand in
   where an instructor has both; none in an exam. */

const LABELS = { hint: "Hint", solution: "Solution", "hand in": "Hand in" };

function offer({ name, text }) {
  if (!name) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

function render({ model, el }) {
  const card = document.createElement("section");
  card.className = "kt-card kt-card-task";
  card.setAttribute("data-lm-suppress-shortcuts", "true");
  const task = document.createElement("div");
  const buttons = document.createElement("div");
  buttons.className = "kt-card-buttons";
  const said = document.createElement("div");
  said.className = "kt-said";
  said.setAttribute("role", "status");
  said.setAttribute("aria-live", "polite");
  for (const wish of model.get("buttons")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = LABELS[wish];
    button.addEventListener("click", () => model.send({ do: wish }));
    buttons.append(button);
  }
  card.append(task, buttons, said);
  el.append(card);

  const show = () => {
    task.innerHTML = model.get("task");
    card.setAttribute("aria-label", model.get("label"));
  };
  const say = () => { said.innerHTML = model.get("said"); };
  model.on("change:task", show);
  const hand = () => offer(model.get("handed"));
  model.on("change:said", say);
  model.on("change:handed", hand);
  show();
  say();
  return () => { model.off("change:task", show); model.off("change:said", say); model.off("change:handed", hand); };
}

export default { render };
