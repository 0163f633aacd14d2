"""Tiny random checkpoints of transformers' models with expected outputs and gradients, for scripts that list the models.

A folder a checkpoint: config.json and model.safetensors as save_pretrained writes them, golden.safetensors with
`case0.in.<argument>`, `case0.out.<field>` and `case0.grad.<parameter>` (the parameter's name in model.safetensors),
and golden.json with the class, versions and the seed. Dropout is off, attention is eager.
"""

import datetime
import json
import os

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
import transformers
from safetensors.torch import load_file, save_file

transformers.logging.set_verbosity_error()
torch.set_num_threads(1)

SEED = 0


def perturb(model):
    """Make every parameter matter: larger weights than usual, biases that are not 0, norms that are not 1."""
    generator = torch.Generator().manual_seed(1000 + SEED)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if not parameter.requires_grad:  # positions by formula
                continue
            is_norm = "norm" in name.lower() and name.endswith("weight")
            noise = 0.2 * torch.randn(parameter.shape, generator=generator)
            parameter.copy_(noise + 1 if parameter.dim() == 1 and is_norm else noise)
        for name, buffer in model.named_buffers():
            if name == "final_logits_bias":
                buffer.copy_(0.2 * torch.randn(buffer.shape, generator=generator))


def scalar_of(outputs):
    """What is differentiated: the loss; without one the mean of squares of the first output of these that exists,
    else of all outputs, added up."""
    if outputs.get("loss") is not None:
        return outputs["loss"]
    for field in ("logits", "last_hidden_state", "pooler_output"):
        if outputs.get(field) is not None:
            return (outputs[field] ** 2).mean()
    tensors = [value for value in outputs.values() if torch.is_tensor(value)]
    return sum((value**2).mean() for value in tensors)


def flatten(name, value, into):
    if torch.is_tensor(value):
        into[name] = value.detach().clone().contiguous()
    elif isinstance(value, (tuple, list)):
        for i, part in enumerate(value):
            flatten(f"{name}.{i}", part, into)


def emit(folder, name, model_class, config, inputs, note="", inside=False, prepare=None):
    """Write the checkpoint `name` into `folder`; with `inside`, hidden states and attention probabilities too.
    `prepare` changes the model before its weights are drawn. Inputs may be a list, of segments of a text: each is a case,
    and gets the memories (`mems`) of the one before it."""
    torch.manual_seed(SEED)
    config._attn_implementation = "eager"
    model = model_class(config)
    if prepare is not None:
        prepare(model)
    perturb(model)
    model.eval()
    out = os.path.join(folder, name)
    model.save_pretrained(out)
    stored = load_file(os.path.join(out, "model.safetensors"))

    tensors = {}
    segments, memories = inputs if isinstance(inputs, list) else [inputs], None
    for number, segment in enumerate(segments):
        given = segment if memories is None else {**segment, "mems": memories}
        outputs = run_case(model, f"case{number}", given, stored, inside, tensors, len(segments) > 1)
        memories = outputs.get("mems")
    scalar = tensors["case0.out.loss"]
    save_file(tensors, os.path.join(out, "golden.safetensors"))
    facts = {
        "class": model_class.__name__,
        **({"note": note} if note else {}),
        "seed": SEED,
        "transformers": transformers.__version__,
        "torch": torch.__version__,
        "date": datetime.date.today().isoformat(),
    }
    with open(os.path.join(out, "golden.json"), "w", encoding="utf-8") as file:
        file.write(json.dumps(facts, indent=1) + "\n")
    print(f"{name:48}{scalar.item():.5f}", flush=True)


def run_case(model, case, inputs, stored, inside, tensors, with_memories):
    """Put what goes in and comes out, and the gradients, among the tensors; returns the outputs."""
    model.zero_grad()
    outputs = model(**inputs, return_dict=True, output_hidden_states=inside, output_attentions=inside)
    scalar = scalar_of(outputs)
    scalar.backward()
    for key, value in inputs.items():
        flatten(f"{case}.in.{key}", value, tensors)
    for key, value in outputs.items():
        if key != "past_key_values" and (key != "mems" or with_memories):
            flatten(f"{case}.out.{key}", value, tensors)
    tensors[f"{case}.out.loss"] = scalar.detach().clone().reshape(())
    parameters = dict(model.named_parameters(remove_duplicate=False))
    buffers = dict(model.named_buffers())
    for key in stored:
        if key in buffers:
            continue
        parameter = parameters.get(key)
        if parameter is None:  # its name changed on saving
            same = [p for p in parameters.values() if p.shape == stored[key].shape and torch.equal(p, stored[key])]
            parameter = same[0]
        if parameter.grad is not None:
            tensors[f"{case}.grad.{key}"] = parameter.grad.detach().clone().contiguous()
    return outputs


def padded(random, lengths, vocabulary, padding=0, first=5):
    """Ids and mask of rows of these lengths, padded behind."""
    longest = max(lengths)
    ids = torch.tensor(random.randint(first, vocabulary, size=(len(lengths), longest)))
    mask = torch.zeros(len(lengths), longest, dtype=torch.long)
    for row, length in enumerate(lengths):
        mask[row, :length] = 1
        ids[row, length:] = padding
    return {"input_ids": ids, "attention_mask": mask}


def segments(lengths):
    """The second half of each row is its second segment."""
    ids = torch.zeros(len(lengths), max(lengths), dtype=torch.long)
    for row, length in enumerate(lengths):
        ids[row, length // 2 : length] = 1
    return ids
