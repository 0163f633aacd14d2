import { type AddedToken, type AddedTokenFinder, addedTokenFinder } from "./added-tokens.js";
import { type AlignedText, rawText } from "./aligned-text.js";
import { assemble } from "./assembly.js";
import type { ChatMessage, ChatTemplateOptions } from "./chat.js";
import { ChatTemplates } from "./chat-template.js";
import type { EncodeOptions, EncodeWordsOptions, Encoding } from "./encoding.js";
import type { Pipeline, TokenizerSettings } from "./pipeline.js";
import { specialCount } from "./post-processors/post-processor.js";
import { TokenBuffer } from "./token-buffer.js";
import {
  type SpecialRole,
  type SpecialToken,
  specialRoles,
  type Tokenizer,
  type TokenizerFiles,
} from "./tokenizer.js";
import { combineWindows, keptLengths, roomFor, windowsOver } from "./truncation.js";
import { tokenizerFiles } from "./write-tokenizer.js";

/** A tokenizer that sends its texts through a pipeline of steps. */
export class PipelineTokenizer implements Tokenizer {
  readonly target: Tokenizer;
  readonly modelMaxLength: number | undefined;
  readonly unknownId: number | undefined;
  readonly special: Readonly<Record<SpecialRole, SpecialToken | undefined>>;
  readonly #pipeline: Pipeline;
  readonly #settings: TokenizerSettings;
  readonly #vocabulary: string[];
  readonly #added: Map<string, AddedToken> = new Map();
  readonly #specialIds: Set<number> = new Set();
  readonly #buffers = [new TokenBuffer(), new TokenBuffer()] as const;
  #rawFinder!: AddedTokenFinder;
  #normalFinder: AddedTokenFinder | undefined;

