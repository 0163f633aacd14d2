"""Training steps of a BERT classifier in PyTorch as Trainer runs them, dropout 0.1 and a padded mask: see bert_steps.py.

usage: train_step.py [--batch 8] [--sequence 128] [--layers 12] [--hidden 768] [--threads 2] [--bf16]
"""

from bert_steps import serve_steps

SIZES = {"batch": 8, "sequence": 128, "layers": 12, "hidden": 768, "threads": 2}


def build(options):
    import torch
    import transformers

    config = transformers.BertConfig(
        hidden_size=options.hidden, num_hidden_layers=options.layers, intermediate_size=4 * options.hidden
    )

    def draw():
        # half to all of a row is text, the rest padding
        lengths = torch.randint(options.sequence // 2, options.sequence + 1, (options.batch, 1))
        mask = (torch.arange(options.sequence) < lengths).long()  # [batch, sequence]
        ids = torch.randint(1000, config.vocab_size, mask.shape) * mask
        return {"input_ids": ids, "attention_mask": mask, "labels": torch.randint(2, (options.batch,))}

    return transformers.BertForSequenceClassification(config).train(), draw, lambda batch: batch


if __name__ == "__main__":
    serve_steps(__doc__, SIZES, 2e-5, build)
