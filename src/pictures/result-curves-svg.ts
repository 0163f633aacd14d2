import { linearScale, type Scale, ticksAround, tickText } from "./axis.js";
import { coordinate, escapeXml, estimatedWidth, fitText, svgDocument, svgText } from "./svg.js";

/** How several ways of doing a thing fare on several tasks, each at a few settings. */
export interface ResultCurves {
  readonly title: string;
  /** What the settings are: `labels`. */
  readonly settingName: string;
  /** The settings in their order, the same in every panel and at equal distances: `["50", "200", "all"]`. */
  readonly settings: readonly string[];
  /** What is measured: `accuracy`. */
  readonly metricName: string;
  /** One a task. */
  readonly panels: readonly ResultPanel[];
}

export interface ResultPanel {
  readonly title: string;
  /** One a way; those of one name have one colour in all panels. */
  readonly series: readonly ResultSeries[];
}

export interface ResultSeries {
  readonly name: string;
  /** One a setting; undefined where nothing was measured. */
  readonly points: readonly ResultPoint[];
}

/** A mean over runs, and the range to be shown around it. */
export type ResultPoint =
  | { readonly mean: number; readonly low?: number | undefined; readonly high?: number | undefined }
  | undefined;

const width = 720;
const columns = 2;
const panelHeight = 170;
const panelGap = 62;
const firstTop = 112;
const margin = 24;
const axisRoom = 44;

/** Colours that those who see few can tell apart by lightness too, light scheme and dark. */
const colours = [
  ["#2f6fde", "#6ea8fe"],
  ["#d9730d", "#f0a35e"],
  ["#1a8a4e", "#56d394"],
  ["#9a3fb5", "#d08ae6"],
  ["#656d76", "#8d96a0"],
  ["#b58900", "#e6c84d"],
] as const;

/** A panel a task: a line a way, its mean at each setting with whiskers for the range over runs. */
export function resultCurvesSvg(curves: ResultCurves): string {
  const names = [...new Set(curves.panels.flatMap(({ series }) => series.map(({ name }) => name)))];
  const rows = Math.ceil(curves.panels.length / columns);
  const height = firstTop + rows * (panelHeight + panelGap);
  const panelWidth = (width - (columns + 1) * margin) / columns;
  const body = [
    svgText(
      20,
      32,
      fitText(curves.title, width - 40, 17),
      'class="ink" style="font-size:17px;font-weight:600"',
    ),
    legend(names),
    ...curves.panels.map((panel, i) => {
      const left = margin + (i % columns) * (panelWidth + margin);
      const top = firstTop + Math.floor(i / columns) * (panelHeight + panelGap);
      return drawPanel(panel, curves, names, { left, right: left + panelWidth, top });
    }),
  ];
  return svgDocument({
    width,
    height,
    title: curves.title,
    description: description(curves),
    styles: Object.fromEntries([
      ["line", ["fill: none; stroke-width: 2; stroke-linejoin: round", "fill: none"]],
      ["whisker", ["fill: none; stroke-width: 1.5; stroke-opacity: 0.55", "fill: none"]],
      ...names.flatMap((_, i) => {
        const [light, dark] = colours[i % colours.length]!;
        return [
          [`way${i}`, [`stroke: ${light}`, `stroke: ${dark}`]],
          [`dot${i}`, [`fill: ${light}`, `fill: ${dark}`]],
        ];
      }),
    ]),
    body: body.join("\n"),
  });
}

function legend(names: readonly string[]): string {
  let [x, y] = [20, 58];
  return names
    .map((name, i) => {
      const size = estimatedWidth(name) + 27;
      if (x + size > width - 20) [x, y] = [20, y + 20];
      const entry = `<path class="line way${i}" d="M${coordinate(x)} ${y - 4}h20"/>${svgText(x + 26, y, name)}`;
      x += size + 18;
      return entry;
    })
    .join("");
}

interface Place {
  readonly left: number;
  readonly right: number;
  readonly top: number;
}

function drawPanel(
  { title, series }: ResultPanel,
  { settings, settingName, metricName }: ResultCurves,
  names: readonly string[],
  { left, right, top }: Place,
): string {
  const values = series.flatMap(({ points }) =>
    points.flatMap((point) =>
      point === undefined ? [] : [point.low ?? point.mean, point.mean, point.high ?? point.mean],
    ),
  );
  const bottom = top + panelHeight;
  const heading = svgText(
    left,
    top - 14,
    fitText(title, right - left, 13),
    'class="ink" style="font-weight:600"',
  );
  if (values.length === 0)
    return heading + svgText(left + axisRoom, top + panelHeight / 2, "nothing was measured", 'class="soft"');
  const ticks = ticksAround(Math.min(...values), Math.max(...values), 4);
  const y = linearScale([ticks.values[0]!, ticks.values.at(-1)!], [bottom, top]);
  const x = linearScale([0, Math.max(1, settings.length - 1)], [left + axisRoom + 14, right - 14]);
  const grid = ticks.values.map(
    (value) =>
      `<path class="grid" d="M${coordinate(left + axisRoom)} ${coordinate(y(value))}H${coordinate(right)}"/>` +
      svgText(
        left + axisRoom - 8,
        y(value) + 4,
        tickText(value, ticks.step),
        'class="soft" text-anchor="end"',
      ),
  );
  const below = settings.map((setting, i) =>
    svgText(x(i), bottom + 18, setting, 'class="soft" text-anchor="middle"'),
  );
  const under = svgText(
    (left + axisRoom + right) / 2,
    bottom + 35,
    `${settingName}, ${metricName}`,
    'class="soft" text-anchor="middle"',
  );
  const lines = series.map((each) => drawSeries(each, names.indexOf(each.name), settings, x, y));
  return [heading, ...grid, ...below, under, ...lines].join("");
}

function drawSeries(
  { name, points }: ResultSeries,
  way: number,
  settings: readonly string[],
  x: Scale,
  y: Scale,
): string {
  const measured = points.flatMap((point, i) => (point === undefined ? [] : [{ ...point, i }]));
  const path = measured
    .map(({ mean, i }, k) => `${k === 0 ? "M" : "L"}${coordinate(x(i))} ${coordinate(y(mean))}`)
    .join("");
  const whiskers = measured.map(({ low, high, i }) =>
    low === undefined || high === undefined
      ? ""
      : `<path class="whisker way${way}" d="M${coordinate(x(i))} ${coordinate(y(low))}V${coordinate(y(high))}"/>`,
  );
  const dots = measured.map(({ mean, i }) => {
    const hint = `${name}, ${settings[i]}: ${tickText(mean, 0.0001)}`;
    return `<circle class="dot${way}" cx="${coordinate(x(i))}" cy="${coordinate(y(mean))}" r="3.5"><title>${escapeXml(hint)}</title></circle>`;
  });
  return `${whiskers.join("")}${measured.length < 2 ? "" : `<path class="line way${way}" d="${path}"/>`}${dots.join("")}`;
}

function description({ panels, settings, metricName }: ResultCurves): string {
  return panels
    .map(({ title, series }) => {
      const ways = series.map(({ name, points }) => {
        const told = points.flatMap((point, i) =>
          point === undefined ? [] : [`${tickText(point.mean, 0.001)} at ${settings[i]}`],
        );
        return `${name} ${told.length === 0 ? "not measured" : told.join(", ")}`;
      });
      return `${title}, ${metricName}: ${ways.join("; ")}.`;
    })
    .join(" ");
}
