"""The Python side of the tokenizer comparison, on one thread if none are given: encodes each line of a text once, or
learns a tokenizer from them, with the tokenizers library (unigram models: with sentencepiece), or cuts each line into
words with all columns of IPADIC with MeCab. Prints one line of JSON: seconds, those of the processor, tokens, a checksum
of the ids, versions.

usage: tokenizer_speed.py --text FILE --tokenizer DIR [--batch [--threads N]] [--repeat N]
       tokenizer_speed.py --text FILE --learn KIND [--vocabulary N]
       tokenizer_speed.py --text FILE --analyze [--raw]     raw: the text that MeCab writes, without looking at its words
"""

import argparse
import io
import json
import os
import sys
import time

# read before the library, which looks at them when it is loaded
threads = sys.argv[sys.argv.index("--threads") + 1] if "--threads" in sys.argv else "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false" if threads == "1" else "true"
os.environ["RAYON_NUM_THREADS"] = threads

import tokenizers  # noqa: E402
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers  # noqa: E402


def main():
    options = parse()
    with open(options.text, encoding="utf-8", newline="\n") as file:
        lines = file.read().rstrip("\n").split("\n")
    task = analyze if options.analyze else learn if options.learn else encode
    result = task(options, lines)
    print(json.dumps({**result, "versions": {"tokenizers": tokenizers.__version__}}))


def encode(options, lines):
    tokenizer = load(options.tokenizer)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    lines = lines * options.repeat
    clock = start_clock()
    encodings = tokenizer.encode_batch(lines) if options.batch else [tokenizer.encode(line) for line in lines]
    times = clock()
    count = checksum = 0
    for encoding in encodings:
        count += len(encoding.ids)
        for token in encoding.ids:
            checksum = (checksum * 31 + token) % 2**31
    return {**times, "tokenCount": count, "checksum": checksum}


def load(directory):
    path = os.path.join(directory, "tokenizer.json")
    if os.path.exists(path):
        return Tokenizer.from_file(path)
    vocabulary, merges = (os.path.join(directory, name) for name in ("vocab.json", "merges.txt"))
    tokenizer = Tokenizer(models.BPE.from_file(vocabulary, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    return tokenizer


def learn(options, lines):
    if options.learn == "unigram":
        return learn_sentencepiece(options, lines)
    size = {"vocab_size": options.vocabulary, "min_frequency": 2, "show_progress": False}
    bert = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    if options.learn == "wordpiece":
        tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
        tokenizer.normalizer = normalizers.BertNormalizer()
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        trainer = trainers.WordPieceTrainer(special_tokens=bert, **size)
    elif options.learn == "byte-level-bpe":
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.decoder = decoders.ByteLevel()
        alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
        trainer = trainers.BpeTrainer(special_tokens=["<|endoftext|>"], initial_alphabet=alphabet, **size)
    else:
        raise SystemExit(f"--learn: expected wordpiece, byte-level-bpe or unigram, got {options.learn}")
    clock = start_clock()
    tokenizer.train_from_iterator(lines, trainer)
    return {**clock(), "tokenCount": tokenizer.get_vocab_size()}


def learn_sentencepiece(options, lines):
    import sentencepiece

    model = io.BytesIO()
    clock = start_clock()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        model_writer=model,
        vocab_size=options.vocabulary,
        model_type="unigram",
        num_threads=1,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    times = clock()
    pieces = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    return {**times, "tokenCount": pieces.get_piece_size()}


def analyze(options, lines):
    import fugashi
    import ipadic

    tagger = fugashi.GenericTagger(ipadic.MECAB_ARGS)
    clock = start_clock()
    if options.raw:
        texts = [tagger.parse(line) for line in lines]
        times = clock()
        return {**times, "tokenCount": sum(text.count("\n") for text in texts)}
    words = [[(word.surface, word.feature) for word in tagger(line)] for line in lines]
    return {**clock(), "tokenCount": sum(map(len, words))}


def start_clock():
    """Start a clock, which tells the seconds since, and those of the processor, of all threads."""
    start, used = time.perf_counter(), time.process_time()
    return lambda: {"seconds": time.perf_counter() - start, "processorSeconds": time.process_time() - used}


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--text", required=True)
    parser.add_argument("--tokenizer")
    parser.add_argument("--batch", action="store_true")
    parser.add_argument("--threads")
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--learn")
    parser.add_argument("--analyze", action="store_true")
    parser.add_argument("--raw", action="store_true")
    parser.add_argument("--vocabulary", type=int, default=8000)
    return parser.parse_args()


if __name__ == "__main__":
    main()
