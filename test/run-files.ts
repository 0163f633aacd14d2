import { availableParallelism } from "node:os";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { TestCounts } from "./test-counts.js";

/** Run test files, as many at a time as there are cores, with a report for people on stdout. */
export async function runFiles(files: readonly string[]): Promise<TestCounts> {
  const counts = new TestCounts();
  if (files.length === 0) return counts;
  await new Promise<void>((resolve) => {
    const events = run({ files, concurrency: availableParallelism(), timeout: 20 * 60_000 });
    events.on("test:pass", (event) => counts.endedWell(event));
    events.on("test:fail", (event) => counts.wentWrong(event));
    const report = events.compose(new spec() as unknown as NodeJS.ReadWriteStream);
    report.on("end", resolve);
    report.pipe(process.stdout, { end: false });
  });
  return counts;
}
