import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { repository } from "../../test/shared.js";
import { FileError, OptionError, type Tensor, toNumbers } from "../base/index.js";
import { readSafetensorsFile } from "../hub/index.js";
import { loadSegmentReader } from "./segment-reader.js";

const golden = (name: string): string => join(repository, "test/golden/models", name);
const numbers = ({ dtype, data }: Tensor): Float64Array => toNumbers(dtype, data);

/** The rows of a tensor of ids `[texts, length]`. */
function rowsOf(ids: Tensor): number[][] {
  const [count, length] = ids.shape as [number, number];
  const all = [...numbers(ids)];
  return Array.from({ length: count }, (_, i) => all.slice(i * length, (i + 1) * length));
}

describe("reading in segments", () => {
  test("a text of three segments gives what transformers gives, and once more after a restart", async () => {
    const stored = await readSafetensorsFile(join(golden("xlnet-causal-segments"), "golden.safetensors"));
    const reader = await loadSegmentReader(golden("xlnet-causal-segments"), { threads: 1 });
    try {
      for (const _ of ["at first", "again"]) {
        reader.restart();
        for (const number of [0, 1, 2]) {
          const found = await reader.read(rowsOf(stored.get(`case${number}.in.input_ids`)!));
          const expected = stored.get(`case${number}.out.last_hidden_state`)!;
          assert.deepEqual(found.shape, expected.shape);
          const values = numbers(found);
          numbers(expected).forEach((value, i) => {
            assert.ok(Math.abs(values[i]! - value) < 1e-5, `segment ${number}, ${i}`);
          });
        }
      }
    } finally {
      await reader.close();
    }
  });

  test("what does not fit is refused", async () => {
    await assert.rejects(loadSegmentReader(golden("bert-for-pretraining"), { threads: 1 }), FileError);
    const reader = await loadSegmentReader(golden("xlnet-causal-segments"), { threads: 1 });
    try {
      await assert.rejects(reader.read([[7, 8], [9]]), OptionError);
      await assert.rejects(reader.read([]), OptionError);
      await reader.read([[7, 8]]);
      await assert.rejects(
        reader.read([
          [7, 8],
          [9, 7],
        ]),
        /a segment of each of 1 texts, got 2/,
      );
    } finally {
      await reader.close();
    }
  });
});
