// What is looked for: a text, whatever its case, or a regular expression.

/**
 * matcher is a test for lines; of an expression that is none, it tells why.
 * @param {string} text "" lets everything through
 * @param {boolean} pattern it is a regular expression
 * @returns {{matches: (line: string) => boolean, problem: string}}
 */
export function matcher(text, pattern) {
  if (text === "") return { matches: () => true, problem: "" };
  if (!pattern) {
    const wanted = text.toLowerCase();
    return { matches: (line) => line.toLowerCase().includes(wanted), problem: "" };
  }
  try {
    const expression = new RegExp(text, "i");
    return { matches: (line) => expression.test(line), problem: "" };
  } catch (error) {
    return { matches: () => true, problem: `not a regular expression: ${error.message.replace(/^Invalid regular expression: /, "")}` };
  }
}
