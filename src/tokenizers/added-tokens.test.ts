import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type AddedToken, addedTokenFinder } from "./added-tokens.js";
import type { Encoding } from "./encoding.js";
import { readTokenizer, type Tokenizer, wordPieceTokenizer } from "./index.js";

const special = "[PAD] [UNK] [CLS] [SEP] [MASK]".split(" ");
const vocabulary = [
  ...special,
  ..."a b c x ##x ##y caf ##e do not ' t n . , 東 京 hello wor ##ld ##s".split(" "),
];

/** A BERT tokenizer in which only the given tokens are added ones, read from a tokenizer.json. */
function withAdded(...tokens: object[]): Tokenizer {
  const files = wordPieceTokenizer(vocabulary).toFiles();
  const json = JSON.parse(String(files.get("tokenizer.json")));
  json.added_tokens = tokens.map((token, i) => ({ id: vocabulary.length + i, normalized: false, ...token }));
  const config = { pad_token: null, unk_token: null, cls_token: null, sep_token: null, mask_token: null };
  return readTokenizer(
    new Map([
      ["tokenizer.json", JSON.stringify(json)],
      ["tokenizer_config.json", JSON.stringify(config)],
    ]),
    "test",
  );
}

/** The tokens between [CLS] and [SEP] with their spans. */
function inner({ tokens, starts, ends }: Encoding): string[] {
  return tokens.map((token, i) => `${token} ${starts[i]}-${ends[i]}`).slice(1, -1);
}

// What is expected here was computed with the `tokenizers` library.
describe("added tokens", () => {
  test("single words stand alone", () => {
    const tokenizer = withAdded({ content: "ab", single_word: true });
    assert.deepEqual(inner(tokenizer.encode("ab xab ab. 東ab ab_ (ab)")), [
      "ab 0-2",
      "[UNK] 3-6",
      "ab 7-9",
      ". 9-10",
      "東 11-12",
      "[UNK] 12-14",
      "[UNK] 15-17",
      "[UNK] 17-18",
      "[UNK] 19-20",
      "ab 20-22",
      "[UNK] 22-23",
    ]);
  });

  test("white space is taken along, the longest token wins", () => {
    const tokenizer = withAdded({ content: "<m>", lstrip: true, rstrip: true }, { content: "<m><m>" });
    assert.deepEqual(inner(tokenizer.encode("a  <m>  b")), ["a 0-1", "  <m>   1-8", "b 8-9"]);
    assert.deepEqual(inner(tokenizer.encode("<m> <m>")), ["<m>  0-4", "<m> 4-7"]);
    assert.deepEqual(inner(tokenizer.encode("a<m><m><m>b")), ["a 0-1", "<m><m> 1-7", "<m> 7-10", "b 10-11"]);
    assert.deepEqual(inner(tokenizer.encode("  <m>")), ["  <m> 0-5"]);
  });

  test("normalised tokens are found in the normalised text", () => {
    const tokenizer = withAdded(
      { content: "Café", normalized: true },
      { content: "HELLO", normalized: true },
    );
    const encoding = tokenizer.encode("a CAFÉ b");
    assert.deepEqual(inner(encoding), ["a 0-1", "cafe 2-6", "b 7-8"]);
    assert.deepEqual([...encoding.wordIds], [-1, 0, 1, 2, -1]);
    assert.deepEqual(inner(tokenizer.encode("cafés hello")), ["cafe 0-4", "[UNK] 4-5", "hello 6-11"]);
    assert.equal(tokenizer.decode(encoding.ids), "[CLS] a cafe b [SEP]");
    assert.equal(tokenizer.decode(tokenizer.encode("x Hello,world").ids), "[CLS] x hello, world [SEP]");
  });

  test("stretches cover the text", () => {
    const token = (content: string): AddedToken => ({
      content,
      id: 0,
      special: false,
      singleWord: false,
      stripLeft: true,
      stripRight: true,
      normalized: false,
    });
    const tokens = [token("b"), token(" c"), token("😀")];
    const finder = addedTokenFinder(tokens, ({ content }) => content);
    const text = "a b  c😀 b bd ";
    const stretches = finder.find(text);
    assert.equal(stretches.map(({ start, end }) => text.slice(start, end)).join(""), text);
    assert.deepEqual(finder.find(""), []);
    assert.ok(stretches.every(({ start, end }) => end > start));
  });
});
