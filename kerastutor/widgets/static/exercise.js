/* The card of an exercise: its task, where the learner stands, and buttons for a hint and the solution, or to hand in
   where an instructor has both; none in an exam. */

const LABELS = { hint: "Hint", solution: "Solution", "hand in": "Hand in" };

function render({ model, el }) {
  const task = make("div");
  const wishes = model.get("buttons").map((wish) =>
    make("button", { type: "button", onclick: () => model.send({ do: wish }) }, LABELS[wish]));
  const said = make("div", { class: "kt-said", role: "status", "aria-live": "polite" });
  const card = make("section", { class: "kt-card kt-card-task" }, task, make("div", { class: "kt-card-buttons" }, ...wishes), said);
  keepKeys(card);
  el.append(card);

  const show = () => {
    task.innerHTML = model.get("task");
    card.setAttribute("aria-label", model.get("label"));
  };
  const say = () => { said.innerHTML = model.get("said"); };
  const offer = () => {
    const { name, text } = model.get("handed");
    if (name) download(text, name);
  };
  model.on("change:task", show);
  model.on("change:said", say);
  model.on("change:handed", offer);
  show();
  say();
  return () => {
    model.off("change:task", show);
    model.off("change:said", say);
    model.off("change:handed", offer);
  };
}

export default { render };
