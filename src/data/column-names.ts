// The names under which published data sets, in English and Japanese, hold what a task needs; the usual first.

/** One text to classify. */
export const textNames: readonly string[] = [
  ...[
    "text",
    "sentence",
    "content",
    "body",
    "review",
    "review_body",
    "comment",
    "tweet",
    "document",
    "article",
  ],
  ...["message", "description", "utterance", "phrase", "input", "question", "query", "headline", "title"],
  ...["テキスト", "本文", "文", "文章", "内容", "レビュー", "コメント", "発話", "質問", "見出し", "タイトル"],
];

/** Two texts to classify together. */
export const pairNames: readonly (readonly [first: string, second: string])[] = [
  ["sentence1", "sentence2"],
  ["premise", "hypothesis"],
  ["question1", "question2"],
  ["text1", "text2"],
  ["sentence_a", "sentence_b"],
  ["text_a", "text_b"],
  ["sent1", "sent2"],
  ["question", "sentence"],
  ["query", "passage"],
  ["前提", "仮説"],
  ["文1", "文2"],
  ["テキスト1", "テキスト2"],
];

/** The class, classes or number to predict. */
export const labelNames: readonly string[] = [
  ...["label", "labels", "gold_label", "class", "category", "polarity", "sentiment", "target", "intent"],
  ...["entailment_label", "entailment_judgment", "emotion", "topic", "genre", "rating", "stars", "score"],
  ...["similarity", "similarity_score", "relatedness_score", "judgment", "y"],
  ...[
    "ラベル",
    "クラス",
    "分類",
    "カテゴリ",
    "カテゴリー",
    "極性",
    "感情",
    "評価",
    "正解",
    "スコア",
    "類似度",
  ],
];

/** What tells rows apart. */
export const idNames: readonly string[] = [
  ...[
    "id",
    "idx",
    "index",
    "guid",
    "uid",
    "pair_id",
    "sentence_pair_id",
    "sent_id",
    "example_id",
    "question_id",
  ],
  ...["q_id", "curid", "番号", "通番"],
];

/** The words of a sentence, as an array. */
export const wordNames: readonly string[] = [
  "words",
  "tokens",
  "form",
  "forms",
  "word",
  "token",
  "単語",
  "トークン",
];

/** The tags of the words, as an array. */
export const tagNames: readonly string[] = [
  ...["tags", "ner_tags", "ner", "labels", "upos", "pos_tags", "pos", "xpos", "chunk_tags", "タグ", "品詞"],
];

/** Entities as spans of a text. */
export const entityNames: readonly string[] = ["entities", "spans", "labels", "label", "固有表現"];

/** What is asked. */
export const questionNames: readonly string[] = ["question", "query", "質問", "問い", "問題"];

/** The text in which the answer stands. */
export const contextNames: readonly string[] = [
  "context",
  "passage",
  "paragraph",
  "document",
  "文脈",
  "段落",
  "本文",
];

/** The answers with their places. */
export const answerNames: readonly string[] = ["answers", "answer", "回答", "答え", "正解"];

/** Whether a question has no answer. */
export const impossibleNames: readonly string[] = ["is_impossible", "impossible"];

/** What the choices of a multiple-choice question are read with. */
export const choiceContextNames: readonly string[] = [
  ...[
    "sent1",
    "article",
    "context",
    "passage",
    "premise",
    "ctx",
    "startphrase",
    "prompt",
    "question",
    "query",
  ],
  ...["文脈", "前提", "質問", "問題"],
];

/** What stands between that and each choice: the question about an article, the beginning of an ending. */
export const choicePromptNames: readonly string[] = ["sent2", "question", "質問", "問題"];

/** All choices, as an array. */
export const choicesNames: readonly string[] = ["choices", "options", "endings", "candidates", "選択肢"];

/** One choice a column, numbered or lettered. */
export const numberedChoice: RegExp = /^(?:choice|ending|option|answer|candidate|sol|選択肢)_?(?:\d+|[a-h])$/;

/** Which choice is right. */
export const choiceLabelNames: readonly string[] = [
  ...["label", "answer", "answer_key", "answerkey", "gold", "correct", "target", "正解", "答え", "ラベル"],
];

/** Names of a text and of the one to be written from it. */
export interface TextPairNames {
  readonly sources: readonly string[];
  readonly targets: readonly string[];
}

export const translationNames: TextPairNames = {
  sources: ["source", "src", "source_text", "input", "input_text", "text", "原文"],
  targets: ["target", "tgt", "target_text", "translation", "output", "reference", "訳文", "翻訳"],
};

export const summaryNames: TextPairNames = {
  sources: ["document", "article", "dialogue", "source", "text", "content", "body", "input", "本文", "記事"],
  targets: ["summary", "highlights", "abstract", "target", "headline", "title", "output", "要約", "見出し"],
};

export const dialogueNames: TextPairNames = {
  sources: [
    ...["utterance", "context", "question", "query", "message", "prompt", "source", "input"],
    ...["発話", "質問"],
  ],
  targets: ["response", "reply", "answer", "target", "output", "応答", "返答", "返事", "回答"],
};

/** A name as it is compared: `Sentence_A_Ja`, `sentence-a` and `sentenceA` are all `sentence_a`. */
export function canonicalName(name: string): string {
  return name
    .normalize("NFKC")
    .trim()
    .replace(/(?<=[a-z])(?=[A-Z])/g, "_")
    .toLowerCase()
    .replace(/[\s.-]+/g, "_")
    .replace(/_(?:en|ja|jp)$/, "");
}

const all = new Set(
  [
    ...[textNames, pairNames.flat(), labelNames, idNames, wordNames, tagNames, entityNames, questionNames],
    ...[contextNames, answerNames, impossibleNames, choiceContextNames, choicePromptNames, choicesNames],
    choiceLabelNames,
    ...[translationNames, summaryNames, dialogueNames].flatMap(({ sources, targets }) => [sources, targets]),
  ].flat(),
);

/** Whether a name is one that some task knows. */
export function isKnownName(name: string): boolean {
  const canonical = canonicalName(name);
  return all.has(canonical) || numberedChoice.test(canonical);
}
