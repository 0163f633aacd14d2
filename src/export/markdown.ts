/** Text from outside (a label, a path) as it may stand in Markdown without being read as markup. */
export function markdownText(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/[\\`*<>|[\]]/g, "\\$&")
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\_");
}

/** Text in code type, whatever backticks it holds. */
export function markdownCode(text: string): string {
  const line = text.replace(/\s+/g, " ");
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  const room = longest > 0 ? " " : "";
  return fence + room + line + room + fence;
}

/** A column of a Markdown table; numbers are right-aligned. */
export interface MarkdownColumn {
  readonly name: string;
  readonly align?: "right";
}

/** A Markdown table of finished cells. */
export function markdownTable(
  columns: readonly MarkdownColumn[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    line(columns.map(({ name }) => name)),
    line(columns.map(({ align }) => (align === "right" ? "---:" : "---"))),
    // An unescaped bar would end the cell, even within code.
    ...rows.map((row) => line(row.map((cell) => cell.replace(/(?<!\\)\|/g, "\\|")))),
  ].join("\n");
}
