"""Extractive question answering, as transformers' run_qa.py does it, scored as the SQuAD 1.1 script does."""

import collections
import re
import string

import numpy as np
from rows import read_squad
from transformers import AutoModelForQuestionAnswering, DataCollatorWithPadding, Trainer

STRIDE = 128  # tokens that two windows of one context share
BEST_COUNT = 20  # starts and ends that are tried per window
ANSWER_LENGTH = 30  # tokens an answer may have


def prepare(options, tokenizer):
    """The arguments of Trainer that belong to the task, and the Trainer class."""
    train, validation = read_squad(options.train_file), read_squad(options.validation_file)
    train_windows, _ = encode(train, tokenizer, options)
    windows, places = encode(validation, tokenizer, options)

    class QuestionAnsweringTrainer(Trainer):
        """Trainer whose evaluation turns logits into answer texts."""

        def evaluate(self, eval_dataset=None, ignore_keys=None, metric_key_prefix="eval"):
            logits = self.predict(windows).predictions[:2]
            scores = score(validation, answers(validation, places, *logits))
            metrics = {f"{metric_key_prefix}_{name}": value for name, value in scores.items()}
            self.log(metrics)
            return metrics

    return QuestionAnsweringTrainer, {
        "model": AutoModelForQuestionAnswering.from_pretrained(options.model),
        "train_dataset": train_windows,
        "eval_dataset": windows,
        "data_collator": DataCollatorWithPadding(tokenizer),
    }


def encode(questions, tokenizer, options):
    """Windows over the contexts with the answer's first and last token ([CLS] where it is not in the window),
    and for each window (index of its question, character spans of its context tokens, None elsewhere)."""
    encoded = tokenizer(
        [question["question"] for question in questions],
        [question["context"] for question in questions],
        truncation="only_second",
        max_length=options.max_length or 384,
        stride=STRIDE,
        return_overflowing_tokens=True,
        return_offsets_mapping=True,
        padding=options.padding,
    )
    windows, places = [], []
    inputs = [key for key in ("input_ids", "token_type_ids", "attention_mask") if key in encoded]
    for i, index in enumerate(encoded["overflow_to_sample_mapping"]):
        sequences = encoded.sequence_ids(i)
        spans = [span if sequences[j] == 1 else None for j, span in enumerate(encoded["offset_mapping"][i])]
        first, last = answer_tokens(questions[index], spans)
        windows.append(
            {**{key: encoded[key][i] for key in inputs}, "start_positions": first, "end_positions": last}
        )
        places.append((index, spans))
    return windows, places


def answer_tokens(question, spans):
    if not question["starts"]:
        return 0, 0
    start = question["starts"][0]
    end = start + len(question["texts"][0])
    context = [j for j, span in enumerate(spans) if span is not None]
    if not context or spans[context[0]][0] > start or spans[context[-1]][1] < end:
        return 0, 0
    first = max(j for j in context if spans[j][0] <= start)
    last = min(j for j in context if spans[j][1] >= end)
    return first, last


def answers(questions, places, start_logits, end_logits):
    """The text of the best span of each question over all its windows."""
    best = collections.defaultdict(lambda: (-np.inf, ""))
    for (index, spans), starts, ends in zip(places, start_logits, end_logits):
        for start in np.argsort(starts)[-1 : -BEST_COUNT - 1 : -1]:
            for end in np.argsort(ends)[-1 : -BEST_COUNT - 1 : -1]:
                if max(start, end) >= len(spans) or spans[start] is None or spans[end] is None:
                    continue
                if end < start or end - start + 1 > ANSWER_LENGTH:
                    continue
                total = starts[start] + ends[end]
                if total > best[index][0]:
                    text = questions[index]["context"][spans[start][0] : spans[end][1]]
                    best[index] = (total, text)
    return [best[index][1] for index in range(len(questions))]


def score(questions, said):
    """Exact match and F1 in percent: the best over the true answers of each question."""
    exact = f1 = 0.0
    for question, text in zip(questions, said):
        exact += max(normalize(text) == normalize(true) for true in question["texts"])
        f1 += max(word_f1(text, true) for true in question["texts"])
    return {"exact_match": 100 * exact / len(questions), "f1": 100 * f1 / len(questions)}


def word_f1(said, true):
    said, true = normalize(said).split(), normalize(true).split()
    common = sum((collections.Counter(said) & collections.Counter(true)).values())
    return 2 * common / (len(said) + len(true)) if common else 0.0


def normalize(text):
    text = "".join(c for c in text.lower() if c not in set(string.punctuation))
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", text).split())
