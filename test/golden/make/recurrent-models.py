"""Tiny recurrent models, and a bag of words, in plain PyTorch, with outputs, loss and all gradients, as checkpoints of our own model types.

usage: recurrent-models.py OUT_DIR [--seed 0]    (OUT_DIR is models/; steps of training go to training/ beside it)
"""

import argparse
import itertools
import json
import os

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

VOCABULARY, BATCH, LENGTH, TARGET, HIDDEN = 19, 3, 6, 5, 8
LENGTHS = [6, 3, 4]
START = 1
CELLS = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn-tanh": nn.RNN}
STEPS = {"lstm": nn.LSTMCell, "gru": nn.GRUCell}


class Model:
    """Parameters by their names in the checkpoint; small modules built from them."""

    def __init__(self, generator):
        self.generator = generator
        self.parameters = {}

    def add(self, name, *shape):
        values = 0.5 * torch.randn(*shape, generator=self.generator)
        self.parameters[name] = values.requires_grad_(True)
        return self.parameters[name]

    def load(self, module, rename):
        """Replace a module's parameters by our own, under other names."""
        for name, old in list(module.named_parameters()):
            with torch.no_grad():
                old.copy_(0.5 * torch.randn(*old.shape, generator=self.generator))
            self.parameters[rename(name)] = old
        return module

    def linear(self, name, size, outputs):
        return self.load(nn.Linear(size, outputs), lambda part: f"{name}.{part}")

    def embeddings(self, size):
        table = self.load(nn.Embedding(VOCABULARY, size, padding_idx=0), lambda part: f"embeddings.{part}")
        with torch.no_grad():
            table.weight[0] = torch.randn(size, generator=self.generator)  # not zero: a wrong mask shows
        return table

    def layer(self, name, kind, number, size, hidden, bidirectional=False, ending=""):
        module = CELLS[kind](size, hidden, bidirectional=bidirectional, batch_first=True)
        return self.load(module, lambda part: f"{name}.{part.replace('_l0', f'_l{number}')}{ending}")


def run(layers, x, lengths=None, states=None):
    """Layers on top of each other: the output of each, and their last states."""
    outputs, finals = [], []
    for i, layer in enumerate(layers):
        start = None if states is None else states[i]
        if lengths is None:
            x, final = layer(x, start)
        else:
            packed = pack_padded_sequence(x, torch.tensor(lengths), batch_first=True, enforce_sorted=False)
            packed, final = layer(packed, start)
            x, _ = pad_packed_sequence(packed, batch_first=True, total_length=x.shape[1])
        outputs.append(x)
        finals.append(final)
    return outputs, finals


def flipped(x):
    """Each row from its own last token to its first."""
    rows = [torch.cat([row[:n].flip(0), row[n:]]) for row, n in zip(x, LENGTHS)]
    return torch.stack(rows)


def attend(scores, keys, mask):
    weights = torch.softmax(scores.masked_fill(mask[:, None] == 0, float("-inf")), -1)
    return weights @ keys, weights


def language_model(model, config, inputs):
    size, kind = config["embedding_size"], config["cell_type"]
    embedded = model.embeddings(size)(inputs["input_ids"])
    layers = [model.layer("rnn", kind, i, size if i == 0 else HIDDEN, HIDDEN) for i in range(2)]
    outputs, _ = run(layers, embedded)
    if config["tie_word_embeddings"]:
        logits = outputs[-1] @ model.parameters["embeddings.weight"].T + model.add("decoder.bias", VOCABULARY)
    else:
        logits = model.linear("decoder", HIDDEN, VOCABULARY)(outputs[-1])
    labels = inputs["labels"]
    loss = F.cross_entropy(logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten())
    return {"logits": logits, "loss": loss, **each("hidden_states", [embedded, *outputs])}


