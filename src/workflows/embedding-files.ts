import { extname } from "node:path";
import { OptionError } from "../base/index.js";
import { encodeSafetensors } from "../formats/safetensors.js";
import { writeFileAtomically } from "../hub/index.js";
import type { EmbeddedText } from "./embedder.js";

type Encode = (texts: readonly EmbeddedText[], size: number) => Iterable<Uint8Array | string>;

/** What a file of vectors can be, by its ending. */
const forms: Readonly<Record<string, Encode>> = {
  ".jsonl": (texts) => texts.map((text) => `${embeddingLine(text)}\n`),
  ".safetensors": (texts, size) =>
    encodeSafetensors(
      new Map([["embeddings", { dtype: "float32", shape: [texts.length, size], data: rowsOf(texts, size) }]]),
    ),
  ".npy": (texts, size) => npyFile(rowsOf(texts, size), [texts.length, size]),
};

/** Refuse a file whose ending says no form that is known. */
export function checkEmbeddingFile(path: string | undefined): void {
  if (path === undefined || extname(path) in forms) return;
  throw new OptionError(`--output-file ${path}: expected an ending ${Object.keys(forms).join(", ")}`);
}

/** Write vectors to a file, in the form that its ending says. */
export async function writeEmbeddings(
  path: string,
  texts: readonly EmbeddedText[],
  size: number,
): Promise<void> {
  await writeFileAtomically(path, forms[extname(path)]!(texts, size));
}

/** A text with its vector as a line of JSON; numbers as short as float32 allows. */
export function embeddingLine({ text, pair, embedding, truncatedCount }: EmbeddedText): string {
  const numbers = Array.from(embedding, shortest);
  return JSON.stringify({
    text,
    ...(pair === undefined ? {} : { pair }),
    embedding: numbers,
    ...(truncatedCount > 0 ? { truncated: true } : {}),
  });
}

/** The shortest decimal that is the same float32. */
function shortest(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(9));
}

function rowsOf(texts: readonly EmbeddedText[], size: number): Float32Array {
  const rows = new Float32Array(texts.length * size);
  texts.forEach(({ embedding }, i) => {
    rows.set(embedding, i * size);
  });
  return rows;
}

/** NumPy's format 1.0 (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html), little-endian float32. */
function npyFile(data: Float32Array, shape: readonly number[]): Uint8Array[] {
  const words = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(", ")}), }`;
  const length = Math.ceil((10 + words.length + 1) / 64) * 64 - 10; // the numbers begin at a multiple of 64
  const header = Buffer.from(`${words.padEnd(length - 1)}\n`, "latin1");
  const magic = Buffer.from([0x93, ...Buffer.from("NUMPY"), 1, 0, length & 0xff, length >> 8]);
  return [magic, header, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)];
}
