// How bad a line is, by its own words. What says nothing of the kind has no level:
// what is printed to stderr is no error for that.

const words = { FATAL: "error", PANIC: "error", CRITICAL: "error", ERROR: "error", ERR: "error", WARNING: "warn", WARN: "warn", INFO: "info", DEBUG: "debug", TRACE: "debug" };

// ERROR as a word in capitals, level=error, "level":"error", [error], error: at the beginning.
const capitals = /\b(FATAL|PANIC|CRITICAL|ERROR|WARNING|WARN|INFO|DEBUG|TRACE)\b/;
const keyed = /\b(?:level|lvl|severity)"?\s*[=:]\s*"?(fatal|panic|critical|error|err|warning|warn|info|debug|trace)\b/i;
const leading = /^\W*(?:\[(fatal|error|warning|warn|info|debug|trace)\]|(fatal|panic|error|warning):)/i;

/** @param {string} text without colours */
export function levelOf(text) {
  const head = text.slice(0, 200); // what a line says of itself stands at its beginning
  const found = keyed.exec(head) ?? leading.exec(head) ?? capitals.exec(head);
  return found ? words[(found[1] ?? found[2]).toUpperCase()] : "";
}