def bidirectional_encoder(model, config, inputs):
    embedded = model.embeddings(6)(inputs["input_ids"])
    kind, count = config["cell_type"], config["num_hidden_layers"]
    layers = [model.layer("rnn", kind, i, 6 if i == 0 else 2 * HIDDEN, HIDDEN, True) for i in range(count)]
    outputs, finals = run(layers, embedded, LENGTHS)
    last = finals[-1][0] if kind == "lstm" else finals[-1]
    return [embedded, *outputs], torch.cat([last[0], last[1]], 1)


def sequence_classifier(model, config, inputs):
    hidden, summary = bidirectional_encoder(model, config, inputs)
    logits = model.linear("classifier", 2 * HIDDEN, 3)(summary)
    return {"logits": logits, "loss": F.cross_entropy(logits, inputs["labels"]), **each("hidden_states", hidden)}


def bag_of_words(model, config, inputs):
    embedded = model.embeddings(HIDDEN)(inputs["input_ids"])
    shares = inputs["attention_mask"] / inputs["attention_mask"].sum(1, keepdim=True)
    logits = model.linear("classifier", HIDDEN, 3)((embedded * shares[..., None]).sum(1))
    return {"logits": logits, "loss": F.cross_entropy(logits, inputs["labels"]), "hidden_states.0": embedded}


def tagger(model, config, inputs):
    hidden, _ = bidirectional_encoder(model, config, inputs)
    logits = model.linear("classifier", 2 * HIDDEN, 3)(hidden[-1])
    loss = F.cross_entropy(logits.flatten(0, 1), inputs["labels"].flatten())
    return {"logits": logits, "loss": loss, **each("hidden_states", hidden)}


def chain_tagger(model, config, inputs):
    """A conditional random field over the classifier, by torchcrf's definition (its `token_mean`) and names; the sum over
    all paths is written out. Places without a label are left out of the chain."""
    hidden, _ = bidirectional_encoder(model, config, inputs)
    logits = model.linear("classifier", 2 * HIDDEN, 3)(hidden[-1])
    start, end = model.add("crf.start_transitions", 3), model.add("crf.end_transitions", 3)
    transitions = model.add("crf.transitions", 3, 3)

    def score(emissions, tags):
        inner = sum(transitions[a, b] for a, b in zip(tags, tags[1:]))
        return start[tags[0]] + end[tags[-1]] + inner + sum(row[tag] for row, tag in zip(emissions, tags))

    losses = []
    for row, labels in zip(logits, inputs["labels"]):
        emissions, tags = row[labels >= 0], labels[labels >= 0].tolist()
        paths = itertools.product(range(3), repeat=len(tags))
        total = torch.logsumexp(torch.stack([score(emissions, path) for path in paths]), 0)
        losses.append(total - score(emissions, tags))
    loss = sum(losses) / (inputs["labels"] >= 0).sum()
    return {"logits": logits, "loss": loss, **each("hidden_states", hidden)}


def answer_finder(model, config, inputs):
    hidden, _ = bidirectional_encoder(model, config, inputs)
    start, end = model.linear("qa_outputs", 2 * HIDDEN, 2)(hidden[-1]).unbind(-1)
    loss = (F.cross_entropy(start, inputs["start_positions"]) + F.cross_entropy(end, inputs["end_positions"])) / 2
    return {"start_logits": start, "end_logits": end, "loss": loss, **each("hidden_states", hidden)}


def bidirectional_lm(model, config, inputs):
    embedded = model.embeddings(HIDDEN)(inputs["input_ids"])
    kind = config["cell_type"]
    forward = [model.layer("rnn", kind, i, HIDDEN, HIDDEN) for i in range(2)]
    backward = [model.layer("rnn", kind, i, HIDDEN, HIDDEN, ending="_reverse") for i in range(2)]
    ahead, _ = run(forward, embedded, LENGTHS)
    back, _ = run(backward, flipped(embedded), LENGTHS)
    back = [flipped(side) for side in back]
    pairs = [torch.cat(pair, -1) for pair in zip(ahead, back)]
    return [torch.cat([embedded, embedded], -1), *pairs], ahead[-1], back[-1]


