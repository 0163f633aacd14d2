import { type VerifyOptions, verifyRows } from "../../workflows/options.js";
import type { VerifyReport } from "../../workflows/verify.js";
import type { Command } from "../command.js";
import { countText, measureText, type Table, visibleText } from "../terminal/index.js";

/** `tsugiki verify`: exit code 1 where a value differs by more than its bound. */
export const verifyCommand: Command<VerifyOptions> = {
  name: "verify",
  summary: "compare a checkpoint's outputs, loss and gradients with stored values",
  options: verifyRows,
  examples: [
    "verify --model bert-tiny",
    "verify --model my-model --golden goldens/my-model --dump computed.safetensors",
  ],
  async run(options, { reporter, json, output }) {
    const { verify } = await import("../../workflows/verify.js");
    const report = await verify(options);
    if (json) output.write(`${JSON.stringify(report, finite, 2)}\n`);
    reporter.section("model", [[visibleText(report.model), `head ${report.head}`]]);
    reporter.section("runtime", [report.runtime]);
    reporter.table(comparisonTable(report));
    const failed = report.comparisons.filter(({ passed }) => !passed).length;
    reporter.line(
      failed === 0
        ? `all ${countText(report.comparisons.length)} tensors are within their bounds`
        : `${countText(failed)} of ${countText(report.comparisons.length)} tensors differ by more than their bound`,
    );
    if (report.dump !== undefined) reporter.section("saved", [visibleText(report.dump)]);
    return report.passed ? 0 : 1;
  },
};

/** A line for each tensor: its largest differences, and how much of its bound they take. */
export function comparisonTable({ comparisons }: Pick<VerifyReport, "comparisons">): Table {
  return {
    head: ["tensor", "shape", "absolute", "relative", "of bound", ""],
    rows: comparisons.map(({ name, shape, absolute, relative, shareOfBound, passed }) => [
      visibleText(name),
      shape.join("x") || "scalar",
      differenceText(absolute),
      differenceText(relative),
      measureText(shareOfBound),
      passed ? "" : "differs",
    ]),
  };
}

function differenceText(difference: number): string {
  return difference === 0 || !Number.isFinite(difference) ? String(difference) : difference.toExponential(1);
}

/** JSON has no infinity: a tensor that is missing is told as a text. */
function finite(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}
