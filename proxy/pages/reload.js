const began = performance.now();
let seen, timer; // the ETag of the states at first; the next look
async function isBack() {
  if (until === "dialed") {
    const answer = await fetch(location.href, { method: "HEAD", cache: "no-store", redirect: "manual" });
    return answer.headers.get("X-Devgate-Error") !== "refused";
  }
  const answer = await fetch("/__devgate/state", { cache: "no-store" });
  const tag = answer.headers.get("ETag"), { backends } = await answer.json();
  seen ??= tag;
  if (until === "changed") return tag !== seen && !Object.values(backends).includes("waiting");
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