def neighbours(model, config, inputs):
    hidden, ahead, back = bidirectional_lm(model, config, inputs)
    decoder = model.linear("decoder", HIDDEN, VOCABULARY)
    forward, backward, labels = decoder(ahead), decoder(back), inputs["labels"]
    loss = F.cross_entropy(forward[:, :-1].flatten(0, 1), labels[:, 1:].flatten()) / 2
    before = labels[:, :-1].masked_fill(inputs["attention_mask"][:, 1:] == 0, -100)  # padding guesses nothing
    loss = loss + F.cross_entropy(backward[:, 1:].flatten(0, 1), before.flatten()) / 2
    outputs = {"forwardLogits": forward, "backwardLogits": backward, "loss": loss}
    return {**outputs, **each("hidden_states", hidden)}


def mixed_tagger(model, config, inputs):
    hidden, _, _ = bidirectional_lm(model, config, inputs)
    weights, scale = model.add("mix.weights", 3), model.add("mix.scale", 1)
    mix = scale * sum(share * layer for share, layer in zip(torch.softmax(weights, 0), hidden))
    logits = model.linear("classifier", 2 * HIDDEN, 3)(mix)
    loss = F.cross_entropy(logits.flatten(0, 1), inputs["labels"].flatten())
    outputs = {"logits": logits, "last_hidden_state": mix, "loss": loss}
    return {**outputs, **each("hidden_states", hidden)}


def encoder_decoder(model, config, inputs):
    kind, size = config["cell_type"], 6
    table = model.embeddings(size)
    mask = inputs["attention_mask"]
    half = HIDDEN // 2
    encoder = [model.layer("encoder", kind, i, size if i == 0 else HIDDEN, half, True) for i in range(2)]
    source = table(inputs["input_ids"])
    encoded, finals = run(encoder, source, LENGTHS)
    keys = encoded[-1]
    join = lambda state: torch.cat([state[0], state[1]], -1)[None]  # both sides beside each other
    starts = [(join(f[0]), join(f[1])) if kind == "lstm" else join(f) for f in finals]
    labels = inputs["labels"]
    written = torch.cat([torch.full((BATCH, 1), START), labels[:, :-1].clamp(min=0)], 1)
    target = table(written)
    if config["attention_type"] == "bahdanau":
        shown, context, weights = look_first(model, kind, target, keys, mask, starts)
    else:
        decoder = [model.layer("decoder", kind, i, size if i == 0 else HIDDEN, HIDDEN) for i in range(2)]
        outputs, _ = run(decoder, target, states=starts)
        shown = outputs[-1]
        context, weights = attend(luong(model, config["attention_type"], shown, keys), keys, mask)
    attended = torch.tanh(model.linear("attention.combine", 2 * HIDDEN, HIDDEN)(torch.cat([context, shown], -1)))
    logits = model.linear("output", HIDDEN, VOCABULARY)(attended)
    loss = F.cross_entropy(logits.flatten(0, 1), labels.flatten())
    outputs = {"logits": logits, "loss": loss, "last_hidden_state": attended, "cross_attentions.0": weights[:, None]}
    return {**outputs, "encoder_last_hidden_state": keys, **each("encoder_hidden_states", [source, *encoded])}


def luong(model, kind, queries, keys):
    if kind == "luong-dot":
        return queries @ keys.transpose(1, 2)
    if kind == "luong-general":
        return queries @ model.add("attention.general.weight", HIDDEN, HIDDEN) @ keys.transpose(1, 2)
    weight, vector = model.add("attention.concat.weight", HIDDEN, 2 * HIDDEN), model.add("attention.vector", HIDDEN)
    pairs = [torch.cat([q[:, None].expand_as(keys), keys], -1) for q in queries.unbind(1)]
    return torch.stack([torch.tanh(pair @ weight.T) @ vector for pair in pairs], 1)


