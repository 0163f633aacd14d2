import { compareSteps } from "./step-turns.js";

/**
 * One training step of an LSTM language model (2 layers x 512, 35 steps of 20 texts, vocabulary 10,000, dropout, state
 * carried from step to step, clipping, plain gradient descent, float32), ours and PyTorch's in turns.
 */
export async function run(args: readonly string[]): Promise<void> {
  const workload = {
    ...{ threads: "2", batch: "20", sequence: "35", layers: "2", hidden: "512" },
    ...{ vocabulary: "10000", cell: "lstm" },
  };
  await compareSteps({ name: "lstm-step", ours: "ours-lstm-step.js", peer: "lstm_step.py", workload }, args);
}
