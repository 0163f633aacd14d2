"""Training steps of a BERT classifier in PyTorch as Trainer runs them: dropout, padded mask, forward, backward,
clipping, fused AdamW. One step for each line `step` on stdin, answered by its seconds; `end` is answered by
one line of JSON, and the first line printed is `ready`.

usage: train_step.py WORKLOAD.json THREADS   (the workload is written by bench/train-step.ts)
"""

import json
import os
import platform
import resource
import sys
import time


def main():
    workload = json.load(open(sys.argv[1], encoding="utf-8"))
    threads = int(sys.argv[2])
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["OMP_NUM_THREADS"] = str(threads)
    import torch
    import transformers

    torch.set_num_threads(threads)
    torch.manual_seed(workload["seed"])
    config = transformers.BertConfig(**workload["config"])
    model = transformers.BertForSequenceClassification(config).train()
    decayed = [p for name, p in model.named_parameters() if is_decayed(name)]
    others = [p for name, p in model.named_parameters() if not is_decayed(name)]
    optimizer = torch.optim.AdamW(
        [
            {"params": decayed, "weight_decay": workload["weightDecay"]},
            {"params": others, "weight_decay": 0.0},
        ],
        lr=workload["learningRate"],
        fused=True,  # what Trainer takes by default
    )
    batches = [
        {
            "input_ids": torch.tensor(batch["inputIds"]),
            "attention_mask": torch.tensor(batch["attentionMask"]),
            "labels": torch.tensor(batch["labels"]),
        }
        for batch in workload["batches"]
    ]
    losses = []

    def step(batch):
        started = time.perf_counter()
        loss = model(**batch).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), workload["maxGradientNorm"])
        optimizer.step()
        model.zero_grad()
        losses.append(loss.item())
        return time.perf_counter() - started

    print("ready", flush=True)
    for line in sys.stdin:
        if line.strip() == "step":
            print(step(batches[len(losses) % len(batches)]), flush=True)
        elif line.strip() == "end":
            break
    versions = {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
    }
    attention = config._attn_implementation
    print(
        json.dumps({"losses": losses, "peakBytes": peak_bytes(), "attention": attention, "versions": versions}),
        flush=True,
    )


def is_decayed(name):
    return not name.endswith("bias") and "LayerNorm" not in name


def peak_bytes():
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # Linux counts in KiB


if __name__ == "__main__":
    main()
