import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { OptionError } from "../src/base/errors.js";
import { trainTokenizerFiles } from "../src/workflows/train-tokenizer.js";
import { repository, sharedPath } from "../test/shared.js";
import { englishJapaneseSplit } from "./data-splits.js";
import { interleave, SavedResults, stateFolder } from "./interleave.js";
import { requirePeers } from "./python.js";
import { appendRecord, loadWarning } from "./record.js";
import {
  type TranslationJob,
  type TranslationResult,
  translateInPyTorch,
  translateOurs,
} from "./translation-sides.js";

const sides = { ours: translateOurs, pytorch: translateInPyTorch };
type SideName = keyof typeof sides;

const models = ["lstm", "transformer"] as const;
const data = "data/enja/small_parallel_enja";

/** What this bench can be told. */
export const translationUsage: string =
  "--models lstm,transformer  --only ours,pytorch  --again ours,pytorch  --seeds N (1)  --threads N (2)  " +
  "--beams N (5)  --max-steps N (a trial)  --dropout X (a trial: 0 makes both sides' losses equal)";

/**
 * English to Japanese from scratch, by an LSTM with attention and by a Transformer: is BLEU that of the same model
 * trained in PyTorch from the same weights on the same batches, and how long does it take?
 */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      models: { type: "string", default: models.join() },
      only: { type: "string", default: Object.keys(sides).join() },
      again: { type: "string" },
      seeds: { type: "string", default: "1" },
      threads: { type: "string", default: "2" },
      beams: { type: "string", default: "5" },
      "max-steps": { type: "string" },
      dropout: { type: "string" },
    },
  });
  const only = namesIn("--only", values.only, Object.keys(sides)) as SideName[];
  const again = namesIn("--again", values.again ?? "", Object.keys(sides));
  if (only.includes("pytorch")) requirePeers();
  const warning = loadWarning();
  if (warning !== undefined) console.log(`  ${warning}`);
  const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1);
  const isTrial = values["max-steps"] !== undefined || values.dropout !== undefined;
  const trial = Object.entries({ "max-steps": values["max-steps"], dropout: values.dropout }).flatMap(
    ([name, value]) => (value === undefined ? [] : [[name, value] as const]),
  );
  for (const name of namesIn("--models", values.models, models)) {
    const config = `recipes/translation/${name}.yaml`;
    const files = englishJapaneseSplit();
    const flags = {
      config,
      ...{ "train-file": fromRoot(files.trainFile), "validation-file": fromRoot(files.validationFile) },
      ...{ tokenizer: await learnTokenizer(), threads: values.threads },
      ...Object.fromEntries(trial),
      ...(isTrial ? { "log-every": "1", "max-validation-examples": "4" } : {}),
    };
    const recipe = [config, config.replace(".yaml", ".json")].map((path) =>
      readFileSync(join(repository, path), "utf8"),
    );
    await compare({ name, flags, recipe, beamCount: Number(values.beams) }, only, seeds, {
      ...{ again, isTrial, warning },
    });
  }
}

async function compare(
  job: TranslationJob,
  names: readonly SideName[],
  seeds: readonly number[],
  { again, isTrial, warning }: { again: readonly string[]; isTrial: boolean; warning: string | undefined },
): Promise<void> {
  console.log(`\n  ${job.name}   ${job.flags["threads"]} threads, sides ${names.join(", ")}`);
  const saved = new SavedResults<TranslationResult>(`translation-${job.name}`, job);
  for (const side of again) saved.forget(side);
  const results = await interleave(names, seeds, saved, async (side, seed) => {
    const result = await sides[side](job, seed, join(stateFolder, "translation", job.name, side));
    console.log(`  seed ${seed}  ${side.padEnd(9)}${describe(result)}`);
    return result;
  });
  const [ours, theirs] = [results.get("ours"), results.get("pytorch")];
  const comparison = ours === undefined || theirs === undefined ? undefined : comparisonOf(ours, theirs);
  if (comparison !== undefined)
    console.log(
      `  ours - pytorch: BLEU greedy ${signed(comparison.greedy)}, beam ${signed(comparison.beam)}; ` +
        `training ${comparison.speed.toFixed(2)} times as fast; ` +
        `largest difference of the losses ${(100 * comparison.lossDifference).toPrecision(2)} %`,
    );
  if (isTrial) console.log("  a trial: not recorded");
  else {
    const measurement = { job, seeds, warning, results: Object.fromEntries(results), comparison };
    console.log(`  recorded in ${appendRecord("translation", measurement)}`);
  }
}

/** Ours beside the peer's, by the means over the seeds. */
interface Comparison {
  /** Ours minus the peer's, in points of BLEU. */
  readonly greedy: number;
  readonly beam: number;
  /** How many times as fast ours trains. */
  readonly speed: number;
  /** The largest relative difference of the mean losses on the way. */
  readonly lossDifference: number;
}

function comparisonOf(ours: readonly TranslationResult[], theirs: readonly TranslationResult[]): Comparison {
  const mean = (results: readonly TranslationResult[], of: (result: TranslationResult) => number): number =>
    results.reduce((sum, result) => sum + of(result), 0) / results.length;
  const difference = (of: (result: TranslationResult) => number): number => mean(ours, of) - mean(theirs, of);
  const losses = ours.flatMap((own, i) =>
    own.losses.map((loss, k) => Math.abs(loss / theirs[i]!.losses[k]! - 1)),
  );
  return {
    greedy: difference(({ bleu }) => bleu.greedy),
    beam: difference(({ bleu }) => bleu.beam),
    speed: mean(theirs, ({ trainSeconds }) => trainSeconds) / mean(ours, ({ trainSeconds }) => trainSeconds),
    lossDifference: Math.max(...losses),
  };
}

function describe({
  bleu,
  ourDecoder,
  trainSeconds,
  wallSeconds,
  stepCount,
  losses,
}: TranslationResult): string {
  const scores = (of: typeof bleu): string => `greedy ${of.greedy.toFixed(2)}, beam ${of.beam.toFixed(2)}`;
  const decoder = ourDecoder === undefined ? "" : ` (our decoder: ${scores(ourDecoder)})`;
  const times = `training ${trainSeconds.toFixed(1)} s, ${stepCount} steps, wall ${wallSeconds.toFixed(1)} s`;
  return `BLEU ${scores(bleu)}${decoder}   ${times}   loss ${losses[0]!.toFixed(3)} to ${losses.at(-1)!.toFixed(3)}`;
}

/** One vocabulary for both languages, learnt once, by `tsugiki tokenizer train`'s own function. */
async function learnTokenizer(): Promise<string> {
  const outputDirectory = join(stateFolder, "translation", "tokenizer");
  if (!existsSync(join(outputDirectory, "tokenizer.json")))
    await trainTokenizerFiles({
      ...{ model: "bpe", form: "sentencepiece", vocabularySize: 4000, characterCoverage: 1, outputDirectory },
      train: ["en", "ja"].map((language) => sharedPath(`${data}/train.${language}`)),
    });
  return fromRoot(outputDirectory);
}

// records are to read the same on every machine
function fromRoot(path: string): string {
  return relative(repository, path);
}

function signed(points: number): string {
  return `${points < 0 ? "" : "+"}${points.toFixed(2)}`;
}

function namesIn(flag: string, text: string, known: readonly string[]): string[] {
  const names = text === "" ? [] : text.split(",");
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return names;
  throw new OptionError(`${flag}: expected some of ${known.join(", ")}, got ${unknown}`);
}
