"""Tiny models with a LoRA adapter of PEFT: checkpoint, adapter, outputs, loss and the adapter's gradients.
usage: lora.py OUT_DIR"""

import os
import sys

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from transformers import BertConfig, BertForSequenceClassification, GPT2Config, GPT2ForSequenceClassification

CASES = {
    "bert": (
        BertForSequenceClassification,
        BertConfig(
            vocab_size=40, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=24,
            max_position_embeddings=16, num_labels=3, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
        ),
        ["query", "value"],
    ),
    "gpt2": (
        GPT2ForSequenceClassification,
        GPT2Config(
            vocab_size=40, n_embd=16, n_layer=2, n_head=2, n_inner=24, n_positions=16, num_labels=3, pad_token_id=0,
            bos_token_id=1, eos_token_id=2, resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0,
        ),
        ["c_attn", "attn.c_proj"],
    ),
}

for name, (model_class, config, targets) in CASES.items():
    torch.manual_seed(0)
    base = model_class(config)
    with torch.no_grad():
        for parameter in base.parameters():
            parameter.normal_(0, 0.2)
    folder = os.path.join(sys.argv[1], name)
    base.save_pretrained(folder)
    settings = LoraConfig(r=4, lora_alpha=6, target_modules=targets, task_type="SEQ_CLS")
    model = get_peft_model(base, settings)
    with torch.no_grad():
        for key, parameter in model.named_parameters():
            if "lora_" in key:
                parameter.normal_(0, 0.2)
    model.save_pretrained(os.path.join(folder, "adapter"))
    ids = torch.randint(3, 40, (3, 7))
    mask = torch.ones_like(ids)
    ids[1, 5:], mask[1, 5:] = 0, 0
    labels = torch.tensor([0, 2, 1])
    model.eval()
    outputs = model(input_ids=ids, attention_mask=mask, labels=labels)
    outputs.loss.backward()
    tensors = {"in.input_ids": ids, "in.attention_mask": mask, "in.labels": labels}
    tensors |= {"out.logits": outputs.logits.detach(), "out.loss": outputs.loss.detach()}
    for key, parameter in model.named_parameters():
        if parameter.grad is not None:
            tensors["grad." + key.replace(".default", "").replace(".modules_to_save", "")] = parameter.grad
    merged = model.merge_and_unload()
    for key, parameter in merged.named_parameters():
        if any(key.endswith(f"{target}.weight") for target in targets):
            tensors["merged." + key] = parameter.detach().clone()
    save_file({key: value.contiguous() for key, value in tensors.items()}, os.path.join(folder, "golden.safetensors"))
    os.remove(os.path.join(folder, "adapter", "README.md"))
