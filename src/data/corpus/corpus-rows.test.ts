import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { corpusRows } from "./corpus-rows.js";
import { evenMix } from "./even-mix.js";
import { permuted } from "./row-order.js";
import type { TokenCorpus } from "./token-corpus.js";

/** A corpus whose tokens are their places. */
function countingCorpus(tokenCount: number): TokenCorpus {
  return {
    tokenCount,
    documentCount: 1,
    digest: "",
    read: (start, length) => {
      const size = Math.min(length, tokenCount - start);
      const ids = Int32Array.from({ length: size }, (_, i) => start + i);
      return { start, document: 0, ids, begins: new Uint8Array(size) };
    },
  };
}

const order = (size: number, key: number): number[] =>
  Array.from({ length: size }, (_, i) => permuted(i, size, key));

describe("permuted", () => {
  test("is a permutation for every size", () => {
    for (const size of [1, 2, 3, 4, 5, 15, 16, 17, 63, 64, 65, 1000, 4097])
      assert.deepEqual(
        order(size, 42).sort((a, b) => a - b),
        Array.from({ length: size }, (_, i) => i),
      );
  });

  test("is another one for each key, and none of them is the order itself", () => {
    const [first, second] = [order(1000, 1), order(1000, 2)];
    const same = first.filter((value, i) => value === second[i]).length;
    const still = first.filter((value, i) => value === i).length;
    assert.ok(same < 10 && still < 10, `${same} ${still}`);
  });

  test("has no trend: each tenth of the order holds a tenth of each tenth", () => {
    const size = 10_000;
    const counts = new Array<number>(100).fill(0);
    order(size, 5).forEach((value, i) => {
      counts[Math.floor(i / 1000) * 10 + Math.floor(value / 1000)]!++;
    });
    // 100 expected in each, with a deviation of about 9
    for (const count of counts) assert.ok(Math.abs(count - 100) < 45, `${count}`);
  });

  test("has room for very many rows", () => {
    const size = 3_000_000_019;
    const seen = new Set(Array.from({ length: 2000 }, (_, i) => permuted(i, size, 9)));
    assert.equal(seen.size, 2000);
    assert.ok([...seen].every((value) => value >= 0 && value < size && Number.isInteger(value)));
  });
});

describe("evenMix", () => {
  const weightsOf = fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 1, maxLength: 6 });

  test("of any first draws each source has its share to within one", () => {
    fc.assert(
      fc.property(weightsOf, (weights) => {
        const mix = evenMix(weights);
        const drawn = weights.map(() => 0);
        for (let draw = 0; draw < 3000; draw++) {
          const at = mix.at(draw);
          assert.equal(at.drawn, drawn[at.source]!++);
          mix.shares.forEach((share, i) => {
            assert.ok(Math.abs(drawn[i]! - share * (draw + 1)) < 1);
          });
        }
        assert.deepEqual(mix.counts(3000), drawn);
      }),
      { numRuns: 30 },
    );
  });

  test("weights of few digits are kept exactly, others to 1/65,536", () => {
    assert.deepEqual(evenMix([1, 1, 1]).shares, [1 / 3, 1 / 3, 1 / 3]);
    assert.deepEqual(evenMix([0.7, 0.3]).shares, [0.7, 0.3]);
    const [first] = evenMix([Math.PI, Math.E]).shares;
    assert.ok(Math.abs(first! - Math.PI / (Math.PI + Math.E)) < 1 / 65_536);
  });

  test("goes on behind the end of its pattern", () => {
    const mix = evenMix([3, 1]);
    assert.deepEqual(mix.counts(4_000_001), [3_000_001, 1_000_000]);
    assert.equal(mix.at(4_000_000).drawn, 3_000_000);
  });

  test("refuses weights that are none, and too small ones", () => {
    for (const weight of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      assert.throws(() => evenMix([1, weight]), { name: "OptionError" });
    assert.throws(() => evenMix([1, 1e-9]), /too small a share/);
  });
});

describe("corpusRows", () => {
  test("an epoch reads each row once, and the next in another order", () => {
    const rows = corpusRows({ corpora: [{ corpus: countingCorpus(1000) }], rowLength: 10, seed: 1 });
    assert.equal(rows.epochRowCount, 100);
    const epoch = (from: number): number[] => Array.from({ length: 100 }, (_, i) => rows.row(from + i).start);
    const [first, second] = [epoch(0), epoch(100)];
    const every = Array.from({ length: 100 }, (_, i) => 10 * i);
    for (const starts of [first, second])
      assert.deepEqual(
        [...starts].sort((a, b) => a - b),
        every,
      );
    assert.notDeepEqual(first, second);
    assert.deepEqual(
      Array.from(rows.row(7).ids),
      Array.from({ length: 10 }, (_, i) => first[7]! + i),
    );
  });

  test("a rest too short for a row is another one in each epoch", () => {
    const rows = corpusRows({ corpora: [{ corpus: countingCorpus(107) }], rowLength: 10, seed: 3 });
    const read = new Set<number>();
    for (let i = 0; i < 400; i++) {
      const { ids } = rows.row(i);
      assert.equal(ids.length, 10);
      for (const id of ids) read.add(id);
    }
    assert.equal(read.size, 107);
  });

  test("corpora are mixed by weight, and the use of each is told", () => {
    const corpora = [
      { corpus: countingCorpus(1000), weight: 1 },
      { corpus: countingCorpus(500), weight: 3 },
    ];
    const rows = corpusRows({ corpora, rowLength: 10, seed: 1 });
    const counts = [0, 0];
    for (let i = 0; i < 200; i++) counts[rows.row(i).corpus]!++;
    assert.deepEqual(counts, [50, 150]);
    assert.deepEqual(rows.uses(200), [
      { rowCount: 50, times: 0.5 },
      { rowCount: 150, times: 3 },
    ]);
    assert.equal(rows.epochRowCount, 400);
    for (let i = 0; i < 8; i++) assert.equal(rows.row(i).document, rows.row(i).corpus); // no two have the same number
  });

  test("the seed decides", () => {
    const starts = (seed: number): number[] => {
      const rows = corpusRows({ corpora: [{ corpus: countingCorpus(1000) }], rowLength: 10, seed });
      return Array.from({ length: 20 }, (_, i) => rows.row(i).start);
    };
    assert.deepEqual(starts(1), starts(1));
    assert.notDeepEqual(starts(1), starts(2));
  });

  test("a corpus that is shorter than a row is refused", () => {
    assert.throws(
      () => corpusRows({ corpora: [{ corpus: countingCorpus(9) }], rowLength: 10, seed: 1 }),
      /corpus 1: expected at least a row of 10 tokens, got 9 tokens/,
    );
  });
});
