"""Rows from the files that the benches use: TSV, CSV, JSON lines, CoNLL, SQuAD JSON."""

import csv
import json
from pathlib import Path


def read_table(path, columns):
    """The named columns of a TSV, CSV or JSON-lines file, one list of strings a column.

    A column is a name, or a number from 1 on where the file has no header.
    """
    if path.endswith((".jsonl", ".json")):
        rows = [json.loads(line) for line in lines(path)]
        return [[str(row[column]) for row in rows] for column in columns]
    # TSV in this field is not quoted: a lone quotation mark is text
    quoting = csv.QUOTE_NONE if path.endswith(".tsv") else csv.QUOTE_MINIMAL
    delimiter = "\t" if path.endswith(".tsv") else ","
    rows = list(csv.reader(lines(path), delimiter=delimiter, quoting=quoting))
    if all(column.isdigit() for column in columns):
        places = [int(column) - 1 for column in columns]
    else:
        header, rows = rows[0], rows[1:]
        places = [header.index(column) for column in columns]
    return [[row[place] for row in rows] for place in places]


def read_conll(path):
    """Sentences as pairs of lists: words, tags (the last field of each line)."""
    sentences, words, tags = [], [], []
    for line in Path(path).read_text(encoding="utf-8").split("\n") + [""]:
        fields = line.split()
        if len(fields) >= 2 and fields[0] != "-DOCSTART-":
            words.append(fields[0])
            tags.append(fields[-1])
        elif words:
            sentences.append((words, tags))
            words, tags = [], []
    return sentences


def read_squad(path):
    """Questions of a SQuAD file: dicts of id, question, context, answers (texts, starts)."""
    articles = json.loads(Path(path).read_text(encoding="utf-8"))["data"]
    return [
        {
            "id": question["id"],
            "question": question["question"].lstrip(),
            "context": paragraph["context"],
            "texts": [answer["text"] for answer in question["answers"]],
            "starts": [answer["answer_start"] for answer in question["answers"]],
        }
        for article in articles
        for paragraph in article["paragraphs"]
        for question in paragraph["qas"]
    ]


def lines(path):
    return [line for line in Path(path).read_text(encoding="utf-8-sig").split("\n") if line.strip()]
