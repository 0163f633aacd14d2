import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { DecoderState } from "./decoder-state.js";
import type { ReadyDecoder } from "./ready-decoder.js";
import { attentionDecoder, carryingDecoder, vocabularySize } from "./toy-decoder.test.js";

const token = fc.nat(vocabularySize - 1);
const text = fc.array(token, { minLength: 1, maxLength: 5 });

/** What follows a text, read from its beginning. */
async function afresh(
  decoder: ReadyDecoder,
  ids: readonly number[],
  source: readonly number[],
): Promise<Float32Array> {
  const state = await DecoderState.begin(decoder, { ids: [ids], sources: [source] }, 1);
  return state.logProbabilities(0).slice();
}

function close(actual: Float32Array, expected: Float32Array, place: string): void {
  for (const [i, value] of expected.entries())
    assert.ok(Math.abs(actual[i]! - value) < 1e-5, `${place}, token ${i}: ${actual[i]}, not ${value}`);
}

for (const [name, open] of [
  ["keys and values kept", attentionDecoder],
  ["a carried state", carryingDecoder],
] as const)
  describe(`DecoderState with ${name}`, () => {
    test("rows written, copied and given up hold what texts read from their beginning give", async () => {
      const decoder = await open();
      const steps = fc.array(
        fc.record({
          parents: fc.array(fc.nat(9), { minLength: 1, maxLength: 4 }),
          tokens: fc.array(token, { minLength: 4, maxLength: 4 }),
        }),
        { maxLength: 4 },
      );
      const prompts = fc.array(fc.record({ ids: text, source: text }), { minLength: 1, maxLength: 4 });
      await fc.assert(
        fc.asyncProperty(prompts, steps, async (begun, moves) => {
          const state = await DecoderState.begin(
            decoder,
            { ids: begun.map(({ ids }) => ids), sources: begun.map(({ source }) => source), paddingId: 3 },
            4,
          );
          let rows = begun.map(({ ids, source }) => ({ ids, source }));
          for (const [row, { ids, source }] of rows.entries())
            close(state.logProbabilities(row), await afresh(decoder, ids, source), `prompt ${row}`);
          for (const { parents, tokens } of moves) {
            const chosen = parents.map((parent) => parent % rows.length);
            const next: typeof rows = [];
            const places = state.select(chosen);
            for (const [i, place] of places.entries()) {
              const { ids, source } = rows[chosen[i]!]!;
              next[place] = { ids: [...ids, tokens[place]!], source };
            }
            rows = next;
            await state.step(tokens.slice(0, rows.length));
            for (const [row, { ids, source }] of rows.entries())
              close(
                state.logProbabilities(row),
                await afresh(decoder, ids, source),
                `row ${row} of ${rows.length}`,
              );
          }
        }),
        { numRuns: 30, seed: 1 },
      );
    });

    test("a long text fills several blocks", async () => {
      const decoder = await open();
      const ids = Array.from({ length: 140 }, (_, i) => (i * i) % vocabularySize);
      const state = await DecoderState.begin(
        decoder,
        { ids: [ids.slice(0, 3), [1]], sources: [[1], [2]] },
        2,
      );
      for (const id of ids.slice(3)) await state.step([id, id]);
      close(state.logProbabilities(0), await afresh(decoder, ids, [1]), "the first");
      close(state.logProbabilities(1), await afresh(decoder, [1, ...ids.slice(3)], [2]), "the second");
    });
  });
