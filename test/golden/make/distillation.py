"""Losses of distillation by PyTorch, and their gradients for the student: DistilBERT's three, MiniLM's relations.
usage: distillation.py OUT.json"""

import json
import sys

import torch
import torch.nn.functional as F

torch.manual_seed(0)
BATCH, LENGTH = 2, 5
STUDENT, TEACHER = (2, 3), (4, 3)  # heads, size of a head
RELATION_HEADS = 3
mask = torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]])


def plain(tensor):
    return {"shape": list(tensor.shape), "data": tensor.detach().flatten().tolist()}


def vectors(heads, size):
    return {name: torch.randn(BATCH, heads, LENGTH, size, dtype=torch.float64) for name in ("query", "key", "value")}


def in_heads(x, count):
    """[batch, heads, length, size] as [batch, count, length, width / count]"""
    rows = x.transpose(1, 2).reshape(BATCH, LENGTH, -1)
    return rows.view(BATCH, LENGTH, count, -1).transpose(1, 2)


def relation(a, b, count):
    a, b = in_heads(a, count), in_heads(b, count)
    scores = a @ b.transpose(-1, -2) / a.shape[-1] ** 0.5
    return scores.masked_fill(mask[:, None, None, :] == 0, float("-inf"))


def relation_loss(student, teacher, relations):
    total = 0
    for a, b in relations:
        ours = relation(student[a], student[b], RELATION_HEADS).log_softmax(-1)
        theirs = relation(teacher[a], teacher[b], RELATION_HEADS).softmax(-1)
        # what is hidden in both is 0 log 0
        rows = F.kl_div(ours.masked_fill(theirs == 0, 0), theirs, reduction="none").sum(-1).mean(1)
        total = total + (rows * mask).sum() / mask.sum()
    return total


student = {name: x.requires_grad_() for name, x in vectors(*STUDENT).items()}
teacher = vectors(*TEACHER)
cases = {}
for name, relations in {
    "relations": [("query", "query"), ("key", "key"), ("value", "value")],
    "attention": [("query", "key"), ("value", "value")],
}.items():
    loss = relation_loss(student, teacher, relations)
    gradients = torch.autograd.grad(loss, list(student.values()), allow_unused=True)
    cases[name] = {"loss": loss.item(), "gradients": {key: plain(x) for key, x in zip(student, gradients)}}

hidden = torch.randn(BATCH, LENGTH, 4, dtype=torch.float64, requires_grad=True)
hidden_teacher = torch.randn(BATCH, LENGTH, 4, dtype=torch.float64)
kept = mask.bool()
ones = torch.ones(int(mask.sum()))
cosine = torch.nn.CosineEmbeddingLoss()(hidden[kept], hidden_teacher[kept], ones)
(gradient,) = torch.autograd.grad(cosine, [hidden])
cases["cosine"] = {"loss": cosine.item(), "gradients": {"hidden": plain(gradient)}}

# as in the training script of DistilBERT, restricted to the hidden tokens
logits = torch.randn(3, 6, dtype=torch.float64, requires_grad=True)
logits_teacher = torch.randn(3, 6, dtype=torch.float64)
labels = torch.tensor([4, 0, 5])
temperature = 2.0
soft = torch.nn.KLDivLoss(reduction="batchmean")(
    F.log_softmax(logits / temperature, dim=-1), F.softmax(logits_teacher / temperature, dim=-1)
) * temperature**2
hidden2 = hidden.detach().clone().requires_grad_()
cosine = torch.nn.CosineEmbeddingLoss()(hidden2[kept], hidden_teacher[kept], ones)
loss = 5 * soft + 2 * F.cross_entropy(logits, labels) + cosine
gradients = torch.autograd.grad(loss, [logits, hidden2])
cases["distilbert"] = {
    "loss": loss.item(),
    "gradients": {"logits": plain(gradients[0]), "hidden": plain(gradients[1])},
}

# a task: labels and the scores of a teacher, as in Hinton et al. 2015 and the training scripts of DistilBERT
temperature = 3.0
soft = torch.nn.KLDivLoss(reduction="batchmean")(
    F.log_softmax(logits / temperature, dim=-1), F.softmax(logits_teacher / temperature, dim=-1)
) * temperature**2
loss = 0.7 * soft + 0.3 * F.cross_entropy(logits, labels)
cases["task"] = {"loss": loss.item(), "gradients": {"logits": plain(torch.autograd.grad(loss, [logits])[0])}}

inputs = {
    **{f"student.{name}": x for name, x in student.items()},
    **{f"teacher.{name}": x for name, x in teacher.items()},
    **{"hidden": hidden, "teacher.hidden": hidden_teacher, "logits": logits, "teacher.logits": logits_teacher},
}
out = {
    "peer": f"torch {torch.__version__}",
    "relationHeads": RELATION_HEADS,
    "mask": plain(mask),
    "labels": labels.tolist(),
    "inputs": {name: plain(x) for name, x in inputs.items()},
    "cases": cases,
}
with open(sys.argv[1], "w") as file:
    json.dump(out, file)
