/** The names under which the Hub knows metrics, where they differ from ours. */
const hubNames: Readonly<Record<string, string>> = {
  mean_squared_error: "mse",
  mean_absolute_error: "mae",
  pearson: "pearsonr",
  spearman: "spearmanr",
};

const upperCase = new Set(["f1", "mse", "mae", "roc", "auc", "em", "bleu", "ter", "r2"]);

/** Names that are written in a way of their own. */
const spelled: Readonly<Record<string, string>> = {
  chrf: "chrF",
  rouge1: "ROUGE-1",
  rouge2: "ROUGE-2",
  rougeL: "ROUGE-L",
  rougeLsum: "ROUGE-Lsum",
};

/** A metric's name in words: `macro_f1` is `macro F1`, `exact_match` is `exact match`, `roc_auc` is `ROC AUC`. */
export function metricTitle(name: string): string {
  if (Object.hasOwn(spelled, name)) return spelled[name]!;
  return words(name)
    .map((word) => (upperCase.has(word) ? word.toUpperCase() : word))
    .join(" ");
}

/** The metric's name for the Hub, which knows one F1 whatever it is averaged over: `macro_f1` is `f1`. */
export function hubMetricName(name: string): string {
  if (name.startsWith("rouge")) return "rouge";
  const last = words(name).at(-1)!;
  if (["f1", "precision", "recall", "accuracy"].includes(last)) return last;
  const snake = words(name).join("_");
  return hubNames[snake] ?? snake;
}

function words(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .split("_");
}
