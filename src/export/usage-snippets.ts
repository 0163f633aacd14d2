import type { CardTask, ExampleInput, ModelCardFacts } from "./model-card-facts.js";

/** The section that shows how to use the model: at the terminal, in TypeScript, in Python. */
export function usageSection(facts: ModelCardFacts): string {
  const directory = facts.directory ?? facts.name;
  const python = pythonUsage(facts.task, directory, facts.example);
  if (facts.task === "pre-training") return ["## Use", fineTuningUsage(directory), python].join("\n\n");
  const blocks = [typescriptUsage(directory, facts.example), python];
  return ["## Use", commandUsage(directory, facts.example), ...blocks].join("\n\n");
}

function fineTuningUsage(directory: string): string {
  return `\`\`\`sh\nnpx tsugiki fine-tune --model ${quoted(directory)} --train-file rows.jsonl --validation-split 0.1 --output-dir my-model\n\`\`\``;
}

function commandUsage(directory: string, example: ExampleInput | undefined): string {
  // Inputs of several parts come from a file of the form the model was trained on.
  const input =
    example !== undefined && "text" in example && example.textPair === undefined
      ? `${example.text.startsWith("-") ? "-- " : ""}${quoted(example.text)}`
      : "--test-file rows.jsonl";
  return `\`\`\`sh\nnpx tsugiki predict --model ${quoted(directory)} ${input}\nnpx tsugiki evaluate --model ${quoted(directory)} --validation-file rows.jsonl\n\`\`\``;
}

function typescriptUsage(directory: string, example: ExampleInput | undefined): string {
  const input =
    example !== undefined && "text" in example && example.textPair === undefined ? example.text : example;
  return [
    "```ts",
    'import { loadPipeline } from "tsugiki";',
    "",
    `const predict = await loadPipeline(${JSON.stringify(directory)});`,
    `console.log(await predict(${typescriptValue(input ?? "...")}));`,
    "```",
  ].join("\n");
}

/** The same files in Python's transformers 5, which has no pipeline for questions and choices. */
function pythonUsage(task: CardTask, directory: string, example: ExampleInput | undefined): string {
  return ["```python", ...pythonLines[task](JSON.stringify(directory), example), "```"].join("\n");
}

type PythonLines = (directory: string, example: ExampleInput | undefined) => string[];

const pythonLines: Record<CardTask, PythonLines> = {
  "text-classification": (directory, example) => [
    "from transformers import pipeline",
    "",
    `predict = pipeline("text-classification", model=${directory})`,
    `print(predict(${pythonText(example)}))`,
  ],
  "token-classification": (directory, example) => [
    "from transformers import pipeline",
    "",
    `predict = pipeline("token-classification", model=${directory}, aggregation_strategy="simple")`,
    `print(predict(${pythonText(example)}))`,
  ],
  "question-answering": (directory, example) => {
    const { question, context } =
      example !== undefined && "question" in example ? example : { question: "...", context: "..." };
    return [
      ...pythonModel("AutoModelForQuestionAnswering", directory),
      `inputs = tokenizer(${JSON.stringify(question)}, ${JSON.stringify(context)}, return_tensors="pt")`,
      "outputs = model(**inputs)",
      "start, end = outputs.start_logits.argmax(), outputs.end_logits.argmax()",
      'print(tokenizer.decode(inputs["input_ids"][0, start : end + 1]))',
    ];
  },
  "language-modelling": (directory, example) => [
    "from transformers import pipeline",
    "",
    `generate = pipeline("text-generation", model=${directory})`,
    `print(generate(${pythonText(example)}))`,
  ],
  "masked-language-modelling": (directory, example) => [
    "from transformers import pipeline",
    "",
    `fill = pipeline("fill-mask", model=${directory})`,
    `print(fill(${pythonText(example)} + " " + fill.tokenizer.mask_token))`,
  ],
  "multiple-choice": (directory, example) => {
    const { prompt, choices } =
      example !== undefined && "choices" in example ? example : { prompt: "...", choices: ["...", "..."] };
    return [
      ...pythonModel("AutoModelForMultipleChoice", directory),
      `prompt, choices = ${JSON.stringify(prompt)}, [${choices.map((choice) => JSON.stringify(choice)).join(", ")}]`,
      'inputs = tokenizer([prompt] * len(choices), choices, return_tensors="pt", padding=True)',
      "logits = model(**{name: value.unsqueeze(0) for name, value in inputs.items()}).logits",
      "print(choices[logits.argmax()])",
    ];
  },
  "pre-training": (directory, example) => [
    ...pythonModel("AutoModel", directory),
    `inputs = tokenizer(${pythonText(example)}, return_tensors="pt")`,
    "print(model(**inputs)[0].shape)",
  ],
  translation: pythonWriting,
  summarisation: pythonWriting,
  dialogue: pythonWriting,
};

function pythonWriting(directory: string, example: ExampleInput | undefined): string[] {
  return [
    ...pythonModel("AutoModelForSeq2SeqLM", directory),
    `inputs = tokenizer(${pythonText(example)}, return_tensors="pt")`,
    "print(tokenizer.batch_decode(model.generate(**inputs), skip_special_tokens=True))",
  ];
}

function pythonModel(modelClass: string, directory: string): string[] {
  return [
    `from transformers import AutoTokenizer, ${modelClass}`,
    "",
    `tokenizer = AutoTokenizer.from_pretrained(${directory})`,
    `model = ${modelClass}.from_pretrained(${directory})`,
  ];
}

/** JSON's strings are Python's too. */
function pythonText(example: ExampleInput | undefined): string {
  if (example === undefined || !("text" in example)) return '"..."';
  if (example.textPair === undefined) return JSON.stringify(example.text);
  return `{"text": ${JSON.stringify(example.text)}, "text_pair": ${JSON.stringify(example.textPair)}}`;
}

/** A value as one would type it: `{ text: "a", textPair: "b" }`. */
function typescriptValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(typescriptValue).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return `{ ${entries.map(([key, inner]) => `${key}: ${typescriptValue(inner)}`).join(", ")} }`;
}

/** A word for a POSIX shell, quoted only where it must be. */
function quoted(word: string): string {
  const line = word.replace(/\s+/g, " ");
  if (/^[\w./:@-]+$/.test(line) && !line.startsWith("-")) return line;
  return /["$`\\!]/.test(line) ? `'${line.replaceAll("'", "'\\''")}'` : `"${line}"`;
}
