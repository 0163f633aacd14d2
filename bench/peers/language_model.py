"""Train a causal language model of transformers on batches that are given, and try it on text held out.

usage: language_model.py JOB.json RESULT.json
JOB has the model directory, batches of {ids, labels}, the learning rate of each step, weight decay (of matrices), the
gradient's greatest norm, and threads. RESULT gets the loss of each step, that of the held-out text, and the seconds.
"""

import json
import os
import sys
import time

os.environ["HF_HUB_OFFLINE"] = "1"


def main(job_path, result_path):
    with open(job_path, encoding="utf-8") as file:
        job = json.load(file)
    os.environ["OMP_NUM_THREADS"] = str(job["threads"])
    import torch
    import transformers

    torch.set_num_threads(job["threads"])
    model = transformers.AutoModelForCausalLM.from_pretrained(job["model"]).train()
    matrices = [p for p in model.parameters() if p.dim() > 1]
    others = [p for p in model.parameters() if p.dim() <= 1]
    groups = [{"params": matrices, "weight_decay": job["weightDecay"]}, {"params": others, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=0.0)

    def tensors(items):
        longest = max(len(item["ids"]) for item in items)
        ids = torch.tensor([item["ids"] + [0] * (longest - len(item["ids"])) for item in items])
        labels = torch.tensor([item["labels"] + [-100] * (longest - len(item["labels"])) for item in items])
        return ids, labels  # padding stands behind, where causal attention does not see it

    def loss_of(ids, labels, reduction="mean"):
        logits = model(input_ids=ids).logits
        return torch.nn.functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), reduction=reduction)

    batches = [tensors(items) for items in job["batches"]]
    losses = []
    started = time.perf_counter()
    for (ids, labels), rate in zip(batches, job["rates"], strict=True):
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.zero_grad()
        loss = loss_of(ids, labels)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), job["maxGradientNorm"])
        optimizer.step()
        losses.append(loss.item())
    seconds = time.perf_counter() - started

    model.eval()
    nats, count = 0.0, 0
    with torch.no_grad():
        for first in range(0, len(job["heldOut"]), 32):
            ids, labels = tensors(job["heldOut"][first : first + 32])
            nats += loss_of(ids, labels, "sum").item()
            count += int((labels != -100).sum())
    with open(result_path, "w", encoding="utf-8") as file:
        json.dump({"losses": losses, "heldOut": nats / count, "seconds": seconds}, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
