import type { Value } from "../graph/graph.js";
import { fromPlainGraph, type PlainGraph } from "../graph/plain.js";
import { allOps } from "../ops/index.js";

const ops = new Map(allOps.map((op) => [op.definition.name, op.definition]));

/** The graph that another thread sent. */
export function receivedGraph(plain: PlainGraph): Map<string, Value> {
  return fromPlainGraph(plain, ops);
}
