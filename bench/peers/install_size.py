"""The installed packages that fine-tuning in Python takes, with all that they need, and their bytes on the disk: one line of JSON."""

import json
import re
from importlib import metadata

seen = {}
waiting = ["torch", "transformers", "accelerate"]
while waiting:
    name = waiting.pop()
    key = re.sub(r"[-_.]+", "-", name).lower()
    if key in seen:
        continue
    try:
        package = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        continue  # needed on other systems, or by an extra
    files = [path.locate() for path in package.files or []]
    seen[key] = sum(path.stat().st_size for path in files if path.is_file())
    for requirement in package.requires or []:
        needed, _, marker = requirement.partition(";")
        if "extra" not in marker:
            waiting.append(re.match(r"[\w.-]+", needed).group())
print(json.dumps([{"name": name, "bytes": size} for name, size in seen.items()]))
