import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type ChangedVocabulary,
  extendTokenizer,
  readTokenizer,
  retrainTokenizer,
  type Tokenizer,
  trainers,
  trainTokenizer,
} from "./index.js";

const general = [
  "Grafting joins two plants, the scion and the stock.",
  "The scion grows on the roots of the stock, and the stock holds the scion.",
  "A quick farmer vexed by jumbo frogs mixes bulbs, cambric and lilac wax.",
  "接ぎ木は二つの植物をつなぐ。",
  "接ぎ木の穂木と台木。",
];
// words that the general text has not, and a character that it cannot spell
const domain = [
  "Cambium tissue: the cambium heals, and cambium tissue seals the union.",
  "A callus grows at the union of the cambium; a callus is tissue.",
  "形成層が癒合する。形成層を合わせる。",
];
const repeated = (texts: readonly string[]): string[] => Array.from({ length: 20 }, () => texts).flat();
const others = ["The roots of two plants", "接ぎ木と植物", "grows, the scion", ""];
const kinds = ["wordpiece", "bpe", "byte-level-bpe", "unigram"];

async function learnt(kind: string): Promise<Tokenizer> {
  return trainTokenizer(trainers[kind]!, repeated(general), { vocabularySize: 290, minFrequency: 2 });
}

const extended = (tokenizer: Tokenizer, pieceCount = 30): Promise<ChangedVocabulary> =>
  extendTokenizer(tokenizer, repeated(domain), { pieceCount });

const allIds = (tokenizer: Tokenizer, texts: readonly string[]): number[][] =>
  texts.map((text) => [...tokenizer.encode(text, { specialTokens: false }).ids]);

const tokenCount = (tokenizer: Tokenizer): number => allIds(tokenizer, domain).flat().length;

describe("extendTokenizer", () => {
  for (const kind of kinds) {
    test(`${kind}: old pieces keep their ids, and texts without new pieces are cut as before`, async () => {
      const old = await learnt(kind);
      const { tokenizer, newPieces, origins } = await extended(old);
      assert.ok(newPieces.length > 20 && newPieces.length <= 30, `${newPieces.length}`);
      assert.equal(tokenizer.vocabularySize, old.vocabularySize + newPieces.length);
      for (let id = 0; id < old.vocabularySize; id++) {
        assert.equal(tokenizer.idToToken(id), old.idToToken(id));
        assert.deepEqual(origins[id], [id]);
      }
      newPieces.forEach((piece, i) => {
        assert.equal(old.tokenToId(piece), undefined, piece);
        assert.equal(tokenizer.tokenToId(piece), old.vocabularySize + i);
      });
      const untouched = [...general, ...others].filter((text) =>
        allIds(tokenizer, [text])[0]!.every((id) => id < old.vocabularySize),
      );
      assert.ok(untouched.length >= 4, untouched.join());
      assert.deepEqual(allIds(tokenizer, untouched), allIds(old, untouched));
      const [before, after] = [tokenCount(old), tokenCount(tokenizer)];
      assert.ok(after < 0.75 * before, `${before} tokens became ${after}`);
    });

    test(`${kind}: written and read again, the same`, async () => {
      const { tokenizer } = await extended(await learnt(kind));
      const read = readTokenizer(tokenizer.toFiles(), kind);
      for (const text of [...general, ...domain, ...others])
        assert.deepEqual(read.encode(text, { pair: "on" }), tokenizer.encode(text, { pair: "on" }), text);
      assert.deepEqual(read.toFiles(), tokenizer.toFiles());
    });

    test(`${kind}: the same texts give the same tokenizer, and tokens that were added stay`, async () => {
      const [one, other] = [await learnt(kind), await learnt(kind)];
      for (const tokenizer of [one, other]) tokenizer.addTokens(["<plant>"]);
      const [first, second] = await Promise.all([
        extended(one),
        extendTokenizer(other, repeated(domain).reverse(), { pieceCount: 30 }),
      ]);
      assert.deepEqual(first.tokenizer.toFiles(), second.tokenizer.toFiles());
      const id = one.tokenToId("<plant>")!;
      assert.equal(first.tokenizer.tokenToId("<plant>"), id);
      assert.equal(first.tokenizer.idToToken(id), "<plant>");
      assert.ok(first.tokenizer.encode("a <plant> grows").ids.includes(id));
      const again = readTokenizer(first.tokenizer.toFiles(), kind);
      assert.deepEqual(again.encode("a <plant> of cambium"), first.tokenizer.encode("a <plant> of cambium"));
    });
  }

  test("a new piece of BPE stands for the pieces that stood there before", async () => {
    const old = await learnt("byte-level-bpe");
    const { tokenizer, origins } = await extended(old);
    for (const text of [...general, ...domain])
      assert.deepEqual(
        allIds(tokenizer, [text])[0]!.flatMap((id) => origins[id]!),
        allIds(old, [text])[0],
        text,
      );
  });

  test("characters that nothing spelt are pieces, which stand for none", async () => {
    for (const kind of ["wordpiece", "unigram", "bpe"]) {
      const old = await learnt(kind);
      const { tokenizer, newPieces, origins } = await extended(old);
      assert.ok(old.encode("癒合する").unknownCount > 0, kind);
      assert.equal(tokenizer.encode("癒合する").unknownCount, 0, kind);
      const place = newPieces.findIndex((piece) => piece.endsWith("癒"));
      assert.deepEqual(origins[old.vocabularySize + place], [], kind);
    }
  });

  test("what is rare makes no piece", async () => {
    const old = await learnt("wordpiece");
    const { newPieces } = await extendTokenizer(old, repeated(domain), { minFrequency: 41 });
    assert.ok(newPieces.includes("cambium") && !newPieces.includes("callus"), newPieces.join(" ")); // 60 and 40 times
    const none = await extendTokenizer(old, domain, { minFrequency: 100 });
    assert.deepEqual([none.newPieces, none.tokenizer.vocabularySize], [[], old.vocabularySize]);
  });

  test("a tokenizer of words is refused", async () => {
    const words = await trainTokenizer(trainers["word"]!, general, { vocabularySize: 50 });
    await assert.rejects(extendTokenizer(words, domain), {
      name: "OptionError",
      hint: "keep its vocabulary",
    });
  });
});

