"""What the pairs of test/golden/models write: greedily and by beams, after sources of several lengths.

usage: pair-texts.py MODELS_DIR OUT.json
MODELS_DIR is test/golden/models; the packages are those of requirements.txt.
"""

import json
import os
import sys

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
import transformers

transformers.logging.set_verbosity_error()
torch.set_num_threads(1)
folder, out = sys.argv[1:]

SOURCES = {"input_ids": [[7, 12, 5, 9, 16], [6, 19, 8, 0, 0]], "attention_mask": [[1] * 5, [1, 1, 1, 0, 0]]}
ARGUMENTS = [
    {"max_new_tokens": 8},
    {"max_new_tokens": 8, "repetition_penalty": 2.0},
    {"max_new_tokens": 7, "num_beams": 3, "num_return_sequences": 3, "no_repeat_ngram_size": 2},
]


def texts_of(name):
    model = transformers.EncoderDecoderModel.from_pretrained(os.path.join(folder, name), attn_implementation="eager")
    known = {key: getattr(model.config, key) for key in ("pad_token_id", "decoder_start_token_id")}
    known["eos_token_id"] = 2
    ids = torch.tensor(SOURCES["input_ids"])
    mask = torch.tensor(SOURCES["attention_mask"])
    ids[mask == 0] = known["pad_token_id"]
    cases = []
    for arguments in ARGUMENTS:
        found = model.eval().generate(
            ids, attention_mask=mask, do_sample=False, return_dict_in_generate=True, output_scores=True, **known, **arguments
        )
        scores = found.get("sequences_scores")
        cases.append(
            {
                **{"input_ids": ids.tolist(), "attention_mask": mask.tolist(), "arguments": arguments},
                "sequences": found.sequences.tolist(),
                **({} if scores is None else {"sequences_scores": scores.tolist()}),
            }
        )
    return {"decoder_only": False, "generation_config": known, "cases": cases}


names = sorted(name for name in os.listdir(folder) if name.startswith("encoder-decoder-"))
made = {"made_by": f"transformers {transformers.__version__}", "models": {name: texts_of(name) for name in names}}
with open(out, "w", encoding="utf-8") as file:
    json.dump(made, file)
for name, model in made["models"].items():
    print(name, *(case["sequences"] for case in model["cases"]), sep="\n  ")
