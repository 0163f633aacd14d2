// What the page of attention runs in a browser. It is a text here, since it belongs to the page and not to this
// program: no types, no imports, nothing loaded.

/** The script of the page: draws the data that stands in the element `data`. */
export const attentionScript: string = `
"use strict";
const byId = (id) => document.getElementById(id);
const parts = JSON.parse(byId("data").textContent).map((part) => ({
  ...part,
  layers: part.layers.map(({ headCount, weights }) => ({ headCount, weights: unpack(weights) })),
}));
const state = { part: 0, layer: 0, head: -1, token: 0 };

function unpack(text) {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return Float32Array.from(new Uint16Array(bytes.buffer), (value) => value / 65535);
}

// the probabilities [queries, keys] of a head; of head -1, the mean of all heads
function matrixOf(part, layer, head) {
  const { headCount, weights } = part.layers[layer];
  const size = part.queries.length * part.keys.length;
  if (head >= 0) return weights.subarray(head * size, (head + 1) * size);
  const mean = new Float32Array(size);
  for (let i = 0; i < weights.length; i++) mean[i % size] += weights[i] / headCount;
  return mean;
}

const heat = () => getComputedStyle(document.documentElement).getPropertyValue("--heat").split(",").map(Number);
const ink = () => getComputedStyle(document.documentElement).getPropertyValue("--ink");
const percent = (value) => (100 * value).toFixed(1) + " %";
// small weights are made visible: the opacity is the square root
const opacity = (value) => Math.sqrt(value);

function thumbnail(part, layer, head) {
  const canvas = document.createElement("canvas");
  canvas.width = part.keys.length;
  canvas.height = part.queries.length;
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  const [red, green, blue] = heat();
  matrixOf(part, layer, head).forEach((value, i) => image.data.set([red, green, blue, 255 * opacity(value)], 4 * i));
  context.putImageData(image, 0, 0);
  return canvas;
}

function drawGrid() {
  const part = parts[state.part];
  const headCount = Math.max(...part.layers.map((layer) => layer.headCount));
  const grid = byId("grid");
  grid.style.gridTemplateColumns = "max-content repeat(" + (headCount + 1) + ", max-content)";
  const cells = ["", "mean", ...Array.from({ length: headCount }, (_, head) => head + 1)].map(label);
  part.layers.forEach((layer, number) => {
    cells.push(label(number + 1));
    for (let head = -1; head < layer.headCount; head++) {
      const button = document.createElement("button");
      button.title = name(number, head);
      button.setAttribute("aria-label", button.title);
      button.setAttribute("aria-pressed", number === state.layer && head === state.head);
      button.append(thumbnail(part, number, head));
      button.onclick = () => choose({ layer: number, head });
      cells.push(button);
    }
  });
  grid.replaceChildren(...cells);
}

function label(text) {
  const span = document.createElement("span");
  span.textContent = text;
  return span;
}

const name = (layer, head) => "layer " + (layer + 1) + (head < 0 ? ", mean of its heads" : ", head " + (head + 1));

function drawMap() {
  const part = parts[state.part];
  const { queries, keys } = part;
  const matrix = matrixOf(part, state.layer, state.head);
  byId("chosen").textContent = name(state.layer, state.head);
  byId("under").textContent = "Rows look at columns; the pointer tells the numbers.";
  const canvas = byId("map");
  const cell = Math.max(7, Math.min(26, Math.floor(640 / Math.max(queries.length, keys.length))));
  const fontSize = Math.min(13, Math.max(8, cell - 2));
  const context = canvas.getContext("2d");
  const font = fontSize + "px " + getComputedStyle(document.body).fontFamily;
  context.font = font;
  const longest = (tokens) => Math.min(150, Math.max(...tokens.map((token) => context.measureText(token).width)) + 8);
  const [left, top] = [longest(queries), longest(keys)];
  const [width, height] = [left + keys.length * cell + 1, top + queries.length * cell + 1];
  const scale = window.devicePixelRatio || 1;
  canvas.width = width * scale;
  canvas.height = height * scale;
  canvas.style.width = width + "px";
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.font = font;
  context.fillStyle = ink();
  context.textBaseline = "middle";
  context.textAlign = "right";
  queries.forEach((token, i) => context.fillText(token, left - 4, top + (i + 0.5) * cell, left - 6));
  context.textAlign = "left";
  keys.forEach((token, j) => {
    context.save();
    context.translate(left + (j + 0.5) * cell, top - 4);
    context.rotate(-Math.PI / 2);
    context.fillText(token, 0, 0, top - 6);
    context.restore();
  });
  const color = heat();
  matrix.forEach((value, i) => {
    const [row, column] = [Math.floor(i / keys.length), i % keys.length];
    context.fillStyle = "rgba(" + color.join(",") + "," + opacity(value) + ")";
    context.fillRect(left + column * cell, top + row * cell, cell - 1, cell - 1);
  });
  context.strokeStyle = "rgba(128,128,128,.4)";
  context.strokeRect(left - 0.5, top - 0.5, keys.length * cell, queries.length * cell);
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    const zoom = width / box.width;
    const column = Math.floor(((event.clientX - box.left) * zoom - left) / cell);
    const row = Math.floor(((event.clientY - box.top) * zoom - top) / cell);
    return row in queries && column in keys ? [row, column] : undefined;
  };
  canvas.onmousemove = (event) => {
    const [row, column] = place(event) ?? [];
    if (row !== undefined)
      byId("under").textContent = queries[row] + " looks at " + keys[column] + ": " + percent(matrix[row * keys.length + column]);
  };
  canvas.onclick = (event) => {
    const [row] = place(event) ?? [];
    if (row !== undefined && !byId("reverse").checked) choose({ token: row });
  };
}

function drawTokens() {
  const part = parts[state.part];
  const isReverse = byId("reverse").checked;
  const [from, to] = isReverse ? [part.keys, part.queries] : [part.queries, part.keys];
  const matrix = matrixOf(part, state.layer, state.head);
  const token = Math.min(state.token, from.length - 1);
  const weight = (other) =>
    isReverse ? matrix[other * part.keys.length + token] : matrix[token * part.keys.length + other];
  const color = heat();
  byId("from").replaceChildren(...from.map((text, i) => chip(text, i === token, () => choose({ token: i }))));
  byId("to").replaceChildren(
    ...to.map((text, i) => {
      const button = chip(text, false, () => {});
      button.title = percent(weight(i));
      button.style.backgroundColor = "rgba(" + color.join(",") + "," + opacity(weight(i)) + ")";
      return button;
    }),
  );
}

function chip(text, isChosen, onclick) {
  const button = document.createElement("button");
  button.textContent = text;
  button.setAttribute("aria-pressed", isChosen);
  button.onclick = onclick;
  return button;
}

function choose(change) {
  Object.assign(state, change);
  const buttons = parts.map(({ name }, part) => {
    const button = chip(name, part === state.part, () => choose({ part, layer: 0, head: -1, token: 0 }));
    return button;
  });
  byId("parts").replaceChildren(...(parts.length > 1 ? buttons : []));
  drawGrid();
  drawMap();
  drawTokens();
}

byId("reverse").onchange = drawTokens;
matchMedia("(prefers-color-scheme: dark)").onchange = () => choose({});
choose({});
`;
