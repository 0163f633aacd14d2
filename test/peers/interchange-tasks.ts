/** A task with a few rows to fine-tune on and texts to compare on. */
export interface InterchangeTask {
  readonly name:
    | "text-classification"
    | "token-classification"
    | "question-answering"
    | "multiple-choice"
    | "language-modelling";
  /** [text] or [text, second text]. */
  readonly texts: readonly (readonly [string, string?])[];
  /** So many of the texts, one after the other, are the choices of one example. */
  readonly choiceCount?: number;
  readonly extension: string;
  readonly trainText: string;
}

type TaskName = InterchangeTask["name"];

const encoderTasks: readonly TaskName[] = [
  "text-classification",
  "token-classification",
  "question-answering",
  "multiple-choice",
];
const decoderTasks: readonly TaskName[] = [
  "language-modelling",
  "text-classification",
  "token-classification",
  "question-answering",
];

/** Families of models whose checkpoints are exchanged, by `model_type`, and for which tasks they have a head in Python. */
export const families: Readonly<Record<string, readonly TaskName[]>> = {
  bert: encoderTasks,
  distilbert: encoderTasks,
  electra: encoderTasks,
  albert: encoderTasks,
  roberta: encoderTasks,
  "xlm-roberta": encoderTasks,
  camembert: encoderTasks,
  deberta: ["text-classification", "token-classification", "question-answering"],
  "deberta-v2": encoderTasks,
  modernbert: encoderTasks,
  xlnet: encoderTasks,
  gpt2: decoderTasks,
  "openai-gpt": ["language-modelling", "text-classification"],
  llama: decoderTasks,
  mistral: decoderTasks,
  qwen2: decoderTasks,
};

const sentences = [
  "The film is a quiet wonder.",
  "東京は日本の首都である。",
  "She said: “naïve café” – twice!",
  "emoji 👩‍👩‍👧 and ＦＵＬＬ　ＷＩＤＴＨ １２３",
];

const choices = ["It stands between Shizuoka and Yamanashi.", "１２３ naïve wonder"];

const context = "Mount Fuji is 3,776 metres high. It stands between Shizuoka and Yamanashi.";

/** The tasks whose models are exchanged with Python. */
export const tasks: readonly InterchangeTask[] = [
  {
    name: "text-classification",
    texts: sentences.map((sentence, i) => [sentence, sentences[(i + 1) % sentences.length]!] as const),
    extension: "jsonl",
    trainText: rows(24, (i) =>
      JSON.stringify({
        sentence1: `${sentences[i % 4]} ${i}`,
        sentence2: sentences[(i + 1) % 4],
        label: ["no", "perhaps", "yes"][i % 3],
      }),
    ),
  },
  {
    name: "token-classification",
    texts: sentences.map((sentence) => [sentence] as const),
    extension: "conll",
    trainText: rows(
      16,
      (i) => `Ms. O\nMary B-PER\nShelley I-PER\nleft O\nGeneva B-LOC\nin O\n18${i + 10} O\n`,
    ),
  },
  {
    name: "language-modelling",
    texts: sentences.map((sentence) => [sentence] as const),
    extension: "jsonl",
    trainText: rows(16, (i) => JSON.stringify({ text: `${sentences[i % 4]} ${i}` })),
  },
  {
    name: "question-answering",
    texts: sentences.map((sentence) => ["How high is it?", `${context} ${sentence}`] as const),
    extension: "json",
    trainText: JSON.stringify({
      version: "1.1",
      data: [
        {
          title: "Mount Fuji",
          paragraphs: [
            {
              context,
              qas: Array.from({ length: 8 }, (_, i) => ({
                id: `q${i}`,
                question: `How high is Mount Fuji, ${i}?`,
                answers: [{ text: "3,776 metres", answer_start: context.indexOf("3,776") }],
              })),
            },
          ],
        },
      ],
    }),
  },
  {
    name: "multiple-choice",
    texts: sentences.flatMap((sentence) => choices.map((choice) => [sentence, choice] as const)),
    choiceCount: 2,
    extension: "jsonl",
    trainText: rows(16, (i) =>
      JSON.stringify({
        context: `${sentences[i % 4]} ${i}`,
        choices,
        label: i % 2,
      }),
    ),
  },
];

function rows(count: number, row: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => `${row(i)}\n`).join("");
}
