import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { peersFolder } from "../../bench/python.js";
import { tellFailure } from "../../bench/tell-failure.js";
import { TsugikiError, UnavailableError } from "../../src/base/errors.js";
import { exportGolden, writtenByOurs } from "../end-to-end/exported-writers.js";
import { repository, sharedPath } from "../shared.js";

// Models that write, exported, must write in transformers.js what they write here: of every family that both know, the
// likeliest tokens after prompts of several lengths, none of them twice so that they differ. With 8-bit integers the
// files must run there.
// usage: npm run peers:exported [-- NAME ...], by default all

const goldens: Readonly<Record<string, string>> = {
  gpt2: sharedPath("golden/models/gpt2-lm-head"),
  llama: sharedPath("golden/models/llama-for-causal-lm"),
  mistral: join(repository, "test/golden/models/mistral-for-causal-lm"),
  qwen2: join(repository, "test/golden/models/qwen2-for-causal-lm"),
  t5: sharedPath("golden/models/t5-relu"),
  mt5: sharedPath("golden/models/mt5"),
  bart: sharedPath("golden/models/bart-for-conditional-generation"),
  mbart: sharedPath("golden/models/mbart-for-conditional-generation"),
  marian: sharedPath("golden/models/marian-mt"),
};
const prompts = [[5, 17, 9, 12, 7], [11, 6, 3], [8]];
const count = 6;

const folder = mkdtempSync(join(tmpdir(), "tsugiki-exported-"));
try {
  if (!existsSync(join(peersFolder, "node_modules")))
    throw new UnavailableError("transformers.js: expected it in bench/peers, found nothing there", {
      hint: "npm ci --prefix bench/peers --ignore-scripts",
    });
  const wanted = process.argv.slice(2);
  for (const [name, golden] of Object.entries(goldens)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const { outputDirectory } = await exportGolden(golden, folder, "int8");
    const ours = (await writtenByOurs(golden, prompts, count, { noRepeatNgramSize: 1 })).map(
      ({ ids }) => ids,
    );
    const theirs = writtenThere(outputDirectory, "fp32");
    if (JSON.stringify(theirs) !== JSON.stringify(ours))
      throw new TsugikiError(`${name}: expected ${JSON.stringify(ours)}, got ${JSON.stringify(theirs)}`);
    const ofIntegers = writtenThere(outputDirectory, "q8").flat();
    const same = ours.flat().filter((id, i) => id === ofIntegers[i]).length;
    console.log(
      `  ${name.padEnd(10)}exported here, written by transformers.js: ids equal; in 8 bits ${same} of ${ofIntegers.length}`,
    );
  }
} catch (error) {
  tellFailure(error, 1);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function writtenThere(model: string, dtype: "fp32" | "q8"): number[][] {
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(peersFolder, "generated_ids.mjs")], {
    input: JSON.stringify({ model, dtype, prompts, count }),
    encoding: "utf8",
  });
  if (status !== 0) throw new TsugikiError(`transformers.js: ${stderr.slice(-2000)}`);
  return JSON.parse(stdout);
}
