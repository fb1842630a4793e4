// The page of logs.
import { sendInPlace } from "./action.js";
import { coloured } from "./ansi.js";
import { copy, save } from "./clipboard.js";
import { matcher } from "./filter.js";
import { clock, count } from "./format.js";
import { levelOf } from "./level.js";
import { Lines } from "./lines.js";
import { byId, setText, show, showState } from "./page.js";
import { follow } from "./stream.js";
import { VirtualList } from "./virtuallist.js";

const rowHeight = 20; // as in style.css
const longest = 10_000; // characters of a line that are drawn

const lines = new Lines();
const list = new VirtualList(byId("log"), rowHeight, fillRow);
const boxes = [...document.querySelectorAll('input[name="service"]')];
const colours = new Map(boxes.map((box, i) => [box.value, i % 8]));
const [pause, newest, filter] = [byId("pause"), byId("newest"), byId("filter")];

let following = true; // the newest line is kept in view
let target = Date.parse(new URLSearchParams(location.search).get("at") ?? ""); // NaN: none
let marked; // the line there

for (const label of document.querySelectorAll(".choice [data-service]")) label.classList.add(`service${colours.get(label.dataset.service)}`);

function fillRow(row, line) {
  row.className = `line ${levelOf(line.plain)} ${line === marked ? "marked" : ""}`;
  const time = document.createElement("time");
  time.textContent = clock(new Date(line.at));
  const service = document.createElement("span");
  service.className = `service service${colours.get(line.service) ?? 0}`;
  service.textContent = line.service;
  const text = document.createElement("span");
  text.className = line.stream === "devgate" ? "text own" : "text";
  text.append(...coloured(line.text.slice(0, longest)));
  if (line.text.length > longest) text.append(` … (${count(line.plain.length, "character")}: copy has all)`);
  row.replaceChildren(time, " ", service, line.continued ? " ↪ " : " ", text);
}

/** choose applies what is chosen above, and puts it into the address. */
function choose() {
  const names = boxes.filter((box) => box.checked).map((box) => box.value);
  const chosen = new Set(names);
  const found = matcher(byId("text").value, byId("pattern").checked);
  setText(byId("filter-problem"), found.problem);
  byId("text").setAttribute("aria-invalid", found.problem !== "");
  lines.choose((line) => chosen.has(line.service) && found.matches(line.plain));
  const query = new URLSearchParams(names.length === boxes.length ? [] : names.map((name) => ["service", name]));
  byId("download").href = `/logs.txt?${query}`;
  if (byId("text").value) query.set("filter", byId("text").value);
  if (byId("pattern").checked) query.set("pattern", "on");
  history.replaceState(null, "", `/logs?${query}`);
  draw();
}

/** draw shows what is there now. */
function draw(gone = 0) {
  list.update(lines.shown, gone);
  if (following && !selecting()) list.toEnd();
  setText(byId("count"), lines.shown.length === lines.all.length ? count(lines.all.length, "line")
    : `${lines.shown.length.toLocaleString("en")} of ${count(lines.all.length, "line")}`);
  setText(pause, pause.getAttribute("aria-pressed") === "true" ? `Resume (${lines.waiting.toLocaleString("en")} new)` : "Pause");
  show(newest, !following);
}

/** selecting: what somebody selects must not move away. */
function selecting() {
  const selection = getSelection();
  return !selection.isCollapsed && list.viewport.contains(selection.anchorNode);
}

/** jump goes to the first line at the time that the address names, once it is there. */
function jump() {
  if (Number.isNaN(target)) return;
  const place = lines.shown.findIndex((line) => line.at >= target);
  if (place < 0) return;
  following = false;
  target = NaN;
  marked = lines.shown[place];
  list.to(place);
  list.refill();
  draw();
}

let adding = 0;

function take(batch) {
  const gone = lines.add(batch);
  if (gone) draw(gone);
  adding ||= requestAnimationFrame(() => {
    adding = 0;
    draw();
    jump();
  });
}

function takeStatus(status) {
  showState(status);
  for (const service of status.services) {
    const word = document.querySelector(`[data-of="${service.name}"]`);
    if (!word) continue;
    setText(word, service.state);
    word.dataset.state = service.state;
  }
}

const asText = () => lines.shown.map((line) => `${clock(new Date(line.at))} ${line.service} | ${line.plain}\n`).join("");

pause.addEventListener("click", () => {
  const on = pause.getAttribute("aria-pressed") !== "true";
  pause.setAttribute("aria-pressed", on);
  lines.freeze(on);
  draw();
});
newest.addEventListener("click", () => {
  following = true;
  draw();
  list.viewport.focus(); // the button goes away
});
byId("copy").addEventListener("click", (event) => copy(event.target, asText()));
byId("download").addEventListener("click", (event) => {
  event.preventDefault();
  save("devgate.log", asText());
});
list.viewport.addEventListener("scroll", () => {
  following = list.atEnd;
  show(newest, !following);
}, { passive: true });
filter.addEventListener("submit", (event) => event.preventDefault());
filter.addEventListener("input", choose);
for (const box of boxes) box.addEventListener("change", choose);

for (const id of ["pause", "copy"]) show(byId(id), true);
sendInPlace(document.body);
choose();
follow({ lines: take, status: takeStatus });
