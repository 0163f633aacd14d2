"""sentence-transformers' side of the embedding bench: answers lines on stdin.

`batches`: seconds to embed all lines of --texts, several at once; `single`: seconds for each of the first texts by
itself, their sum; `vectors PATH`: writes the vectors of the lines in PATH to PATH.f32 and answers. The first answer
comes when the model is loaded.
"""
import argparse
import json
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("--model", required=True)
parser.add_argument("--texts", required=True)
parser.add_argument("--batch", type=int, default=32)
parser.add_argument("--singles", type=int, default=100)
parser.add_argument("--threads", type=int, default=2)
arguments = parser.parse_args()

import numpy
import sentence_transformers
import torch

torch.set_num_threads(arguments.threads)
model = sentence_transformers.SentenceTransformer(arguments.model, device="cpu")
texts = open(arguments.texts, encoding="utf-8").read().splitlines()


def embed(lines, batch):
    return model.encode(lines, batch_size=batch, show_progress_bar=False, normalize_embeddings=True)


def times(work):
    start, before = time.perf_counter(), time.process_time()
    work()
    return {"seconds": time.perf_counter() - start, "processorSeconds": time.process_time() - before}


def singles():
    for text in texts[: arguments.singles]:
        embed([text], 1)


for line in sys.stdin:
    command, _, path = line.strip().partition(" ")
    if command == "batches":
        taken = times(lambda: embed(texts, arguments.batch))
    elif command == "single":
        taken = times(singles)
    else:
        lines = open(path, encoding="utf-8").read().splitlines()
        vectors = []
        taken = times(lambda: vectors.append(embed(lines, arguments.batch)))
        numpy.asarray(vectors[0], dtype="<f4").tofile(path + ".f32")
    versions = {"sentence-transformers": sentence_transformers.__version__, "torch": torch.__version__}
    print(json.dumps({**taken, "loss": 0, "peakMemory": 0, "versions": versions}), flush=True)
