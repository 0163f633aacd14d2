"""Goldens of BERT's relatives: the heads that ../shared/golden/models has no checkpoint of.

usage: encoder-models.py OUT_DIR [NAME_PART ...]
OUT_DIR is test/golden/models; the packages are those of requirements.txt.
"""

import sys

import numpy
import torch
import transformers
from checkpoints import emit, padded, segments

out, wanted = sys.argv[1], sys.argv[2:]
VOCABULARY = 20
LENGTHS = [6, 4]
random = numpy.random.RandomState(77)

sizes = {
    "vocab_size": VOCABULARY,
    "hidden_size": 8,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 12,
    "max_position_embeddings": 12,
    "pad_token_id": 0,
}
factorised = {**sizes, "embedding_size": 6}
roberta = {**sizes, "type_vocab_size": 1, "pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2}
distilbert = {
    **{"vocab_size": VOCABULARY, "dim": 8, "n_layers": 1, "n_heads": 2, "hidden_dim": 12},
    **{"max_position_embeddings": 12, "pad_token_id": 0},
}


def save(name, class_name, config, make_inputs, has_segments=True, **options):
    """One checkpoint; each draws its inputs anew, so that one can be made without the others."""
    if wanted and not any(part in name for part in wanted):
        return
    random.seed(77)
    padding = config.pad_token_id
    emit(out, name, getattr(transformers, class_name), config, make_inputs(padding, has_segments), **options)


def plain(padding, has_segments):
    inputs = padded(random, LENGTHS, VOCABULARY, padding)
    return {**inputs, "token_type_ids": segments(LENGTHS)} if has_segments else inputs


def words(padding, has_segments):
    inputs = plain(padding, has_segments)
    labels = inputs["input_ids"].clone()
    labels[torch.tensor(random.rand(*labels.shape)) > 0.4] = -100
    labels[:, 1] = inputs["input_ids"][:, 1]
    return {**inputs, "labels": labels.masked_fill(inputs["attention_mask"] == 0, -100)}


def both(padding, has_segments):
    """Words, and whether the second segment follows the first."""
    return {**words(padding, has_segments), "next_sentence_label": torch.tensor([1, 0])}


def following(padding, has_segments):
    inputs = plain(padding, has_segments)
    return {**inputs, "labels": inputs["input_ids"].masked_fill(inputs["attention_mask"] == 0, -100)}


def sentence(padding, has_segments):
    return {**plain(padding, has_segments), "labels": torch.tensor([2, 0])}


def tokens(padding, has_segments):
    inputs = plain(padding, has_segments)
    labels = torch.tensor(random.randint(0, 3, size=tuple(inputs["input_ids"].shape)))
    return {**inputs, "labels": labels.masked_fill(inputs["attention_mask"] == 0, -100)}


def answer(padding, has_segments):
    """The second answer ends outside and is not counted."""
    places = {"start_positions": torch.tensor([2, 1]), "end_positions": torch.tensor([4, 99])}
    return {**plain(padding, has_segments), **places}


def choices(padding, has_segments):
    lengths = [5, 4, 3, 2, 5, 4]
    inputs = padded(random, lengths, VOCABULARY, padding)
    if has_segments:
        inputs["token_type_ids"] = segments(lengths)
    return {**{key: value.view(2, 3, 5) for key, value in inputs.items()}, "labels": torch.tensor([2, 0])}


def heads(name, prefix, config_class, settings, has_segments, sequence=True):
    """The heads that fine-tuning adds, a checkpoint each."""
    kinds = [
        ("sequence-classification", "ForSequenceClassification", {"num_labels": 3}, sentence),
        ("token-classification", "ForTokenClassification", {"num_labels": 3}, tokens),
        ("question-answering", "ForQuestionAnswering", {}, answer),
        ("multiple-choice", "ForMultipleChoice", {}, choices),
    ]
    for kind, suffix, more, inputs in kinds if sequence else kinds[1:]:
        save(f"{name}-for-{kind}", f"{prefix}{suffix}", config_class(**settings, **more), inputs, has_segments)


BertConfig, AlbertConfig = transformers.BertConfig, transformers.AlbertConfig
two = {"num_hidden_layers": 2}
save("bert-for-pretraining", "BertForPreTraining", BertConfig(**{**sizes, **two}), both, inside=True)

decoder = BertConfig(**{**sizes, **two, "is_decoder": True})
save("bert-lm-head-decoder", "BertLMHeadModel", decoder, following, False, inside=True)

RobertaConfig = transformers.RobertaConfig
save("roberta-model", "RobertaModel", RobertaConfig(**{**roberta, **two}), plain, False, inside=True)
heads("roberta", "Roberta", RobertaConfig, roberta, False, sequence=False)
save("camembert-for-masked-lm", "CamembertForMaskedLM", transformers.CamembertConfig(**roberta), words, False)
save("xlm-roberta-for-masked-lm", "XLMRobertaForMaskedLM", transformers.XLMRobertaConfig(**roberta), words, False)

DistilBertConfig = transformers.DistilBertConfig
save("distilbert-model", "DistilBertModel", DistilBertConfig(**{**distilbert, "n_layers": 2}), plain, False, inside=True)
heads("distilbert", "DistilBert", DistilBertConfig, distilbert, False, sequence=False)

ElectraConfig = transformers.ElectraConfig
unprojected = ElectraConfig(**{**sizes, **two, "embedding_size": 8})
save("electra-model", "ElectraModel", unprojected, plain, inside=True, note="embeddings of the hidden size")
heads("electra", "Electra", ElectraConfig, factorised, True)

grouped = AlbertConfig(**{**factorised, "num_hidden_layers": 4, "num_hidden_groups": 2, "inner_group_num": 2})
save("albert-model", "AlbertModel", grouped, plain, inside=True, note="four layers, two groups of two layers")
heads("albert", "Albert", AlbertConfig, {**factorised, **two}, True)

DPRConfig = transformers.DPRConfig
save("dpr-context-encoder", "DPRContextEncoder", DPRConfig(**sizes, projection_dim=5), plain, note="with a projection")
save("dpr-question-encoder", "DPRQuestionEncoder", DPRConfig(**sizes), plain)
save("dpr-reader", "DPRReader", DPRConfig(**sizes), plain, False)
