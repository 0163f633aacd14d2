"""Training steps of a BERT classifier in PyTorch as Trainer runs them: dropout 0.1, padded mask, forward, backward,
clipping, fused AdamW, float32 or bf16 autocast. Answers each line `step` on standard input with one line of JSON: seconds, loss and
the most memory so far in bytes.

usage: train_step.py [--batch 8] [--sequence 128] [--layers 12] [--hidden 768] [--threads 2] [--bf16]
"""

import argparse
import json
import os
import platform
import resource
import sys
import time


def main():
    options = parse()
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["OMP_NUM_THREADS"] = str(options.threads)
    import torch
    import transformers

    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    config = transformers.BertConfig(
        hidden_size=options.hidden, num_hidden_layers=options.layers, intermediate_size=4 * options.hidden
    )
    model = transformers.BertForSequenceClassification(config).train()
    decayed = [p for name, p in model.named_parameters() if is_decayed(name)]
    others = [p for name, p in model.named_parameters() if not is_decayed(name)]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}],
        lr=2e-5,
        fused=True,  # what Trainer takes by default
    )
    versions = {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "attention": config._attn_implementation,
    }

    def draw():
        # half to all of a row is text, the rest padding
        lengths = torch.randint(options.sequence // 2, options.sequence + 1, (options.batch, 1))
        mask = (torch.arange(options.sequence) < lengths).long()  # [batch, sequence]
        ids = torch.randint(1000, config.vocab_size, mask.shape) * mask
        return {"input_ids": ids, "attention_mask": mask, "labels": torch.randint(2, (options.batch,))}

    def step(batch):
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
        batch = draw()
        started = time.perf_counter()
        loss = step(batch)
        seconds = time.perf_counter() - started
        answer = {"seconds": seconds, "loss": loss, "peakMemory": peak_bytes(), "versions": versions}
        print(json.dumps(answer), flush=True)


def is_decayed(name):
    return not name.endswith("bias") and "LayerNorm" not in name


def peak_bytes():
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # Linux counts in KiB


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    for name, value in (("batch", 8), ("sequence", 128), ("layers", 12), ("hidden", 768), ("threads", 2)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--bf16", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
