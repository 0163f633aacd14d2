import { linearScale, type Scale, type Ticks, ticksAround, ticksWithin, tickText } from "./axis.js";
import { type Point, smooth, thin } from "./smooth.js";
import { coordinate, escapeXml, estimatedWidth, fitText, svgDocument, svgText } from "./svg.js";

/** What a run has measured. Values that are not finite numbers leave a gap. */
export interface TrainingCurve {
  readonly title: string;
  readonly train: readonly { readonly step: number; readonly loss: number }[];
  readonly evaluation: readonly {
    readonly step: number;
    readonly loss: number;
    readonly metric?: number | undefined;
  }[];
  /** The name of the evaluations' metric; without it only the losses are drawn. */
  readonly metricName?: string | undefined;
  /** The step whose model was kept. */
  readonly bestStep?: number | undefined;
}

const width = 720;
const left = 64;
const right = width - 24;
const lossHeight = 210;
const metricHeight = 130;
const firstTop = 84;
const panelGap = 48;

const styles = {
  line: ["fill: none; stroke-width: 2; stroke-linejoin: round", "fill: none"],
  faint: ["fill: none; stroke-width: 1; stroke-opacity: 0.35", "fill: none"],
  train: ["stroke: #2f6fde", "stroke: #6ea8fe"],
  evaluation: ["stroke: #d9730d", "stroke: #f0a35e"],
  metric: ["stroke: #1a8a4e", "stroke: #56d394"],
  "train-dot": ["fill: #2f6fde", "fill: #6ea8fe"],
  "evaluation-dot": ["fill: #d9730d", "fill: #f0a35e"],
  "metric-dot": ["fill: #1a8a4e", "fill: #56d394"],
  best: ["stroke: #656d76; stroke-dasharray: 3 4", "stroke: #8d96a0"],
} as const;

type Series = "train" | "evaluation" | "metric";

/**
 * The learning curve of a run: training and evaluation loss above, the metric in a panel of its own below, so
 * that neither scale has to bend to the other. Both stand over the same steps.
 */
export function trainingCurveSvg(curve: TrainingCurve): string {
  const train = finite(curve.train.map(({ step, loss }) => ({ step, value: loss })));
  const evaluation = finite(curve.evaluation.map(({ step, loss }) => ({ step, value: loss })));
  const metric =
    curve.metricName === undefined
      ? []
      : finite(curve.evaluation.map(({ step, metric: value }) => ({ step, value: value ?? Number.NaN })));
  const lastStep = Math.max(1, ...[...train, ...evaluation, ...metric].map(({ step }) => step));
  const x = linearScale([0, lastStep], [left, right]);

  const lossPanel = panel("loss", [...train, ...evaluation], firstTop, lossHeight);
  const metricTop = firstTop + lossHeight + panelGap;
  const metricPanel =
    metric.length === 0 ? undefined : panel(curve.metricName!, metric, metricTop, metricHeight);
  const bottom = metricPanel === undefined ? firstTop + lossHeight : metricTop + metricHeight;

  const body = [
    svgText(
      20,
      32,
      fitText(curve.title, width - 40, 17),
      'class="ink" style="font-size:17px;font-weight:600"',
    ),
    legend(train.length > 0, evaluation.length > 0),
    lossPanel.axis,
    metricPanel?.axis ?? "",
    stepAxis(x, lastStep, bottom),
    bestLine(curve.bestStep, x, bottom),
    trainLine(train, x, lossPanel.y),
    series("evaluation", evaluation, x, lossPanel.y),
    metricPanel === undefined ? "" : series("metric", metric, x, metricPanel.y),
    metricPanel === undefined ? "" : bestLabel(curve.bestStep, metric, x, metricPanel.y),
  ];
  return svgDocument({
    width,
    height: bottom + 52,
    title: curve.title,
    description: description(curve, train, evaluation, metric),
    styles,
    body: body.filter((part) => part !== "").join("\n"),
  });
}

interface Panel {
  readonly y: Scale;
  readonly axis: string;
}

function panel(name: string, points: readonly Point[], top: number, height: number): Panel {
  const values = points.map(({ value }) => value);
  const [low, high] = values.length === 0 ? [0, 1] : [Math.min(...values), Math.max(...values)];
  // A loss that falls far is seen against zero; a metric that moves little is seen close up.
  const ticks = ticksAround(low > 0 && low <= high / 2 ? 0 : low, high, Math.round(height / 45));
  const y = linearScale([ticks.values[0]!, ticks.values.at(-1)!], [top + height, top]);
  const nothing =
    values.length === 0
      ? svgText(
          (left + right) / 2,
          top + height / 2,
          "nothing was measured",
          'class="soft" text-anchor="middle"',
        )
      : "";
  const heading = svgText(20, top - 14, fitText(name, 300), 'class="ink" style="font-weight:600"');
  return { y, axis: [heading, valueAxis(ticks, y), nothing].join("") };
}

