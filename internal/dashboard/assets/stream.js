// The one stream of a page. A browser has six connections to a server, over all
// tabs: a tab that is not seen gives its own back.
import { byId, run } from "./page.js";

const pause = 1000; // ms until the next attempt, where the browser gives up

/**
 * follow hands over what is sent of the topics, from now on.
 * @param {Record<string, (data: any) => void>} topics by name
 */
export function follow(topics) {
  let source, last = "", timer;

  function open() {
    clearTimeout(timer);
    if (source || document.hidden) return;
    const query = new URLSearchParams(Object.keys(topics).map((name) => ["topic", name]));
    query.set("run", run);
    if (last) query.set("after", last);
    source = new EventSource(`/stream?${query}`);
    source.addEventListener("run", (event) => {
      if (JSON.parse(event.data) !== run) location.reload(); // another devgate: its token, its lines
      byId("connection").textContent = "";
    });
    for (const [name, take] of Object.entries(topics)) {
      source.addEventListener(name, (event) => {
        last = event.lastEventId || last;
        take(JSON.parse(event.data));
      });
    }
    source.addEventListener("error", () => {
      byId("connection").textContent = "devgate does not answer; trying again";
      close();
      timer = setTimeout(open, pause);
    });
  }

  function close() {
    source?.close();
    source = undefined;
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  addEventListener("pagehide", close);
  addEventListener("pageshow", open);
  open();
}
