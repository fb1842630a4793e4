// The page of one request: what the server has written is complete; this adds
// copying, and sending again without a detour.
import { sendInPlace } from "./action.js";
import { copy } from "./clipboard.js";
import { byId, show, showState } from "./page.js";
import { follow } from "./stream.js";

for (const button of document.querySelectorAll("[data-copies]")) {
  show(button, true);
  button.addEventListener("click", () => copy(button, byId(button.dataset.copies).textContent));
}
sendInPlace(document.body, (next) => location.assign(next));
follow({ status: showState });
