// What stands in for Node's assertions must fail where they fail.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import standIn, { isDeepEqual } from "./node-assert.js";

const { throws, rejects, match } = standIn as unknown as typeof assert;

function holds(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}

describe("the assertions of a page", () => {
  test("values are deeply equal where Node says so", () => {
    const values = [
      ...[
        0,
        -0,
        Number.NaN,
        1,
        "1",
        "",
        null,
        undefined,
        true,
        [],
        [0],
        [[]],
        {},
        { a: 1 },
        { a: undefined },
      ],
      ...[new Int32Array([1, 2]), new Int32Array([1, 3]), new Uint8Array([1, 2]), [1, 2], /a/, /a/g],
      ...[new Map([["a", [1]]]), new Map([["a", [2]]]), new Map(), new Set(["a"]), new Set(["b"])],
      ...[new Error("a"), new Error("b"), new TypeError("a"), [1, [2, { a: [3] }]], [1, [2, { a: [4] }]]],
      ...[Object.assign(Object.create(null), { a: 1 }), [undefined], new Array(1)],
    ];
    for (const a of values)
      for (const b of values) {
        const expected = holds(() => assert.deepEqual(a, b));
        assert.equal(isDeepEqual(a, b), expected, `${JSON.stringify(a)} and ${JSON.stringify(b)}`);
        const copy = holds(() => assert.deepEqual(a, structuredClone(b)));
        assert.equal(isDeepEqual(a, structuredClone(b)), copy, `${JSON.stringify(a)} and a copy`);
      }
  });

  test("errors are looked at as Node looks at them", () => {
    const error = Object.assign(new RangeError("too far"), { hint: "go back" });
    const given: (object | undefined)[] = [
      ...[undefined, RangeError, TypeError, Error, /too far/, /^RangeError: too/, /near/],
      ...[
        { name: "RangeError" },
        { name: "RangeError", message: /far/ },
        { message: "far" },
        { hint: /back/ },
      ],
      ...[() => true, () => false, (one: Error) => one.message === "too far"],
    ];
    const fail = (): never => {
      throw error;
    };
    for (const expected of given)
      assert.equal(
        holds(() => throws(fail, expected as RegExp)),
        holds(() => assert.throws(fail, expected as RegExp)),
        String(expected),
      );
    assert.ok(!holds(() => throws(() => 1)));
  });

  test("promises that hold are no rejections", async () => {
    await rejects(Promise.reject(new Error("no")), /no/);
    await assert.rejects(rejects(Promise.resolve(1)));
    await assert.rejects(rejects(Promise.reject(new Error("no")), { message: "yes" }));
  });

  test("the rest", () => {
    assert.ok(!holds(() => match("a", /b/)));
    assert.ok(!holds(() => (standIn as unknown as typeof assert).equal(0, -0)));
    assert.ok(!holds(() => (standIn as unknown as typeof assert).notEqual("a", "a")));
    assert.ok(!holds(() => standIn(0)) && holds(() => standIn(1)));
  });
});