def look_first(model, kind, target, keys, mask, starts):
    query, key = model.add("attention.query.weight", HIDDEN, HIDDEN), model.linear("attention.key", HIDDEN, HIDDEN)
    vector = model.add("attention.vector", HIDDEN)
    size = target.shape[-1] + keys.shape[-1]
    cells = [
        model.load(STEPS[kind](size if i == 0 else HIDDEN, HIDDEN), lambda part, i=i: f"decoder.{part}_l{i}")
        for i in range(2)
    ]
    states = [tuple(part[0] for part in s) if kind == "lstm" else s[0] for s in starts]
    shown, seen, looked = [], [], []
    for row in target.unbind(1):
        before = states[-1][0] if kind == "lstm" else states[-1]
        scores = torch.tanh((before @ query.T)[:, None] + key(keys)) @ vector
        context, weights = attend(scores[:, None], keys, mask)
        x = torch.cat([row, context[:, 0]], -1)
        for i, cell in enumerate(cells):
            states[i] = cell(x, states[i])
            x = states[i][0] if kind == "lstm" else states[i]
        shown.append(x), seen.append(context[:, 0]), looked.append(weights[:, 0])
    return torch.stack(shown, 1), torch.stack(seen, 1), torch.stack(looked, 1)


def each(name, values):
    return {f"{name}.{i}": value for i, value in enumerate(values)}


def make(out, name, class_name, config, build, inputs, seed):
    model = Model(torch.Generator().manual_seed(seed))
    config = {"architectures": [class_name], **config, "vocab_size": VOCABULARY, "hidden_size": HIDDEN}
    config = {"num_hidden_layers": 2, **config, "pad_token_id": 0, "dropout": 0.0}
    outputs = build(model, config, inputs)
    outputs["loss"].backward()
    tensors = {f"case0.in.{key}": value for key, value in inputs.items()}
    tensors |= {f"case0.out.{key}": value for key, value in outputs.items()}
    tensors |= {f"case0.grad.{key}": value.grad for key, value in model.parameters.items()}
    folder = os.path.join(out, name)
    os.makedirs(folder, exist_ok=True)
    write = lambda file, values: save_file(
        {key: value.detach().clone().contiguous() for key, value in values.items()}, os.path.join(folder, file)
    )
    write("golden.safetensors", tensors)
    write("model.safetensors", model.parameters)
    facts = {"class": class_name, "made with": f"torch {torch.__version__}", "seed": seed, "loss": outputs["loss"].item()}
    for file, values in (("config.json", config), ("golden.json", facts)):
        with open(os.path.join(folder, file), "w") as stream:
            json.dump(values, stream, indent=2)
            stream.write("\n")


