export type { ParameterSlot } from "./arena.js";
export { type GradientGraph, type GradientPlan, gradientGraph } from "./gradient-graph.js";
export type { Feeds, StepRequest, StepResult, TrainingSetup } from "./learner.js";
export * from "./optimizers/index.js";
export * from "./schedules/index.js";
export { Trainer, type TrainerOptions, type TrainerStep } from "./trainer.js";
export { updateGraph } from "./update-graph.js";
export { WorkerLearner } from "./worker-learner.js";
export type { WorkerStart } from "./worker-messages.js";
