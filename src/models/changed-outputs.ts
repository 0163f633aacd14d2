import type { Value } from "../engine/index.js";
import type { EncoderOutputs, ModelOutputs } from "./model.js";

/**
 * What a model gives after one change of its whole graph, over parameters of other names, say: `change` gets all the
 * values at once, so that what they share stays shared.
 */
export function changedOutputs(
  outputs: ModelOutputs,
  change: (values: ReadonlyMap<string, Value>) => ReadonlyMap<string, Value>,
): ModelOutputs {
  const { heads, vectors, encoder, crossAttentions, boundaries } = outputs;
  const insideOf = ({ lastHidden, hiddenStates, attentions }: EncoderOutputs): Value[] => [
    lastHidden,
    ...hiddenStates,
    ...attentions,
  ];
  const all = new Set<Value>([
    ...heads.values(),
    ...insideOf(outputs),
    ...(encoder === undefined ? [] : insideOf(encoder)),
    ...(vectors ?? []).flatMap(({ query, key, value }) => [query, key, value]),
    ...(crossAttentions ?? []),
    ...boundaries,
  ]);
  const changed = change(new Map([...all].map((value, i) => [String(i), value])));
  const standIns = new Map([...all].map((value, i) => [value, changed.get(String(i))!]));
  const now = (value: Value): Value => standIns.get(value)!;
  const inside = ({ lastHidden, hiddenStates, attentions }: EncoderOutputs): EncoderOutputs => ({
    lastHidden: now(lastHidden),
    hiddenStates: hiddenStates.map(now),
    attentions: attentions.map(now),
  });
  return {
    heads: new Map([...heads].map(([name, value]) => [name, now(value)])),
    ...inside(outputs),
    ...(encoder === undefined ? {} : { encoder: inside(encoder) }),
    ...(vectors === undefined
      ? {}
      : {
          vectors: vectors.map(({ query, key, value }) => ({
            query: now(query),
            key: now(key),
            value: now(value),
          })),
        }),
    ...(crossAttentions === undefined ? {} : { crossAttentions: crossAttentions.map(now) }),
    boundaries: boundaries.map(now),
  };
}
