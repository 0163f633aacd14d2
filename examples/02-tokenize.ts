// Text to ids with spans into the text, and back; a pair of texts; a text longer than the model takes.
import { loadTokenizer } from "tsugiki";

const tokenizer = await loadTokenizer("rootstocks/ja-small");

const text = "CSS の margin は要素の外側の余白です。";
const { ids, tokens, starts, ends } = tokenizer.encode(text);
tokens.forEach((token, i) => {
  console.log(`${ids[i]}\t${token}\t「${text.slice(starts[i], ends[i])}」`);
});
console.log(tokenizer.decode(ids, { skipSpecialTokens: true }));

const pair = tokenizer.encode("余白とは？", { pair: "要素の外側の空間です。" });
console.log(pair.tokens.join(" "), "| segments", pair.typeIds.join(""));

// windows that share four tokens, so that nothing of a long text is lost
const long = tokenizer.encode(text.repeat(3), { maxLength: 24, stride: 4 });
for (const window of [long, ...long.overflow])
  console.log(`characters ${window.starts[1]} to ${window.ends.at(-2)}: ${window.tokens.length} tokens`);
