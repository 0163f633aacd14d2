// Stands in a page for Node's strict assertions, as far as the tests use them.

/** An assertion that does not hold. */
export class AssertionError extends Error {
  override readonly name: string = "AssertionError";
}

/**
 * What an error must be: a pattern of its text, its class or a function that tells, or some of its properties, each a
 * value or a pattern.
 */
type Expected = RegExp | ((error: unknown) => unknown) | Readonly<Record<string, unknown>>;

function assert(value: unknown, message?: string): asserts value {
  if (!value) fail(message ?? `expected a true value, got ${shown(value)}`);
}

function fail(message = "failed"): never {
  throw new AssertionError(message);
}

function equal(actual: unknown, expected: unknown, message?: string): void {
  if (!Object.is(actual, expected)) differ(actual, expected, message);
}

function notEqual(actual: unknown, expected: unknown, message?: string): void {
  if (Object.is(actual, expected)) fail(`${message ?? ""}: expected another value than ${shown(actual)}`);
}

function deepEqual(actual: unknown, expected: unknown, message?: string): void {
  if (!isDeepEqual(actual, expected)) differ(actual, expected, message);
}

function match(text: string, pattern: RegExp, message?: string): void {
  if (!pattern.test(text)) differ(text, pattern, message);
}

function throws(run: () => unknown, expected?: Expected | string, message?: string): void {
  let thrown: unknown;
  try {
    run();
  } catch (error) {
    thrown = error;
  }
  check(thrown, expected, message);
}

async function rejects(
  work: Promise<unknown> | (() => Promise<unknown>),
  expected?: Expected | string,
  message?: string,
): Promise<void> {
  const thrown = await (typeof work === "function" ? work() : work).then(
    () => undefined,
    (error: unknown) => error,
  );
  check(thrown, expected, message);
}

function check(thrown: unknown, given: Expected | string | undefined, message?: string): void {
  const [expected, told] = typeof given === "string" ? [undefined, given] : [given, message];
  if (thrown === undefined) fail(`${told ?? ""}: expected an error, got none`);
  if (expected === undefined) return;
  if (expected instanceof RegExp) match(String(thrown), expected, told);
  else if (typeof expected === "function") {
    const isClass = expected.prototype !== undefined;
    assert(isClass ? thrown instanceof expected : expected(thrown) === true, `${told ?? ""}: ${thrown}`);
  } else {
    for (const [key, value] of Object.entries(expected)) {
      const found = (thrown as Record<string, unknown>)[key];
      if (value instanceof RegExp) match(String(found), value, told);
      else deepEqual(found, value, told);
    }
  }
}

/** Whether two values are equal as Node's `deepStrictEqual` has it. */
export function isDeepEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b)) {
    const [one, other] = [a, b] as unknown as [ArrayLike<unknown>, ArrayLike<unknown>];
    return one.length === other.length && Array.from(one).every((value, i) => Object.is(value, other[i]));
  }
  if (a instanceof RegExp) return String(a) === String(b);
  if (a instanceof Error && (a.message !== (b as Error).message || a.name !== (b as Error).name))
    return false;
  if (a instanceof Map || a instanceof Set) {
    const [one, other] = [a, b as typeof a];
    const has = (key: unknown): boolean =>
      other.has(key) &&
      (a instanceof Set || isDeepEqual(a.get(key), (other as Map<unknown, unknown>).get(key)));
    if (one.size !== other.size || ![...one.keys()].every(has)) return false;
  }
  if (Array.isArray(a) && a.length !== (b as unknown[]).length) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every(
    (key) =>
      Object.hasOwn(b, key) &&
      isDeepEqual((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
  );
}

function differ(actual: unknown, expected: unknown, message = ""): never {
  fail(`${message}: expected ${shown(expected)}, got ${shown(actual)}`);
}

function shown(value: unknown): string {
  const plain = ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<unknown>) : value;
  const text = plain instanceof RegExp || plain instanceof Error ? String(plain) : JSON.stringify(plain);
  return (text ?? String(plain)).slice(0, 400);
}

const strict: object = { ok: assert, fail, equal, notEqual, deepEqual, match, throws, rejects };

/** What tests import: they were compiled with the types of Node. */
export default Object.assign(assert, strict) as (value: unknown, message?: string) => void;
