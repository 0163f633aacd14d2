"""Train a translator in PyTorch on batches that are given, from weights that are given, and let it translate.

usage: translation.py JOB.json RESULT.json
JOB has the directory of the initial model (`initial`: config.json, model.safetensors), that of the tokenizer, `items`
with what the encoder reads (`source`), what the decoder reads (`read`) and what it is to write (`labels`), the rows and
the learning rate of each step, `validation` with sources and references, and settings. RESULT gets the loss of each
step, the seconds of training, and what was written greedily and by beam search, with sacrebleu's BLEU. The weights are
saved to `weights` under the names they came with.

The recurrent model is made of nn.LSTM, the other of nn.TransformerEncoderLayer and nn.TransformerDecoderLayer. As in
ours, the output layer is computed at the tokens of the target alone.
"""

import json
import math
import os
import platform
import sys
import time


def main(job_path, result_path):
    with open(job_path, encoding="utf-8") as file:
        job = json.load(file)
    os.environ["OMP_NUM_THREADS"] = str(job["threads"])
    import sacrebleu
    import tokenizers
    import torch
    from safetensors.torch import load_file, save_file

    torch.set_num_threads(job["threads"])
    torch.manual_seed(job["seed"])
    with open(os.path.join(job["initial"], "config.json"), encoding="utf-8") as file:
        config = json.load(file)
    model = {"lstm-encoder-decoder": lstm_model, "transformer": transformer_model}[config["model_type"]](config)
    names = model.checkpoint_names()
    model.load(load_file(os.path.join(job["initial"], "model.safetensors")), names)

    losses, seconds = train(model, job)
    save_file(model.checkpoint(names), job["weights"], metadata={"format": "pt"})

    tokenizer = tokenizers.Tokenizer.from_file(os.path.join(job["initial"], "tokenizer.json"))
    model.eval()
    written = {}
    with torch.no_grad():
        for name, beams in (("greedy", 1), ("beam", job["beamCount"])):
            started = time.perf_counter()
            found = [search(model, source, beams, job) for source in job["validation"]["sources"]]
            texts = [tokenizer.decode(list(ids), skip_special_tokens=True) for ids in found]
            bleu = sacrebleu.corpus_bleu(texts, [job["validation"]["references"]], tokenize="none", force=True).score
            written[name] = {"texts": texts, "bleu": bleu, "seconds": time.perf_counter() - started}
    versions = {"python": platform.python_version(), "torch": torch.__version__, "sacrebleu": sacrebleu.__version__}
    with open(result_path, "w", encoding="utf-8") as file:
        json.dump({"losses": losses, "seconds": seconds, "written": written, "versions": versions}, file)


def train(model, job):
    import torch

    matrices = [p for p in model.parameters() if p.dim() > 1]
    others = [p for p in model.parameters() if p.dim() <= 1]
    groups = [{"params": matrices, "weight_decay": job["weightDecay"]}, {"params": others, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=0.0)
    padding, items = job["paddingId"], job["items"]
    model.train()
    losses, seconds = [], 0.0
    for rows, rate in zip(job["batches"], job["rates"], strict=True):
        started = time.perf_counter()
        source = padded([items[row]["source"] for row in rows], padding)
        read = padded([items[row]["read"] for row in rows], padding)
        labels = padded([items[row]["labels"] for row in rows], -100)
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.zero_grad()
        wanted = labels != -100
        logits = model.output_of(model.read(read, *model.encode(source))[wanted])
        loss = torch.nn.functional.cross_entropy(logits, labels[wanted], label_smoothing=job["labelSmoothing"])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), job["maxGradientNorm"])
        optimizer.step()
        losses.append(loss.item())
        seconds += time.perf_counter() - started
    return losses, seconds


def padded(rows, filler):
    import torch

    longest = max(len(row) for row in rows)
    return torch.tensor([row + [filler] * (longest - len(row)) for row in rows])


