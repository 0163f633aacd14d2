/** Letters, digits, `-`, `_`, `.`; neither `-` nor `.` at an end: the Hub's rule for each half of a name. */
const half = /^(?![-.])[\w.-]{1,96}(?<![-.])$/;

/** Whether a text can be the name of a model on the Hub: `bert-base-uncased`, `tohoku-nlp/bert-base-japanese-v3`. */
export function isHubName(text: string): boolean {
  const halves = text.split("/");
  if (halves.length > 2 || text.includes("--") || text.includes("..") || text.endsWith(".git")) return false;
  return halves.every((part) => half.test(part));
}
