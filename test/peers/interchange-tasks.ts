/** A task with a few rows to fine-tune on and texts to compare on. */
export interface InterchangeTask {
  readonly name: "text-classification" | "token-classification" | "question-answering" | "multiple-choice";
  /** [text] or [text, second text]. */
  readonly texts: readonly (readonly [string, string?])[];
  /** So many of the texts, one after the other, are the choices of one example. */
  readonly choiceCount?: number;
  readonly extension: string;
  readonly trainText: string;
}

/** Families of models whose checkpoints are exchanged for every task, by `model_type`. */
export const families: readonly string[] = [
  "bert",
  "distilbert",
  "electra",
  "albert",
  "roberta",
  "xlm-roberta",
  "camembert",
];

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
