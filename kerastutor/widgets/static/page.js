// What all views share. Python puts it before the file of each view: one module, nothing to fetch, nothing to build.

const SVG = "http://www.w3.org/2000/svg";

function make(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** A part of a drawing. */
function shape(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

/** `onclick` and its like are listened to; `true` is an attribute without a value; what is false or not there is none. */
function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** `names` between backticks become code. */
function rich(text) {
  return text.split("`").map((part, number) => (number % 2 ? make("code", {}, part) : part));
}

/**
 * Keys pressed inside are ours. JupyterLab asks the focused element first, before any around it, whether they are its.
 * An Escape that nothing here has a use for leads back to the cell, where the notebook's keys work again.
 */
function keepKeys(root) {
  root.addEventListener("focusin", (event) => event.target.setAttribute("data-lm-suppress-shortcuts", "true"));
  root.addEventListener("keydown", (event) => {
    const clears = event.target.type === "search" && event.target.value;
    if (event.key === "Escape" && !event.defaultPrevented && !clears) root.closest(".jp-Cell")?.focus({ preventScroll: true });
  });
}

/** Act as soon as an element is on the page. */
function whenOnPage(el, act, patience = 300) {
  if (el.isConnected) act();
  else if (patience > 0) requestAnimationFrame(() => whenOnPage(el, act, patience - 1));
}

/** A button that does nothing now. It stays focusable: whoever pressed it last would else be thrown out of the page. */
function idle(button, is) {
  button.setAttribute("aria-disabled", String(is));
}

/** Scroll a frame, and not the page, until this part of it is in sight. */
function reveal(frame, part) {
  const seen = frame.getBoundingClientRect();
  const { top, bottom } = part.getBoundingClientRect();
  if (bottom > seen.bottom) frame.scrollTop += bottom - seen.bottom + 12;
  else if (top < seen.top) frame.scrollTop -= seen.top - top + 12;
}

/** Offer a text (or a Blob) as a file. Some browsers fetch it a moment later, so its address lives on a while. */
function download(text, name, type = "application/json") {
  const link = make("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Whether nothing is to move by itself. */
function calm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** The transform of a box as a style, for an animation. */
function pixels(transform) {
  const [x, y] = transform.match(/-?[\d.]+/g);
  return `translate(${x}px, ${y}px)`;
}
