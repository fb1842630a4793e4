// A cascade as a picture and in words. The server draws the same.
import { took } from "./format.js";

const svg = "http://www.w3.org/2000/svg";

/** classOf is how a status is coloured. */
export function classOf(status) {
  if (status === 0) return "none";
  if (status >= 500) return "bad";
  return status >= 400 ? "refused" : "good";
}

const said = (attempt) => attempt.status || attempt.note.split(";")[0] || "no answer";

/** words is "web 404 1.1 ms → api 200 4.2 ms". */
export const words = (request) => request.cascade.map((a) => `${a.backend} ${said(a)} ${took(a.duration_ms)}`).join(" → ");

/**
 * bars are the backends of a request, one after the other. All of them together are
 * as wide as the logarithm of its time.
 * @returns {{x: number, width: number, class: string}[]} in percent
 */
export function bars(request) {
  const total = Math.max(request.duration_ms, request.cascade.reduce((sum, a) => sum + a.duration_ms, 0));
  const all = [];
  const whole = Math.min(Math.max(20 * Math.log10(1 + total), 2), 100);
  let x = 0;
  request.cascade.forEach((attempt, i) => {
    if (total <= 0) return;
    let width = Math.max((whole * attempt.duration_ms) / total, 1);
    const held = (whole * Math.min(request.held_ms, attempt.duration_ms)) / total;
    if (i === request.cascade.length - 1 && held >= 1) {
      all.push({ x, width: held, class: "held" });
      x += held;
      width = Math.max(width - held, 1);
    }
    all.push({ x, width, class: classOf(attempt.status) });
    x += width;
  });
  return all;
}

/** draw puts the bars of a request into a picture. */
export function draw(picture, request) {
  picture.replaceChildren(...bars(request).map((bar) => {
    const rect = document.createElementNS(svg, "rect");
    const attributes = { x: bar.x.toFixed(1), y: 0, width: bar.width.toFixed(1), height: 8, class: bar.class };
    for (const [name, value] of Object.entries(attributes)) rect.setAttribute(name, value);
    return rect;
  }));
}
