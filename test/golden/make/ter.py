"""Translation edit rates of sacrebleu, for texts made by disturbing sentences: ter.json.

usage: ter.py OUT.json
"""

import json
import random
import sys

import sacrebleu

english = [
    "the committee that met in the old town hall last week has decided to build a new bridge over the river",
    "He lived a hard life , but he never complained about it .",
    "when the rain stopped , the children ran out of the house and played in the garden until it was dark",
    "a b a b c a b d a b e",
    "Show your own business .",
]
japanese = [
    "彼 は つら い 人生 を 送 っ た 。",
    "多く の 動物 が 人間 に よ っ て 滅ぼ さ れ た 。",
    "昨日 の 夜 に 降 っ た 雪 の ため に 、 今朝 の 電車 は どれ も 一 時間 ほど 遅れ て い る 。",
]
draw = random.Random(7)


def disturbed(line, words):
    """Some words moved together, some replaced, left out, or put in."""
    out = line.split()
    for _ in range(draw.randrange(4)):
        start, length = draw.randrange(len(out)), draw.randrange(1, 5)
        run, rest = out[start : start + length], out[:start] + out[start + length :]
        place = draw.randrange(len(rest) + 1)
        out = rest[:place] + run + rest[place:]
    out = [draw.choice(words) if draw.random() < 0.1 else word for word in out if draw.random() > 0.1]
    return " ".join(word for one in out for word in ([draw.choice(words), one] if draw.random() < 0.1 else [one]))


def made(lines, count):
    words = [word for line in lines for word in line.split()]
    return [[disturbed(line, words), line] for line in lines for _ in range(count)]


def entry(name, hypotheses, references):
    """`references` has lists of one text for each hypothesis."""
    metric = sacrebleu.TER()
    sentences = [metric.sentence_score(h, [texts[i] for texts in references]) for i, h in enumerate(hypotheses)]
    total = metric.corpus_score(hypotheses, references)
    return {
        "name": name,
        "hypotheses": hypotheses,
        "references": references,
        "edits": [int(score.num_edits) for score in sentences],
        "score": total.score,
        "cased": sacrebleu.TER(case_sensitive=True).corpus_score(hypotheses, references).score,
        "referenceLength": total.ref_length,
    }


pairs = {"english": made(english, 8), "japanese": made(japanese, 8)}
long = " ".join(draw.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(90))
pairs["long"] = made([long], 3) + [[long, "a b c"], ["z y x", long], [long[:40], long]]
pairs["short"] = [["", ""], ["", "a b"], ["a b", ""], ["a", "A"], ["b a", "a b"], ["a b c d", "c d a b"]]
sets = [entry(name, [pair[0] for pair in rows], [[pair[1] for pair in rows]]) for name, rows in pairs.items()]
rows = pairs["english"]
sets.append(
    entry("two references", [pair[0] for pair in rows], [[pair[1] for pair in rows], [pair[0] for pair in rows[::-1]]])
)
with open(sys.argv[1], "w", encoding="utf-8") as file:
    json.dump({"sacrebleu": sacrebleu.__version__, "sets": sets}, file, ensure_ascii=False, indent=1)
    file.write("\n")
