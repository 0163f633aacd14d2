/** The names of all optimizers, as `--optimizer` takes them. A list by itself, so that help need load no engine. */
export const optimizerNames = [
  "adamw",
  "sgd",
  "adam",
  "adagrad",
  "rmsprop",
  "adadelta",
  "adamax",
  "nadam",
  "radam",
  "adafactor",
  "lamb",
] as const;

export type OptimizerName = (typeof optimizerNames)[number];
