import { internal } from "../base/index.js";
import { coordinate, escapeXml, estimatedWidth, fitText, rounded, svgDocument, svgText } from "./svg.js";

const styles = {
  cell: ["fill: #2f6fde", "fill: #4f8df5"],
  frame: ["fill: none; stroke: #e3e7eb", "fill: none; stroke: #2b3138"],
  "on-cell": ["fill: #ffffff", "fill: #ffffff"],
} as const;

const widestLabel = 170; // pixels; a longer label is cut and shown whole when the pointer rests on it

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
  const grid = gridFor(labels);
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

/** Where the squares lie; all in pixels. */
interface Grid {
  readonly left: number;
  readonly top: number;
  readonly cell: number;
  readonly width: number;
  readonly height: number;
  readonly fontSize: number;
  readonly labelWidth: number;
}

function gridFor(labels: readonly string[]): Grid {
  const size = labels.length;
  const cell = Math.min(56, Math.max(14, Math.floor(560 / Math.max(1, size))));
  const fontSize = Math.min(12, cell - 3);
  const longest = Math.max(40, ...labels.map((label) => estimatedWidth(label, fontSize)));
  const labelWidth = Math.min(widestLabel, longest);
  const lean = labelWidth * Math.SQRT1_2; // how far a column's label, at 45 degrees, rises and leans to the right
  const left = 44 + labelWidth;
  const top = 82 + lean;
  const width = Math.max(320, left + size * cell + Math.max(24, lean + 16 - cell / 2));
  return {
    left,
    top,
    cell,
    fontSize,
    labelWidth,
    width: Math.ceil(width),
    height: Math.ceil(top + size * cell + 24),
  };
}

function rowLabel(grid: Grid, label: string, i: number): string {
  const y = grid.top + (i + 0.5) * grid.cell + grid.fontSize * 0.36;
  return labelText(grid, label, `x="${coordinate(grid.left - 8)}" y="${coordinate(y)}" text-anchor="end"`);
}

function columnLabel(grid: Grid, label: string, i: number): string {
  const x = grid.left + (i + 0.5) * grid.cell + grid.fontSize * 0.25;
  return labelText(
    grid,
    label,
    `transform="translate(${coordinate(x)} ${coordinate(grid.top - 8)}) rotate(-45)"`,
  );
}

function labelText({ labelWidth, fontSize }: Grid, label: string, place: string): string {
  const shown = fitText(label, labelWidth, fontSize);
  const whole = shown === label ? "" : `<title>${escapeXml(label)}</title>`;
  return `<text class="ink" style="font-size:${fontSize}px" ${place}>${whole}${escapeXml(shown)}</text>`;
}

function square(
  { left, top, cell, fontSize }: Grid,
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
