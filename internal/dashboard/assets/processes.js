// The page of processes: its rows follow the project's status.
import { sendInPlace } from "./action.js";
import { lasted } from "./format.js";
import { byId, setText, show, showState } from "./page.js";
import { follow } from "./stream.js";

const body = byId("services");
const idle = new Set(["stopped", "stopping", "done", "failed", "exited"]);

/** exitText is the last exit in words. */
function exitText(exit) {
  if (!exit) return "";
  return exit.signal ? `killed by ${exit.signal}` : `exit status ${exit.code}`;
}

/** rowOf is the row of a service; one that is new gets a new one. */
function rowOf(name) {
  const known = byId(`service-${name}`);
  if (known) return known;
  const row = byId("service-row").content.firstElementChild.cloneNode(true);
  row.id = `service-${name}`;
  for (const form of row.querySelectorAll("form")) {
    form.action = `/services/${encodeURIComponent(name)}/${form.dataset.verb}`;
    const button = form.querySelector("button");
    button.setAttribute("aria-label", `${button.textContent} ${name}`);
  }
  const [log, app] = row.querySelectorAll("[data-link]");
  log.href = `/logs?service=${encodeURIComponent(name)}`;
  log.setAttribute("aria-label", `Log of ${name}`);
  app.setAttribute("aria-label", `Open ${name}`);
  return row;
}

/** appURL is where the browser finds one service alone. */
function appURL(gateway, service) {
  const url = new URL(gateway);
  const isLocal = /(^|\.)localhost$|^127\.|^\[::1\]$/.test(url.hostname);
  if (service.kind === "worker" || service.kind === "task") return "";
  return isLocal ? `http://${service.name.toLowerCase()}.localhost:${url.port}` : service.url ?? "";
}

/** fillWaits lists what a service waits for, as links to its rows. */
function fillWaits(cell, names) {
  if (cell.dataset.names === names.join()) return;
  cell.dataset.names = names.join();
  cell.replaceChildren(...names.flatMap((name, i) => {
    const link = document.createElement("a");
    link.href = `#service-${name}`;
    link.textContent = name;
    return [i ? ", " : "for ", link];
  }));
}

function fill(row, service, gateway) {
  const field = (name) => row.querySelector(`[data-field="${name}"]`);
  const texts = {
    name: service.name, kind: service.kind, state: service.state, reason: service.reason, port: service.port ?? "", pid: service.pid ?? "",
    restarts: service.restarts, exit: exitText(service.exit),
  };
  for (const [name, text] of Object.entries(texts)) setText(field(name), String(text));
  field("state").dataset.state = service.state;
  field("uptime").dataset.since = service.started ?? "";
  fillPast(row, { change: service.last_change, restart: service.last_restart, failure: service.last_failure });
  fillWaits(field("waits"), service.waits_for);
  const running = !idle.has(service.state);
  fillActions(row, running);
  const app = row.querySelector('[data-link="app"]'), url = appURL(gateway, service);
  show(app, url !== "");
  if (url) app.href = url;
}

/** fillPast says what has happened to a service last. How long ago is for tick. */
function fillPast(row, moments) {
  for (const line of row.querySelectorAll("[data-past]")) {
    const moment = moments[line.dataset.past];
    line.querySelector("time").dataset.since = moment?.at ?? "";
    setText(line.querySelector("span"), moment?.text ?? "");
    show(line, Boolean(moment));
  }
}

/** fillActions shows what can be done now. The focus stays where a button gives way to another. */
function fillActions(row, running) {
  let lost = false;
  for (const form of row.querySelectorAll("form")) {
    const on = (form.dataset.verb === "start") !== running;
    lost ||= !on && !form.hidden && form.contains(document.activeElement);
    show(form, on);
  }
  if (lost) row.querySelector("form:not([hidden]) button")?.focus();
}

function tick() {
  for (const time of body.querySelectorAll("[data-since]")) {
    const since = Date.parse(time.dataset.since);
    setText(time, since ? lasted(Date.now() - since) : "");
  }
}

function take(status) {
  showState(status);
  const rows = status.services.map((service) => {
    const row = rowOf(service.name);
    fill(row, service, status.url);
    return row;
  });
  // Moved only where the order differs: a row that is moved loses the focus.
  if (rows.some((row, i) => body.children[i] !== row) || rows.length !== body.children.length) body.replaceChildren(...rows);
  tick();
}

sendInPlace(document.body);
follow({ status: take });
setInterval(tick, 1000);
