// The page of requests.
import { classOf, draw as drawBars, words } from "./cascade.js";
import { clock, count, took } from "./format.js";
import { byId, setText, show, showState } from "./page.js";
import { follow } from "./stream.js";

const mostKept = 2000;
const mostRows = 200; // as on the server's page

const body = byId("rows");
const pause = byId("pause");
let all = []; // the newest first
let frozen; // what was there when it was paused; undefined: it is not
let newest = 0; // number of the newest request
let missed = 0; // requests that came too fast

/** statusTest is a test for "404", "5xx", "404, 5xx" and "left"; of anything else it tells what it wants. */
function statusTest(text) {
  const parts = text.toLowerCase().split(/[\s,]+/).filter(Boolean);
  if (parts.some((part) => !/^([1-5](\d\d|xx)|left)$/.test(part))) return { matches: () => true, problem: "want statuses such as 404 or 5xx" };
  const matches = (status) => parts.some((part) => (part === "left" ? status === 0 : String(status).startsWith(part.replace("xx", ""))));
  return { matches: parts.length ? matches : () => true, problem: "" };
}

/** answeredBy is who gave the answer. */
const answeredBy = (request) => request.backend || (request.status ? "devgate" : "");

function chosen() {
  const path = byId("path").value, backend = byId("backend").value, errorsOnly = byId("errors").checked;
  const status = statusTest(byId("status").value);
  setText(byId("status-problem"), status.problem);
  byId("status").setAttribute("aria-invalid", status.problem !== "");
  return (frozen ?? all).filter((request) => request.path.includes(path) && status.matches(request.status)
    && (!backend || answeredBy(request) === backend || request.cascade.some((a) => a.backend === backend))
    && (!errorsOnly || request.status >= 400 || request.status === 0));
}

function rowOf(request) {
  const row = byId("request-row").content.firstElementChild.cloneNode(true);
  const field = (name) => row.querySelector(`[data-field="${name}"]`);
  const texts = {
    time: clock(new Date(request.at)), method: request.method, path: request.path, status: request.status || "left", backend: answeredBy(request),
    took: took(request.duration_ms), held: request.held_ms > 0 ? took(request.held_ms) : "", cascade: words(request),
  };
  for (const [name, text] of Object.entries(texts)) field(name).textContent = text;
  field("time").dateTime = request.at;
  field("status").className = `status ${classOf(request.status)}`;
  if (request.id) field("path").href = `/requests/${request.id}`;
  drawBars(field("bars"), request);
  row.request = request;
  return row;
}

/** draw keeps the rows that stay: a link in one of them may have the focus. */
function draw() {
  const wanted = chosen();
  const requests = wanted.slice(0, mostRows);
  const known = new Map(), stays = new Set(requests);
  for (const row of [...body.children]) {
    if (stays.has(row.request)) known.set(row.request, row);
    else row.remove();
  }
  let next = body.firstElementChild;
  for (const request of requests) {
    if (next?.request === request) next = next.nextElementSibling;
    else body.insertBefore(known.get(request) ?? rowOf(request), next);
  }
  show(byId("none"), all.length === 0);
  const more = wanted.length > requests.length ? `the newest ${requests.length} of ${count(wanted.length, "request")}` : count(wanted.length, "request");
  setText(byId("count"), missed ? `${more}; ${count(missed, "more")} came too fast` : more);
  setText(pause, frozen ? `Resume (${fresh()} new)` : "Pause");
}

const fresh = () => (frozen.length ? all.findIndex((request) => request === frozen[0]) : all.length).toLocaleString("en");

let drawing = 0;

function take(batch) {
  for (const request of batch) {
    if (request.id && request.id <= newest) continue; // of a stream that begins again
    if (request.id) {
      if (newest) missed += request.id - newest - 1;
      newest = request.id;
    }
    all.unshift(request);
  }
  all.length = Math.min(all.length, mostKept);
  drawing ||= requestAnimationFrame(() => {
    drawing = 0;
    draw();
  });
}

pause.addEventListener("click", () => {
  frozen = frozen ? undefined : [...all];
  pause.setAttribute("aria-pressed", frozen !== undefined);
  draw();
});
byId("filter").addEventListener("submit", (event) => event.preventDefault());
byId("filter").addEventListener("input", draw);
show(byId("filter"), true);
show(pause, true);
follow({ requests: take, status: showState });
