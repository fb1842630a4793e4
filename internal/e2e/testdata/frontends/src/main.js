import { greeting } from "./greeting.js";

// Each of them is a line of the page, so that a browser's test can wait for it.
const lines = { greeting };

function render() {
  document.querySelector("#app").textContent = Object.entries(lines)
    .map(([name, text]) => `${name}: ${text}`)
    .join("\n");
}

function show(name, text) {
  lines[name] = text;
  render();
}

render();
show("path", location.pathname);
show("loaded", performance.timeOrigin);
fetch("/api/users")
  .then((answer) => answer.json())
  .then((users) => show("users", users.map((user) => user.name).join(", ")))
  .catch((error) => show("users", error));

const socket = new WebSocket(`ws://${location.host}/socket`);
socket.onmessage = (event) => show("socket", event.data);

if (import.meta.hot) {
  import.meta.hot.accept("./greeting.js", (module) => show("greeting", module.greeting));
}
