import { compareSteps } from "./step-turns.js";

/**
 * One training step of BERT-base as it is really run (dropout, padded mask, forward, backward, clipping,
 * AdamW; batch 8 x 128, float32): its seconds and its memory, ours and PyTorch's in turns.
 */
export async function run(args: readonly string[]): Promise<void> {
  const workload = { threads: "2", batch: "8", sequence: "128", layers: "12", hidden: "768" };
  await compareSteps(
    { name: "train-step", ours: "ours-train-step.js", peer: "train_step.py", workload },
    args,
  );
}
