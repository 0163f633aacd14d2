"""The Python side of test/peers/interchange.ts: model directories in transformers' own hands.

usage: interchange.py make JOBS.json      [{family, task, words, out}]: a tiny model with random weights and its
           tokenizer, saved by transformers; WordPiece comes from the directory `words`, the others are learnt
       interchange.py golden JOBS.json    [{task, model, texts, choices, out}]: what transformers computes with `model`
           for the texts ([text] or [text, second text]), in the form that `tsugiki verify` reads: golden.json and
           golden.safetensors with inputs, outputs, loss and the gradient of every parameter
       interchange.py load JOBS.json      [{class, model, golden}]: `model` must have every parameter of the class and
           give the outputs that stand in the golden checkpoint; prints the largest difference of each, or what is
           wrong; classes that transformers does not have are ours alone
"""

import json
import os
import sys
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
import transformers
from safetensors.torch import load_file, save_file

transformers.logging.set_verbosity_error()

MODELS = {
    "text-classification": transformers.AutoModelForSequenceClassification,
    "token-classification": transformers.AutoModelForTokenClassification,
    "question-answering": transformers.AutoModelForQuestionAnswering,
    "multiple-choice": transformers.AutoModelForMultipleChoice,
    "language-modelling": transformers.AutoModelForCausalLM,
}

SIZES = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 64,
    "max_position_embeddings": 128,
    # wide, so that a wrong weight shows in the logits
    "initializer_range": 0.2,
}