describe("retrainTokenizer", () => {
  for (const kind of kinds) {
    test(`${kind}: of the same form, with special tokens at their ids`, async () => {
      const old = await learnt(kind);
      const { tokenizer, newPieces, origins } = await retrainTokenizer(old, repeated(domain));
      assert.equal(origins.length, tokenizer.vocabularySize);
      assert.ok(tokenizer.vocabularySize <= old.vocabularySize);
      assert.deepEqual(tokenizer.special, old.special);
      assert.ok(newPieces.length > 5);
      origins.forEach((from, id) => {
        const piece = tokenizer.idToToken(id)!;
        const before = old.tokenToId(piece);
        if (before !== undefined) assert.deepEqual(from, [before], piece);
        else {
          const spelling = (text: string): string => text.replaceAll("##", "").replaceAll("</w>", "");
          const stoodThere = from.map((one) => spelling(old.idToToken(one)!)).join("");
          assert.ok(spelling(piece).includes(stoodThere), `${piece}: ${stoodThere}`);
          if (kind === "byte-level-bpe") assert.ok(from.length > 0, piece);
        }
      });
      assert.ok(tokenCount(tokenizer) < 0.75 * tokenCount(old));
      const read = readTokenizer(tokenizer.toFiles(), kind);
      for (const text of [...general, ...domain])
        assert.deepEqual(read.encode(text, { pair: "on" }), tokenizer.encode(text, { pair: "on" }), text);
    });
  }

  test("a piece within a word stands for pieces within words", async () => {
    const old = await learnt("wordpiece");
    const { tokenizer, origins } = await retrainTokenizer(old, repeated([...general, ...domain]));
    const inner = Array.from(origins.keys()).filter(
      (id) => tokenizer.idToToken(id)!.startsWith("##") && origins[id]!.length > 1,
    );
    assert.ok(inner.length > 0);
    for (const id of inner)
      for (const from of origins[id]!) assert.match(old.idToToken(from)!, /^##/, tokenizer.idToToken(id));
  });

  test("too little text for the ids of special tokens is refused", async () => {
    const old = await learnt("wordpiece");
    old.addTokens(["<plant>"], { special: true });
    await assert.rejects(retrainTokenizer(old, ["a b c"]), {
      name: "OptionError",
      message: /expected text for more than \d+ pieces, so that <plant> keeps its id/,
    });
  });
});
