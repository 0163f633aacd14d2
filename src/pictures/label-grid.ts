// Squares in rows and columns that have labels: where they lie, and their labels.
import { coordinate, escapeXml, estimatedWidth, fitText } from "./svg.js";

const widestLabel = 170; // pixels; a longer label is cut and shown whole when the pointer rests on it

/** Where the squares lie; all in pixels. */
export interface LabelGrid {
  readonly left: number;
  readonly top: number;
  readonly cell: number;
  readonly width: number;
  readonly height: number;
  readonly fontSize: number;
  readonly rowLabelWidth: number;
  readonly columnLabelWidth: number;
}

/** A grid with room for its labels, for a title above and a word on the left. */
export function labelGrid(rows: readonly string[], columns: readonly string[]): LabelGrid {
  const cell = Math.min(56, Math.max(14, Math.floor(560 / Math.max(1, rows.length, columns.length))));
  const fontSize = Math.min(12, cell - 3);
  const widthOf = (labels: readonly string[]): number =>
    Math.min(widestLabel, Math.max(40, ...labels.map((label) => estimatedWidth(label, fontSize))));
  const [rowLabelWidth, columnLabelWidth] = [widthOf(rows), widthOf(columns)];
  const lean = columnLabelWidth * Math.SQRT1_2; // how far a column's label, at 45 degrees, rises and leans to the right
  const left = 44 + rowLabelWidth;
  const top = 82 + lean;
  const width = Math.max(320, left + columns.length * cell + Math.max(24, lean + 16 - cell / 2));
  return {
    ...{ left, top, cell, fontSize, rowLabelWidth, columnLabelWidth },
    width: Math.ceil(width),
    height: Math.ceil(top + rows.length * cell + 24),
  };
}

/** The label in front of row `i`. */
export function rowLabel(grid: LabelGrid, label: string, i: number): string {
  const y = grid.top + (i + 0.5) * grid.cell + grid.fontSize * 0.36;
  const place = `x="${coordinate(grid.left - 8)}" y="${coordinate(y)}" text-anchor="end"`;
  return labelText(label, grid.rowLabelWidth, grid.fontSize, place);
}

/** The label above column `i`, at an angle. */
export function columnLabel(grid: LabelGrid, label: string, i: number): string {
  const x = grid.left + (i + 0.5) * grid.cell + grid.fontSize * 0.25;
  const place = `transform="translate(${coordinate(x)} ${coordinate(grid.top - 8)}) rotate(-45)"`;
  return labelText(label, grid.columnLabelWidth, grid.fontSize, place);
}

function labelText(label: string, width: number, fontSize: number, place: string): string {
  const shown = fitText(label, width, fontSize);
  const whole = shown === label ? "" : `<title>${escapeXml(label)}</title>`;
  return `<text class="ink" style="font-size:${fontSize}px" ${place}>${whole}${escapeXml(shown)}</text>`;
}
