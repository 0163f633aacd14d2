"""Training steps of a recurrent language model in PyTorch, as its example word_language_model runs them: dropout, state
carried on, forward, backward, clipping, gradient descent, float32. Answers each line `step` on standard input with one
line of JSON: seconds, loss and the most memory so far in bytes.

usage: lstm_step.py [--batch 20] [--sequence 35] [--layers 2] [--hidden 512] [--vocabulary 10000] [--cell lstm] [--threads 2]
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
    os.environ["OMP_NUM_THREADS"] = str(options.threads)
    import torch
    from torch import nn

    torch.set_num_threads(options.threads)
    torch.manual_seed(1)

    class LanguageModel(nn.Module):
        def __init__(self):
            super().__init__()
            size, vocabulary = options.hidden, options.vocabulary
            self.embeddings = nn.Embedding(vocabulary, size)
            layer = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn-tanh": nn.RNN}[options.cell]
            self.rnn = layer(size, size, options.layers, dropout=0.5)  # [sequence, batch, hidden], as in the example
            self.decoder = nn.Linear(size, vocabulary)
            self.dropout = nn.Dropout(0.5)

        def forward(self, ids, state):
            output, state = self.rnn(self.dropout(self.embeddings(ids)), state)
            return self.decoder(self.dropout(output)), state

    model = LanguageModel().train()
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    criterion = nn.CrossEntropyLoss()
    versions = {"python": platform.python_version(), "torch": torch.__version__}
    state = None

    def step(ids, labels):
        nonlocal state
        optimizer.zero_grad()
        logits, state = model(ids, state)
        state = tuple(part.detach() for part in state) if isinstance(state, tuple) else state.detach()
        loss = criterion(logits.view(-1, options.vocabulary), labels.view(-1))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 0.25)
        optimizer.step()
        return loss.item()

    for line in sys.stdin:
        if line.strip() != "step":
            continue
        ids, labels = torch.randint(options.vocabulary, (2, options.sequence, options.batch))
        started = time.perf_counter()
        loss = step(ids, labels)
        seconds = time.perf_counter() - started
        answer = {"seconds": seconds, "loss": loss, "peakMemory": peak_bytes(), "versions": versions}
        print(json.dumps(answer), flush=True)


def peak_bytes():
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # Linux counts in KiB


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    for name, value in (("batch", 20), ("sequence", 35), ("layers", 2), ("hidden", 512), ("vocabulary", 10000), ("threads", 2)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--cell", default="lstm")
    return parser.parse_args()


if __name__ == "__main__":
    main()
