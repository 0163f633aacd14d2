// What somebody answers to what was said.
import { textToTextTask, translationMeasure } from "./text-to-text.js";

export const dialogue: ReturnType<typeof textToTextTask> = textToTextTask({
  name: "dialogue",
  writtenName: "reply",
  defaults: {
    ...{ epochs: 3, learningRate: 5e-5, learningRateFromScratch: 5e-4, batchSize: 32, maxLength: 128 },
    overflow: "truncate",
  },
  measure: translationMeasure,
  sample: "How are you?",
});
