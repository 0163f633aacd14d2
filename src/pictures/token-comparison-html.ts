import { escapeXml } from "./svg.js";

/** A piece of a text, with its place in the text. */
export interface ComparedPiece {
  readonly token: string;
  readonly id: number;
  readonly start: number;
  readonly end: number;
  readonly isUnknown: boolean;
}

/** A text and how each tokenizer cuts it. */
export interface ComparedText {
  readonly text: string;
  readonly rows: readonly (readonly ComparedPiece[])[];
}

/** Several tokenizers on the same texts. */
export interface TokenComparison {
  readonly names: readonly string[];
  /** Those that are shown, of `textCount` in all. */
  readonly texts: readonly ComparedText[];
  readonly textCount: number;
  /** What holds over all texts, for each tokenizer. */
  readonly facts: readonly {
    readonly tokenCount: number;
    readonly unknownCount: number;
    readonly tokensPerCharacter: number;
    readonly tokensPerWord: number;
  }[];
}

/** Colours that neighbours take in turn, light and dark; unknown pieces are red, which is none of them. */
const hues = [210, 45, 150, 285, 95];

/**
 * A page that shows the pieces of texts in colours, tokenizer under tokenizer: it holds all it needs, loads and
 * runs nothing. The pointer on a piece shows its token and id; text that no piece covers stays white.
 */
export function tokenComparisonHtml(comparison: TokenComparison): string {
  const { names, texts, textCount, facts } = comparison;
  const rows = names.map((name, i) => {
    const { tokenCount, unknownCount, tokensPerCharacter, tokensPerWord } = facts[i]!;
    const rates = [tokensPerCharacter, tokensPerWord].map((rate) => rate.toFixed(3));
    const cells = [number(tokenCount), number(unknownCount), ...rates];
    return `<tr><th scope="row">${escapeXml(name)}</th>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
  });
  const note =
    texts.length < textCount ? `The first ${number(texts.length)} of ${number(textCount)} texts.` : "";
  return [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    "<title>Tokenizers side by side</title>",
    `<style>${styles()}</style>`,
    "</head>",
    "<body>",
    "<h1>Tokenizers side by side</h1>",
    '<table><thead><tr><th scope="col">tokenizer</th><th scope="col">tokens</th><th scope="col">unknown</th>' +
      '<th scope="col">tokens per character</th><th scope="col">tokens per word</th></tr></thead>',
    `<tbody>${rows.join("")}</tbody></table>`,
    note === "" ? "" : `<p>${note}</p>`,
    ...texts.map((text) => section(text, names)),
    "</body>",
    "</html>\n",
  ].join("\n");
}

function section({ text, rows }: ComparedText, names: readonly string[]): string {
  const lines = rows.map((pieces, i) => {
    const label = `${escapeXml(names[i]!)} <small>${number(pieces.length)}</small>`;
    return `<dt>${label}</dt><dd>${coloured(text, pieces)}</dd>`;
  });
  return `<dl>${lines.join("\n")}</dl>`;
}

/** The text with its pieces as marks; pieces of one place, as the bytes of a character, share its mark, which counts them. */
function coloured(text: string, pieces: readonly ComparedPiece[]): string {
  let out = "";
  let done = 0;
  let colour = 0;
  for (let i = 0; i < pieces.length; ) {
    const { start, end } = pieces[i]!;
    let next = i + 1;
    while (next < pieces.length && pieces[next]!.start < Math.max(end, start + 1) && pieces[next]!.end <= end)
      next++;
    const same = pieces.slice(i, next);
    const from = Math.max(done, start); // pieces may overlap where one character became several
    if (from > done) out += escapeXml(text.slice(done, from));
    const isUnknown = same.some((piece) => piece.isUnknown);
    const title = same.map(({ token, id }) => `${token} ${id}`).join(" · ");
    const shown = escapeXml(text.slice(from, Math.max(from, end))) || "·";
    const name = isUnknown ? "unknown" : `c${colour++ % hues.length}`;
    const several = same.length > 1 ? ` data-count="${same.length}"` : "";
    out += `<mark class="${name}"${several} title="${escapeXml(title)}">${shown}</mark>`;
    done = Math.max(done, end);
    i = next;
  }
  return out + escapeXml(text.slice(done));
}

function styles(): string {
  const colours = (lightness: string): string =>
    hues.map((hue, i) => `.c${i}{background:hsl(${hue} ${lightness})}`).join("");
  return [
    "body{font:16px/1.6 system-ui,'Hiragino Sans','Noto Sans CJK JP','Yu Gothic',sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color:#1f2328;background:#fff}",
    "table{border-collapse:collapse}th,td{padding:.2rem 1rem .2rem 0;text-align:right}th:first-child{text-align:left}",
    "dl{border-top:1px solid #d0d7de;padding-top:.6rem;margin:1rem 0}dt{font-size:.8rem;color:#57606a}",
    "dd{margin:0 0 .5rem;white-space:pre-wrap;overflow-wrap:anywhere}",
    "mark[data-count]::after{content:attr(data-count);font-size:.6em;vertical-align:sub;opacity:.7}",
    "mark{color:inherit;padding:.1em 0;box-shadow:inset 1px 0 #fff8}",
    `${colours("85% 84%")}.unknown{background:#d1242f;color:#fff}`,
    `@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0f141a}dl{border-color:#30363d}dt{color:#8d96a0}mark{box-shadow:inset 1px 0 #0008}${colours("45% 30%")}}`,
  ].join("");
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}
