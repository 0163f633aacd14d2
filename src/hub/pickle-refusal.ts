import { FileError } from "../base/index.js";

/** Weights in forms that we do not read, because reading them can run any program, or that need another library. */
const refused = [
  {
    pattern: /^pytorch_model(-\d+-of-\d+)?\.bin$|\.(pt|pth|pkl|ckpt)$/,
    form: "a Python pickle, which can run any program when it is read",
  },
  { pattern: /\.h5$/, form: "a TensorFlow file" },
  { pattern: /\.msgpack$/, form: "a Flax file" },
];

const pickleCommand =
  `python -c "import torch; from safetensors.torch import save_file; ` +
  `weights = torch.load('FILE', map_location='cpu', weights_only=True); ` +
  `save_file({name: value.contiguous().clone() for name, value in weights.items()}, ` +
  `'model.safetensors', {'format': 'pt'})"`;

const otherCommand =
  "open the model with the library it was made with and save it as safetensors (save_pretrained of transformers 4)";

/** The refusal with the ways out, where the only weights among `names` are in such a form. */
export function pickleRefusal(place: string, names: readonly string[]): FileError | undefined {
  for (const { pattern, form } of refused) {
    const name = names.find((candidate) => pattern.test(candidate));
    if (name === undefined) continue;
    const command = form.includes("pickle") ? `run  ${pickleCommand.replace("FILE", name)}` : otherCommand;
    return new FileError(place, `the only weights are ${name}, ${form}; expected safetensors`, {
      hint:
        "choose a revision that has model.safetensors (on the Hub a bot often offers one: revision refs/pr/1), " +
        `or convert the file if you trust it: ${command}`,
    });
  }
  return undefined;
}
