"""Goldens of our own model type `transformer`: PyTorch's transformer layers with the weights of a checkpoint of ours.

usage: paper-transformer.py OUT_DIR
OUT_DIR is test/golden/models; the packages are those of requirements.txt.
"""

import datetime
import json
import math
import os
import sys

import numpy
import torch
from checkpoints import padded
from safetensors.torch import save_file
from torch.func import functional_call

SIZES = {"d_model": 8, "vocab_size": 20, "encoder_layers": 2, "decoder_layers": 2, "max_position_embeddings": 12}
SIZES |= {"encoder_attention_heads": 2, "decoder_attention_heads": 2, "encoder_ffn_dim": 12, "decoder_ffn_dim": 12}
SIZES |= {"pad_token_id": 0, "eos_token_id": 1, "decoder_start_token_id": 0, "dropout": 0.1}


def draw(config):
    """All weights by their names in the checkpoint."""
    generator = torch.Generator().manual_seed(1000)
    size, inner = config["d_model"], config["encoder_ffn_dim"]
    weights = {}

    def add(name, *shape, around=0.0):
        weights[name] = (around + 0.2 * torch.randn(shape, generator=generator)).requires_grad_()

    def norm(name):
        add(f"{name}.weight", size, around=1.0)
        add(f"{name}.bias", size)

    add("model.shared.weight", config["vocab_size"], size)
    for side in ("encoder", "decoder"):
        if config.get("position_embedding_type") == "learned":
            add(f"model.{side}.embed_positions.weight", config["max_position_embeddings"], size)
        for layer in range(config[f"{side}_layers"]):
            name = f"model.{side}.layers.{layer}"
            for part in ("self_attn", "encoder_attn")[: 1 if side == "encoder" else 2]:
                for projection in ("q_proj", "k_proj", "v_proj", "out_proj"):
                    add(f"{name}.{part}.{projection}.weight", size, size)
                    add(f"{name}.{part}.{projection}.bias", size)
                norm(f"{name}.{part}_layer_norm")
            add(f"{name}.fc1.weight", inner, size)
            add(f"{name}.fc1.bias", inner)
            add(f"{name}.fc2.weight", size, inner)
            add(f"{name}.fc2.bias", size)
            norm(f"{name}.final_layer_norm")
        if config["norm_first"]:
            norm(f"model.{side}.layer_norm")
    return weights


def for_pytorch(weights, name, is_decoder):
    """The weights of a layer under the names of torch.nn's."""
    own = {}
    for ours, theirs in [("self_attn", "self_attn"), ("encoder_attn", "multihead_attn")][: 2 if is_decoder else 1]:
        for kind in ("weight", "bias"):
            parts = [weights[f"{name}.{ours}.{part}_proj.{kind}"] for part in "qkv"]
            own[f"{theirs}.in_proj_{kind}"] = torch.cat(parts)
            own[f"{theirs}.out_proj.{kind}"] = weights[f"{name}.{ours}.out_proj.{kind}"]
    norms = ["self_attn", "encoder_attn", "final"] if is_decoder else ["self_attn", "final"]
    for kind in ("weight", "bias"):
        own[f"linear1.{kind}"] = weights[f"{name}.fc1.{kind}"]
        own[f"linear2.{kind}"] = weights[f"{name}.fc2.{kind}"]
        for number, norm in enumerate(norms, 1):
            own[f"norm{number}.{kind}"] = weights[f"{name}.{norm}_layer_norm.{kind}"]
    return own


def positions(config, weights, side, length):
    if config.get("position_embedding_type") == "learned":
        return weights[f"model.{side}.embed_positions.weight"][:length]
    half = config["d_model"] // 2
    angles = [[p / 10000 ** (2 * i / config["d_model"]) for i in range(half)] for p in range(length)]
    return torch.tensor([[*map(math.sin, row), *map(math.cos, row)] for row in angles])


def run(config, weights, side, ids, layer_class, call):
    size = config["d_model"]
    words = torch.nn.functional.embedding(ids, weights["model.shared.weight"], padding_idx=config["pad_token_id"])
    hidden = words * math.sqrt(size) + positions(config, weights, side, ids.shape[1])
    states = [hidden]
    heads, inner = config[f"{side}_attention_heads"], config[f"{side}_ffn_dim"]
    for number in range(config[f"{side}_layers"]):
        layer = layer_class(size, heads, inner, 0.0, batch_first=True, norm_first=config["norm_first"])
        own = for_pytorch(weights, f"model.{side}.layers.{number}", side == "decoder")
        hidden = functional_call(layer, own, call(hidden))
        states.append(hidden)
    if config["norm_first"]:
        norm = [weights[f"model.{side}.layer_norm.{kind}"] for kind in ("weight", "bias")]
        states[-1] = torch.nn.functional.layer_norm(hidden, (size,), *norm)
    return states


def emit(out, name, **changes):
    config = {"model_type": "transformer", "architectures": ["TransformerForConditionalGeneration"], **SIZES, **changes}
    weights = draw(config)
    random = numpy.random.RandomState(77)
    source, text = padded(random, [6, 4], 20), padded(random, [5, 3], 20)
    labels = text["input_ids"].masked_fill(text["attention_mask"] == 0, -100)
    read = torch.cat([torch.zeros(2, 1, dtype=torch.long), text["input_ids"][:, :-1]], 1)
    hides = source["attention_mask"] == 0
    encoder = run(
        config, weights, "encoder", source["input_ids"], torch.nn.TransformerEncoderLayer, lambda x: (x, None, hides)
    )
    later = torch.triu(torch.ones(5, 5, dtype=torch.bool), 1)
    decoder = run(
        config,
        weights,
        "decoder",
        read,
        torch.nn.TransformerDecoderLayer,
        lambda x: (x, encoder[-1], later, None, None, hides),
    )
    logits = decoder[-1] @ weights["model.shared.weight"].T
    loss = torch.nn.functional.cross_entropy(logits.reshape(-1, 20), labels.reshape(-1))
    loss.backward()
    tensors = {"case0.in.labels": labels, "case0.out.logits": logits, "case0.out.loss": loss}
    tensors |= {f"case0.in.{key}": value for key, value in source.items()}
    tensors |= {f"case0.out.encoder_hidden_states.{i}": state for i, state in enumerate(encoder)}
    tensors |= {f"case0.out.decoder_hidden_states.{i}": state for i, state in enumerate(decoder)}
    tensors |= {f"case0.grad.{key}": weight.grad for key, weight in weights.items()}
    folder = os.path.join(out, name)
    os.makedirs(folder, exist_ok=True)
    plain = lambda items: {key: value.detach().clone().contiguous() for key, value in items.items()}
    save_file(plain(weights), os.path.join(folder, "model.safetensors"), {"format": "pt"})
    save_file(plain(tensors), os.path.join(folder, "golden.safetensors"))
    facts = {"class": config["architectures"][0], "torch": torch.__version__, "date": datetime.date.today().isoformat()}
    for file, content in (("config.json", config), ("golden.json", facts)):
        with open(os.path.join(folder, file), "w", encoding="utf-8") as handle:
            handle.write(json.dumps(content, indent=1) + "\n")
    print(f"{name:32}{loss.item():.5f}")


emit(sys.argv[1], "transformer-post-norm", norm_first=False)
emit(sys.argv[1], "transformer-pre-norm-learned", norm_first=True, position_embedding_type="learned")
