import { attentionScript } from "./attention-script.js";
import { escapeXml } from "./svg.js";

/** What a model attends to in one place of it: the encoder, the decoder, or from the one to the other. */
export interface AttentionPart {
  /** `encoder`, `decoder`, `decoder to encoder`; `attention` where there is one alone. */
  readonly name: string;
  /** The tokens that look, and those that are looked at. */
  readonly queries: readonly string[];
  readonly keys: readonly string[];
  /** The probabilities of each layer, `[heads, queries, keys]` one after the other. */
  readonly layers: readonly { readonly headCount: number; readonly probabilities: Float32Array }[];
}

/** Everything that the page of attention shows. */
export interface AttentionView {
  readonly model: string;
  readonly description: string;
  readonly parts: readonly AttentionPart[];
}

/**
 * A page on which the attention of every layer and head can be looked at: all of them small side by side, one large
 * with its tokens, and for a token what it looks at. It holds all it needs and loads nothing.
 */
export function attentionHtml({ model, description, parts }: AttentionView): string {
  const data = parts.map(({ name, queries, keys, layers }) => ({
    ...{ name, queries, keys },
    layers: layers.map(({ headCount, probabilities }) => ({ headCount, weights: packed(probabilities) })),
  }));
  // a `<` in the data could end the script
  const json = JSON.stringify(data).replaceAll("<", "\\u003c");
  return [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>Attention of ${escapeXml(model)}</title>`,
    `<style>${styles}</style>`,
    "</head>",
    "<body>",
    `<h1>${escapeXml(model)}</h1><p class="soft">${escapeXml(description)}</p>`,
    '<nav id="parts" aria-label="part of the model"></nav>',
    '<main><section><h2>Layers and heads</h2><p class="soft">A row is a layer; in front, the mean of its heads.</p>',
    '<div id="grid"></div></section>',
    '<section><h2 id="chosen"></h2><p id="under" class="soft" aria-live="polite"></p>',
    '<canvas id="map" role="img" aria-label="attention probabilities, rows look at columns"></canvas>',
    '<h2>Token by token</h2><p><label><input type="checkbox" id="reverse"> who looks at it, not what it looks at',
    "</label></p>",
    '<div id="from" class="tokens"></div><div id="to" class="tokens"></div></section></main>',
    `<script type="application/json" id="data">${json}</script>`,
    `<script>${attentionScript}</script>`,
    "</body>",
    "</html>\n",
  ].join("\n");
}

/** Probabilities in 16 bits each, as base64: a fifth of their decimal digits. */
function packed(probabilities: Float32Array): string {
  const bytes = new Uint8Array(2 * probabilities.length);
  const view = new DataView(bytes.buffer);
  probabilities.forEach((probability, i) => {
    view.setUint16(2 * i, Math.round(Math.min(1, Math.max(0, probability)) * 65535), true);
  });
  let text = "";
  for (let start = 0; start < bytes.length; start += 8192)
    text += String.fromCharCode(...bytes.subarray(start, start + 8192));
  return btoa(text);
}

const styles = [
  ":root{--ink:#1f2328;--soft:#57606a;--paper:#fff;--line:#d0d7de;--heat:9,105,218}",
  "@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#8d96a0;--paper:#0f141a;--line:#30363d;--heat:88,166,255}}",
  "body{font:15px/1.5 system-ui,'Hiragino Sans','Noto Sans CJK JP','Yu Gothic','IPAexGothic',sans-serif;margin:1.5rem;color:var(--ink);background:var(--paper)}",
  "h1{font-size:1.3rem;margin:0}h2{font-size:1rem;margin:1rem 0 .3rem}p{margin:.2rem 0}.soft{color:var(--soft);font-size:.85rem}",
  "main{display:flex;flex-wrap:wrap;gap:2rem;align-items:flex-start}section{min-width:0;max-width:46rem}section+section{flex:1 1 34rem}",
  "nav button{font:inherit;margin:.5rem .5rem 0 0;padding:.2rem .8rem;border:1px solid var(--line);border-radius:6px;background:none;color:inherit;cursor:pointer}",
  "nav button[aria-pressed=true]{background:rgb(var(--heat));color:#fff}",
  "#grid{display:grid;gap:4px;justify-content:start;overflow:auto;max-height:80vh}#grid span{font-size:.75rem;color:var(--soft);align-self:center;text-align:center}",
  "#grid button{padding:0;border:2px solid transparent;background:none;cursor:pointer;line-height:0}",
  "#grid button[aria-pressed=true]{border-color:rgb(var(--heat))}#grid canvas{width:44px;height:44px;image-rendering:pixelated;outline:1px solid var(--line)}",
  "#map{max-width:100%}.tokens{margin:.6rem 0;line-height:2.1}",
  ".tokens button{font:inherit;color:inherit;border:1px solid var(--line);border-radius:4px;background:none;margin:0 3px 3px 0;padding:0 .35rem;cursor:pointer}",
  ".tokens button[aria-pressed=true]{outline:2px solid rgb(var(--heat))}",
].join("");
