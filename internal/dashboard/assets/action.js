// Forms that change something: sent without leaving the page.
import { tell, token } from "./page.js";

/**
 * post sends a form's fields. It tells what went wrong.
 * @param {HTMLFormElement} form
 * @returns {Promise<string>} where to go next, or "" when it was not done
 */
async function post(form) {
  tell("");
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "X-Devgate-Token": token } });
    if (answer.ok) return answer.headers.get("Location");
    tell(await answer.text());
  } catch {
    tell("devgate does not answer: it has been stopped, or restarts");
  }
  return "";
}

/**
 * sendInPlace takes over the forms below an element that change something.
 * @param {Element} root
 * @param {(next: string) => void} [done]
 */
export function sendInPlace(root, done = () => {}) {
  root.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    event.preventDefault();
    const button = event.submitter;
    button?.setAttribute("aria-disabled", "true");
    const next = await post(form);
    button?.removeAttribute("aria-disabled");
    if (next) done(next);
  });
}
