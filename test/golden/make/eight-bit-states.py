"""Optimizer states in eight bits as bitsandbytes keeps them: the dynamic maps, codes and scales of some numbers, and
steps of its AdamW, by the plain PyTorch form of its update (the function for CPUs takes a code that is only near).
usage: eight-bit-states.py OUT_FILE, with bitsandbytes==0.50.2"""

import sys
from unittest.mock import MagicMock

import torch
from bitsandbytes.functional import create_dynamic_map
from safetensors.torch import save_file

for name in ["triton", "triton.language"]:  # its kernels stand in the same file, and are not used
    sys.modules.setdefault(name, MagicMock())

from bitsandbytes.backends.triton.kernels_optim import (  # noqa: E402
    _quantize_blockwise_pytorch,
    optimizer_update_8bit_blockwise_pytorch,
)

BLOCK = 256
SIZE = 600
STEPS = 6

signed, unsigned = create_dynamic_map(signed=True), create_dynamic_map(signed=False)
index = torch.arange(SIZE, dtype=torch.float64)
numbers = (torch.sin(index * 0.7) * 10 ** -(index % 5)).float()
out = {"map.signed": signed, "map.unsigned": unsigned, "numbers": numbers}
for name, values, code in [("signed", numbers, signed), ("unsigned", numbers.abs(), unsigned)]:
    out[f"codes.{name}"], out[f"scales.{name}"] = _quantize_blockwise_pytorch(values, code, BLOCK)

blocks = -(-SIZE // BLOCK)
parameter = torch.cos(index).float()
states = {"firstMoment": (signed, 127), "secondMoment": (unsigned, 0)}  # the codes of 0
codes = {name: torch.full((SIZE,), zero, dtype=torch.uint8) for name, (_, zero) in states.items()}
scales = {name: torch.zeros(blocks) for name in states}
for step in range(1, STEPS + 1):
    optimizer_update_8bit_blockwise_pytorch(
        parameter,
        (torch.sin(index * 0.7 + step * 1.3) * 10 ** -(index % 5)).float(),
        codes["firstMoment"],
        codes["secondMoment"],
        *(0.9, 0.999, 0.0, 0.0, 1e-8),
        step,
        0.01,
        *(signed, unsigned, scales["firstMoment"], scales["secondMoment"]),
        *(0.1, 1.0, False),
        optimizer_name="adam",
    )
out["step.parameter"] = parameter
for name in states:
    out[f"step.{name}"], out[f"step.{name}.scales"] = codes[name], scales[name]

save_file({name: tensor.contiguous() for name, tensor in out.items()}, sys.argv[1])
