import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { taskNamed, tasks } from "./index.js";

describe("the list of tasks", () => {
  test("each is found by its own name", () => {
    for (const [name, task] of Object.entries(tasks)) {
      assert.equal(task.name, name);
      assert.equal(taskNamed(name), task);
    }
  });

  test("a name that is not there brings the nearest one", () => {
    assert.throws(() => taskNamed("token-clasification"), {
      name: "OptionError",
      message: /got token-clasification/,
      hint: "did you mean token-classification?",
    });
    assert.throws(() => taskNamed("toString"), { name: "OptionError" });
  });
});
