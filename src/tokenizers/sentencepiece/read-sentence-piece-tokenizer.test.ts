import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { encodeSentencePieceModel, type SentencePieceModel } from "../../formats/sentencepiece.js";
import { readTokenizer, type Tokenizer } from "../index.js";
import { sentencePiece } from "./sentence-piece.js";

const text = ["▁", "a", "b", "▁ab", "▁a", "é", "9,", "9", ","];

function model(meta: readonly [string, "unknown" | "control"][], more: object = {}): SentencePieceModel {
  return {
    pieces: [
      ...meta.map(([piece, type]) => ({ piece, score: 0, type })),
      ...text.map((piece, i) => ({ piece, score: -1 - i / 4, type: "normal" as const })),
    ],
    trainer: { model_type: 1, ...more },
    normalizer: { name: "identity" },
    denormalizer: undefined,
  };
}

const fairseqModel = model([
  ["<unk>", "unknown"],
  ["<s>", "control"],
  ["</s>", "control"],
]);

function read(className: string | undefined, source: SentencePieceModel, config: object = {}): Tokenizer {
  const json = JSON.stringify({
    ...(className === undefined ? {} : { tokenizer_class: className }),
    ...config,
  });
  const model = encodeSentencePieceModel(source);
  return readTokenizer(
    new Map<string, string | Uint8Array>([
      ["tokenizer_config.json", json],
      ["spiece.model", model],
    ]),
    "dir",
  );
}

const ids = (tokenizer: Tokenizer, one: string, pair?: string): number[] => [
  ...tokenizer.encode(one, pair === undefined ? {} : { pair }).ids,
];

