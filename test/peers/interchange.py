"""The Python side of test/peers/interchange.ts: model directories in transformers' own hands.

usage: interchange.py make TASK TOKENIZER_DIR OUT_DIR     a tiny BERT with random weights, saved by transformers
       interchange.py golden TASK MODEL_DIR TEXTS.json OUT_DIR
           what transformers computes with MODEL_DIR for the texts ([text] or [text, second text]), in the form that `tsugiki verify` reads:
           golden.json and golden.safetensors with inputs, outputs, loss and the gradient of every parameter;
           prints the logits as JSON
"""

import json
import os
import sys
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
import transformers
from safetensors.torch import save_file

MODELS = {
    "text-classification": transformers.AutoModelForSequenceClassification,
    "token-classification": transformers.AutoModelForTokenClassification,
    "question-answering": transformers.AutoModelForQuestionAnswering,
}


def make(task, tokenizer_folder, out):
    torch.manual_seed(1)
    tokenizer = transformers.AutoTokenizer.from_pretrained(tokenizer_folder)
    config = transformers.BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=128,
        # wide, so that a wrong weight shows in the logits
        initializer_range=0.2,
    )
    MODELS[task].from_config(config).save_pretrained(out)
    tokenizer.save_pretrained(out)


def golden(task, folder, texts_file, out):
    texts = json.loads(Path(texts_file).read_text(encoding="utf-8"))
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model, report = MODELS[task].from_pretrained(
        folder, attn_implementation="eager", output_loading_info=True
    )
    wrong = {kind: sorted(report[kind]) for kind in ("missing_keys", "unexpected_keys") if report[kind]}
    if wrong:
        sys.exit(f"{folder}: transformers does not find its parameters: {wrong}")
    model.eval()
    first, second = [text[0] for text in texts], [text[1] for text in texts if len(text) == 2]
    inputs = dict(tokenizer(first, second or None, padding=True, truncation=True, return_tensors="pt"))
    inputs.update(labels(task, model.config, inputs["input_ids"]))
    outputs = model(**inputs)
    outputs.loss.backward()

    tensors = {f"case0.in.{name}": value for name, value in inputs.items()}
    fields = [name for name in outputs.keys() if name == "loss" or name.endswith("logits")]
    tensors.update({f"case0.out.{name}": outputs[name] for name in fields})
    gradients = {name: p.grad for name, p in model.named_parameters() if p.grad is not None}
    tensors.update({f"case0.grad.{name}": gradient for name, gradient in gradients.items()})
    Path(out).mkdir(parents=True, exist_ok=True)
    contiguous = {name: tensor.detach().contiguous().clone() for name, tensor in tensors.items()}
    save_file(contiguous, Path(out) / "golden.safetensors")
    case = {
        "case": "case0",
        "inputs": {name: list(value.shape) for name, value in inputs.items()},
        "outputs": fields,
        "loss": outputs.loss.item(),
        "loss_kind": "model loss",
        "no_gradient": [name for name, _ in model.named_parameters() if name not in gradients],
    }
    description = {
        "name": task,
        "class": type(model).__name__,
        "tied_parameters": [],
        "checkpoint_keys": {name: list(value.shape) for name, value in model.state_dict().items()},
        "cases": [case],
        "versions": {"transformers": transformers.__version__, "torch": torch.__version__},
    }
    (Path(out) / "golden.json").write_text(json.dumps(description, indent=1), encoding="utf-8")
    print(json.dumps({name: outputs[name].tolist() for name in fields}))


def labels(task, config, ids):
    """Made-up answers, so that there is a loss: any will do."""
    rows, length = ids.shape
    if task == "question-answering":
        return {"start_positions": torch.arange(rows) % length, "end_positions": (torch.arange(rows) + 2) % length}
    if task == "token-classification":
        return {"labels": ids % config.num_labels}
    return {"labels": torch.arange(rows) % config.num_labels}


if __name__ == "__main__":
    {"make": make, "golden": golden}[sys.argv[1]](*sys.argv[2:])
