"""Named entities over words, as transformers' run_ner.py does it: only the first piece of a word has a label."""

from rows import read_conll
from seqeval.metrics import accuracy_score, f1_score, precision_score, recall_score
from transformers import AutoModelForTokenClassification, DataCollatorForTokenClassification, Trainer

IGNORED = -100  # what the loss and the metric leave out


def prepare(options, tokenizer):
    """The arguments of Trainer that belong to the task, and the Trainer class."""
    train, validation = read_conll(options.train_file), read_conll(options.validation_file)
    labels = sorted({tag for _, tags in train for tag in tags})

    def encode(sentences):
        encoded = tokenizer(
            [words for words, _ in sentences],
            is_split_into_words=True,
            truncation=True,
            max_length=options.max_length,
            padding=options.padding,
        )
        return [
            {
                **{key: encoded[key][i] for key in encoded},
                "labels": align(encoded.word_ids(i), tags, labels),
            }
            for i, (_, tags) in enumerate(sentences)
        ]

    def metrics(prediction):
        best = prediction.predictions.argmax(2)
        kept = prediction.label_ids != IGNORED
        said = [[labels[p] for p in row[keep]] for row, keep in zip(best, kept)]
        true = [[labels[t] for t in row[keep]] for row, keep in zip(prediction.label_ids, kept)]
        return {
            "precision": float(precision_score(true, said)),
            "recall": float(recall_score(true, said)),
            "f1": float(f1_score(true, said)),
            "accuracy": float(accuracy_score(true, said)),
        }

    return Trainer, {
        "model": AutoModelForTokenClassification.from_pretrained(
            options.model, num_labels=len(labels), id2label=dict(enumerate(labels))
        ),
        "train_dataset": encode(train),
        "eval_dataset": encode(validation),
        "data_collator": DataCollatorForTokenClassification(tokenizer),
        "compute_metrics": metrics,
    }


def align(word_ids, tags, labels):
    """One label a token: [None, 0, 0, 1, None] with tags [I-PER, O] is [-100, I-PER, -100, O, -100]."""
    previous, aligned = None, []
    for word in word_ids:
        aligned.append(IGNORED if word is None or word == previous else labels.index(tags[word]))
        previous = word
    return aligned
