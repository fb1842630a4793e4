// Copying, and saying that it was done.
import { tell } from "./page.js";

/**
 * copy puts a text on the clipboard. The button says so for a moment.
 * @param {HTMLButtonElement} button
 * @param {string} text
 */
export async function copy(button, text) {
  const name = button.dataset.name ??= button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    tell("");
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = name), 1500);
  } catch {
    tell("the browser does not let this page copy: select the text instead");
  }
}

/** save gives a text to the browser as a file. */
export function save(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
