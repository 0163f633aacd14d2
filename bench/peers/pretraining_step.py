"""Training steps of BertForMaskedLM in PyTorch as Trainer runs them, dropout 0.1, tokens hidden by
DataCollatorForLanguageModeling: see bert_steps.py.

usage: pretraining_step.py [--batch 32] [--sequence 128] [--layers 4] [--hidden 256] [--threads 2] [--bf16]
"""

import os
import tempfile

from bert_steps import serve_steps

SIZES = {"batch": 32, "sequence": 128, "layers": 4, "hidden": 256, "threads": 2}
VOCABULARY = 30522
SPECIAL = {0: "[PAD]", 100: "[UNK]", 101: "[CLS]", 102: "[SEP]", 103: "[MASK]"}
FIRST_WORD = 1000


def build(options):
    import torch
    import transformers

    config = transformers.BertConfig(
        vocab_size=VOCABULARY,
        hidden_size=options.hidden,
        num_hidden_layers=options.layers,
        num_attention_heads=options.hidden // 64,
        intermediate_size=4 * options.hidden,
    )

    def draw():
        ids = torch.randint(FIRST_WORD, VOCABULARY, (options.batch, options.sequence)).tolist()
        return [{"input_ids": row, "attention_mask": [1] * len(row)} for row in ids]

    collator = transformers.DataCollatorForLanguageModeling(tokenizer(transformers), mlm_probability=0.15)
    return transformers.BertForMaskedLM(config).train(), draw, collator


def tokenizer(transformers):
    """A tokenizer of the size of bert-base-uncased, with its special tokens at their places."""
    words = [SPECIAL.get(i, f"word{i}") for i in range(VOCABULARY)]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "vocab.txt")
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(words) + "\n")
        return transformers.BertTokenizer(path)


if __name__ == "__main__":
    serve_steps(__doc__, SIZES, 1e-4, build)
