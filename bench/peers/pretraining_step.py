"""Training steps of BertForMaskedLM in PyTorch as Trainer runs them: tokens hidden by DataCollatorForLanguageModeling,
dropout 0.1, forward, backward, clipping, fused AdamW, float32 or bf16 autocast. Answers each line `step` on standard
input with one line of JSON: seconds, loss and the most memory so far in bytes.

usage: pretraining_step.py [--batch 32] [--sequence 128] [--layers 4] [--hidden 256] [--threads 2] [--bf16]
"""

import argparse
import json
import os
import platform
import resource
import sys
import tempfile
import time

VOCABULARY = 30522
SPECIAL = {0: "[PAD]", 100: "[UNK]", 101: "[CLS]", 102: "[SEP]", 103: "[MASK]"}
FIRST_WORD = 1000


def main():
    options = parse()
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["OMP_NUM_THREADS"] = str(options.threads)
    import torch
    import transformers

    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    config = transformers.BertConfig(
        vocab_size=VOCABULARY,
        hidden_size=options.hidden,
        num_hidden_layers=options.layers,
        num_attention_heads=options.hidden // 64,
        intermediate_size=4 * options.hidden,
    )
    model = transformers.BertForMaskedLM(config).train()
    decayed = [p for name, p in model.named_parameters() if is_decayed(name)]
    others = [p for name, p in model.named_parameters() if not is_decayed(name)]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}],
        lr=1e-4,
        fused=True,  # what Trainer takes by default
    )
    collator = transformers.DataCollatorForLanguageModeling(tokenizer(transformers), mlm_probability=0.15)
    versions = {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "attention": config._attn_implementation,
    }

    def draw():
        ids = torch.randint(FIRST_WORD, VOCABULARY, (options.batch, options.sequence)).tolist()
        return [{"input_ids": row, "attention_mask": [1] * len(row)} for row in ids]

    def step(rows):
        batch = collator(rows)
        # as Trainer computes with --bf16: matmuls in bf16, weights and optimizer in float32
        with torch.autocast("cpu", torch.bfloat16, enabled=options.bf16):
            loss = model(**batch).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        model.zero_grad()
        return loss.item()

    for line in sys.stdin:
        if line.strip() != "step":
            continue
        rows = draw()
        started = time.perf_counter()
        loss = step(rows)
        seconds = time.perf_counter() - started
        answer = {"seconds": seconds, "loss": loss, "peakMemory": peak_bytes(), "versions": versions}
        print(json.dumps(answer), flush=True)


def tokenizer(transformers):
    """A tokenizer of the size of bert-base-uncased, with its special tokens at their places."""
    words = [SPECIAL.get(i, f"word{i}") for i in range(VOCABULARY)]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "vocab.txt")
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(words) + "\n")
        return transformers.BertTokenizer(path)


def is_decayed(name):
    return not name.endswith("bias") and "LayerNorm" not in name


def peak_bytes():
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # Linux counts in KiB


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    for name, value in (("batch", 32), ("sequence", 128), ("layers", 4), ("hidden", 256), ("threads", 2)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--bf16", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
