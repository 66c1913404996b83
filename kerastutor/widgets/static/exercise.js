/* The card of an exercise: its task, where the learner stands, and buttons for a hint and the solution. */

const BUTTONS = [["hint", "Hint"], ["solution", "Solution"]];

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
  for (const [wish, label] of BUTTONS) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
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
  model.on("change:said", say);
  show();
  say();
  return () => { model.off("change:task", show); model.off("change:said", say); };
}

export default { render };
