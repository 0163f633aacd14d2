// What a text says, in fewer words.
import { summaryMeasure, textToTextTask } from "./text-to-text.js";

export const summarisation: ReturnType<typeof textToTextTask> = textToTextTask({
  name: "summarisation",
  writtenName: "summary",
  defaults: {
    ...{ epochs: 3, learningRate: 5e-5, learningRateFromScratch: 5e-4, batchSize: 8, maxLength: 1024 },
    overflow: "truncate",
  },
  measure: summaryMeasure,
  sample: "a long report",
});
