import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { rawEnd, rawStart, rawText } from "./aligned-text.js";
import { byteAlphabet } from "./byte-alphabet.js";
import { byteLevelDecoder } from "./decoders/byte-level.js";
import { bpe } from "./models/bpe.js";
import { PipelineTokenizer } from "./pipeline-tokenizer.js";
import { readPostProcessor } from "./post-processors/index.js";
import type { PostProcessor } from "./post-processors/post-processor.js";
import { byteLevel } from "./pre-tokenizers/byte-level.js";
import { readTokenizer } from "./read-tokenizer.js";

const whole = fc.string({ unit: "binary", minLength: 1, maxLength: 40 });

/** A tokenizer of single bytes. */
function byteTokenizer(addPrefixSpace: boolean, postProcessor: PostProcessor): PipelineTokenizer {
  const pipeline = {
    addedTokens: [],
    normalizer: undefined,
    preTokenizer: byteLevel({ addPrefixSpace }),
    model: bpe(byteAlphabet(), [], {}, "vocabulary"),
    postProcessor,
    decoder: byteLevelDecoder(),
  };
  return new PipelineTokenizer(pipeline, { specialNames: {}, modelMaxLength: undefined, config: {} });
}

function spans(tokenizer: PipelineTokenizer, text: string): string[] {
  const { starts, ends } = tokenizer.encode(text);
  return Array.from(starts, (start, i) => `${start}-${ends[i]}`);
}

const plain = { type: "ByteLevel", add_prefix_space: false, trim_offsets: false, use_regex: true };

describe("byte-level text", () => {
  test("256 characters, one a byte", () => {
    assert.equal(new Set(byteAlphabet()).size, 256);
    assert.equal(byteAlphabet()[0], "!");
    assert.equal(byteAlphabet().at(-1), "Ń");
  });

  test("every text comes back from its bytes", () => {
    const tokenizer = byteTokenizer(false, readPostProcessor(plain, "file"));
    fc.assert(
      fc.property(whole, (text) => {
        assert.equal(tokenizer.decode(tokenizer.encode(text).ids), text);
      }),
      { seed: 1 },
    );
    assert.equal(tokenizer.decode(tokenizer.encode("a\ud800b").ids), "a\ufffdb");
    assert.equal(tokenizer.decode(tokenizer.encode("\ufeffa").ids), "\ufeffa");
  });

  test("each byte stands for its character, with and without a space before the text", () => {
    const encoder = new TextEncoder();
    fc.assert(
      fc.property(whole, fc.boolean(), (text, addPrefixSpace) => {
        const { source, bounds } = byteLevel({ addPrefixSpace }).split({
          source: rawText(text, 3),
          bounds: [0, text.length],
        });
        assert.equal(bounds[0], 0);
        assert.equal(bounds.at(-1), source.text.length);
        let at = addPrefixSpace && text[0] !== " " ? 1 : 0;
        for (let i = 0; i < text.length; ) {
          const character = String.fromCodePoint(text.codePointAt(i)!);
          for (const _ of encoder.encode(character)) {
            assert.deepEqual([rawStart(source, at), rawEnd(source, at)], [i + 3, i + 3 + character.length]);
            at++;
          }
          i += character.length;
        }
        assert.equal(at, source.text.length);
      }),
      { seed: 2 },
    );
  });

  test("bytes that are no text, and tokens that are no bytes", () => {
    const decoder = byteLevelDecoder();
    assert.deepEqual(decoder.decode(["ã", "ģ"]), ["\ufffd"]);
    assert.deepEqual(decoder.decode(["a", "猫", "ĠÃ", "©"]), ["a猫 é"]);
  });
});

describe("post-processors of byte-level tokenizers", () => {
  test("spans keep their spaces or leave them out", () => {
    const trimming = { ...plain, trim_offsets: true };
    const words = { a: 0, Ġ: 1, Ġa: 2, ĠĠ: 3 };
    const model = (postProcessor: object) =>
      readTokenizer(
        new Map([
          [
            "tokenizer.json",
            JSON.stringify({
              pre_tokenizer: plain,
              post_processor: postProcessor,
              model: {
                type: "BPE",
                vocab: words,
                merges: [
                  ["Ġ", "a"],
                  ["Ġ", "Ġ"],
                ],
              },
            }),
          ],
        ]),
        "dir",
      ) as PipelineTokenizer;
    assert.deepEqual(spans(model(plain), "a a   a"), ["0-1", "1-3", "3-5", "5-7"]);
    assert.deepEqual(spans(model(trimming), "a a   a"), ["0-1", "2-3", "5-5", "6-7"]);
  });

  test("RoBERTa: the space put before the text has no place in it", () => {
    const json = {
      type: "RobertaProcessing",
      sep: ["!", 0],
      cls: ["#", 2],
      trim_offsets: true,
      add_prefix_space: true,
    };
    const step = readPostProcessor(json, "file");
    assert.deepEqual(step.toJson(), json);
    const tokenizer = byteTokenizer(true, step);
    assert.deepEqual(spans(tokenizer, "😀").slice(1, -1), ["0-0", "0-2", "0-2", "0-2", "0-2"]);
    const pair = tokenizer.encode("a", { pair: "b" });
    assert.deepEqual(pair.tokens, ["#", "Ġ", "a", "!", "!", "Ġ", "b", "!"]);
    assert.deepEqual([...pair.typeIds], new Array(8).fill(0));
  });

  test("a sequence trims and frames", () => {
    const frame = {
      type: "TemplateProcessing",
      single: [{ SpecialToken: { id: "#", type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }],
      pair: [{ Sequence: { id: "A", type_id: 0 } }, { Sequence: { id: "B", type_id: 1 } }],
      special_tokens: { "#": { id: "#", ids: [2], tokens: ["#"] } },
    };
    const trim = { ...plain, trim_offsets: true };
    const json = { type: "Sequence", processors: [trim, frame] };
    const step = readPostProcessor(json, "file");
    assert.deepEqual(step.toJson(), json);
    assert.deepEqual(spans(byteTokenizer(false, step), "a b"), ["0-0", "0-1", "2-2", "2-3"]);
    assert.throws(() => readPostProcessor({ ...json, processors: [frame, frame] }, "file"), {
      name: "FileError",
      message: /one step at most/,
    });
  });
});