def train_steps(out, seed):
    """Steps of training the checkpoint lstm-lm on a running text: the state goes on, what flows back is cut."""
    model = Model(torch.Generator().manual_seed(100 * seed))
    table = model.embeddings(6)
    layers = [model.layer("rnn", "lstm", i, 6 if i == 0 else HIDDEN, HIDDEN) for i in range(2)]
    decoder = model.linear("decoder", HIDDEN, VOCABULARY)
    generator = torch.Generator().manual_seed(seed + 2)
    texts = torch.randint(2, VOCABULARY, (BATCH, 6 * 4 + 1), generator=generator)
    optimizer = torch.optim.SGD(model.parameters.values(), lr=0.5)
    states, losses, norms = None, [], []
    for start in range(0, 24, 4):
        optimizer.zero_grad()
        outputs, states = run(layers, table(texts[:, start : start + 4]), states=states)
        loss = F.cross_entropy(decoder(outputs[-1]).flatten(0, 1), texts[:, start + 1 : start + 5].flatten())
        loss.backward()
        norms.append(nn.utils.clip_grad_norm_(model.parameters.values(), 0.4).item())
        optimizer.step()
        states = [tuple(part.detach() for part in state) for state in states]
        losses.append(loss.item())
    facts = {"made with": f"torch {torch.__version__}", "learning_rate": 0.5, "max_norm": 0.4, "step": 4}
    with open(os.path.join(out, "lstm-lm-steps.json"), "w") as stream:
        json.dump({**facts, "texts": texts.tolist(), "losses": losses, "gradient_norms": norms}, stream)
        stream.write("\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(options.seed + 1)
    draw = lambda *shape: torch.randint(2, VOCABULARY, shape, generator=generator)
    mask = (torch.arange(LENGTH)[None] < torch.tensor(LENGTHS)[:, None]).long()
    ids = draw(BATCH, LENGTH) * mask
    texts = {"input_ids": ids, "attention_mask": mask}
    words = ids.masked_fill(mask == 0, -100)
    tags = torch.randint(0, 3, (BATCH, LENGTH), generator=generator).masked_fill(mask == 0, -100)
    classes = torch.randint(0, 3, (BATCH,), generator=generator)
    written = draw(BATCH, TARGET)
    written[1, 3:] = -100
    labels3 = {"id2label": {"0": "A", "1": "B", "2": "C"}}
    lm = {"model_type": "lstm-lm"}
    jobs = [
        ("lstm-lm", "LstmForCausalLM", {**lm, "cell_type": "lstm", "embedding_size": 6, "tie_word_embeddings": False}, language_model, {**texts, "labels": words}),
        ("lstm-lm-gru-tied", "LstmForCausalLM", {**lm, "cell_type": "gru", "embedding_size": HIDDEN, "tie_word_embeddings": True}, language_model, {**texts, "labels": words}),
        ("bi-lstm-for-sequence-classification", "BiLstmForSequenceClassification", {"model_type": "bi-lstm", "cell_type": "lstm", "embedding_size": 6, **labels3}, sequence_classifier, {**texts, "labels": classes}),
        ("bi-lstm-for-token-classification", "BiLstmForTokenClassification", {"model_type": "bi-lstm", "cell_type": "gru", "embedding_size": 6, "num_hidden_layers": 1, **labels3}, tagger, {**texts, "labels": tags}),
        ("bi-lstm-for-question-answering", "BiLstmForQuestionAnswering", {"model_type": "bi-lstm", "cell_type": "rnn-tanh", "embedding_size": 6}, answer_finder, {**texts, "start_positions": torch.tensor([1, 0, 2]), "end_positions": torch.tensor([4, 2, 3])}),
        ("bi-lm-for-pretraining", "BiLmForPreTraining", {"model_type": "bi-lm", "cell_type": "lstm", "embedding_size": HIDDEN}, neighbours, {**texts, "labels": words}),
        ("bi-lm-for-token-classification", "BiLmForTokenClassification", {"model_type": "bi-lm", "cell_type": "gru", "embedding_size": HIDDEN, **labels3}, mixed_tagger, {**texts, "labels": tags}),
    ]
    for kind, cell in (("bahdanau", "lstm"), ("bahdanau", "gru"), ("luong-dot", "lstm"), ("luong-general", "gru"), ("luong-concat", "lstm")):
        config = {"model_type": "lstm-encoder-decoder", "cell_type": cell, "embedding_size": 6, "attention_type": kind, "decoder_start_token_id": START}
        name = f"lstm-encoder-decoder-{kind}" + ("-gru" if (kind, cell) == ("bahdanau", "gru") else "")
        jobs.append((name, "LstmForConditionalGeneration", config, encoder_decoder, {**texts, "labels": written}))
    jobs.append(("bag-of-words-for-sequence-classification", "BagOfWordsForSequenceClassification", {"model_type": "bag-of-words", **labels3}, bag_of_words, {**texts, "labels": classes}))
    pieces = tags.clone()
    pieces[0, 2] = pieces[2, 1] = -100  # the second pieces of words
    chain = {"model_type": "bi-lstm", "cell_type": "lstm", "embedding_size": 6, "num_hidden_layers": 1, "crf": "any", **labels3}
    jobs.append(("bi-lstm-crf-for-token-classification", "BiLstmForTokenClassification", chain, chain_tagger, {**texts, "labels": pieces}))
    for number, (name, class_name, config, build, inputs) in enumerate(jobs):
        make(options.out, name, class_name, config, build, inputs, 100 * options.seed + number)
        print("made", name)
    os.makedirs(os.path.join(options.out, "..", "training"), exist_ok=True)
    train_steps(os.path.join(options.out, "..", "training"), options.seed)


if __name__ == "__main__":
    main()
