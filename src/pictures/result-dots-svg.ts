import { linearScale, ticksAround, tickText } from "./axis.js";
import type { ResultPoint } from "./result-curves-svg.js";
import { coordinate, escapeXml, estimatedWidth, fitText, svgDocument, svgText } from "./svg.js";

/** How several ways of doing a thing fare on several tasks. */
export interface ResultDots {
  readonly title: string;
  /** What is measured: `accuracy`. */
  readonly metricName: string;
  /** One a row, from above. */
  readonly ways: readonly string[];
  /** One a task, side by side. */
  readonly panels: readonly DotPanel[];
}

export interface DotPanel {
  readonly title: string;
  /** One a way; undefined where nothing was measured. */
  readonly points: readonly ResultPoint[];
}

const width = 720;
const margin = 20;
/** Room for half a number of each of two axes. */
const panelGap = 38;
const top = 92;
const rowHeight = 26;
const mostForNames = 210;

/** A row a way and a panel a task: a dot for the mean, with a whisker for the range over runs. */
export function resultDotsSvg(dots: ResultDots): string {
  const { title, ways, panels } = dots;
  const nameRoom = Math.min(mostForNames, Math.max(0, ...ways.map((way) => estimatedWidth(way))) + 12);
  const panelWidth =
    (width - 2 * margin - nameRoom - panelGap * (panels.length - 1)) / Math.max(1, panels.length);
  const bottom = top + ways.length * rowHeight;
  const rowOf = (way: number): number => top + (way + 0.5) * rowHeight;
  const names = ways.map((way, i) => svgText(margin, rowOf(i) + 4, fitText(way, nameRoom - 8)));
  const drawn = panels.map((panel, i) => {
    const left = margin + nameRoom + i * (panelWidth + panelGap);
    return drawPanel(panel, dots, { left, right: left + panelWidth, bottom, rowOf });
  });
  return svgDocument({
    width,
    height: bottom + 52,
    title,
    description: description(dots),
    styles: {
      whisker: ["fill: none; stroke: #2f6fde; stroke-width: 1.5; stroke-opacity: 0.55", "stroke: #6ea8fe"],
      dot: ["fill: #2f6fde", "fill: #6ea8fe"],
    },
    body: [
      svgText(20, 32, fitText(title, width - 40, 17), 'class="ink" style="font-size:17px;font-weight:600"'),
      ...names,
      ...drawn,
    ].join("\n"),
  });
}

interface Place {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  /** The height at which a way stands. */
  readonly rowOf: (way: number) => number;
}

function drawPanel(
  { title, points }: DotPanel,
  { ways, metricName }: ResultDots,
  { left, right, bottom, rowOf }: Place,
): string {
  const heading = svgText(
    left,
    top - 14,
    fitText(title, right - left),
    'class="ink" style="font-weight:600"',
  );
  const values = points.flatMap((point) =>
    point === undefined ? [] : [point.low ?? point.mean, point.mean, point.high ?? point.mean],
  );
  if (values.length === 0)
    return heading + svgText(left, rowOf(0) + 4, "nothing was measured", 'class="soft"');
  const ticks = ticksAround(Math.min(...values), Math.max(...values), 3);
  const x = linearScale([ticks.values[0]!, ticks.values.at(-1)!], [left, right]);
  const grid = ticks.values.map(
    (value) =>
      `<path class="grid" d="M${coordinate(x(value))} ${top}V${bottom}"/>` +
      svgText(x(value), bottom + 18, tickText(value, ticks.step), 'class="soft" text-anchor="middle"'),
  );
  const under = svgText((left + right) / 2, bottom + 36, metricName, 'class="soft" text-anchor="middle"');
  const marks = points.map((point, i) => {
    if (point === undefined) return "";
    const { mean, low = mean, high = mean } = point;
    const y = coordinate(rowOf(i));
    const whisker =
      low === high ? "" : `<path class="whisker" d="M${coordinate(x(low))} ${y}H${coordinate(x(high))}"/>`;
    const hint = escapeXml(`${ways[i]}: ${tickText(mean, 0.0001)}`);
    return `${whisker}<circle class="dot" cx="${coordinate(x(mean))}" cy="${y}" r="4"><title>${hint}</title></circle>`;
  });
  return [heading, ...grid, under, ...marks].join("");
}

function description({ ways, panels, metricName }: ResultDots): string {
  return panels
    .map(({ title, points }) => {
      const told = ways.map((way, i) => {
        const point = points[i];
        return `${way} ${point === undefined ? "not measured" : tickText(point.mean, 0.001)}`;
      });
      return `${title}, ${metricName}: ${told.join("; ")}.`;
    })
    .join(" ");
}
