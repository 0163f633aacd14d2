"""Classifies one text with a transformers pipeline. usage: cold_start.py MODEL TEXT"""

import os
import sys

os.environ["HF_HUB_OFFLINE"] = "1"

from transformers import pipeline

print(pipeline("text-classification", model=sys.argv[1], device="cpu")(sys.argv[2]))