function valueAxis(ticks: Ticks, y: Scale): string {
  return ticks.values
    .map((value) => {
      const line = `<path class="grid" d="M${left} ${coordinate(y(value))}H${right}"/>`;
      return (
        line + svgText(left - 8, y(value) + 4, tickText(value, ticks.step), 'class="soft" text-anchor="end"')
      );
    })
    .join("");
}

function stepAxis(x: Scale, lastStep: number, bottom: number): string {
  // Steps are counted: no ticks between them.
  const ticks = ticksWithin(0, lastStep, Math.min(8, lastStep));
  const numbers = ticks.values.map((step) =>
    svgText(x(step), bottom + 19, tickText(step, ticks.step), 'class="soft" text-anchor="middle"'),
  );
  return `${numbers.join("")}${svgText((left + right) / 2, bottom + 39, "step", 'class="soft" text-anchor="middle"')}`;
}

function legend(hasTrain: boolean, hasEvaluation: boolean): string {
  const entries: [Series, string][] = [];
  if (hasTrain) entries.push(["train", "training"]);
  if (hasEvaluation) entries.push(["evaluation", "evaluation"]);
  let end = right;
  return entries
    .reverse()
    .map(([name, text]) => {
      const start = end - estimatedWidth(text) - 28;
      end = start - 18;
      const sample = `<path class="line ${name}" d="M${coordinate(start)} ${firstTop - 18}h20"/>`;
      return sample + svgText(start + 27, firstTop - 14, text);
    })
    .join("");
}

/** The training loss jumps from batch to batch: where there are many, all faintly and their moving mean on top. */
function trainLine(points: readonly Point[], x: Scale, y: Scale): string {
  if (points.length < 40) return series("train", points, x, y, points.length < 15);
  const thinned = thin(points, 300);
  const mean = smooth(thinned, Math.ceil(thinned.length / 25));
  return `<path class="faint train" d="${path(thinned, x, y)}"/>${series("train", mean, x, y, false)}`;
}

function series(
  name: Series,
  points: readonly Point[],
  x: Scale,
  y: Scale,
  dots = points.length < 40,
): string {
  const line = points.length < 2 ? "" : `<path class="line ${name}" d="${path(points, x, y)}"/>`;
  if (!dots) return line;
  const marks = points.map(({ step, value }) => {
    const place = `cx="${coordinate(x(step))}" cy="${coordinate(y(value))}"`;
    const hint = `${tickText(step, 1)}: ${tickText(value, 0.0001)}`;
    return `<circle class="${name}-dot" ${place} r="3.5"><title>${escapeXml(hint)}</title></circle>`;
  });
  return line + marks.join("");
}

function path(points: readonly Point[], x: Scale, y: Scale): string {
  return points
    .map(({ step, value }, i) => `${i === 0 ? "M" : "L"}${coordinate(x(step))} ${coordinate(y(value))}`)
    .join("");
}

function bestLine(bestStep: number | undefined, x: Scale, bottom: number): string {
  if (bestStep === undefined) return "";
  return `<path class="best" d="M${coordinate(x(bestStep))} ${firstTop}V${bottom}"/>`;
}

/** The kept model's metric in words beside its point, where there is room: a curve comes up to its best from below. */
function bestLabel(bestStep: number | undefined, metric: readonly Point[], x: Scale, y: Scale): string {
  const best = metric.find(({ step }) => step === bestStep);
  if (best === undefined) return "";
  const text = `best ${tickText(best.value, 0.001)}`;
  const onLeft = x(best.step) + estimatedWidth(text) + 14 > right;
  const hasRoomAbove = y(best.value) - (firstTop + lossHeight + panelGap) > 8;
  const attributes = `class="ink" style="font-weight:600" text-anchor="${onLeft ? "end" : "start"}"`;
  return svgText(
    x(best.step) + (onLeft ? -9 : 9),
    y(best.value) + (hasRoomAbove ? -9 : 18),
    text,
    attributes,
  );
}

function description(
  curve: TrainingCurve,
  train: readonly Point[],
  evaluation: readonly Point[],
  metric: readonly Point[],
): string {
  const parts: string[] = [];
  const tell = (name: string, points: readonly Point[]): void => {
    const [first, last] = [points[0], points.at(-1)];
    if (first === undefined || last === undefined) return;
    const values = [first, last].map(({ value }) => tickText(value, 0.001));
    parts.push(
      points.length === 1
        ? `${name} ${values[0]} at step ${first.step}`
        : `${name} from ${values[0]} at step ${first.step} to ${values[1]} at step ${last.step}`,
    );
  };
  tell("training loss", train);
  tell("evaluation loss", evaluation);
  tell(curve.metricName ?? "", metric);
  if (curve.bestStep !== undefined) parts.push(`best model at step ${curve.bestStep}`);
  return parts.length === 0 ? "nothing was measured" : `${parts.join("; ")}.`;
}

function finite(points: readonly Point[]): Point[] {
  return points.filter(({ step, value }) => Number.isFinite(step) && Number.isFinite(value));
}
