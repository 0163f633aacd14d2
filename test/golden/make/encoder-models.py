"""Goldens of encoders: the heads that ../shared/golden/models has no checkpoint of.

usage: encoder-models.py OUT_DIR [NAME_PART ...]
OUT_DIR is test/golden/models; the packages are those of requirements.txt.
"""

import sys
import types

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


def permuted(padding, has_segments):
    """Spans of a text without special tokens in an order that the collator draws. The collator also hides them from the
    stream that may see them; the paper does not, and so these inputs do not either."""
    torch.manual_seed(5)
    tokenizer = types.SimpleNamespace(mask_token="<mask>", mask_token_id=6, pad_token="<pad>", pad_token_id=0)
    tokenizer.get_special_tokens_mask = lambda ids, **_: [0] * len(ids)
    collator = transformers.DataCollatorForPermutationLanguageModeling(tokenizer, plm_probability=0.5)
    ids = torch.tensor(random.randint(7, VOCABULARY, size=(2, 8)))
    _, perm_mask, target_mapping, labels = collator.torch_mask_tokens(ids.clone())
    return {"input_ids": ids, "perm_mask": perm_mask, "target_mapping": target_mapping, "labels": labels}


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


def in_segments(make_inputs):
    """A text in three segments."""
    return lambda *asked: [make_inputs(*asked) for _ in range(3)]


def any_order(padding, has_segments):
    """Two tokens of each row are to be predicted, each from what a random order puts before it."""
    inputs = plain(padding, has_segments)
    rows, length = inputs["input_ids"].shape
    places = [[3, 1], [0, 2]]
    mapping = torch.zeros(rows, 2, length)
    hidden = torch.zeros(rows, length, length)
    for row in range(rows):
        order = torch.tensor(random.permutation(length))
        hidden[row] = (order[:, None] <= order[None, :]).float()
        for target, place in enumerate(places[row]):
            mapping[row, target, place] = 1
    labels = torch.stack([inputs["input_ids"][row, places[row]] for row in range(rows)])
    return {**inputs, "perm_mask": hidden, "target_mapping": mapping, "labels": labels}


def unmasked(padding, has_segments):
    return {"input_ids": plain(padding, has_segments)["input_ids"]}


def longer(make_inputs):
    """The same with longer rows, so that distances differ more."""

    def make(padding, has_segments):
        global LENGTHS
        LENGTHS, shorter = [11, 4], LENGTHS
        try:
            return make_inputs(padding, has_segments)
        finally:
            LENGTHS = shorter

    return make


def left(make_inputs):
    """The same with padding in front."""

    def make(padding, has_segments):
        inputs = make_inputs(padding, has_segments)
        along = {"perm_mask": (1, 2), "target_mapping": (2,)}
        turned = {"labels"} if "target_mapping" in inputs else set()
        return {
            key: value if value.dim() == 1 or key in turned else value.flip(along.get(key, (-1,)))
            for key, value in inputs.items()
        }

    return make


kinds = [
    ("sequence-classification", "ForSequenceClassification", {"num_labels": 3}, sentence),
    ("token-classification", "ForTokenClassification", {"num_labels": 3}, tokens),
    ("question-answering", "ForQuestionAnswering", {}, answer),
    ("multiple-choice", "ForMultipleChoice", {}, choices),
]


def heads(name, prefix, config_class, settings, has_segments, sequence=True):
    """The heads that fine-tuning adds, a checkpoint each."""
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
writer = {**roberta, "is_decoder": True}
save("roberta-for-causal-lm", "RobertaForCausalLM", RobertaConfig(**writer), following, False)
save("camembert-for-causal-lm", "CamembertForCausalLM", transformers.CamembertConfig(**writer), following, False)
save("xlm-roberta-for-causal-lm", "XLMRobertaForCausalLM", transformers.XLMRobertaConfig(**writer), following, False)

DistilBertConfig = transformers.DistilBertConfig
save("distilbert-model", "DistilBertModel", DistilBertConfig(**{**distilbert, "n_layers": 2}), plain, False, inside=True)
heads("distilbert", "DistilBert", DistilBertConfig, distilbert, False, sequence=False)

ElectraConfig = transformers.ElectraConfig
unprojected = ElectraConfig(**{**sizes, **two, "embedding_size": 8})
save("electra-model", "ElectraModel", unprojected, plain, inside=True, note="embeddings of the hidden size")
writer = ElectraConfig(**{**factorised, "is_decoder": True})
save("electra-for-causal-lm", "ElectraForCausalLM", writer, following)
heads("electra", "Electra", ElectraConfig, factorised, True)

grouped = AlbertConfig(**{**factorised, "num_hidden_layers": 3, "num_hidden_groups": 2, "inner_group_num": 2})
save("albert-model", "AlbertModel", grouped, plain, inside=True, note="three layers, two groups of two")
heads("albert", "Albert", AlbertConfig, {**factorised, **two}, True)

