// Colours of a terminal as spans: text is only ever set as text.

const flags = { 1: "bold", 2: "faint", 3: "italic", 4: "underline", 7: "inverse", 9: "strike" };

/** paletteColour is one of the 256 colours of xterm beyond the sixteen named ones. */
function paletteColour(n) {
  if (n >= 232) {
    const grey = 8 + 10 * (n - 232);
    return `rgb(${grey} ${grey} ${grey})`;
  }
  const level = (v) => (v ? 55 + 40 * v : 0);
  n -= 16;
  return `rgb(${level(Math.floor(n / 36))} ${level(Math.floor(n / 6) % 6)} ${level(n % 6)})`;
}

/** named is the class of one of the sixteen colours. */
const named = (kind, n) => ({ class: `${kind}${n}` });

/** extended reads what follows 38 or 48, and takes it out of the codes. */
function extended(kind, codes) {
  if (codes[0] === 5 && codes.length > 1) {
    const [, n] = codes.splice(0, 2);
    return n < 16 ? named(kind, n) : { colour: paletteColour(n) };
  }
  if (codes[0] === 2 && codes.length > 3) {
    const [, r, g, b] = codes.splice(0, 4);
    return { colour: `rgb(${r} ${g} ${b})` };
  }
  return undefined;
}

/** apply is the style after the codes of a sequence. */
function apply(style, codes) {
  while (codes.length) {
    const code = codes.shift();
    if (code === 0) style = { flags: [] };
    else if (flags[code]) style = { ...style, flags: [...style.flags, flags[code]] };
    else if (code >= 30 && code <= 37) style = { ...style, fg: named("fg", code - 30) };
    else if (code >= 90 && code <= 97) style = { ...style, fg: named("fg", code - 82) };
    else if (code >= 40 && code <= 47) style = { ...style, bg: named("bg", code - 40) };
    else if (code >= 100 && code <= 107) style = { ...style, bg: named("bg", code - 92) };
    else if (code === 38) style = { ...style, fg: extended("fg", codes) };
    else if (code === 48) style = { ...style, bg: extended("bg", codes) };
  }
  return style;
}

function spanOf(text, style) {
  const classes = [...style.flags, style.fg?.class, style.bg?.class].filter(Boolean);
  if (!classes.length && !style.fg && !style.bg) return document.createTextNode(text);
  const span = document.createElement("span");
  span.className = classes.join(" ");
  span.textContent = text;
  if (style.fg?.colour) span.style.color = style.fg.colour;
  if (style.bg?.colour) span.style.backgroundColor = style.bg.colour;
  return span;
}

/**
 * coloured is a line with its SGR sequences as nodes.
 * @param {string} text
 * @returns {Node[]}
 */
export function coloured(text) {
  let style = { flags: [] };
  const nodes = [];
  // The text between sequences stands at even places, their codes at odd ones.
  text.split(/\x1b\[([\d;]*)m/).forEach((part, i) => {
    if (i % 2) style = apply(style, part.split(";").map(Number));
    else if (part) nodes.push(spanOf(part, style));
  });
  return nodes;
}

/** plain is a line without its SGR sequences. */
export const plain = (text) => (text.includes("\x1b") ? text.replace(/\x1b\[[\d;]*m/g, "") : text);
