import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LineProcess, runToEnd } from "./child-process.js";

const node = (code: string) => ({
  program: process.execPath,
  arguments: ["--input-type=module", "-e", code],
});

describe("child processes", () => {
  test("a program is run to its end with its output, time and memory", async () => {
    const finished = await runToEnd(node("setTimeout(() => console.log('done'), 500)"));
    assert.equal(finished.stdout, "done\n");
    assert.ok(finished.wallSeconds >= 0.5);
    if (process.platform === "linux") assert.ok((finished.peakBytes ?? 0) > 10e6);
  });

  test("a program that fails is reported with its command and the end of its errors", async () => {
    await assert.rejects(
      runToEnd(node("console.error('no data'); process.exit(3)")),
      /-e .*exit code 3\nno data/s,
    );
  });

  test("a stepping program answers by turns, and its early end is an error", async () => {
    const answer = "JSON.stringify({ seconds: 0.25, loss: 0.5, peakMemory: 1e6 })";
    const child = new LineProcess(
      node(`process.stdin.on("data", () => { console.log(${answer}); setTimeout(process.exit, 200); })`),
    );
    assert.equal((await child.step()).seconds, 0.25);
    await new Promise((resolve) => setTimeout(resolve, 400));
    await assert.rejects(child.step(), /it ended early/);
    child.close();
  });
});
