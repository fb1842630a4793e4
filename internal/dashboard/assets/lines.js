// The lines that a page keeps, within bounds, and which of them are shown.
import { plain } from "./ansi.js";

const most = 100_000; // lines
const mostText = 64 << 20; // characters
const slack = 1.1; // of these: forgetting one by one would move all others each time

/**
 * Lines keeps the newest lines. Shown are those that a test lets through, and, while
 * it is frozen, none that came since.
 */
export class Lines {
  all = [];
  shown = [];
  text = 0; // characters in all
  forgotten = 0; // lines of all times
  #wanted = () => true;
  #frozen = false;
  waiting = 0; // shown lines that came while it was frozen

  /**
   * add appends lines.
   * @returns {number} how many shown lines were forgotten for it
   */
  add(lines) {
    for (const line of lines) {
      line.plain = plain(line.text);
      this.text += line.text.length;
      this.all.push(line);
      if (!this.#wanted(line)) continue;
      if (this.#frozen) this.waiting++;
      else this.shown.push(line);
    }
    return this.#forget();
  }

  #forget() {
    if (this.all.length <= most * slack && this.text <= mostText * slack) return 0;
    let gone = Math.max(0, this.all.length - most);
    let text = 0;
    for (let i = 0; i < gone; i++) text += this.all[i].text.length;
    while (this.text - text > mostText) text += this.all[gone++].text.length;
    this.all.splice(0, gone);
    this.text -= text;
    this.forgotten += gone;
    const first = this.all[0]?.number ?? Infinity;
    const shown = this.shown.findIndex((line) => line.number >= first);
    return this.shown.splice(0, shown < 0 ? this.shown.length : shown).length;
  }

  /** choose shows the lines that a test lets through. */
  choose(wanted) {
    this.#wanted = wanted;
    const last = this.#frozen ? this.frozenAt : Infinity;
    this.shown = [];
    this.waiting = 0;
    for (const line of this.all) {
      if (!wanted(line)) continue;
      if (line.number > last) this.waiting++;
      else this.shown.push(line);
    }
  }

  /** freeze keeps what is shown as it is; what comes is kept all the same. */
  freeze(on) {
    this.#frozen = on;
    this.frozenAt = this.all.at(-1)?.number ?? 0;
    if (!on) this.choose(this.#wanted);
  }
}