  constructor(pipeline: Pipeline, settings: TokenizerSettings) {
    this.#pipeline = pipeline;
    this.#settings = settings;
    this.target = settings.target ?? this;
    this.#vocabulary = [...pipeline.model.vocabulary];
    this.modelMaxLength = settings.modelMaxLength;
    this.#register(pipeline.addedTokens);
    const names = Object.values(settings.specialNames).filter((name) => name !== "");
    this.addTokens(names, { special: true });
    const { unknownToken } = pipeline.model;
    this.unknownId = unknownToken === undefined ? undefined : this.tokenToId(unknownToken);
    this.special = Object.fromEntries(
      specialRoles.map((role) => [role, this.#specialToken(settings.specialNames[role])]),
    ) as Record<SpecialRole, SpecialToken | undefined>;
  }

  /** Its steps, with the tokens that were added since. */
  get pipeline(): Pipeline {
    return { ...this.#pipeline, addedTokens: [...this.#added.values()].sort((a, b) => a.id - b.id) };
  }

  get settings(): TokenizerSettings {
    return this.#settings;
  }

  get vocabularySize(): number {
    return this.#vocabulary.length;
  }

  encode(text: string, options: EncodeOptions = {}): Encoding {
    const [first, second] = this.#buffers;
    first.clear();
    this.#tokenize(text, first, undefined);
    if (options.pair === undefined) return this.#assemble([first], options);
    second.clear();
    this.#tokenize(options.pair, second, undefined);
    return this.#assemble([first, second], options);
  }

  encodeWords(words: readonly string[], options: EncodeWordsOptions = {}): Encoding {
    const [buffer] = this.#buffers;
    buffer.clear();
    words.forEach((word, index) => {
      this.#tokenize(word, buffer, index);
    });
    return this.#assemble([buffer], options);
  }

  decode(ids: ArrayLike<number>, options: { skipSpecialTokens?: boolean } = {}): string {
    if (this.#settings.targetHasOwnVocabulary === true) return this.target.decode(ids, options);
    const tokens: string[] = [];
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i]!;
      const token = this.idToToken(id);
      if (token === undefined || (options.skipSpecialTokens && this.isSpecial(id))) continue;
      const added = this.#added.get(token);
      tokens.push(added === undefined ? token : this.#spelling(added));
    }
    return this.#pipeline.decoder?.decode(tokens).join("") ?? tokens.join(" ");
  }

  applyChatTemplate(messages: readonly ChatMessage[], options: ChatTemplateOptions = {}): string {
    const templates = this.#settings.chatTemplates ?? new ChatTemplates(new Map(), {});
    return templates.render(messages, options);
  }

  tokenToId(token: string): number | undefined {
    return this.#added.get(token)?.id ?? this.#pipeline.model.tokenToId(token);
  }

  idToToken(id: number): string | undefined {
    return this.#vocabulary[id];
  }

  isSpecial(id: number): boolean {
    return this.#specialIds.has(id);
  }

  addTokens(tokens: readonly string[], options: { special?: boolean } = {}): number {
    const { special = false } = options;
    const before = this.#vocabulary.length;
    let next = before;
    const added: AddedToken[] = [];
    for (const content of new Set(tokens)) {
      const known = this.#added.get(content);
      if (content === "" || (known !== undefined && (known.special || !special))) continue;
      const id = this.tokenToId(content) ?? next++;
      added.push({
        content,
        id,
        special,
        singleWord: false,
        stripLeft: false,
        stripRight: false,
        normalized: !special,
      });
    }
    this.#register(added);
    if (this.target !== this) this.target.addTokens(tokens, options);
    return this.#vocabulary.length - before;
  }

  toFiles(): TokenizerFiles {
    return tokenizerFiles(this.pipeline, this.special, this.#settings);
  }

  #register(tokens: readonly AddedToken[]): void {
    for (const token of tokens) {
      this.#added.set(token.content, token);
      this.#vocabulary[token.id] = token.content;
      if (token.special) this.#specialIds.add(token.id);
    }
    const all = [...this.#added.values()];
    const normalized = all.filter((token) => token.normalized);
    this.#rawFinder = addedTokenFinder(
      all.filter((token) => !token.normalized),
      (token) => token.content,
    );
    this.#normalFinder =
      normalized.length === 0 ? undefined : addedTokenFinder(normalized, (token) => this.#spelling(token));
  }

  /** How an added token is written after normalisation, if it is looked for there. */
  #spelling(token: AddedToken): string {
    return token.normalized ? this.#normalize(rawText(token.content)).text : token.content;
  }

  #normalize(text: AlignedText): AlignedText {
    return this.#pipeline.normalizer?.normalize(text) ?? text;
  }

  #specialToken(token: string | undefined): SpecialToken | undefined {
    const id = token === undefined ? undefined : this.tokenToId(token);
    return token === undefined || id === undefined ? undefined : { token, id };
  }

  /** Write the tokens of a text. Without a `givenWord` the words count up, added tokens among them. */
  #tokenize(text: string, out: TokenBuffer, givenWord: number | undefined): void {
    const { preTokenizer, model } = this.#pipeline;
    let word = givenWord ?? 0;
    const step = givenWord === undefined ? 1 : 0;
    const pushAdded = (source: AlignedText, start: number, end: number, token: AddedToken): void => {
      const spelling = source.text.slice(start, end);
      if (spelling !== token.content) out.spellings.set(out.length, spelling);
      out.enter(source, word);
      out.push(token.id, start, end);
      word += step;
    };
    const raw = rawText(text);
    for (const stretch of this.#rawFinder.find(text)) {
      if (stretch.token !== undefined) {
        pushAdded(raw, stretch.start, stretch.end, stretch.token);
        continue;
      }
      const source = this.#normalize(rawText(text.slice(stretch.start, stretch.end), stretch.start));
      const whole = [{ start: 0, end: source.text.length, token: undefined }];
      for (const { start, end, token } of this.#normalFinder?.find(source.text) ?? whole) {
        if (token !== undefined) {
          pushAdded(source, start, end, token);
          continue;
        }
        if (start === end) continue;
        const uncut = { source, bounds: [start, end] };
        const pieces = preTokenizer?.split(uncut) ?? uncut;
        for (let k = 0; k < pieces.bounds.length; k += 2) {
          out.enter(pieces.source, word);
          model.tokenize(pieces.source.text, pieces.bounds[k]!, pieces.bounds[k + 1]!, out);
          word += step;
        }
      }
    }
  }

  #assemble(texts: readonly TokenBuffer[], options: EncodeWordsOptions): Encoding {
    const { postProcessor } = this.#pipeline;
    const full = texts.length === 1 ? postProcessor.single : postProcessor.pair;
    const template = options.specialTokens === false ? full.filter((piece) => !("ids" in piece)) : full;
    const lengths = texts.map((text) => text.length);
    const { maxLength, truncation = "longest-first" } = options;
    const kept =
      maxLength === undefined || truncation === "none"
        ? lengths
        : keptLengths(lengths, roomFor(maxLength, specialCount(template)), truncation);
    const combined = combineWindows(lengths.map((length, i) => windowsOver(length, kept[i]!, options)));
    const { adjust } = postProcessor;
    const shared = { template, adjust, texts, vocabulary: this.#vocabulary, unknownId: this.unknownId };
    const [main, ...further] = combined.map((windows) => ({ ...shared, windows }));
    const overflow = further.map((parts) => assemble({ ...parts, truncatedCount: 0, overflow: [] }));
    const lost = lengths.reduce((sum, length, i) => sum + length - kept[i]!, 0);
    return assemble({ ...main!, truncatedCount: options.stride === undefined ? lost : 0, overflow });
  }
}
