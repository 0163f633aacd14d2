import type { Tensor } from "../base/index.js";

/** One weight file and the tensors in it. */
export interface Shard {
  readonly file: string;
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/**
 * Divide weights into files of at most `maxShardSize` bytes, in the order given and as Python divides them: a
 * tensor larger than that stands alone. What fits in one file is `model.safetensors`.
 */
export function planShards(tensors: ReadonlyMap<string, Tensor>, maxShardSize: number): Shard[] {
  const shards: Map<string, Tensor>[] = [];
  let current = new Map<string, Tensor>();
  let currentSize = 0;
  for (const [name, tensor] of tensors) {
    const size = tensor.data.byteLength;
    if (size > maxShardSize) {
      shards.push(new Map([[name, tensor]]));
      continue;
    }
    if (currentSize + size > maxShardSize) {
      shards.push(current);
      current = new Map();
      currentSize = 0;
    }
    current.set(name, tensor);
    currentSize += size;
  }
  if (current.size > 0 || shards.length === 0) shards.push(current);
  return shards.map((shard, i) => ({ file: shardFile(i + 1, shards.length), tensors: shard }));
}

function shardFile(number: number, count: number): string {
  if (count === 1) return "model.safetensors";
  const padded = (value: number): string => String(value).padStart(5, "0");
  return `model-${padded(number)}-of-${padded(count)}.safetensors`;
}
