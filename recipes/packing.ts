import type { Tokenizer } from "../src/tokenizers/index.js";

/**
 * Blocks of `size` tokens, without special tokens, of texts that follow one another; the rest of a work that fills
 * no block is dropped. An empty line ends a work.
 */
export function* packBlocks(
  lines: Iterable<string>,
  tokenizer: Tokenizer,
  size: number,
): Generator<Int32Array> {
  let waiting: number[] = [];
  for (const line of lines) {
    if (line === "") waiting = [];
    else for (const id of tokenizer.encode(line, { specialTokens: false }).ids) waiting.push(id);
    for (; waiting.length >= size; waiting = waiting.slice(size))
      yield Int32Array.from(waiting.slice(0, size));
  }
}