def search(model, source, beam_count, job):
    """The best text for a source by beam search as transformers does it; one beam is the greedy choice."""
    import torch

    end, limit, penalty = job["endId"], job["maxNewTokens"], job["lengthPenalty"]
    memory = model.encode(torch.tensor([source]))
    running, finished = [((), 0.0)], []
    for length in range(1, limit + 1):
        read = torch.tensor([[job["startId"], *ids] for ids, _ in running])
        several = [value.expand(len(running), *value.shape[1:]) for value in memory]
        scores = torch.log_softmax(model.output_of(model.read(read, *several)[:, -1]), dim=-1)
        if beam_count == 1:
            token = int(scores[0].argmax())
            running = [((*running[0][0], token), 0.0)]
            if token == end:
                break
            continue
        totals = scores + torch.tensor([score for _, score in running])[:, None]
        best = totals.flatten().topk(2 * beam_count)
        found = [
            ((*running[place // totals.shape[1]][0], place % totals.shape[1]), score)
            for place, score in zip(best.indices.tolist(), best.values.tolist(), strict=True)
        ]
        ended = [ids[-1] == end or length == limit for ids, _ in found]
        finished += [
            (ids, score / length**penalty)
            for i, (ids, score) in enumerate(found)
            if ended[i] and i < beam_count
        ]
        finished = sorted(finished, key=lambda pair: -pair[1])[:beam_count]
        running = [pair for i, pair in enumerate(found) if not ended[i]][:beam_count]
        if not running:
            break
        if len(finished) == beam_count and running[0][1] / length**penalty <= finished[-1][1]:
            break
    return finished[0][0] if finished else running[0][0]


def lstm_model(config):
    """An encoder-decoder of LSTMs with the attention of Luong et al. ("general")."""
    import torch
    from torch import nn

    if config.get("attention_type", "luong-general") != "luong-general":
        raise SystemExit("only luong-general is written out in PyTorch")
    hidden, layers, rate = config["hidden_size"], config["num_hidden_layers"], config.get("dropout", 0.0)
    vocabulary, width = config["vocab_size"], config.get("embedding_size", hidden)

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.embeddings = nn.Embedding(vocabulary, width, padding_idx=config["pad_token_id"])
            between = rate if layers > 1 else 0.0
            form = {"batch_first": True, "dropout": between}
            self.encoder = nn.LSTM(width, hidden // 2, layers, bidirectional=True, **form)
            self.decoder = nn.LSTM(width, hidden, layers, **form)
            self.general = nn.Parameter(torch.empty(hidden, hidden))
            self.combine = nn.Linear(2 * hidden, hidden)
            self.output = nn.Linear(hidden, vocabulary)
            self.dropout = nn.Dropout(rate)

        def encode(self, source):
            lengths = (source != config["pad_token_id"]).sum(1)
            embedded = self.dropout(self.embeddings(source))
            packed = nn.utils.rnn.pack_padded_sequence(embedded, lengths, batch_first=True, enforce_sorted=False)
            rows, states = self.encoder(packed)
            memory, _ = nn.utils.rnn.pad_packed_sequence(rows, batch_first=True)
            batch = len(source)
            first = [
                state.view(layers, 2, batch, hidden // 2).permute(2, 0, 1, 3).reshape(batch, layers, hidden)
                for state in states
            ]
            return memory, source != config["pad_token_id"], *first

        def read(self, read, memory, mask, *first):
            states = tuple(state.transpose(0, 1).contiguous() for state in first)
            rows, _ = self.decoder(self.dropout(self.embeddings(read)), states)
            scores = rows @ self.general @ memory.transpose(1, 2)
            weights = scores.masked_fill(~mask[:, None], -math.inf).softmax(-1)
            return torch.tanh(self.combine(torch.cat([weights @ memory, rows], -1)))

        def output_of(self, rows):
            return self.output(self.dropout(rows))

        def checkpoint_names(self):
            renamed = {"general": "attention.general.weight"}
            own = {name: renamed.get(name, name) for name, _ in self.named_parameters()}
            return {name: [foreign.replace("combine", "attention.combine")] for name, foreign in own.items()}

        load, checkpoint = load_named, checkpoint_named

    return Model()


def transformer_model(config):
    """The Transformer from PyTorch's own layers, with one table of words."""
    import torch
    from torch import nn

    size, rate, padding = config["d_model"], config.get("dropout", 0.1), config["pad_token_id"]
    norm_first = config.get("norm_first", False)

    def layer(kind, side):
        module = kind(
            size,
            config[f"{side}_attention_heads"],
            config[f"{side}_ffn_dim"],
            rate,
            config.get("activation_function", "relu"),
            batch_first=True,
            norm_first=norm_first,
        )
        # PyTorch's layers are made with one rate of dropout everywhere
        module.dropout.p = config.get("activation_dropout", 0.0)
        for attention in (module.self_attn, *([module.multihead_attn] if side == "decoder" else [])):
            attention.dropout = config.get("attention_dropout", 0.0)
        return module

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.shared = nn.Embedding(config["vocab_size"], size, padding_idx=padding)
            self.encoder = nn.ModuleList(
                layer(nn.TransformerEncoderLayer, "encoder") for _ in range(config["encoder_layers"])
            )
            self.decoder = nn.ModuleList(
                layer(nn.TransformerDecoderLayer, "decoder") for _ in range(config["decoder_layers"])
            )
            self.norms = nn.ModuleList(nn.LayerNorm(size) for _ in range(2 if norm_first else 0))
            self.dropout = nn.Dropout(rate)
            self.positions = sinusoids(config["max_position_embeddings"], size)

        def embed(self, ids):
            return self.dropout(self.shared(ids) * math.sqrt(size) + self.positions[: ids.shape[1]])

        def encode(self, source):
            x, hidden = self.embed(source), source == padding
            for module in self.encoder:
                x = module(x, src_key_padding_mask=hidden)
            return (self.norms[0](x) if norm_first else x), hidden

        def read(self, read, memory, hidden):
            x, length = self.embed(read), read.shape[1]
            later = torch.ones(length, length, dtype=torch.bool).triu(1)
            for module in self.decoder:
                x = module(x, memory, tgt_mask=later, tgt_is_causal=True, memory_key_padding_mask=hidden)
            return self.norms[1](x) if norm_first else x

        def output_of(self, rows):
            return rows @ self.shared.weight.T

        def checkpoint_names(self):
            return {name: checkpoint_names_of(name) for name, _ in self.named_parameters()}

        load, checkpoint = load_named, checkpoint_named

    return Model()


def checkpoint_names_of(name):
    """The names in our checkpoint of a parameter; PyTorch keeps queries, keys and values in one matrix."""
    if name == "shared.weight":
        return ["model.shared.weight"]
    side, index, *path, kind = name.split(".")
    if side == "norms":
        return [f"model.{('encoder', 'decoder')[int(index)]}.layer_norm.{kind}"]
    start = f"model.{side}.layers.{index}"
    norms = ["self_attn_layer_norm", "final_layer_norm"]
    if side == "decoder":
        norms.insert(1, "encoder_attn_layer_norm")
    module = path[0]
    if module.startswith("norm"):
        return [f"{start}.{norms[int(module[4:]) - 1]}.{kind}"]
    if module.startswith("linear"):
        return [f"{start}.fc{module[6:]}.{kind}"]
    attention = "self_attn" if module == "self_attn" else "encoder_attn"
    if kind.startswith("in_proj_"):
        return [f"{start}.{attention}.{part}_proj.{kind[len('in_proj_'):]}" for part in "qkv"]
    return [f"{start}.{attention}.out_proj.{kind}"]


def load_named(model, tensors, names):
    """Set the parameters from a checkpoint; every tensor must be used."""
    import torch

    used = set()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            used.update(names[name])
            parameter.copy_(torch.cat([tensors[foreign] for foreign in names[name]]))
    if used != set(tensors):
        raise SystemExit(f"the checkpoint has weights that nobody reads: {sorted(set(tensors) - used)}")


def checkpoint_named(model, names):
    tensors = {}
    for name, parameter in model.named_parameters():
        parts = parameter.detach().chunk(len(names[name]))
        tensors.update({foreign: part.contiguous() for foreign, part in zip(names[name], parts, strict=True)})
    return tensors


def sinusoids(count, size):
    """Sines in the first half, cosines in the second."""
    import torch

    pairs = torch.arange(size // 2, dtype=torch.float64)
    angles = torch.arange(count, dtype=torch.float64)[:, None] / 10000 ** (2 * pairs / size)
    return torch.cat([angles.sin(), angles.cos()], 1).float()


if __name__ == "__main__":
    main(*sys.argv[1:])
