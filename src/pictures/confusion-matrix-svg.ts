import { internal } from "../base/index.js";
import { columnLabel, type LabelGrid, labelGrid, rowLabel } from "./label-grid.js";
import { coordinate, escapeXml, fitText, rounded, svgDocument, svgText } from "./svg.js";

const styles = {
  cell: ["fill: #2f6fde", "fill: #4f8df5"],
  frame: ["fill: none; stroke: #e3e7eb", "fill: none; stroke: #2b3138"],
  "on-cell": ["fill: #ffffff", "fill: #ffffff"],
} as const;

/**
 * Which label was taken for which: `counts[i][j]` rows of label i were predicted as j. The colour is the share
 * of a true label's rows, so that rare labels are seen as well as common ones; the number is the count.
 */
export function confusionMatrixSvg(
  labels: readonly string[],
  counts: readonly (readonly number[])[],
  title = "Confusion matrix",
): string {
  const size = labels.length;
  if (counts.length !== size || counts.some((row) => row.length !== size)) {
    throw internal(`a confusion matrix of ${size} labels needs ${size} x ${size} counts`);
  }
  const grid = labelGrid(labels, labels);
  const { left, top, cell, width, height } = grid;
  const middle = coordinate(top + (size * cell) / 2);
  const body = [
    svgText(20, 32, fitText(title, width - 40, 17), 'class="ink" style="font-size:17px;font-weight:600"'),
    svgText(left, 62, "predicted", 'class="soft"'),
    svgText(
      0,
      0,
      "true",
      `class="soft" text-anchor="middle" transform="translate(24 ${middle}) rotate(-90)"`,
    ),
    ...labels.map((label, i) => rowLabel(grid, label, i) + columnLabel(grid, label, i)),
    ...counts.flatMap((row, i) =>
      row.map((count, j) => square(grid, row, i, j, `${labels[i]} → ${labels[j]}: ${count}`)),
    ),
    `<rect class="frame" x="${coordinate(left)}" y="${coordinate(top)}" width="${size * cell}" height="${size * cell}"/>`,
  ].filter((part) => part !== "");
  return svgDocument({
    width,
    height,
    title,
    description: description(labels, counts),
    styles,
    body: body.join("\n"),
  });
}

function square(
  { left, top, cell, fontSize }: LabelGrid,
  row: readonly number[],
  i: number,
  j: number,
  hint: string,
): string {
  const count = row[j]!;
  if (count === 0) return "";
  const share = count / row.reduce((sum, other) => sum + other, 0);
  const [x, y] = [left + j * cell, top + i * cell];
  const place = `x="${coordinate(x)}" y="${coordinate(y)}" width="${cell}" height="${cell}"`;
  const opacity = rounded(0.06 + 0.94 * share, 2); // a single mistake among thousands stays visible
  const title = `<title>${escapeXml(`${hint} (${Math.round(share * 100)} %)`)}</title>`;
  const rect = `<rect class="cell" ${place} fill-opacity="${opacity}">${title}</rect>`;

  const text = count.toLocaleString("en-US");
  const size = Math.min(fontSize, (cell - 4) / (text.length * 0.58));
  if (size < 7) return rect; // too small to read
  // White is the more legible on the cell's blue from about 0.7 on.
  const style = `class="${share > 0.7 ? "on-cell" : "ink"}" style="font-size:${coordinate(size)}px;pointer-events:none"`;
  return rect + svgText(x + cell / 2, y + cell / 2 + size * 0.36, text, `${style} text-anchor="middle"`);
}

function description(labels: readonly string[], counts: readonly (readonly number[])[]): string {
  const all = counts.flat().reduce((sum, count) => sum + count, 0);
  const right = counts.reduce((sum, row, i) => sum + row[i]!, 0);
  const mistakes = counts
    .flatMap((row, i) => row.map((count, j) => ({ i, j, count })))
    .filter(({ i, j, count }) => i !== j && count > 0)
    .sort((a, b) => b.count - a.count)
    .slice(0, 3)
    .map(({ i, j, count }) => `${labels[i]} taken for ${labels[j]} ${count} times`);
  return [`${right} of ${all} rows predicted rightly`, ...mistakes].join("; ");
}