GPT_SIZES = {"n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 128, "initializer_range": 0.2}
GROUPED_SIZES = {**SIZES, "num_key_value_heads": 2}

# the settings of each family, its tokenizer's class, and whether that takes the words of a directory
FAMILIES = {
    "bert": (SIZES, "BertTokenizer", True),
    "electra": ({**SIZES, "embedding_size": 24}, "ElectraTokenizer", True),
    "distilbert": (
        {"dim": 32, "n_layers": 2, "n_heads": 4, "hidden_dim": 64, "max_position_embeddings": 128, "initializer_range": 0.2},
        "DistilBertTokenizer",
        True,
    ),
    "albert": ({**SIZES, "embedding_size": 24}, "AlbertTokenizer", False),
    "roberta": ({**SIZES, "type_vocab_size": 1}, "RobertaTokenizer", False),
    "xlm-roberta": ({**SIZES, "type_vocab_size": 1}, "XLMRobertaTokenizer", False),
    "camembert": ({**SIZES, "type_vocab_size": 1}, "CamembertTokenizer", False),
    "gpt2": (GPT_SIZES, "GPT2Tokenizer", False),
    "openai-gpt": (GPT_SIZES, "GPT2Tokenizer", False),
    "llama": (GROUPED_SIZES, "GPT2Tokenizer", False),
    "mistral": ({**GROUPED_SIZES, "sliding_window": 8}, "GPT2Tokenizer", False),
    "qwen2": (GROUPED_SIZES, "Qwen2Tokenizer", False),
    "deberta": (
        {**SIZES, "relative_attention": True, "pos_att_type": ["c2p", "p2c"], "position_biased_input": False},
        "DebertaTokenizer",
        False,
    ),
    "deberta-v2": (
        {**SIZES, "relative_attention": True, "pos_att_type": ["c2p", "p2c"], "position_buckets": 8, "share_att_key": True},
        "DebertaV2Tokenizer",
        False,
    ),
    "modernbert": ({**SIZES, "local_attention": 8}, "PreTrainedTokenizerFast", False),
    "xlnet": (
        {"d_model": 32, "n_layer": 2, "n_head": 4, "d_inner": 64, "initializer_range": 0.2},
        "XLNetTokenizer",
        False,
    ),
}

# parameters that a model saved here need not have: the sinusoids of PEGASUS are no weights (transformers makes them)
MAY_LACK = {"pegasus": "embed_positions.weight"}

LEARNT_FROM = [
    "The film is a quiet wonder. She said: “naïve café” – twice!",
    "東京は日本の首都である。 ＦＵＬＬ　ＷＩＤＴＨ １２３",
    "How high is it? Mount Fuji is 3,776 metres high. It stands between Shizuoka and Yamanashi.",
]


def make(family, task, words, out):
    torch.manual_seed(1)
    settings, tokenizer_class, takes_words = FAMILIES[family]
    tokenizer_class = getattr(transformers, tokenizer_class)
    if takes_words:
        tokenizer = tokenizer_class.from_pretrained(words)
    else:
        tokenizer = untrained(tokenizer_class).train_new_from_iterator(LEARNT_FROM * 10, 330)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    config = transformers.AutoConfig.for_model(
        family, vocab_size=len(tokenizer), pad_token_id=tokenizer.pad_token_id, **settings
    )
    MODELS[task].from_config(config).save_pretrained(out)
    tokenizer.save_pretrained(out)


def untrained(tokenizer_class):
    """A tokenizer to learn again; ModernBERT's has no class of its own and cuts words as DeBERTa's first does."""
    if tokenizer_class is not transformers.PreTrainedTokenizerFast:
        return tokenizer_class()
    like = transformers.DebertaTokenizer()
    names = {name: getattr(like, name) for name in ("cls_token", "sep_token", "pad_token", "unk_token", "mask_token")}
    inputs = ["input_ids", "attention_mask"]
    return tokenizer_class(tokenizer_object=like.backend_tokenizer, model_input_names=inputs, **names)


def golden(task, model, texts, choices, out):
    folder = model
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = opened(MODELS[task], folder)
    first, second = [text[0] for text in texts], [text[1] for text in texts if len(text) == 2]
    inputs = dict(tokenizer(first, second or None, padding=True, truncation=True, return_tensors="pt"))
    if choices is not None:
        inputs = {name: value.view(-1, choices, value.shape[-1]) for name, value in inputs.items()}
    inputs.update(labels(task, model.config, inputs))
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
    description = {"class": type(model).__name__, "transformers": transformers.__version__, "torch": torch.__version__}
    (Path(out) / "golden.json").write_text(json.dumps(description, indent=1), encoding="utf-8")


def load(model, golden, **rest):
    answer = {"class": rest["class"], "golden": golden}
    if hasattr(transformers, rest["class"]):
        try:
            answer["difference"] = difference(getattr(transformers, rest["class"]), model, golden)
        except Exception as error:
            answer["error"] = f"{type(error).__name__}: {error}"
    else:
        answer["own"] = True
    print(json.dumps(answer))


def difference(model_class, folder, golden):
    """How far the outputs of the model in `folder` are from the golden ones, at most."""
    tensors = load_file(Path(golden) / "golden.safetensors")
    model = opened(model_class, folder)
    differences = []
    for case in sorted({name.split(".")[0] for name in tensors}):
        inputs, expected = (
            {name.removeprefix(start): tensor for name, tensor in tensors.items() if name.startswith(start)}
            for start in (f"{case}.in.", f"{case}.out.")
        )
        with torch.no_grad():
            outputs = model(**inputs, return_dict=True)
        for field, tensor in expected.items():
            if outputs.get(field) is not None:
                differences.append((outputs[field] - tensor).abs().max().item())
    if not differences:
        raise ValueError("no output was compared")
    return max(differences)


def opened(model_class, folder):
    """The model, all of whose parameters must be there, and no others. Positions by a formula may be missing."""
    model, report = model_class.from_pretrained(folder, attn_implementation="eager", output_loading_info=True)
    kinds = ("missing_keys", "unexpected_keys", "mismatched_keys")
    may_lack = MAY_LACK.get(model.config.model_type, "")
    wrong = {
        kind: keys
        for kind in kinds
        if (keys := sorted(key for key in report.get(kind) or [] if not may_lack or not key.endswith(may_lack)))
    }
    if wrong:
        raise ValueError(f"{folder}: transformers does not find its parameters: {wrong}")
    model.eval()
    return model


def labels(task, config, inputs):
    """Made-up answers, so that there is a loss: any will do."""
    ids = inputs["input_ids"]
    rows, length = ids.shape[0], ids.shape[-1]
    if task == "language-modelling":
        return {"labels": ids.masked_fill(inputs["attention_mask"] == 0, -100)}
    if task == "question-answering":
        return {"start_positions": torch.arange(rows) % length, "end_positions": (torch.arange(rows) + 2) % length}
    if task == "token-classification":
        return {"labels": ids % config.num_labels}
    if task == "multiple-choice":
        # one and the same, so that gradients do not cancel: that of the classifier's bias is nothing but rounding
        return {"labels": torch.zeros(rows, dtype=torch.long)}
    return {"labels": torch.arange(rows) % config.num_labels}


if __name__ == "__main__":
    command = {"make": make, "golden": golden, "load": load}[sys.argv[1]]
    for job in json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")):
        command(**job)
