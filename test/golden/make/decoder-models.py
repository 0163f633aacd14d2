"""Goldens of models that look back only: the heads and settings that ../shared/golden/models has no checkpoint of.

usage: decoder-models.py OUT_DIR [NAME_PART ...]
OUT_DIR is test/golden/models; the packages are those of requirements.txt.
"""

import sys

import numpy
import torch
import transformers
from checkpoints import emit, padded

out, wanted = sys.argv[1], sys.argv[2:]
VOCABULARY = 20
LENGTHS = [6, 4]
random = numpy.random.RandomState(77)


def save(name, class_name, config, make_inputs, **options):
    """One checkpoint; each draws its inputs anew, so that one can be made without the others."""
    if wanted and not any(part in name for part in wanted):
        return
    random.seed(77)
    emit(out, name, getattr(transformers, class_name), config, make_inputs(), **options)


def plain():
    return padded(random, LENGTHS, VOCABULARY)


def following():
    inputs = plain()
    return {**inputs, "labels": inputs["input_ids"].masked_fill(inputs["attention_mask"] == 0, -100)}


def sentence():
    return {**plain(), "labels": torch.tensor([2, 0])}


def sentence_padded_in_front():
    inputs = sentence()
    inputs["input_ids"][1] = inputs["input_ids"][1].roll(2)
    inputs["attention_mask"][1] = inputs["attention_mask"][1].roll(2)
    return inputs


def tokens():
    inputs = plain()
    labels = torch.tensor(random.randint(0, 3, size=tuple(inputs["input_ids"].shape)))
    return {**inputs, "labels": labels.masked_fill(inputs["attention_mask"] == 0, -100)}


def answer():
    """The second answer ends outside and is not counted."""
    return {**plain(), "start_positions": torch.tensor([2, 1]), "end_positions": torch.tensor([4, 99])}


gpt = {
    **{"vocab_size": VOCABULARY, "n_embd": 8, "n_layer": 1, "n_head": 2, "n_positions": 12},
    **{"pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2},
}
two = {"n_layer": 2}
GPT2Config, OpenAIGPTConfig = transformers.GPT2Config, transformers.OpenAIGPTConfig
by_layer = GPT2Config(**{**gpt, **two, "n_inner": 12, "scale_attn_by_inverse_layer_idx": True})
save("gpt2-model", "GPT2Model", by_layer, plain, inside=True, note="scores scaled by the number of the layer")
untied = GPT2Config(**gpt, tie_word_embeddings=False, scale_attn_weights=False)
save("gpt2-lm-head-untied", "GPT2LMHeadModel", untied, following, note="scores not scaled")
save("gpt2-for-token-classification", "GPT2ForTokenClassification", GPT2Config(**gpt, num_labels=3), tokens)
save("gpt2-for-question-answering", "GPT2ForQuestionAnswering", GPT2Config(**gpt), answer)

save("openai-gpt-model", "OpenAIGPTModel", OpenAIGPTConfig(**{**gpt, **two}), plain, inside=True)
labelled = OpenAIGPTConfig(**gpt, num_labels=3)
save("openai-gpt-for-sequence-classification", "OpenAIGPTForSequenceClassification", labelled, sentence)

sizes = {
    **{"vocab_size": VOCABULARY, "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2},
    **{"num_key_value_heads": 1, "intermediate_size": 12, "max_position_embeddings": 12},
    **{"pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2},
}
two = {"num_hidden_layers": 2}
base = {"rope_theta": 10000.0}
linear = {**base, "rope_type": "linear", "factor": 3.0}
# in eight positions the four pairs turn 1.3, 0.13, 0.013 and 0.0013 times: kept, in between, and slowed twice
llama3 = {
    **{**base, "rope_type": "llama3", "factor": 4.0, "low_freq_factor": 0.05, "high_freq_factor": 0.5},
    **{"original_max_position_embeddings": 8},
}
LlamaConfig = transformers.LlamaConfig
wide = LlamaConfig(**{**sizes, **two, "head_dim": 8, "rope_parameters": llama3})
save("llama-model", "LlamaModel", wide, plain, inside=True, note="heads of another size; rope_type llama3")
biased = LlamaConfig(**sizes, tie_word_embeddings=True, attention_bias=True, mlp_bias=True)
save("llama-for-causal-lm-tied", "LlamaForCausalLM", biased, following, note="all projections have a bias")
labelled = LlamaConfig(**sizes, num_labels=3, rope_parameters=linear)
save(
    "llama-for-sequence-classification",
    "LlamaForSequenceClassification",
    labelled,
    sentence_padded_in_front,
    note="rope_type linear; padding in front",
)
save("llama-for-token-classification", "LlamaForTokenClassification", LlamaConfig(**sizes, num_labels=3), tokens)
save("llama-for-question-answering", "LlamaForQuestionAnswering", LlamaConfig(**sizes), answer)

MistralConfig, Qwen2Config = transformers.MistralConfig, transformers.Qwen2Config
windowed = MistralConfig(**{**sizes, **two}, sliding_window=3)
save("mistral-for-causal-lm", "MistralForCausalLM", windowed, following, inside=True, note="a window of 3 tokens")
save("mistral-for-question-answering", "MistralForQuestionAnswering", MistralConfig(**sizes), answer)
partly = Qwen2Config(**{**sizes, **two}, use_sliding_window=True, sliding_window=2, max_window_layers=1)
note = "the upper layer sees a window of 2 tokens"
save("qwen2-for-causal-lm", "Qwen2ForCausalLM", partly, following, inside=True, note=note)
save("qwen2-for-question-answering", "Qwen2ForQuestionAnswering", Qwen2Config(**sizes), answer)
