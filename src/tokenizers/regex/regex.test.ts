import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { compileRegex } from "./regex.js";

function matches(pattern: string, text: string): string[] {
  const bounds = compileRegex(pattern, "file").findAll(text, 0, text.length);
  const found: string[] = [];
  for (let k = 0; k < bounds.length; k += 2) found.push(text.slice(bounds[k], bounds[k + 1]));
  return found;
}

/** What the host's engine finds, but no empty match where another has just ended. */
function hostMatches(pattern: string, text: string): string[] {
  const found: string[] = [];
  let lastEnd = -1;
  for (const match of text.matchAll(new RegExp(pattern, "gmu"))) {
    const end = match.index + match[0].length;
    if (match[0] !== "" || match.index !== lastEnd) found.push(match[0]);
    lastEnd = end;
  }
  return found;
}

// Bodies of loops always take a character: for those that need not, engines differ in when they leave.
const atom = fc.constantFrom(
  "a",
  "b",
  "[ab]",
  "[^a]",
  ".",
  "\\s",
  "\\S",
  "😀",
  "(?:a|ab)",
  "(?:ab|b)",
  "\\w",
);
const quantified = fc
  .tuple(atom, fc.constantFrom("", "", "*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{2,}"))
  .map(([body, quantifier]) => body + quantifier);
const sequence = fc.array(quantified, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(""));
const group = fc
  .tuple(sequence, fc.constantFrom("(?:b@)+", "(?:a|@b)*", "(?!@)a", "(?=@).", "(?:@|b)", "(?<=a)@"))
  .map(([body, frame]) => frame.replace("@", body));
const pattern = fc
  .array(fc.oneof(sequence, group, fc.constantFrom("^", "$", "\\b")), { minLength: 1, maxLength: 3 })
  .chain((branches) => fc.constantFrom(branches.join("|"), branches.join("")));
const text = fc.array(fc.constantFrom("a", "b", "c", "a", "b", " ", "😀"), { minLength: 1, maxLength: 12 });

describe("regular expressions", () => {
  test("find what the host's engine finds", () => {
    fc.assert(
      fc.property(pattern, text, (source, characters) => {
        assert.deepEqual(matches(source, characters.join("")), hostMatches(source, characters.join("")));
      }),
      { numRuns: 800, seed: 4 },
    );
  });

  test("find the same once states are remembered", () => {
    // a text before which every pattern gives up costs enough steps for the memory to begin
    const long = "a".repeat(300);
    const found = matches("(?:a+)+(?:a+)+c|b+|(?=(?:a+)+d)|a{3}", `${long}bb`);
    assert.deepEqual(found, [...new Array(100).fill("aaa"), "bb"]);
  });

  test("the first branch counts, not the longest match", () => {
    assert.deepEqual(matches("a|ab", "ab"), ["a"]);
    assert.deepEqual(matches("(?:a|ab)c|a", "abc"), ["abc"]);
  });

  test("syntax that Ruby's expressions have and JavaScript's have not", () => {
    assert.deepEqual(matches("a++b|a", "aaab aa"), ["aaab", "a", "a"]);
    assert.deepEqual(matches("a++ab", "aaab"), []);
    assert.deepEqual(matches("(?>a|ab)c", "abc ac"), ["ac"]);
    assert.deepEqual(matches("(?i:'S|'Re)", "it's we'RE 'ſ"), ["'s", "'RE", "'ſ"]);
    assert.deepEqual(matches("a(?i)b|c", "aB C ac"), ["aB", "ac"]);
    assert.deepEqual(matches("[a-w&&[^c-g]z]+", "abcgwz"), ["ab", "w"]);
    assert.deepEqual(matches("[[:punct:]]+|\\p{^L}", "a,+b1"), [",+", "1"]);
    assert.deepEqual(matches("\\p{Han}+|\\p{Katakana}+", "漢字カナかな"), ["漢字", "カナ"]);
    assert.deepEqual(matches("(?m:.)+", "a\nb"), ["a\nb"]);
    assert.deepEqual(matches("(?x: a b # c\n )", "ab a b"), ["ab"]);
    assert.deepEqual(matches("\\x{3042}|\\u304c|\\x41|\\R", "あがA\r\n"), ["あ", "が", "A", "\r\n"]);
    assert.deepEqual(matches("a{,2}b", "aaab"), ["aab"]);
    assert.deepEqual(matches("\\p{N}{1,3}+", "12345"), ["12345"]);
    assert.deepEqual(matches("a{", "a{"), ["a{"]);
  });

  test("the ends of a piece are the ends of the text", () => {
    const find = compileRegex("^a|a$|(?<!x)b(?!x)", "file");
    assert.deepEqual(find.findAll("xabax", 1, 4), [1, 2, 2, 3, 3, 4]);
    assert.deepEqual(find.findAll("xbx", 0, 3), []);
  });

  const hostile: [string, string][] = [
    ["(a+)+$", "a"],
    ["(a|a)*b", "a"],
    ["(a*)*b", "a"],
    [".*x|.", "a"],
    ["(?!(a+)+$)a", "a"],
    ["(x+x+)+y", "x"],
    ["(.*)*(.*)*z", "a"],
    ["(\\w+\\s?)+$", "a "],
    ["(?=(a|a)*c)a", "a"],
  ];
  for (const [source, unit] of hostile) {
    test(`${source} takes time in proportion to the text`, { timeout: 20_000 }, () => {
      const timeFor = (length: number): number => {
        const long = `${unit.repeat(length)}!`;
        const start = performance.now();
        matches(source, long);
        return performance.now() - start;
      };
      timeFor(2000);
      assert.ok(timeFor(20_000) < 5000);
    });
  }

  test("what cannot be matched in good time ends with an error", { timeout: 20_000 }, () => {
    assert.throws(
      () => matches("(?>a+)+b", "a".repeat(50_000)),
      /TsugikiError: .* takes more than \d+ steps/,
    );
  });

  test("what is not supported is refused by name", () => {
    const refused: [string, RegExp][] = [
      ["(.)\\1", /the escape \\1/],
      ["\\X", /the escape \\X/],
      ["(?~a)", /the group/],
      ["(a", /a "\(" without its "\)"/],
      ["a)", /a "\)" without its "\("/],
      ["*a", /nothing to repeat/],
      ["[]a]", /an empty bracket/],
      ["[b-a]", /ends before it begins/],
      ["\\p{Klingon}", /the property "Klingon"/],
      ["(?<=a*)b", /varying number/],
      ["(?:a{900}){900}", /more than 5000 steps/],
      ["a{5000}", /the interval/],
      ["(?i:straße)", /"st" in any case/],
      ["(".repeat(200), /nested/],
    ];
    for (const [source, message] of refused) {
      assert.throws(() => compileRegex(source, "file, pattern"), { name: "FileError", message });
    }
  });
});
