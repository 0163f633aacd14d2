"""Goldens of T5, BART and their relatives: the heads that ../shared/golden/models has no checkpoint of.

usage: encoder-decoder-models.py OUT_DIR [NAME_PART ...]
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

t5 = {
    **{"vocab_size": VOCABULARY, "d_model": 8, "d_kv": 3, "d_ff": 12, "num_layers": 1, "num_heads": 2},
    **{"relative_attention_num_buckets": 6, "relative_attention_max_distance": 5},
    **{"decoder_start_token_id": 0, "pad_token_id": 0, "eos_token_id": 1},
}
bart = {
    **{"vocab_size": VOCABULARY, "d_model": 8, "encoder_layers": 1, "decoder_layers": 1},
    **{"encoder_attention_heads": 2, "decoder_attention_heads": 4, "encoder_ffn_dim": 12, "decoder_ffn_dim": 10},
    **{"max_position_embeddings": 12, "pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2},
}
two = {"encoder_layers": 2, "decoder_layers": 2}


def save(name, class_name, config, make_inputs, **options):
    """One checkpoint; each draws its inputs anew, so that one can be made without the others."""
    if wanted and not any(part in name for part in wanted):
        return
    random.seed(77)
    emit(out, name, getattr(transformers, class_name), config, make_inputs(config), **options)


def plain(config, vocabulary=VOCABULARY):
    return padded(random, LENGTHS, vocabulary, config.pad_token_id)


def ended(config):
    """Each row ends with the token at which sequences are summed up; none of it before."""
    inputs = plain(config)
    for row, length in enumerate(LENGTHS):
        inputs["input_ids"][row, length - 1] = config.eos_token_id
    return inputs


def written(config, vocabulary=None):
    """A source and a text to be written."""
    vocabulary = vocabulary or getattr(config, "decoder_vocab_size", None) or VOCABULARY
    text = padded(random, [5, 3], vocabulary, config.pad_token_id)
    labels = text["input_ids"].masked_fill(text["attention_mask"] == 0, -100)
    return {**plain(config), "labels": labels}


def sentence(config):
    return {**ended(config), "labels": torch.tensor([2, 0])}


def tokens(config):
    inputs = plain(config)
    labels = torch.tensor(random.randint(0, 3, size=tuple(inputs["input_ids"].shape)))
    return {**inputs, "labels": labels.masked_fill(inputs["attention_mask"] == 0, -100)}


def answer(config):
    """The second answer ends outside and is not counted."""
    places = {"start_positions": torch.tensor([2, 1]), "end_positions": torch.tensor([4, 99])}
    return {**plain(config), **places}


def untie(model):
    """An output layer of its own, as version 1.1 has it; transformers ties it in new models whatever is asked for."""
    model.lm_head.weight = torch.nn.Parameter(torch.empty_like(model.shared.weight))
    model.config.tie_word_embeddings = False


T5Config, BartConfig, MBartConfig = transformers.T5Config, transformers.BartConfig, transformers.MBartConfig
gated = {**t5, "feed_forward_proj": "gated-gelu"}
save("t5-encoder-model", "T5EncoderModel", T5Config(**{**t5, "num_layers": 2}), plain, inside=True)
save("t5-untied", "T5ForConditionalGeneration", T5Config(**gated, tie_word_embeddings=False), written, prepare=untie)
save("t5-for-sequence-classification", "T5ForSequenceClassification", T5Config(**gated, num_labels=3), sentence)
save("t5-for-token-classification", "T5ForTokenClassification", T5Config(**t5, num_labels=3), tokens)
save("t5-for-question-answering", "T5ForQuestionAnswering", T5Config(**t5, num_decoder_layers=2), answer)
save("mt5-encoder-model", "MT5EncoderModel", transformers.MT5Config(**gated), plain)

save("bart-for-question-answering", "BartForQuestionAnswering", BartConfig(**bart), answer)
save("mbart-for-sequence-classification", "MBartForSequenceClassification", MBartConfig(**bart, num_labels=3), sentence)
save("mbart-for-question-answering", "MBartForQuestionAnswering", MBartConfig(**{**bart, **two}), answer, inside=True)

MarianConfig, PegasusConfig = transformers.MarianConfig, transformers.PegasusConfig
translator = {**bart, "bos_token_id": None, "eos_token_id": 0, "decoder_start_token_id": 1, "scale_embedding": True}
apart = {"share_encoder_decoder_embeddings": False, "decoder_vocab_size": 17, "activation_function": "swish"}
save("marian-apart", "MarianMTModel", MarianConfig(**translator, **apart), written, note="two vocabularies")
summariser = {**translator, **two, "activation_function": "relu"}
save("pegasus-for-conditional-generation", "PegasusForConditionalGeneration", PegasusConfig(**summariser), written, inside=True)


def pair(encoder, decoder, **ids):
    """Two models put together, the second of which attends to the first."""
    return transformers.EncoderDecoderConfig.from_encoder_decoder_configs(encoder, decoder, **ids)


small = {
    **{"vocab_size": VOCABULARY, "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2},
    **{"intermediate_size": 12, "max_position_embeddings": 12},
}
RobertaConfig, ElectraConfig = transformers.RobertaConfig, transformers.ElectraConfig
roberta = {**small, "pad_token_id": 1, "type_vocab_size": 1}
readers = pair(RobertaConfig(**roberta), RobertaConfig(**roberta), pad_token_id=1, decoder_start_token_id=0)
save("encoder-decoder-roberta-roberta", "EncoderDecoderModel", readers, written)
gpt2 = {
    **{"vocab_size": 17, "n_embd": 12, "n_layer": 2, "n_head": 3, "n_positions": 10},
    **{"scale_attn_by_inverse_layer_idx": True, "bos_token_id": 0, "eos_token_id": 0},
}
other_sizes = pair(
    transformers.BertConfig(**small), transformers.GPT2Config(**gpt2), pad_token_id=3, decoder_start_token_id=0
)
save("encoder-decoder-bert-gpt2", "EncoderDecoderModel", other_sizes, lambda config: written(config, 17), inside=True, note="other sizes")
shared_layers = transformers.AlbertConfig(**{**small, "num_hidden_layers": 2}, embedding_size=6)
narrow = ElectraConfig(**small, embedding_size=6)
mixed = pair(shared_layers, narrow, pad_token_id=0, decoder_start_token_id=2)
save("encoder-decoder-albert-electra", "EncoderDecoderModel", mixed, written)
