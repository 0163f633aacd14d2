import assert from "node:assert/strict";
import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { temporaryFolder } from "../../test/end-to-end/tiny-model.js";
import { type Evidence, finishRuns, readRuns } from "./finished-runs.js";

type Key = { readonly way: string; readonly seed: number };
type Outcome = { readonly accuracy: number };

/** Evidence of two ways and two seeds that counts how often each run is done. */
async function evidence(
  context: TestContext,
): Promise<{ readonly of: Evidence<Key, Outcome>; readonly done: string[] }> {
  const folder = await temporaryFolder(context);
  const done: string[] = [];
  const asked = [1, 2].flatMap((seed) => ["a", "b"].map((way) => ({ way, seed })));
  const of: Evidence<Key, Outcome> = {
    results: join(folder, "below", "runs.jsonl"),
    settings: { model: "m" },
    asked,
    async run({ way, seed }) {
      done.push(`${way}${seed}`);
      return { accuracy: seed / 10 };
    },
    draw: (runs) => ({ table: `${runs.length} runs`, picture: `<svg>${runs.length}</svg>` }),
  };
  return { of, done };
}

const quiet = (): void => {};

describe("finished runs", () => {
  test("are not done again, and are drawn with those that follow", async (context) => {
    const { of, done } = await evidence(context);
    await finishRuns({ ...of, asked: of.asked.slice(0, 1) }, quiet);
    const runs = await finishRuns(of, quiet);
    assert.deepEqual(done, ["a1", "b1", "a2", "b2"]);
    assert.deepEqual(runs.at(-1), { way: "b", seed: 2, accuracy: 0.2 });
    assert.deepEqual(await readRuns(of.results), runs);
    assert.equal(await readFile(of.results.replace(".jsonl", ".md"), "utf8"), "4 runs\n");
    assert.equal(await readFile(of.results.replace(".jsonl", ".svg"), "utf8"), "<svg>4</svg>");
  });

  test("one whose line was cut off is done again", async (context) => {
    const { of, done } = await evidence(context);
    await finishRuns({ ...of, asked: of.asked.slice(0, 1) }, quiet);
    await appendFile(of.results, '{"way":"b","seed":1,"accu');
    const told: string[] = [];
    await finishRuns(of, (line) => told.push(line));
    assert.deepEqual(done, ["a1", "b1", "a2", "b2"]);
    assert.match(told[0]!, /the last line is not whole/);
    assert.equal((await readRuns(of.results)).length, 4);
  });

  test("with other settings are refused", async (context) => {
    const { of } = await evidence(context);
    await finishRuns(of, quiet);
    await assert.rejects(
      finishRuns({ ...of, settings: { model: "n" } }, quiet),
      /expected runs with the settings \{"settings":\{"model":"n"\}\}, got \{"settings":\{"model":"m"\}\}/,
    );
  });
});
