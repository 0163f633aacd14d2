"""Goldens of pre-training losses that no class of transformers computes by itself: its models put together as the papers say.

usage: pretraining.py OUT_DIR
OUT_DIR is test/golden/pretraining; the packages are those of requirements.txt. A folder an objective: config.json, and
golden.safetensors with `weight.<name in checkpoints>`, `in.<input>`, `out.<loss>` and `grad.<name>`.
"""

import datetime
import json
import os
import sys

import numpy
import torch
import transformers
from checkpoints import padded, perturb, segments
from safetensors.torch import save_file
from torch import nn

VOCABULARY = 20
LENGTHS = [8, 6]
random = numpy.random.RandomState(31)
sizes = {
    "vocab_size": VOCABULARY,
    "hidden_size": 8,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 12,
    "max_position_embeddings": 12,
    "pad_token_id": 0,
}


def write(name, config, weights, inputs, losses):
    """Weights are parameters by their names; one that has two names is written once."""
    folder = os.path.join(sys.argv[1], name)
    os.makedirs(folder, exist_ok=True)
    sum(losses.values()).backward()
    tensors = {f"in.{key}": value for key, value in inputs.items()}
    tensors |= {f"out.{key}": value.detach().reshape(()) for key, value in losses.items()}
    seen = set()
    for key, value in weights.items():
        if id(value) not in seen:
            seen.add(id(value))
            tensors[f"weight.{key}"] = value.detach().clone().contiguous()
            tensors[f"grad.{key}"] = value.grad.detach().clone().contiguous()
    save_file(tensors, os.path.join(folder, "golden.safetensors"))
    facts = {"transformers": transformers.__version__, "torch": torch.__version__}
    facts["date"] = datetime.date.today().isoformat()
    for file, content in (("config.json", config.to_dict()), ("golden.json", facts)):
        with open(os.path.join(folder, file), "w", encoding="utf-8") as out:
            out.write(json.dumps(content, indent=1) + "\n")
    print(name, {key: round(value.item(), 5) for key, value in losses.items()})


def hidden(inputs, places):
    """Hide places `(row, column)`: the ids with masks, and the labels."""
    ids, labels = inputs["input_ids"].clone(), torch.full_like(inputs["input_ids"], -100)
    for row, column in places:
        labels[row, column] = ids[row, column]
        ids[row, column] = 4
    return ids, labels


def electra():
    """A generator and a discriminator with one embedding: https://arxiv.org/abs/2003.10555, section 3.2."""
    config = transformers.ElectraConfig(**sizes, embedding_size=6, type_vocab_size=2, attn_implementation="eager")
    small = {"hidden_size": 4, "num_attention_heads": 1, "intermediate_size": 6}
    smaller = transformers.ElectraConfig(**{**config.to_dict(), **small}, attn_implementation="eager")
    discriminator = transformers.ElectraForPreTraining(config)
    generator = transformers.ElectraForMaskedLM(smaller)
    generator.electra.embeddings = discriminator.electra.embeddings
    generator.tie_weights()
    perturb(discriminator)
    own = nn.ModuleDict({"encoder": generator.electra.encoder, "project": generator.electra.embeddings_project})
    own["head"] = generator.generator_predictions
    perturb(own)
    with torch.no_grad():
        generator.generator_lm_head.bias.normal_(0, 0.2)
    inputs = {**padded(random, LENGTHS, VOCABULARY), "token_type_ids": segments(LENGTHS)}
    ids, labels = hidden(inputs, [(0, 2), (0, 5), (1, 3)])
    replaced = inputs["input_ids"].clone()
    replaced[0, 2], replaced[1, 3] = 7, 9  # at the third place the generator guessed right
    is_replaced = (replaced != inputs["input_ids"]).long()
    rest = {key: inputs[key] for key in ("attention_mask", "token_type_ids")}
    generator.eval(), discriminator.eval()
    first = generator(input_ids=ids, labels=labels, **rest).loss
    second = discriminator(input_ids=replaced, labels=is_replaced, **rest).loss
    weights = dict(discriminator.named_parameters())
    weights |= {f"generator.{key}": value for key, value in generator.named_parameters()}
    given = {"hidden_ids": ids, "labels": labels, "replaced_ids": replaced, "is_replaced": is_replaced, **rest}
    write("electra", config, weights, given, {"masked": first, "replaced": 50 * second})


