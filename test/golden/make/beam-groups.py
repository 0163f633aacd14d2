"""Beam search in groups, which transformers has up to 4.x only: of the tiny GPT-2 among the shared goldens. Needs transformers==4.49.0,
tokenizers==0.21.4 and huggingface-hub==0.36.0, and not those of requirements.txt.
usage: beam-groups.py GOLDEN_MODELS_DIR OUT.json
"""

import json
import os
import sys

os.environ["HF_HUB_OFFLINE"] = "1"
import torch
import transformers

transformers.logging.set_verbosity_error()
model = transformers.GPT2LMHeadModel.from_pretrained(
    os.path.join(sys.argv[1], "gpt2-lm-head"), attn_implementation="eager"
).eval()
cases = []
for prompt in ([24, 69, 13, 13], [10, 39, 50, 64, 29, 18, 123]):
    for groups, beams, penalty in ((2, 4, 0.5), (2, 4, 5.0), (4, 4, 1.0), (3, 6, 0.2), (2, 6, 0.01)):
        for further in ({}, {"eos_token_id": 106, "length_penalty": 0.5}, {"no_repeat_ngram_size": 2, "repetition_penalty": 1.3}):
            arguments = {
                "num_beams": beams,
                "num_beam_groups": groups,
                "diversity_penalty": penalty,
                "num_return_sequences": beams,
                "max_new_tokens": 8,
                "pad_token_id": 0,
                **further,
            }
            ids = torch.tensor([prompt])
            with torch.no_grad():
                found = model.generate(
                    ids,
                    attention_mask=torch.ones_like(ids),
                    do_sample=False,
                    return_dict_in_generate=True,
                    output_scores=True,
                    **arguments,
                )
            cases.append(
                {
                    "input_ids": [prompt],
                    "attention_mask": [[1] * len(prompt)],
                    "arguments": arguments,
                    "sequences": found.sequences.tolist(),
                    "sequences_scores": found.sequences_scores.tolist(),
                }
            )
config = {k: v for k, v in model.generation_config.to_dict().items() if v is not None and k != "transformers_version"}
config = {k: config[k] for k in ("bos_token_id", "eos_token_id", "pad_token_id") if k in config}
made = {"made_by": f"transformers {transformers.__version__}", "decoder_only": True, "generation_config": config, "cases": cases}
json.dump(made, open(sys.argv[2], "w"))
print(len(cases))
