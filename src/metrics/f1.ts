import { type ClassReport, type ClassScores, classReport } from "./class-report.js";
import type { ClassMetric } from "./metric.js";

const none: ClassScores = { precision: 0, recall: 0, f1: 0, support: 0 };

/** Of the examples predicted as class 1, the share that is. */
export const precision: ClassMetric = of("precision", (report) => positive(report).precision);

/** Of the examples of class 1, the share that was found. */
export const recall: ClassMetric = of("recall", (report) => positive(report).recall);

/** The harmonic mean of precision and recall of class 1, for two classes. */
export const f1: ClassMetric = of("f1", (report) => positive(report).f1);

/** F1 over all decisions together; equals accuracy where each example has one class. */
export const microF1: ClassMetric = of("micro_f1", (report) => report.micro.f1);

/** The mean of the classes' F1, each class counting the same. */
export const macroF1: ClassMetric = of("macro_f1", (report) => report.macro.f1);

/** The mean of the classes' F1, each class counting by its examples. */
export const weightedF1: ClassMetric = of("weighted_f1", (report) => report.weighted.f1);

/** The mean of the classes' precision. */
export const macroPrecision: ClassMetric = of("macro_precision", (report) => report.macro.precision);

/** The mean of the classes' recall. */
export const macroRecall: ClassMetric = of("macro_recall", (report) => report.macro.recall);

function of(name: string, pick: (report: ClassReport) => number): ClassMetric {
  return { name, greaterIsBetter: true, compute: (truth, predicted) => pick(classReport(truth, predicted)) };
}

function positive(report: ClassReport): ClassScores {
  return report.classes.get("1") ?? none;
}
