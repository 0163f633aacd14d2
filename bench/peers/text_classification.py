"""Single and pair text classification and regression, as transformers' run_glue.py does them."""

import numpy as np
from rows import read_table
from scipy.stats import pearsonr, spearmanr
from transformers import AutoModelForSequenceClassification, DataCollatorWithPadding, Trainer


def prepare(options, tokenizer):
    """The arguments of Trainer that belong to the task, and the Trainer class."""
    train = read_table(options.train_file, columns(options))
    validation = read_table(options.validation_file, columns(options))
    labels = [] if options.regression else sorted(set(train[-1]))
    numbers = float if options.regression else labels.index

    def encode(table):
        encoded = tokenizer(
            *table[:-1], truncation=True, max_length=options.max_length, padding=options.padding
        )
        rows = [{key: encoded[key][i] for key in encoded} for i in range(len(table[0]))]
        return [{**row, "label": numbers(label)} for row, label in zip(rows, table[-1])]

    names = {} if options.regression else {"id2label": dict(enumerate(labels))}
    model = AutoModelForSequenceClassification.from_pretrained(
        options.model, num_labels=len(labels) or 1, **names
    )
    return Trainer, {
        "model": model,
        "train_dataset": encode(train),
        "eval_dataset": encode(validation),
        "data_collator": DataCollatorWithPadding(tokenizer),
        "compute_metrics": regression_metrics if options.regression else accuracy,
    }


def columns(options):
    pair = [options.pair_column] if options.pair_column else []
    return [options.text_column, *pair, options.label_column]


def accuracy(prediction):
    return {"accuracy": float((prediction.predictions.argmax(1) == prediction.label_ids).mean())}


def regression_metrics(prediction):
    scores = np.squeeze(prediction.predictions)
    return {
        "pearson": float(pearsonr(scores, prediction.label_ids)[0]),
        "spearman": float(spearmanr(scores, prediction.label_ids)[0]),
    }
