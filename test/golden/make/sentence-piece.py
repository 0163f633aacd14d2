"""Goldens of SentencePiece tokenizers: BertJapaneseTokenizer, families of Python's transformers, training.

usage: sentence-piece.py CORPUS.txt OUT_DIR [SECTION ...]
CORPUS.txt is test/golden/sentence-piece/corpus.txt; the packages are those of requirements.txt.
"""

import datetime
import io
import json
import os
import shutil
import sys
import tempfile

os.environ["HF_HUB_OFFLINE"] = "1"

import sentencepiece
import tokenizers
import transformers

corpus_path, out = sys.argv[1:3]
corpus = [line for line in open(corpus_path, encoding="utf-8").read().split("\n") if line]
versions = {
    "transformers": transformers.__version__,
    "tokenizers": tokenizers.__version__,
    "sentencepiece": sentencepiece.__version__,
    "date": datetime.date.today().isoformat(),
}

# Rules of one and of several characters, a deletion and a growth; the whole of nmt_nfkc would be 240 kB a model.
rules = {
    **{chr(0xFF01 + i): chr(0x21 + i) for i in range(94)},
    "\u3000": " ", "\t": " ", "\n": " ", "\xa0": " ",
    "ｶﾞ": "ガ", "ｶ": "カ", "ｽ": "ス", "か\u3099": "が", "e\u0301": "é", "㍿": "株式会社", "…": "...", "\xad": "",
}

texts = [
    "", " ", "吾輩は猫である。名前はまだ無い。", "Thou art more lovely and more temperate.",
    "  two   spaces\tand a tab\n", "1,000円 (税込), 9, 42,", "①, ３,５００,", "9,,", "the price: 5,", "35, 42,9,x35, ３５, (9,)",
    "ｶﾞｽ料金ＡＢＣ１２３", "が と か\u3099", "cafe\u0301 café", "㍿山田…", "soft\xadhyphen",
    "家族👨‍👩‍👧‍👦と🇯🇵 👍🏽", "𠮷野家で𠮷", "ひらがなカタカナ漢字kanji混じりの文", "[MASK]は<mask>である [SEP] </s>", "<unk> [UNK] <s>x",
    "``quoted'' and '' empty", "don't won't", "ABC abc Ａｂｃ", "ﾊﾝｶｸ", "未知の文字☃と鑿", "a" * 60, "。、！？",
    ">>fra<< How are you?", "en_XX ja_XX </s>", "東京 大阪\u3000京都", "▁▁ ▁a", "zero\u200bwidth\ufeffmark",
]
pairs = [("吾輩は猫である。", "名前はまだ無い。"), ("To be", "or not to be"), ("", "only the second")]


