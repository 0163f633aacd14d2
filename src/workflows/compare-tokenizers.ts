import type { ComparedText, TokenComparison } from "../pictures/token-comparison-html.js";
import type { Tokenizer } from "../tokenizers/index.js";
import { inspectTokenizer, type TokenizerReport } from "./inspect-tokenizer.js";
import { readableTokens } from "./readable-tokens.js";
import type { TextInput } from "./text-inputs.js";

/** A tokenizer under the name by which it is compared. */
export interface NamedTokenizer {
  readonly name: string;
  readonly tokenizer: Tokenizer;
}

/** Several tokenizers on the same texts. */
export interface TokenizerComparison {
  readonly reports: readonly (TokenizerReport & { readonly name: string })[];
  /** The first texts, cut by each: what the page shows. */
  readonly shown: TokenComparison;
}

/** Cut the same texts with several tokenizers; `shownCount` texts are kept for a page. */
export async function compareTokenizers(
  tokenizers: readonly NamedTokenizer[],
  inputs: AsyncIterable<TextInput> | Iterable<TextInput>,
  { shownCount = 100 }: { shownCount?: number } = {},
): Promise<TokenizerComparison> {
  const texts: string[] = [];
  for await (const { text, pair } of inputs) texts.push(text, ...(pair === undefined ? [] : [pair]));
  const written = texts.filter((text) => text.trim() !== "");
  const reports = [];
  for (const { name, tokenizer } of tokenizers) {
    const report = await inspectTokenizer(
      tokenizer,
      texts.map((text) => ({ text })),
    );
    reports.push({ name, ...report });
  }
  return {
    reports,
    shown: {
      names: tokenizers.map(({ name }) => name),
      texts: written.slice(0, shownCount).map((text) => compareText(text, tokenizers)),
      textCount: written.length,
      facts: reports.map(({ tokenCount, unknownCount, tokensPerCharacter, tokensPerWord }) => ({
        tokenCount,
        unknownCount,
        tokensPerCharacter,
        tokensPerWord,
      })),
    },
  };
}

function compareText(text: string, tokenizers: readonly NamedTokenizer[]): ComparedText {
  return {
    text,
    rows: tokenizers.map(({ tokenizer }) => {
      const readable = readableTokens(tokenizer);
      const { ids, tokens, starts, ends } = tokenizer.encode(text, { specialTokens: false });
      return Array.from(ids, (id, i) => ({
        token: readable(tokens[i]!),
        id,
        start: starts[i]!,
        end: ends[i]!,
        isUnknown: id === tokenizer.unknownId,
      }));
    }),
  };
}
