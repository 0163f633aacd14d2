import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fromBfloat16, toBfloat16 } from "../../base/dtype.js";
import { float32 } from "../../base/tensor.js";
import { constant, input, parameter } from "../graph/value.js";
import { add, matmul, reshape, scan, sum, tanh } from "../ops/index.js";
import { openRuntime } from "./node.js";
import { findOpenVino, installedFolder } from "./node-openvino-files.js";
import { referenceRuntime } from "./reference.js";

const found = findOpenVino().found !== undefined;
const needsLibraries = { skip: found ? false : "needs the libraries of OpenVINO" };

describe("where OpenVINO is looked for", () => {
  test("the folder that TSUGIKI_OPENVINO names is the only one", (t) => {
    const folder = mkdtempSync(join(tmpdir(), "tsugiki-"));
    t.after(() => rmSync(folder, { recursive: true }));
    const environment = { TSUGIKI_OPENVINO: folder };
    const none = findOpenVino(environment);
    assert.equal(none.found, undefined);
    assert.ok(
      none.looked.every((place) => place.startsWith(folder)),
      none.looked.join(),
    );
    mkdirSync(join(folder, "libs"));
    writeFileSync(join(folder, "libs", "libopenvino_c.so.2641"), "");
    const { found: library } = findOpenVino(environment);
    assert.deepEqual(library, {
      library: join(folder, "libs", "libopenvino_c.so.2641"),
      from: "TSUGIKI_OPENVINO",
    });
  });

  test("what was installed lies in the cache", () => {
    assert.equal(installedFolder({ TSUGIKI_CACHE: "/caches" }), join("/caches", "openvino"));
    assert.equal(installedFolder({ XDG_CACHE_HOME: "/caches" }), join("/caches", "tsugiki", "openvino"));
  });
});

describe("openvino", () => {
  const x = input("x", ["batch", 2]);
  const w = parameter("w", [1, 2]);
  const outputs = new Map([["y", tanh(matmul(x, w, { transposeB: true }))]]);

  test(
    "takes sizes as they come, parameters where they lie, and fills what it is given",
    needsLibraries,
    async () => {
      const runtime = await openRuntime({ name: "openvino", threads: 1 });
      assert.match(runtime.description, /^openvino \S+ \(cpu, fp32, 1 thread\)$/);
      const program = await runtime.compile(outputs);
      const weights = float32([1, 2], [1, 0]);
      const first = await program.run(
        new Map([
          ["x", float32([2, 2], [0, 5, 1, 5])],
          ["w", weights],
        ]),
      );
      assert.deepEqual(first.get("y")!.shape, [2, 1]);
      assert.ok(Math.abs(Number(first.get("y")!.data[1]) - Math.tanh(1)) < 1e-6);
      (weights.data as Float32Array)[0] = 2; // the same array with another number
      const into = float32([1, 1], [0]);
      await program.run(
        new Map([
          ["x", float32([1, 2], [1, 5])],
          ["w", weights],
        ]),
        new Map([["y", into]]),
      );
      assert.ok(Math.abs(Number(into.data[0]) - Math.tanh(2)) < 1e-6);
      await program.close();
    },
  );

  test(
    "in bf16 a vector is rounded on its way out, into the float32 that it is given",
    needsLibraries,
    async () => {
      const rows = input("rows", ["batch", 3]);
      const sums = new Map([
        ["columns", reshape(sum(tanh(rows), [0]), [3])],
        ["all", tanh(rows)],
      ]);
      const data = Array.from({ length: 12 }, (_, i) => 0.3 + Math.sin(i));
      const feeds = new Map([["rows", float32([4, 3], data)]]);
      const exact = await (await referenceRuntime().compile(sums)).run(feeds);
      const program = await (await openRuntime({ name: "openvino", precision: "bf16", threads: 1 })).compile(
        sums,
      );
      const into = float32([3], [0, 0, 0]);
      for (const target of [new Map(), new Map([["columns", into]])]) {
        const got = (await program.run(feeds, target)).get("columns")!;
        assert.equal(got.dtype, "float32");
        exact.get("columns")!.data.forEach((number, i) => {
          assert.ok(Math.abs(Number(got.data[i]) - Number(number)) < 0.02 * Math.abs(Number(number)));
          assert.equal(got.data[i], fromBfloat16(toBfloat16(Number(got.data[i]))));
        });
      }
      assert.notEqual(into.data[0], 0);
      await program.close();
    },
  );

  test("refuses to compute loops in bf16", needsLibraries, async () => {
    const runtime = await openRuntime({ name: "openvino", precision: "bf16", threads: 1 });
    const sums = scan([constant(float32([2], [0, 0]))], [input("rows", ["steps", 2])], ([state], [row]) => ({
      states: [add(state!, row!)],
      outputs: [],
    }));
    await assert.rejects(runtime.compile(new Map([["sums", sums.states[0]!]])), {
      name: "OptionError",
      message: /--precision bf16: expected a model without recurrent layers/,
    });
  });

  test("refuses a device that is not its own", needsLibraries, async () => {
    await assert.rejects(openRuntime({ name: "openvino", device: "cuda" }), { name: "OptionError" });
  });

  test("auto takes it where it is, and says what it took", async () => {
    const runtime = await openRuntime({ name: "auto", threads: 1 });
    assert.equal(runtime.name, found ? "openvino" : "onnxruntime");
  });
});
