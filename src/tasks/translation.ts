// A text is written anew in another language.
import { textToTextTask, translationMeasure } from "./text-to-text.js";

export const translation: ReturnType<typeof textToTextTask> = textToTextTask({
  name: "translation",
  writtenName: "translation",
  defaults: {
    ...{ epochs: 3, learningRate: 5e-5, learningRateFromScratch: 5e-4, batchSize: 32, maxLength: 128 },
    overflow: "truncate",
  },
  measure: translationMeasure,
  sample: "a fine film",
});
