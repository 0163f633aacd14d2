import { argmax } from "../base/index.js";
import type { AttentionPart, AttentionView } from "./attention-html.js";
import { columnLabel, type LabelGrid, labelGrid, rowLabel } from "./label-grid.js";
import { coordinate, escapeXml, fitText, rounded, svgDocument, svgText } from "./svg.js";

const styles = { cell: ["fill: #2f6fde", "fill: #4f8df5"] } as const;

/**
 * What each token looks at, as a picture: a row for each token that looks, the darker a column the more of it. It is the
 * mean over all layers and heads of the last part there is, of an encoder-decoder what is written looking at the source.
 */
export function attentionSvg({ model, parts }: AttentionView): string {
  const last = parts.at(-1)!;
  const [queries, keys] = [last.queries.map(shown), last.keys.map(shown)];
  const part = { ...last, queries, keys };
  const means = meanProbabilities(part);
  const grid = labelGrid(queries, keys);
  const title = `What each token looks at (${part.name})`;
  const body = [
    svgText(
      20,
      32,
      fitText(model, grid.width - 40, 17),
      'class="ink" style="font-size:17px;font-weight:600"',
    ),
    svgText(20, 56, fitText(title, grid.width - 40), 'class="soft"'),
    ...queries.map((token, i) => rowLabel(grid, token, i)),
    ...keys.map((token, i) => columnLabel(grid, token, i)),
    ...queries.flatMap((query, i) =>
      keys.map((key, j) => square(grid, i, j, means[i * keys.length + j]!, `${query} → ${key}`)),
    ),
  ];
  const { width, height } = grid;
  return svgDocument({
    ...{ width, height, title: `Attention of ${model}`, styles },
    description: queries.map((query, i) => `${query}: ${mostSeen(part, means, i)}`).join("; "),
    body: body.filter((mark) => mark !== "").join("\n"),
  });
}

/** A token without the space that it may begin with. */
function shown(token: string): string {
  return token.trim() || token;
}

/** The mean over layers and heads, `[queries, keys]`. */
function meanProbabilities({ queries, keys, layers }: AttentionPart): Float64Array {
  const size = queries.length * keys.length;
  const means = new Float64Array(size);
  const mapCount = layers.reduce((count, { headCount }) => count + headCount, 0);
  for (const { probabilities } of layers)
    probabilities.forEach((probability, i) => {
      means[i % size]! += probability / mapCount;
    });
  return means;
}

function square({ left, top, cell }: LabelGrid, i: number, j: number, share: number, hint: string): string {
  if (share < 0.005) return "";
  const place = `x="${coordinate(left + j * cell)}" y="${coordinate(top + i * cell)}"`;
  const title = `<title>${escapeXml(`${hint}: ${Math.round(share * 100)} %`)}</title>`;
  return `<rect class="cell" ${place} width="${cell}" height="${cell}" fill-opacity="${rounded(share, 2)}">${title}</rect>`;
}

/** What a token looks at most. */
function mostSeen({ keys }: AttentionPart, means: Float64Array, query: number): string {
  const own = means.subarray(query * keys.length, (query + 1) * keys.length);
  return keys[argmax(own)]!;
}