describe("directories with a SentencePiece model", () => {
  test("XLM-R: four special tokens first, then the pieces one further, the mask last", () => {
    const tokenizer = read("XLMRobertaTokenizerFast", fairseqModel);
    assert.deepEqual(ids(tokenizer, "ab a"), [0, 7, 8, 2]);
    assert.deepEqual(ids(tokenizer, "ab", "x"), [0, 7, 2, 2, 4, 3, 2]);
    assert.equal(tokenizer.special.mask?.id, 4 + text.length);
    assert.deepEqual(tokenizer.special.pad, { token: "<pad>", id: 1 });
    assert.equal(tokenizer.decode(ids(tokenizer, "ab a"), { skipSpecialTokens: true }), "ab a");
  });

  test("mBART: the language stands behind the text", () => {
    const tokenizer = read("MBartTokenizer", fairseqModel, { src_lang: "ja_XX" });
    const language = tokenizer.tokenToId("ja_XX")!;
    assert.equal(language, 4 + text.length + 11);
    assert.deepEqual(ids(tokenizer, "a"), [8, 2, language]);
  });

  test("T5: extra ids count down to the end", () => {
    const source = model([
      ["<pad>", "control"],
      ["</s>", "control"],
      ["<unk>", "unknown"],
    ]);
    const tokenizer = read("T5Tokenizer", source);
    assert.deepEqual(ids(tokenizer, "ab<extra_id_0> a"), [6, 3 + text.length + 99, 7, 1]);
    assert.equal(tokenizer.vocabularySize, 3 + text.length + 100);
  });

  test("ALBERT: lower case, no accents, numbers without their commas", () => {
    const source = model([
      ["<pad>", "control"],
      ["<unk>", "unknown"],
      ["[CLS]", "control"],
      ["[SEP]", "control"],
      ["[MASK]", "control"],
    ]);
    const tokenizer = read("AlbertTokenizer", source);
    assert.deepEqual(tokenizer.encode("ÁB 9,").tokens, ["[CLS]", "▁ab", "▁", "9", ",", "[SEP]"]);
    assert.deepEqual([...tokenizer.encode("a", { pair: "b" }).typeIds], [0, 0, 0, 1, 1, 1]);
  });

  test("no class, or one that is not known: as the model itself has it", () => {
    const bytes = encodeSentencePieceModel(fairseqModel);
    const own = sentencePiece(bytes, "spiece.model");
    for (const tokenizer of [read(undefined, fairseqModel), read("SomeTokenizer", fairseqModel)]) {
      for (const one of ["ab  a é", "<s> a", "", " x y"]) {
        const encoding = tokenizer.encode(one);
        const expected = own.encode(one);
        assert.deepEqual(
          [...encoding.ids],
          expected.map(({ id }) => id),
        );
        assert.deepEqual(
          encoding.tokens,
          expected.map(({ piece }) => piece),
        );
        assert.deepEqual(
          Array.from(encoding.starts, (start, i) => [start, encoding.ends[i]]),
          expected.map(({ start, end }) => [start, end]),
        );
        assert.equal(tokenizer.decode(encoding.ids), own.decode(encoding.ids));
      }
    }
  });

  test("Marian: ids from vocab.json, the target language as one token", () => {
    const vocabulary = { "</s>": 0, "<unk>": 1, "▁ab": 2, "▁a": 3, b: 4, ">>fra<<": 5, "<pad>": 6 };
    const bytes = encodeSentencePieceModel(fairseqModel);
    const tokenizer = readTokenizer(
      new Map<string, string | Uint8Array>([
        ["vocab.json", JSON.stringify(vocabulary)],
        ["source.spm", bytes],
        ["target.spm", bytes],
      ]),
      "dir",
    );
    assert.deepEqual(ids(tokenizer, ">>fra<< ab a é"), [5, 2, 3, 1, 1, 0]);
    assert.equal(tokenizer.decode([2, 3, 0], { skipSpecialTokens: true }), "ab a");
    assert.equal(tokenizer.special.pad?.id, 6);
  });

  test("a model of another kind than the class says is refused", () => {
    assert.throws(() => read("AlbertTokenizer", fairseqModel), {
      name: "FileError",
      message: /dir\/spiece.model: expected the piece "\[CLS\]", got none/,
    });
  });

  test("tables that contradict themselves are refused with the place", () => {
    const refused = (
      change: (pieces: SentencePieceModel["pieces"]) => unknown[],
      message: RegExp,
      more = {},
    ): void => {
      const source = { ...model([["<unk>", "unknown"]], more) };
      const pieces = change(source.pieces) as unknown as SentencePieceModel["pieces"];
      const bytes = encodeSentencePieceModel({ ...source, pieces });
      assert.throws(() => sentencePiece(bytes, "m"), { name: "FileError", message });
    };
    const extra = (piece: string, score: number, type: string) => (pieces: readonly object[]) => [
      ...pieces,
      { piece, score, type },
    ];
    refused(extra("c", Number.NaN, "normal"), /^m, pieces\[10\]: expected a score, got NaN for "c"/);
    refused(
      extra("a", -1, "normal"),
      /^m, pieces\[10\]: expected every piece once, got "a" as in pieces\[2\]/,
    );
    refused(extra("", -1, "normal"), /^m, pieces\[10\]: expected a piece of at least one character/);
    refused(extra("<u>", 0, "unknown"), /expected one unknown piece, got a second after 0/);
    refused(extra("xx", 0, "byte"), /expected a byte piece such as <0x0A>, got "xx"/);
    refused(extra("<0x00>", 0, "byte"), /expected a piece for every byte, got none for byte 1/, {
      byte_fallback: true,
    });
    refused((pieces) => pieces.slice(1), /expected a piece of the type unknown, got none/);
    refused((pieces) => [...pieces], /expected a model_type of 1 to 4/, { model_type: 7 });
    const charsmap = encodeSentencePieceModel({
      ...fairseqModel,
      normalizer: { precompiled_charsmap: new Uint8Array([1, 2, 3, 4, 5, 6]) },
    });
    assert.throws(() => sentencePiece(charsmap, "m"), /^FileError: m: damaged precompiled_charsmap/);
  });
});
