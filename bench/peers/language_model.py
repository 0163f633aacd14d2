"""Train a language model in PyTorch on batches that are given, a few steps at a time, and try it on text held out.

usage: language_model.py JOB.json
JOB has the model directory, blocks `train` and `heldOut` of {ids, labels}, the rows of each step and whether a text
begins with them (`steps`), the learning rate of each, weight decay (of matrices), the gradient's greatest norm, and
threads. Each line `learn N` on standard input is answered by the seconds and losses of N further steps, `evaluate` by
the mean loss of the text held out. The recurrent model is one of nn.LSTM, all others are those of transformers.
"""

import json
import os
import sys
import time

os.environ["HF_HUB_OFFLINE"] = "1"


def main(job_path):
    with open(job_path, encoding="utf-8") as file:
        job = json.load(file)
    os.environ["OMP_NUM_THREADS"] = str(job["threads"])
    import torch

    torch.set_num_threads(job["threads"])
    torch.manual_seed(job["seed"])
    model, carries_state = open_model(job["model"])
    model.train()
    matrices = [p for p in model.parameters() if p.dim() > 1]
    others = [p for p in model.parameters() if p.dim() <= 1]
    groups = [{"params": matrices, "weight_decay": job["weightDecay"]}, {"params": others, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=0.0)

    def tensors(items):
        return torch.tensor([item["ids"] for item in items]), torch.tensor([item["labels"] for item in items])

    def loss_of(items, state, reduction="mean"):
        ids, labels = tensors(items)
        logits, state = model(ids, state) if carries_state else (model(input_ids=ids).logits, None)
        flat = logits.flatten(0, 1)
        return torch.nn.functional.cross_entropy(flat, labels.flatten(), reduction=reduction), state

    state, done = None, 0

    def step():
        nonlocal state, done
        now, rate = job["steps"][done], job["rates"][done]
        done += 1
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.zero_grad()
        items = [job["train"][row] for row in now["rows"]]
        loss, state = loss_of(items, None if now["startsAnew"] else state)
        if state is not None:
            state = tuple(part.detach() for part in state)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), job["maxGradientNorm"])
        optimizer.step()
        return loss.item()

    def evaluate():
        model.eval()
        items, nats, before = job["heldOut"], 0.0, None
        with torch.no_grad():
            for rows in streams(len(items), 10) if carries_state else parts(len(items), 32):
                if before is not None:
                    before = tuple(part[:, : len(rows)].contiguous() for part in before)
                loss, before = loss_of([items[row] for row in rows], before, "sum")
                nats += loss.item()
        return nats / sum(len(item["labels"]) for item in items)

    for line in sys.stdin:
        what, *count = line.split()
        started = time.perf_counter()
        losses = [step() for _ in range(int(count[0]))] if what == "learn" else []
        loss = losses[-1] if losses else evaluate()
        answer = {"seconds": time.perf_counter() - started, "loss": loss, "losses": losses, "peakMemory": 0}
        print(json.dumps(answer), flush=True)


def parts(count, size):
    return [range(first, min(first + size, count)) for first in range(0, count, size)]


def streams(count, stream_count):
    """Neighbours in streams, the next of each stream in a batch: four in two are [0, 2], [1, 3]."""
    length, longer = divmod(count, stream_count)
    starts = [i * length + min(i, longer) for i in range(stream_count)]
    batches = [[start + i for start in starts] for i in range(length)]
    return batches + ([[start + length for start in starts[:longer]]] if longer else [])


def open_model(directory):
    """The model of a directory, and whether it goes on from a state."""
    with open(os.path.join(directory, "config.json"), encoding="utf-8") as file:
        config = json.load(file)
    if config["model_type"] != "lstm-lm":
        import transformers

        return transformers.AutoModelForCausalLM.from_pretrained(directory), False
    from safetensors.torch import load_file

    model = lstm_model(config)
    model.load_state_dict(load_file(os.path.join(directory, "model.safetensors")))
    return model, True


def lstm_model(config):
    from torch import nn

    class LanguageModel(nn.Module):
        def __init__(self):
            super().__init__()
            vocabulary, hidden, rate = config["vocab_size"], config["hidden_size"], config.get("dropout", 0.0)
            width = config.get("embedding_size", hidden)
            self.embeddings = nn.Embedding(vocabulary, width, padding_idx=config.get("pad_token_id", 0))
            self.rnn = nn.LSTM(width, hidden, config["num_hidden_layers"], batch_first=True, dropout=rate)
            self.decoder = nn.Linear(hidden, vocabulary)
            self.dropout = nn.Dropout(rate)

        def forward(self, ids, state):
            output, state = self.rnn(self.dropout(self.embeddings(ids)), state)
            return self.decoder(self.dropout(output)), state

    return LanguageModel()


if __name__ == "__main__":
    main(*sys.argv[1:])