class SpanBoundaryHead(nn.Module):
    """As in SpanBERT's own code: https://github.com/facebookresearch/SpanBERT (BertPairTargetPredictionHead)."""

    def __init__(self, table, hidden_size):
        super().__init__()
        vocabulary, embedding_size = table.shape
        self.place = nn.Embedding(20, 200)
        self.inner = nn.Linear(2 * hidden_size + 200, hidden_size)
        self.innerNorm = nn.LayerNorm(hidden_size, eps=1e-12)
        self.outer = nn.Linear(hidden_size, embedding_size)
        self.outerNorm = nn.LayerNorm(embedding_size, eps=1e-12)
        self.bias = nn.Parameter(torch.zeros(vocabulary))
        self.table = [table]  # the model's, not a parameter of the head

    def forward(self, left, right, offsets):
        x = torch.cat([left, right, self.place(offsets)], -1)
        x = self.innerNorm(nn.functional.gelu(self.inner(x)))
        x = self.outerNorm(nn.functional.gelu(self.outer(x)))
        return x @ self.table[0].T + self.bias


def span_boundary():
    """Two spans in the first row, one in the second."""
    config = transformers.BertConfig(**sizes, type_vocab_size=2, attn_implementation="eager")
    model = transformers.BertForMaskedLM(config)
    perturb(model)
    model.eval()
    torch.manual_seed(3)
    head = SpanBoundaryHead(model.bert.embeddings.word_embeddings.weight, 8)
    with torch.no_grad():
        head.bias.normal_(0, 0.2)
    inputs = {**padded(random, LENGTHS, VOCABULARY), "token_type_ids": segments(LENGTHS)}
    ids, labels = hidden(inputs, [(0, 1), (0, 2), (0, 5), (1, 2), (1, 3), (1, 4)])
    rest = {key: inputs[key] for key in ("attention_mask", "token_type_ids")}
    outputs = model(input_ids=ids, labels=labels, output_hidden_states=True, **rest)
    last = outputs.hidden_states[-1]
    spans = [(0, 1, 3), (0, 5, 6), (1, 2, 5)]
    tokens = [(row, start - 1, end, place - start, place) for row, start, end in spans for place in range(start, end)]
    rows, left, right, offsets, places = map(torch.tensor, zip(*tokens))
    scores = head(last[rows, left], last[rows, right], offsets)
    boundary = nn.functional.cross_entropy(scores, labels[rows, places])
    weights = dict(model.named_parameters())
    weights |= {f"spanBoundary.{key}": value for key, value in head.named_parameters()}
    given = {"hidden_ids": ids, "labels": labels, **rest}
    write("span-boundary", config, weights, given, {"masked": outputs.loss, "boundary": boundary})


def prefix_lm(name, model_class, config):
    """Tokens of a prefix see each other, and what is behind it is foretold: https://arxiv.org/abs/1905.03197."""
    model = model_class(config)
    perturb(model)
    model.eval()
    given = padded(numpy.random.RandomState(32), [8, 6, 7], VOCABULARY)
    ids, mask = given["input_ids"], given["attention_mask"]
    prefixes = torch.tensor([3, 4, 1])
    length = ids.shape[1]
    places = torch.arange(length)
    sees = (places[None, :, None] >= places[None, None, :]) | (places[None, None, :] < prefixes[:, None, None])
    sees = sees & (mask[:, None, :] > 0)
    bias = torch.zeros(sees.shape).masked_fill(~sees, torch.finfo(torch.float32).min)
    logits = model(input_ids=ids, attention_mask=bias[:, None]).logits
    labels = torch.full_like(ids, -100)
    for row, prefix in enumerate(prefixes):
        for place in range(prefix - 1, mask[row].sum() - 1):
            labels[row, place] = ids[row, place + 1]
    loss = nn.functional.cross_entropy(logits.reshape(-1, VOCABULARY), labels.reshape(-1), ignore_index=-100)
    inputs = {"input_ids": ids, "attention_mask": mask, "prefix_lengths": prefixes[:, None]}
    write(f"prefix-lm-{name}", config, dict(model.named_parameters()), inputs, {"loss": loss})


eager = {"attn_implementation": "eager"}
electra()
span_boundary()
gpt2_sizes = {"vocab_size": VOCABULARY, "n_embd": 8, "n_layer": 2, "n_head": 2, "n_positions": 12}
prefix_lm("gpt2", transformers.GPT2LMHeadModel, transformers.GPT2Config(**gpt2_sizes, **eager))
grouped = {**sizes, "num_attention_heads": 4, "num_key_value_heads": 2, "num_hidden_layers": 2}
prefix_lm("llama", transformers.LlamaForCausalLM, transformers.LlamaConfig(**grouped, **eager))
decoder = {**sizes, "type_vocab_size": 2, "is_decoder": True, "num_hidden_layers": 2}
prefix_lm("bert", transformers.BertLMHeadModel, transformers.BertConfig(**decoder, **eager))
