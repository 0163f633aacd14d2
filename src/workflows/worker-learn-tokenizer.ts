import { workerData } from "node:worker_threads";
import { serveRequests } from "../base/worker-server.js";
import { type LearntTokenizer, learnTokenizer, type TokenizerTrainProgress } from "./learn-tokenizer.js";
import type { TokenizerTrainOptions } from "./options-tokenizer-train.js";

/** What the thread that learns tokenizers is asked for; it begins from the path of its folder for scratch files. */
export interface LearnRequests {
  readonly learn: TokenizerTrainOptions;
}

const progressInterval = 50; // ms: trainers tell of every token

serveRequests<LearnRequests, string>(Promise.resolve(workerData as string), {
  learn(options, scratch, { emit, ask }): Promise<LearntTokenizer> {
    /** The asking thread has the standard input: it is asked for a piece at a time. */
    async function* standardInput(): AsyncGenerator<Uint8Array | string> {
      for (;;) {
        const chunk = (await ask("input")) as Uint8Array | string | undefined;
        if (chunk === undefined) return;
        yield chunk;
      }
    }
    let [lastTime, lastPhase] = [Number.NEGATIVE_INFINITY, ""];
    const onProgress = (progress: TokenizerTrainProgress): void => {
      const time = performance.now();
      const isUrgent = progress.phase !== lastPhase || progress.done === progress.total;
      if (!isUrgent && time - lastTime < progressInterval) return;
      [lastTime, lastPhase] = [time, progress.phase];
      emit(progress);
    };
    return learnTokenizer(options, { standardInput: standardInput(), scratch, onProgress });
  },
});
