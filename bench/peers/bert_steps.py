"""Training steps of a BERT in PyTorch as Trainer runs them: forward, backward, clipping, fused AdamW, float32 or bf16
autocast. Answers each line `step` on standard input with one line of JSON: seconds, loss and the most memory so far in
bytes.
"""

import argparse
import json
import os
import platform
import resource
import sys
import time


def serve_steps(description, sizes, learning_rate, build):
    """`sizes` are the defaults of the options batch, sequence, layers, hidden and threads. `build(options)` gives the
    model in training, what draws the rows of a step, and what makes the model's inputs of them, which is timed."""
    options = parse(description, sizes)
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["OMP_NUM_THREADS"] = str(options.threads)
    import torch
    import transformers

    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    model, draw, inputs_of = build(options)
    decayed = [p for name, p in model.named_parameters() if is_decayed(name)]
    others = [p for name, p in model.named_parameters() if not is_decayed(name)]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}],
        lr=learning_rate,
        fused=True,  # what Trainer takes by default
    )
    versions = {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "attention": model.config._attn_implementation,
    }

    def step(rows):
        batch = inputs_of(rows)
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


def is_decayed(name):
    return not name.endswith("bias") and "LayerNorm" not in name


def peak_bytes():
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # Linux counts in KiB


def parse(description, sizes):
    parser = argparse.ArgumentParser(description=description)
    for name, value in sizes.items():
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--bf16", action="store_true")
    return parser.parse_args()
