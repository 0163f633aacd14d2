"""Pre-train a model of transformers on batches that are given: the loss of each step.

usage: pretraining_losses.py JOB.json RESULT.json
JOB has the model directory, its head (masked-lm or causal-lm), batches of {ids, mask, labels} with a label at the place
where it is guessed and -100 elsewhere, the learning rate of each step, weight decay (of matrices), the gradient's
greatest norm, and threads.
"""

import json
import os
import sys

os.environ["HF_HUB_OFFLINE"] = "1"


def main(job_path, result_path):
    with open(job_path, encoding="utf-8") as file:
        job = json.load(file)
    os.environ["OMP_NUM_THREADS"] = str(job["threads"])
    import torch
    import transformers

    torch.set_num_threads(job["threads"])
    kinds = {"masked-lm": transformers.AutoModelForMaskedLM, "causal-lm": transformers.AutoModelForCausalLM}
    model = kinds[job["head"]].from_pretrained(job["model"]).train()
    matrices = [p for p in model.parameters() if p.dim() > 1]
    others = [p for p in model.parameters() if p.dim() <= 1]
    groups = [{"params": matrices, "weight_decay": job["weightDecay"]}, {"params": others, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=0.0)

    losses = []
    for batch, rate in zip(job["batches"], job["rates"], strict=True):
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.zero_grad()
        ids, mask, labels = (torch.tensor(batch[name]) for name in ("ids", "mask", "labels"))
        logits = model(input_ids=ids, attention_mask=mask).logits
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), labels.flatten())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), job["maxGradientNorm"])
        optimizer.step()
        losses.append(loss.item())
    with open(result_path, "w", encoding="utf-8") as file:
        json.dump({"losses": losses}, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
