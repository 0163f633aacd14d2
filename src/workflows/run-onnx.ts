import type { Tensor } from "../base/index.js";

/** Run an ONNX file of ours on ONNX Runtime, once: the outputs by their names. */
export async function runOnnx(
  bytes: Uint8Array,
  feeds: ReadonlyMap<string, Tensor>,
): Promise<ReadonlyMap<string, Tensor>> {
  const ort = await import("onnxruntime-node");
  const session = await ort.InferenceSession.create(bytes, {
    executionProviders: ["cpu"],
    logSeverityLevel: 3,
  });
  try {
    const given = [...feeds].map(([name, { dtype, data, shape }]) => [
      name,
      new ort.Tensor(dtype as "int64", data as BigInt64Array, shape),
    ]);
    const results = await session.run(Object.fromEntries(given));
    return new Map(
      Object.entries(results).map(([name, { dims, data }]) => [
        name,
        { dtype: "float32", shape: dims, data: data as Float32Array },
      ]),
    );
  } finally {
    await session.release();
  }
}
