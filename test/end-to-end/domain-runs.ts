import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type JsonObject, Random } from "../../src/base/index.js";
import type { RunContext } from "../../src/workflows/events.js";
import { pretrain, type TrainingResult } from "../../src/workflows/index.js";
import { tinyConfig, tinyRows, tinyTokenizer } from "./tiny-model.js";

// A model that knows the tiny language, and texts of a domain whose words the language does not have.

const domainWords = "graft scion cambium rootstock callus tissue sapwood budding".split(" ");

/** What a run on the texts of the domain needs. */
export interface DomainWorld {
  readonly path: (name: string) => string;
  remove(): Promise<void>;
  /** The checkpoint. */
  readonly model: string;
  /** Options that such runs share. */
  readonly options: (name: string) => {
    train: string[];
    validation: string[];
    outputDirectory: string;
    maxLength: number;
    batchSize: number;
    maxSteps: number;
    learningRate: number;
    threads: number;
    evaluateEvery: number;
    saveEvery: number;
    logEvery: number;
  };
}

/** Pre-train the model, its configuration changed by `changes`, and write the texts. */
export async function domainWorld(changes: JsonObject = {}): Promise<DomainWorld> {
  const folder = await mkdtemp(join(tmpdir(), "tsugiki-"));
  const path = (name: string): string => join(folder, name);
  await writeFile(path("vocab.txt"), tinyTokenizer().toFiles().get("vocab.txt")!);
  const {
    architectures: _,
    vocab_size: __,
    ...architecture
  } = tinyConfig({
    num_hidden_layers: 4,
    ...changes,
  });
  await writeFile(path("model.json"), JSON.stringify(architecture));
  const electra = { ...architecture, model_type: "electra", embedding_size: 16 };
  await writeFile(path("electra.json"), JSON.stringify(electra));
  const general = documents(120, 5, () => undefined);
  await writeFile(path("general.txt"), general);
  const random = new Random(8);
  const term = (): string => domainWords[random.integer(domainWords.length)]!;
  await writeFile(path("domain.txt"), documents(120, 6, term));
  await writeFile(path("held-out.txt"), documents(20, 7, term));
  const options: DomainWorld["options"] = (name) => ({
    ...{ train: [path("domain.txt")], validation: [path("held-out.txt")], outputDirectory: path(name) },
    ...{ maxLength: 24, batchSize: 8, maxSteps: 12, learningRate: 2e-3, threads: 1 },
    ...{ evaluateEvery: 6, saveEvery: 5, logEvery: 2 },
  });
  await pretrain({
    ...options("model"),
    ...{ architecture: path("model.json"), tokenizer: path("vocab.txt"), train: [path("general.txt")] },
    ...{ validation: [path("general.txt")], maxSteps: 60, evaluateEvery: 60, saveEvery: 60 },
  });
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  return { path, model: path("model"), options, remove };
}

/** The flags of a run of 12 steps on those texts that writes a checkpoint after every second. */
export function domainFlags(
  { path, model }: DomainWorld,
  command: "pretrain" | "adapt" | "distill",
): string[] {
  const begun = {
    pretrain: [
      ...["--architecture", path("electra.json"), "--tokenizer", path("vocab.txt")],
      ...["--objective", "replaced-tokens"], // two models beside each other
    ],
    adapt: ["--model", model, "--vocabulary", "extend", "--new-pieces", "12"],
    distill: ["--teacher", model],
  };
  return [
    ...begun[command],
    ...["--train-file", path("domain.txt"), "--validation-file", path("held-out.txt"), "--threads", "1"],
    ...["--max-length", "24", "--batch-size", "8", "--max-steps", "12", "--learning-rate", "2e-3"],
    ...["--evaluate-every", "4", "--save-every", "2", "--log-every", "2"],
  ];
}

/** Documents of four sentences; every second one begins with a word that `term` gives. */
function documents(count: number, seed: number, term: () => string | undefined): string {
  const lines = tinyRows(4 * count, seed).map(({ text }, i) =>
    [i % 2 === 0 ? term() : undefined, text].filter((part) => part !== undefined).join(" "),
  );
  return Array.from({ length: count }, (_, i) => lines.slice(4 * i, 4 * i + 4).join(" ")).join("\n\n");
}

/** Do a run until `step` is done, then stop it. */
export function stoppedAfter<Result extends TrainingResult>(
  step: number,
  run: (context: RunContext) => Promise<Result>,
): Promise<Result> {
  const stop = new AbortController();
  const progress = ({ phase, done }: { phase: string; done: number }): void => {
    if (phase === "train" && done === step) stop.abort();
  };
  return run({ signal: stop.signal, events: { progress } });
}
