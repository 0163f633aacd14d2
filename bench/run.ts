import { OptionError, TsugikiError } from "../src/base/errors.js";
import { nearest } from "../src/base/names.js";
import { fineTuningUsage } from "./fine-tuning.js";
import { languageModelUsage } from "./language-model.js";
import { pretrainingUsage } from "./pretraining.js";
import { setUpPeers } from "./python.js";
import { tellFailure } from "./tell-failure.js";
import { translationUsage } from "./translation.js";

interface Bench {
  readonly question: string;
  readonly usage: string;
  run(args: readonly string[]): Promise<void>;
}

const benches: Record<string, Bench> = {
  setup: {
    question: "installs the Python peers into bench/.venv",
    usage: "",
    run: async () => setUpPeers(),
  },
  "train-step": {
    question: "how long is a training step of BERT-base, and how much memory does it take, beside PyTorch?",
    usage:
      "--steps N (15)  --warmup N (2)  --threads N (2)  --only ours,openvino,openvino-bf16,pytorch,pytorch-bf16 (ours,pytorch)  --batch --sequence --layers --hidden",
    run: async (args) => (await import("./train-step.js")).run(args),
  },
  "lstm-step": {
    question: "how long is a training step of an LSTM language model, beside PyTorch?",
    usage:
      "--steps N (15)  --warmup N (2)  --threads N (2)  --only ours|pytorch  --batch --sequence --layers --hidden --vocabulary --cell",
    run: async (args) => (await import("./lstm-step.js")).run(args),
  },
  generation: {
    question:
      "how many tokens a second does a GPT-2 write, greedy and with 4 beams, beside Python's transformers?",
    usage: "--rounds N (5)  --beams 1,4  --prompt N (32)  --tokens N (128)  --threads N (2)  --only ours",
    run: async (args) => (await import("./generation.js")).run(args),
  },
  "language-model": {
    question: "does a language model learn here as in PyTorch, on the same batches, and how fast?",
    usage: languageModelUsage,
    run: async (args) => (await import("./language-model.js")).run(args),
  },
  pretraining: {
    question:
      "how fast is masked language modelling, beside PyTorch, at the sizes of bert-mini and bert-base?",
    usage: pretrainingUsage,
    run: async (args) => (await import("./pretraining.js")).run(args),
  },
  "pretraining-losses": {
    question: "does pre-training by masked and causal language modelling go as in PyTorch, loss by loss?",
    usage: "--steps N (100)  --batch N (16)  --sequence N (64)  --threads N (2)  --text FILE",
    run: async (args) => (await import("./pretraining-losses.js")).run(args),
  },
  translation: {
    question:
      "English to Japanese from scratch, LSTM and Transformer: is BLEU that of PyTorch on the same batches, and how fast?",
    usage: translationUsage,
    run: async (args) => (await import("./translation.js")).run(args),
  },
  rewrites: {
    question: "what does each rewrite of a graph bring?",
    usage: "--rounds N (30)",
    run: async (args) => (await import("./rewrites.js")).run(args),
  },
  embeddings: {
    question:
      "how fast are texts turned into vectors, beside transformers.js and sentence-transformers, and how good are they?",
    usage:
      "--rounds N (7)  --batch N (32)  --singles N (100)  --limit N (all texts)  --threads N (2)  --only ours,ours-packing,ours-int8,transformers.js,transformers.js-q8,sentence-transformers",
    run: async (args) => (await import("./embeddings.js")).run(args),
  },
  "cold-start": {
    question: "how long does one prediction take from nothing, beside a transformers pipeline?",
    usage: "--rounds N (7)  --only ours|python",
    run: async (args) => (await import("./cold-start.js")).run(args),
  },
  "plan-error": {
    question: "how far off is what `plan` says of the memory and time of a run?",
    usage: "--jobs ja-small,minilm-lora,... (all)  --runtime onnxruntime|openvino  --threads N (2)",
    run: async (args) => (await import("./plan-error.js")).run(args),
  },
  tokenizers: {
    question:
      "how fast are tokenizers made and used, beside Python's tokenizers, sentencepiece and MeCab, on one thread?",
    usage:
      "--rounds N (3)  --kinds wordpiece,byte-level-bpe,unigram  --tasks encode,threads,learn,analyze  --megabytes N (8)  --only ours",
    run: async (args) => (await import("./tokenizers.js")).run(args),
  },
  "tokenizer-memory": {
    question:
      "how much memory does learning a tokenizer take, on 1 GB of text with over 20 million distinct words?",
    usage: "--megabytes N (1000)  --kinds wordpiece,byte-level-bpe  --vocabulary N (30000)  --seed N (1)",
    run: async (args) => (await import("./tokenizer-memory.js")).run(args),
  },
  tables: {
    question: "puts what the records say into the tables of docs/",
    usage: "",
    run: async () => (await import("./tables.js")).run(),
  },
  speed: {
    question: "draws how fast ours was beside its peers in all records: docs/evidence/speed.svg",
    usage: "",
    run: async () => (await import("./speed.js")).run(),
  },
  "install-size": {
    question: "how large is an installation without optional runtimes, beside PyTorch and transformers?",
    usage: "--only ours",
    run: async (args) => (await import("./install-size.js")).run(args),
  },
  "corpus-memory": {
    question: "how much memory does preparing a corpus take, on 5 GB of text, with all cleaning?",
    usage: "--megabytes N (5000)  --threads N (2)  --seed N (1)",
    run: async (args) => (await import("./corpus-memory.js")).run(args),
  },
  "fine-tune-sst2": {
    question: "is fine-tuning on SST-2 as good as Python's Trainer, and how much of its time does it take?",
    usage: fineTuningUsage,
    run: async (args) => (await import("./fine-tune-sst2.js")).run(args),
  },
  "fine-tune-others": {
    question: "the same for pairs, similarity, named entities and question answering",
    usage: fineTuningUsage,
    run: async (args) => (await import("./fine-tune-others.js")).run(args),
  },
  "fine-tune-alike": {
    question:
      "from the same weights, over the same batches, without dropout: does Python's Trainer end where we do?",
    usage: fineTuningUsage,
    run: async (args) => (await import("./fine-tune-alike.js")).run(args),
  },
};

const [name, ...args] = process.argv.slice(2);
try {
  if (name === undefined) printUsage();
  else await find(name).run(args);
} catch (error) {
  tellFailure(error, 2);
  if (!(error instanceof TsugikiError)) console.error((error as Error).stack);
}

function find(name: string): Bench {
  const bench = benches[name];
  if (bench !== undefined) return bench;
  const near = nearest(name, Object.keys(benches));
  const hint = near === undefined ? "npm run bench lists them" : `did you mean ${near}?`;
  throw new OptionError(`expected a bench among ${Object.keys(benches).join(", ")}, got ${name}`, { hint });
}

function printUsage(): void {
  console.log("  npm run bench -- NAME [options]\n");
  for (const [key, { question, usage }] of Object.entries(benches)) {
    console.log(`  ${key.padEnd(18)}${question}`);
    if (usage !== "") console.log(`  ${"".padEnd(18)}${usage}`);
  }
}
