import { gather, parameter, type Value } from "../engine/index.js";

/** The table of an embedding, `<name>.weight` `[count, hidden]`. Asked for twice under one name, it is one (tied). */
export function embeddingTable(name: string, count: number, hiddenSize: number, deviation = 0.02): Value {
  return parameter(`${name}.weight`, [count, hiddenSize], { kind: "normal", deviation });
}

/** Rows of a table by id: ids `[batch, sequence]` give `[batch, sequence, hidden]`. The row of `paddingId` stays as it is. */
export function embedding(table: Value, ids: Value, paddingId?: number): Value {
  return gather(table, ids, paddingId);
}
