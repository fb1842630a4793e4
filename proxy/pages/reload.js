const began = performance.now();
let seen, timer; // the ETag of the states at first; the next look
async function isBack() {
  const query = until === "dialed" ? "?reach=" + encodeURIComponent(backend) : "";
  const answer = await fetch("/__devgate/state" + query, { cache: "no-store" });
  const tag = answer.headers.get("ETag"), { backends, reached } = await answer.json();
  seen ??= tag;
  switch (until) {
  case "changed": return tag !== seen && !Object.values(backends).includes("waiting");
  case "dialed": return reached || backends[backend] !== was;
  }
  return backends[backend] === "ready" || backends[backend] !== was;
}
// Newer lines are worth a reload only to somebody who is not in the midst of reading them.
function isStale() {
  return refresh > 0 && performance.now() - began > refresh && document.activeElement === document.body && getSelection().isCollapsed;
}
async function look() {
  try {
    if (await isBack() || isStale()) { location.reload(); return; }
  } catch { /* the gateway itself restarts: look again */ }
  wait(until === "dialed" ? 1000 : 500);
}
function wait(ms) {
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(look, ms);
}
document.addEventListener("visibilitychange", () => wait(0));
wait(until === "changed" ? 0 : 500);