def train(lines, **options):
    """A small model; the rules go in by a file, as the trainer wants them."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "rules.tsv")
        with open(path, "w", encoding="utf-8") as file:
            for source, target in rules.items():
                file.write("%s\t%s\n" % tuple(" ".join("%X" % ord(c) for c in text) for text in (source, target)))
        if options.pop("rules", True):
            options["normalization_rule_tsv"] = path
        else:
            options["normalization_rule_name"] = "identity"
        buffer = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(lines), model_writer=buffer, num_threads=1, minloglevel=2, **options
        )
    return buffer.getvalue()


def write(name, content):
    path = os.path.join(out, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if isinstance(content, bytes):
        open(path, "wb").write(content)
    else:
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"versions": versions, **content}, file, ensure_ascii=False, separators=(",", ":"))
            file.write("\n")
    print(name, os.path.getsize(path))


def directory(files):
    """A directory as a checkpoint has it; the caller deletes it."""
    folder = tempfile.mkdtemp()
    for name, content in files.items():
        if isinstance(content, bytes):
            open(os.path.join(folder, name), "wb").write(content)
        else:
            json.dump(content, open(os.path.join(folder, name), "w", encoding="utf-8"))
    return folder


def slow_cases(tokenizer):
    """Tokenizers written in Python give no spans."""
    rows = []
    for text in texts:
        tokens = tokenizer.tokenize(text)
        ids = tokenizer(text)["input_ids"]
        rows.append({
            "text": text, "tokens": tokens, "ids": tokenizer.convert_tokens_to_ids(tokens), "input_ids": ids,
            "decoded": tokenizer.decode(ids, skip_special_tokens=True), "decoded_whole": tokenizer.decode(ids),
        })
    return rows


def pair_cases(tokenizer):
    return [
        {"text": a, "pair": b, **{k: v for k, v in tokenizer(a, b, return_token_type_ids=True).items() if k != "attention_mask"}}
        for a, b in pairs
    ]


def named(tokenizer):
    keys = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"]
    return {key: [getattr(tokenizer, key), getattr(tokenizer, key + "_id")] for key in keys if getattr(tokenizer, key)}


def japanese():
    from transformers import BertJapaneseTokenizer

    models = {
        # pieces such as `9,` exist, to be taken apart again
        "unigram": train(corpus + ["9, 42,1,000, 35, 9, 42,"] * 400, vocab_size=1100, split_by_number=False, model_type="unigram", character_coverage=0.99),
        "bpe-bytes": train(corpus, vocab_size=1000, model_type="bpe", character_coverage=0.98, byte_fallback=True, rules=False, pad_id=3,
                           control_symbols=["[CLS]", "[SEP]", "[MASK]"], bos_id=-1, eos_id=-1),
    }
    for name, content in models.items():
        write(f"bert-japanese/{name}.model", content)
    mecab = {"word_tokenizer_type": "mecab", "mecab_kwargs": {"mecab_dic": "ipadic"}}
    for name, model, options in [
        ("no-words", "unigram", {"do_word_tokenize": False}),
        ("mecab", "unigram", mecab),
        ("mecab-lower", "bpe-bytes", {**mecab, "do_lower_case": True}),
        ("basic", "bpe-bytes", {"bos_token": "<s>", "additional_special_tokens": ["<extra>"]}),
    ]:
        options = {"tokenizer_class": "BertJapaneseTokenizer", "subword_tokenizer_type": "sentencepiece", **options}
        folder = directory({"spiece.model": models[model], "tokenizer_config.json": options})
        tokenizer = BertJapaneseTokenizer.from_pretrained(folder, spm_file=os.path.join(folder, "spiece.model"))
        shutil.rmtree(folder)
        write(f"bert-japanese/{name}.json", {
            "model": f"{model}.model", "config": options, "vocabulary_size": len(tokenizer), "special": named(tokenizer),
            "cases": slow_cases(tokenizer), "pairs": pair_cases(tokenizer),
        })


def training():
    """What the trainers find in every second line of the corpus: pieces, their types and scores."""
    lines = corpus[::2] + ["1,000 12:30 abab baaa aaaa", "――――――――――", "\t tab <sep>x<sep>", "e\u0301 ① ﾊﾝｶｸ"]
    runs = []
    for options in [
        {"model_type": "bpe", "vocab_size": 900},
        {"model_type": "bpe", "vocab_size": 1000, "character_coverage": 0.98, "byte_fallback": True, "split_digits": True},
        {"model_type": "bpe", "vocab_size": 900, "split_by_whitespace": False, "split_by_unicode_script": False},
        {"model_type": "bpe", "vocab_size": 900, "treat_whitespace_as_suffix": True, "split_by_number": False},
        {"model_type": "bpe", "vocab_size": 900, "max_sentencepiece_length": 3, "pad_id": 0, "unk_id": 1, "bos_id": -1,
         "eos_id": 2, "control_symbols": ["<mask>"], "user_defined_symbols": ["<sep>"]},
        {"model_type": "bpe", "vocab_size": 900, "allow_whitespace_only_pieces": True, "remove_extra_whitespaces": False,
         "add_dummy_prefix": False},
        {"model_type": "char", "vocab_size": 700},
        {"model_type": "char", "vocab_size": 200, "character_coverage": 0.99},
        {"model_type": "word", "vocab_size": 300, "character_coverage": 0.995},
        {"model_type": "word", "vocab_size": 100, "treat_whitespace_as_suffix": True, "user_defined_symbols": ["<sep>"]},
    ]:
        content = train(lines, hard_vocab_limit=False, **{"character_coverage": 1.0, **options})
        model = sentencepiece.SentencePieceProcessor(model_proto=content)
        pieces = [[model.id_to_piece(i), model.get_score(i)] for i in range(model.get_piece_size())]
        runs.append({"options": {"character_coverage": 1.0, **options}, "pieces": pieces})
    # a text so short that pieces run out
    few = ["abab ab", "baaa aaaa", "ab\u3042\u3042"]
    content = train(few, hard_vocab_limit=False, model_type="bpe", vocab_size=60, character_coverage=1.0)
    model = sentencepiece.SentencePieceProcessor(model_proto=content)
    short = [[model.id_to_piece(i), model.get_score(i)] for i in range(model.get_piece_size())]
    write("training.json", {"rules": rules, "lines": lines, "runs": runs, "few": {"lines": few, "pieces": short}})


def fast_cases(tokenizer):
    """Offsets count code points."""
    rows = []
    for text in texts:
        encoded = tokenizer(text, return_offsets_mapping=True)
        ids = encoded["input_ids"]
        rows.append({
            "text": text, "tokens": tokenizer.tokenize(text), "input_ids": ids, "offsets": encoded["offset_mapping"],
            "decoded": tokenizer.decode(ids, skip_special_tokens=True), "decoded_whole": tokenizer.decode(ids),
        })
    return rows


def target_cases(tokenizer):
    """Texts as they are to be learnt: what stands for the translation."""
    return [{"text": text, "input_ids": tokenizer(text_target=text)["input_ids"]} for text in texts]


def marian():
    english = [line for line in corpus if line.isascii()]
    other = [line for line in corpus if not line.isascii()]
    models = {
        "source": train(english, vocab_size=400),
        "target": train(other, vocab_size=900, character_coverage=0.99),
    }
    for name, content in models.items():
        write(f"marian/{name}.spm", content)
    pieces = {}
    for name, content in models.items():
        model = sentencepiece.SentencePieceProcessor(model_proto=content)
        # some pieces have no place in the vocabulary, and are unknown
        pieces[name] = [model.id_to_piece(i) for i in range(3, model.get_piece_size()) if i % 7 != 0]
    languages = [">>fra<<", ">>jpn<<"]
    shared = dict.fromkeys(["</s>", "<unk>", *languages, *pieces["source"], *pieces["target"], "<pad>"])
    sides = {name: dict.fromkeys(["</s>", "<unk>", *pieces[name], "<pad>"]) for name in pieces}
    numbered = lambda tokens: {token: i for i, token in enumerate(tokens)}
    for name, config, files in [
        ("shared", {"source_lang": "en", "target_lang": "ja"}, {"vocab.json": numbered(shared)}),
        ("separate", {"separate_vocabs": True},
         {"vocab.json": numbered(sides["source"]), "target_vocab.json": numbered(sides["target"])}),
    ]:
        config = {"tokenizer_class": "MarianTokenizer", **config}
        folder = directory({
            "source.spm": models["source"], "target.spm": models["target"], "tokenizer_config.json": config, **files,
        })
        tokenizer = transformers.MarianTokenizer.from_pretrained(folder)
        shutil.rmtree(folder)
        write(f"marian/{name}.json", {
            "config": config, "files": files, "special": named(tokenizer), "cases": slow_cases(tokenizer),
            "pairs": pair_cases(tokenizer), "targets": target_cases(tokenizer),
            "back": [tokenizer.decode(row["input_ids"], skip_special_tokens=True) for row in target_cases(tokenizer)],
        })


def families():
    unigram = {"vocab_size": 900, "character_coverage": 0.99}
    controls = ["[CLS]", "[SEP]", "[MASK]"]
    models = {
        # ids 0 to 2 are <unk>, <s>, </s>, as fairseq's models have them
        "fairseq": train(corpus + ["9, 42,1,000, 35,"] * 100, split_by_number=False, **unigram),
        "t5": train(corpus, pad_id=0, eos_id=1, unk_id=2, bos_id=-1, **unigram),
        "bert": train(corpus, pad_id=0, unk_id=1, bos_id=-1, eos_id=-1, control_symbols=controls, **unigram),
        "bigbird": train(corpus, pad_id=0, eos_id=1, bos_id=2, unk_id=3, control_symbols=controls, **unigram),
        "xlnet": train(corpus, control_symbols=["<cls>", "<sep>", "<pad>", "<mask>", "<eod>", "<eop>"], **unigram),
        "deberta": train(corpus, pad_id=0, bos_id=-1, eos_id=-1, unk_id=3, unk_piece="[UNK]", pad_piece="[PAD]",
                         control_symbols=["[CLS]", "[SEP]"], **unigram),
        "bpe": train(corpus, model_type="bpe", vocab_size=900, character_coverage=0.99),
        "llama": train(corpus, model_type="bpe", vocab_size=1000, character_coverage=0.98, byte_fallback=True, rules=False),
    }
    for name, content in models.items():
        write(f"families/{name}.model", content)
    for name, class_name, file, model, config in [
        ("camembert", "CamembertTokenizer", "sentencepiece.bpe.model", "fairseq", {}),
        ("pegasus", "PegasusTokenizer", "spiece.model", "t5", {}),
        ("mbart50", "MBart50Tokenizer", "sentencepiece.bpe.model", "fairseq", {}),
        ("mbart50-ja", "MBart50Tokenizer", "sentencepiece.bpe.model", "fairseq", {"src_lang": "ja_XX", "tgt_lang": "en_XX"}),
        ("bigbird", "BigBirdTokenizer", "spiece.model", "bigbird", {}),
        ("nllb", "NllbTokenizer", "sentencepiece.bpe.model", "bpe", {"additional_special_tokens": ["ace_Arab", "eng_Latn", "fra_Latn", "jpn_Jpan"]}),
        ("nllb-legacy", "NllbTokenizer", "sentencepiece.bpe.model", "bpe", {
            "src_lang": "jpn_Jpan", "tgt_lang": "eng_Latn", "legacy_behaviour": True, "extra_special_tokens": ["ace_Arab", "eng_Latn", "fra_Latn", "jpn_Jpan"]}),
        ("albert", "AlbertTokenizer", "spiece.model", "bert", {}),
        ("t5", "T5Tokenizer", "spiece.model", "t5", {}),
        ("xlm-roberta", "XLMRobertaTokenizer", "sentencepiece.bpe.model", "fairseq", {}),
        ("mbart", "MBartTokenizer", "sentencepiece.bpe.model", "fairseq", {"src_lang": "ja_XX", "tgt_lang": "en_XX"}),
        ("xlnet", "XLNetTokenizer", "spiece.model", "xlnet", {}),
        ("deberta-v2", "DebertaV2Tokenizer", "spm.model", "deberta", {}),
        ("llama", "LlamaTokenizer", "tokenizer.model", "llama", {}),
    ]:
        config = {"tokenizer_class": class_name, **config}
        folder = directory({file: models[model], "tokenizer_config.json": config})
        tokenizer = getattr(transformers, class_name).from_pretrained(folder)
        shutil.rmtree(folder)
        write(f"families/{name}.json", {
            "file": file, "model": f"{model}.model", "config": config, "vocabulary_size": len(tokenizer),
            "special": named(tokenizer), "all_special": sorted(set(tokenizer.all_special_ids)),
            "cases": fast_cases(tokenizer), "pairs": pair_cases(tokenizer),
            **({"targets": target_cases(tokenizer)} if "tgt_lang" in config else {}),
        })
        if os.environ.get("TOKENIZER_JSON"):
            tokenizer.backend_tokenizer.save(os.path.join(os.environ["TOKENIZER_JSON"], f"{name}.json"))


sections = {"japanese": japanese, "training": training, "families": families, "marian": marian}
for section in sys.argv[3:] or sections:
    sections[section]()
