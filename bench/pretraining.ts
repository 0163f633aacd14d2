import { compareSteps } from "./step-turns.js";

/** BERT's sizes (Turc et al. 2019), and how many rows of 128 tokens are a batch. */
const shapes: Readonly<Record<string, Readonly<Record<"layers" | "hidden" | "batch", string>>>> = {
  "bert-mini": { layers: "4", hidden: "256", batch: "32" },
  "bert-base": { layers: "12", hidden: "768", batch: "8" },
};

/** The flags of this bench. */
export const pretrainingUsage: string =
  "--steps N (15)  --warmup N (2)  --threads N (2)  --only ours,openvino,openvino-bf16,pytorch,pytorch-bf16 (ours,pytorch)  --batch --sequence --layers --hidden (bert-mini, then bert-base)";

/**
 * A step of masked language modelling as it is really run (15 % of the tokens hidden anew, dropout, forward, backward,
 * clipping, AdamW; rows of 128 tokens, float32), ours and PyTorch's in turns: seconds, tokens a second, memory.
 */
export async function run(args: readonly string[]): Promise<void> {
  const ownShape = args.some((word) => /^--(layers|hidden)\b/.test(word));
  const chosen = ownShape ? { given: shapes["bert-mini"]! } : shapes;
  for (const [name, shape] of Object.entries(chosen)) {
    console.log(`  ${name}`);
    const workload = { threads: "2", sequence: "128", ...shape };
    const sides = { ours: "ours-pretraining-step.js", peer: "pretraining_step.py" };
    const tokensOf = ({ batch, sequence }: Readonly<Record<string, string>>): number =>
      Number(batch) * Number(sequence);
    await compareSteps({ name: "pretraining", ...sides, workload, tokensOf }, args);
  }
}
