"""The Python side of test/peers/tokenizers.ts: encodes each line of a file, and writes 32-bit numbers to stdout, for
some thousand lines at a time: the number of lines, the number of tokens of each, then of all tokens the ids, the
starts and the ends.

usage: tokenizer_ids.py TOKENIZER LINES
       TOKENIZER is a folder with tokenizer.json, or with vocab.json and merges.txt (starts and ends count code points),
       or a .model file of SentencePiece (they count bytes of UTF-8)
       tokenizer_ids.py TOKENIZER --rewrite OUT       reads a tokenizer.json and writes it again
"""

import sys
from array import array
from pathlib import Path

from tokenizers import Tokenizer, models, pre_tokenizers, processors

LINES_AT_ONCE = 4096


def main(path, file, out=None):
    if file == "--rewrite":
        Tokenizer.from_file(str(Path(path) / "tokenizer.json")).save(out)
        return
    encode = sentencepiece(path) if path.endswith(".model") else tokenizers(Path(path))
    # only "\n" ends a line: "\r" and the like belong to the text
    lines = Path(file).read_bytes().decode("utf-8").split("\n")
    for start in range(0, len(lines), LINES_AT_ONCE):
        counts, ids, starts, ends = (array("i") for _ in range(4))
        for tokens, spans in encode(lines[start : start + LINES_AT_ONCE]):
            counts.append(len(tokens))
            ids.extend(tokens)
            starts.extend([span[0] for span in spans])
            ends.extend([span[1] for span in spans])
        sys.stdout.buffer.write(array("i", [len(counts)]) + counts + ids + starts + ends)


def tokenizers(folder):
    if (folder / "tokenizer.json").exists():
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
    else:
        tokenizer = Tokenizer(models.BPE.from_file(str(folder / "vocab.json"), str(folder / "merges.txt")))
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    return lambda lines: ((one.ids, one.offsets) for one in tokenizer.encode_batch(lines))


def sentencepiece(path):
    from sentencepiece import SentencePieceProcessor

    processor = SentencePieceProcessor(model_file=path)

    def encode(lines):
        for line in lines:
            pieces = processor.encode(line, return_type="proto").pieces
            yield [piece.id for piece in pieces], [(piece.begin, piece.end) for piece in pieces]

    return encode


if __name__ == "__main__":
    main(*sys.argv[1:])
