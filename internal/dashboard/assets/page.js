// What every page has: the token of this run, and a line for what went wrong.

/** @param {string} name */
const meta = (name) => document.querySelector(`meta[name="devgate-${name}"]`).content;

export const token = meta("token");
export const run = meta("run");

/** @param {string} id */
export const byId = (id) => document.getElementById(id);

/**
 * tell shows what a person has to know; a screen reader reads it at once.
 * @param {string} text "" takes it away
 */
export function tell(text) {
  byId("told").textContent = text;
}

/**
 * setText leaves what is there already alone: a reader's selection and place stay.
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * showState is the project's state, at the top of every page.
 * @param {{state: string}} status
 */
export function showState(status) {
  const state = byId("project-state");
  setText(state, status.state);
  state.dataset.state = status.state;
}

/** show takes an element out of the page, or puts it back. */
export function show(element, on) {
  if (element.hidden === on) element.hidden = !on;
}
