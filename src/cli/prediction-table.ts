import { isJsonObject, type Json, type JsonObject } from "../base/index.js";
import { measureText, type Table, truncateText, visibleText } from "./terminal/index.js";

const inputWidth = 50; // columns, at most
const answerWidth = 60;

/** Predictions of any task: what was read, what came out, how sure the model is, and whether all was read. */
export function predictionTable(predictions: readonly JsonObject[]): Table {
  const truncated = predictions.some((prediction) => prediction["truncated"] === true);
  const scored = predictions.some((prediction) => typeof prediction["score"] === "number");
  return {
    head: ["input", "prediction", ...(scored ? ["score"] : []), ...(truncated ? [""] : [])],
    rows: predictions.map((prediction) => [
      cell(inputOf(prediction), inputWidth),
      cell(answerOf(prediction), answerWidth),
      ...(scored ? [typeof prediction["score"] === "number" ? measureText(prediction["score"]) : ""] : []),
      ...(truncated ? [prediction["truncated"] === true ? "truncated" : ""] : []),
    ]),
  };
}

function inputOf(prediction: JsonObject): string {
  const { text, pair, question, context, prompt, words } = prediction as Record<string, Json | undefined>;
  if (typeof question === "string") return question;
  if (typeof context === "string")
    return [context, prompt].filter((part) => typeof part === "string").join(" ");
  if (Array.isArray(words) && text === undefined) return words.join(" ");
  return [text, pair].filter((part) => typeof part === "string").join(" | ");
}

/** What a prediction comes to, whichever field its task has for it. */
function answerOf(prediction: JsonObject): string {
  const {
    label,
    labels,
    entities,
    tags,
    words,
    answer,
    choice,
    text,
    prediction: number,
  } = prediction as Record<string, Json | undefined>;
  if (typeof number === "number") return measureText(number);
  if (typeof label === "string") return label;
  if (Array.isArray(labels)) return labels.join(", ") || "–";
  if (Array.isArray(entities)) return entities.map(entityText).join(", ") || "–";
  if (Array.isArray(tags) && Array.isArray(words))
    return words.map((word, i) => `${word}/${tags[i]}`).join(" ");
  for (const written of ["translation", "summary", "reply"])
    if (typeof prediction[written] === "string") return prediction[written];
  if (typeof answer === "string") return answer === "" ? "no answer" : answer;
  if (typeof choice === "number") return `${choice + 1}: ${text}`;
  return JSON.stringify(prediction);
}

function entityText(entity: Json): string {
  return isJsonObject(entity) ? `${entity["text"]} (${entity["type"]})` : String(entity);
}

/** A text on one line, cut to the width. */
function cell(text: string, width: number): string {
  return truncateText(visibleText(text.replace(/\s+/g, " ").trim()), width);
}