DPRConfig = transformers.DPRConfig
save("dpr-context-encoder", "DPRContextEncoder", DPRConfig(**sizes, projection_dim=5), plain, note="with a projection")
save("dpr-question-encoder", "DPRQuestionEncoder", DPRConfig(**sizes), plain)
save("dpr-reader", "DPRReader", DPRConfig(**sizes), plain, False)

ModernBertConfig = transformers.ModernBertConfig
modern = {**sizes, "local_attention": 4, "cls_token_id": 2, "sep_token_id": 3}
modern = {**modern, "bos_token_id": 2, "eos_token_id": 3, "max_position_embeddings": 16}
biased = {"attention_bias": True, "mlp_bias": True, "norm_bias": True, "classifier_bias": True}
untied = {"tie_word_embeddings": False, "decoder_bias": False}
far = longer(plain)
save("modernbert-model", "ModernBertModel", ModernBertConfig(**{**modern, "num_hidden_layers": 4}), far, False, inside=True)
modern_words = ModernBertConfig(**{**modern, **two}, **biased, **untied)
save("modernbert-for-masked-lm", "ModernBertForMaskedLM", modern_words, words, False)
heads("modernbert", "ModernBert", ModernBertConfig, modern, False)
mean = ModernBertConfig(**modern, classifier_pooling="mean", num_labels=3)
save("modernbert-mean-for-sequence-classification", "ModernBertForSequenceClassification", mean, sentence, False)

DebertaV2Config = transformers.DebertaV2Config
both_ways = {"relative_attention": True, "pos_att_type": ["p2c", "c2p"]}
version3 = {**sizes, **both_ways, "position_buckets": 4, "share_att_key": True, "norm_rel_ebd": "layer_norm"}
version3 = {**version3, "position_biased_input": False, "type_vocab_size": 0}
everything = DebertaV2Config(
    **{**sizes, **two, **both_ways, "embedding_size": 6, "type_vocab_size": 2, "position_biased_input": True},
    **{"conv_kernel_size": 3, "conv_groups": 2, "conv_act": "gelu", "max_relative_positions": 5},
)
save("deberta-v2-model", "DebertaV2Model", everything, far, inside=True, note="a convolution, no buckets, all embeddings")
newer = DebertaV2Config(**version3, legacy=False)
save("deberta-v2-for-masked-lm", "DebertaV2ForMaskedLM", newer, longer(words), False)
heads("deberta-v2", "DebertaV2", DebertaV2Config, {**version3, "share_att_key": False, "pos_att_type": ["c2p"]}, False)
absolute = DebertaV2Config(**sizes, num_labels=3)
save("deberta-v2-absolute-for-sequence-classification", "DebertaV2ForSequenceClassification", absolute, sentence, False)

DebertaConfig = transformers.DebertaConfig
version1 = {**sizes, **both_ways, "max_relative_positions": 5, "position_biased_input": False, "type_vocab_size": 2}
first = DebertaConfig(**{**version1, **two, "embedding_size": 6})
save("deberta-model", "DebertaModel", first, far, inside=True)
kept = DebertaConfig(**{**version1, "pos_att_type": "c2p"}, legacy=False)
save("deberta-for-masked-lm", "DebertaForMaskedLM", kept, words)
one_way = DebertaConfig(**{**version1, "pos_att_type": ["p2c"]}, num_labels=3)
save("deberta-for-sequence-classification", "DebertaForSequenceClassification", one_way, sentence)

XLNetConfig = transformers.XLNetConfig
xlnet = {"vocab_size": VOCABULARY, "d_model": 8, "n_layer": 1, "n_head": 2, "d_inner": 12, "pad_token_id": 5}
clamped = XLNetConfig(**{**xlnet, "n_layer": 2, "clamp_len": 3})
save("xlnet-model", "XLNetModel", clamped, left(far), inside=True, note="distances are clamped")
save("xlnet-lm-head", "XLNetLMHeadModel", XLNetConfig(**xlnet), left(any_order), note="two tokens, any order")
save("xlnet-lm-head-permuted", "XLNetLMHeadModel", XLNetConfig(**xlnet), permuted, note="an order of the collator's")
causal = XLNetConfig(**xlnet, attn_type="uni")
save("xlnet-causal-model", "XLNetModel", causal, unmasked, note="transformers' own fails with a mask")
bounded = XLNetConfig(**{**xlnet, "n_layer": 2, "clamp_len": 5, "mem_len": 7, "reuse_len": 4})
save("xlnet-segments", "XLNetModel", bounded, in_segments(left(plain)), inside=True, note="memories, a part of each")
free = XLNetConfig(**{**xlnet, "mem_len": None})
save("xlnet-lm-head-segments", "XLNetLMHeadModel", free, in_segments(left(any_order)), note="memories, two streams")
causal = XLNetConfig(**xlnet, attn_type="uni")
save("xlnet-causal-segments", "XLNetModel", causal, in_segments(unmasked), note="memories, looking back")
for kind, suffix, more, inputs in kinds:
    name = f"XLNet{suffix}{'Simple' if kind == 'question-answering' else ''}"
    save(f"xlnet-for-{kind}", name, XLNetConfig(**xlnet, **more), left(inputs))
