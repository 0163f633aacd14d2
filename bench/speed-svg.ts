import { linearScale } from "../src/pictures/axis.js";
import { coordinate, escapeXml, fitText, svgDocument, svgText } from "../src/pictures/svg.js";

/** One line of the picture: how many times as fast ours was as a peer, whenever that was measured. */
export interface SpeedRow {
  readonly work: string;
  readonly peer: string;
  /** The oldest first. */
  readonly ratios: readonly { readonly date: string; readonly ratio: number }[];
}

const [width, labelRoom, peerRoom, numberRoom] = [820, 296, 154, 56];
const [top, rowHeight, margin] = [74, 22, 20];
const [left, right] = [margin + labelRoom + peerRoom, width - margin - numberRoom];

/** A line a piece of work: the newest ratio as a dot on a logarithmic axis, those before it pale, one as a thick line. */
export function speedSvg(title: string, rows: readonly SpeedRow[]): string {
  const all = rows.flatMap(({ ratios }) => ratios.map(({ ratio }) => ratio));
  const low = Math.min(0.5, ...all);
  const high = Math.max(2, ...all);
  const scale = linearScale([Math.log2(low), Math.log2(high)], [left, right]);
  const x = (ratio: number): number => scale(Math.log2(ratio));
  const bottom = top + rows.length * rowHeight;
  const ticks = [0.25, 0.5, 1, 2, 4, 8, 16].filter((tick) => tick >= low && tick <= high);
  const grid = ticks.map(
    (tick) =>
      `<path class="${tick === 1 ? "even" : "grid"}" d="M${coordinate(x(tick))} ${top - 6}V${bottom}"/>` +
      svgText(x(tick), bottom + 18, `${tick}x`, 'class="soft" text-anchor="middle"'),
  );
  return svgDocument({
    width,
    height: bottom + 34,
    title,
    description: rows
      .map(({ work, peer, ratios }) => `${work}, ${peer}: ${ratios.at(-1)!.ratio.toFixed(2)}.`)
      .join(" "),
    styles: {
      even: ["stroke: #656d76; stroke-width: 1.5", "stroke: #8d96a0"],
      faster: ["fill: #1a8a4e", "fill: #56d394"],
      slower: ["fill: #c4432b", "fill: #ff8f73"],
      older: ["fill-opacity: 0.3", "fill-opacity: 0.35"],
    },
    body: [
      svgText(margin, 32, title, 'class="ink" style="font-size:17px;font-weight:600"'),
      svgText(margin, 54, "times as fast as the peer, both on the same cores in one run", 'class="soft"'),
      ...grid,
      ...rows.map((row, i) => drawRow(row, rows[i - 1], top + (i + 0.5) * rowHeight, x)),
    ].join("\n"),
  });
}

function drawRow(
  { work, peer, ratios }: SpeedRow,
  above: SpeedRow | undefined,
  middle: number,
  x: (ratio: number) => number,
): string {
  const newest = ratios.at(-1)!;
  const dots = ratios.map(({ date, ratio }) => {
    const kind = `${ratio < 1 ? "slower" : "faster"}${date === newest.date ? "" : " older"}`;
    const hint = escapeXml(`${work}, ${peer}, ${date.slice(0, 10)}: ${ratio.toFixed(2)}`);
    return `<circle class="${kind}" cx="${coordinate(x(ratio))}" cy="${coordinate(middle)}" r="4.5"><title>${hint}</title></circle>`;
  });
  const label = work === above?.work ? "" : svgText(margin, middle + 4, fitText(work, labelRoom - 8));
  return [
    label,
    svgText(margin + labelRoom, middle + 4, fitText(peer, peerRoom - 8), 'class="soft"'),
    ...dots,
    svgText(width - margin, middle + 4, newest.ratio.toFixed(2), 'class="ink" text-anchor="end"'),
  ].join("");
}
