"""Text of a GPT-2 by Python's transformers in float32: greedy or by beam search, with keys and values kept. Answers each
line `step` on standard input with one line of JSON: seconds, the tokens, the most memory so far in bytes, and the bytes
a second at which the same threads read memory.

usage: generation.py --model DIR [--beams 1] [--prompt 32] [--tokens 128] [--threads 2]
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

    transformers.logging.set_verbosity_error()
    torch.set_num_threads(options.threads)
    model = transformers.AutoModelForCausalLM.from_pretrained(options.model).eval()
    model.generation_config.eos_token_id = None  # the text has all its tokens
    vocabulary = model.config.vocab_size
    prompt = torch.tensor([[(i * 7919 + 13) % vocabulary for i in range(options.prompt)]])
    versions = {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "attention": model.config._attn_implementation,
    }
    bandwidth = read_bandwidth(torch)
    for line in sys.stdin:
        if line.strip() != "step":
            continue
        started = time.perf_counter()
        with torch.inference_mode():
            text = model.generate(
                prompt,
                attention_mask=torch.ones_like(prompt),
                do_sample=False,
                num_beams=options.beams,
                max_new_tokens=options.tokens,
                pad_token_id=0,
            )
        seconds = time.perf_counter() - started
        answer = {
            "seconds": seconds,
            "tokens": text[0, options.prompt :].tolist(),
            "peakMemory": peak_bytes(),
            "bandwidth": bandwidth,
            "versions": versions,
        }
        print(json.dumps(answer), flush=True)


def read_bandwidth(torch):
    """Bytes a second at which an array much larger than any cache is added up; the best of five."""
    numbers = torch.ones(2**27)
    best = float("inf")
    for _ in range(5):
        started = time.perf_counter()
        numbers.sum()
        best = min(best, time.perf_counter() - started)
    return numbers.numel() * 4 / best


def peak_bytes():
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # Linux counts in KiB


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True)
    for name, value in (("beams", 1), ("prompt", 32), ("tokens", 128), ("threads", 2)):
        parser.add_argument(f"--{name}", type=int, default=value)
    return parser.parse_args()


if __name__ == "__main__":
    main()
