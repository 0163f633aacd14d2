"""Fine-tunes a checkpoint with transformers' Trainer as it comes, and prints what came out as one line of JSON.

usage: trainer.py --task text-classification --model DIR --train-file F --validation-file F --output-dir DIR
"""

import time

STARTED = time.perf_counter()  # before the imports, which a user waits for too

import argparse
import importlib
import json
import os
import platform
import resource
import sys
from pathlib import Path


def main():
    options = parse()
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["OMP_NUM_THREADS"] = str(options.threads)
    import torch
    import transformers

    torch.set_num_threads(options.threads)
    transformers.set_seed(options.seed)
    task = importlib.import_module(options.task.replace("-", "_"))
    tokenizer = transformers.AutoTokenizer.from_pretrained(options.model)
    trainer_class, task_arguments = task.prepare(options, tokenizer)
    trainer = trainer_class(
        args=training_arguments(options, transformers), processing_class=tokenizer, **task_arguments
    )
    if options.only_start:
        trainer.model.config.update({"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0})
        trainer.save_model()
        lengths = [len(row["input_ids"]) for row in trainer.train_dataset]
        Path(options.output_dir, "lengths.json").write_text(json.dumps(lengths))
        return
    if options.batches is not None:
        batches = json.loads(Path(options.batches).read_text())
        trainer.args.max_steps = len(batches)
        trainer.get_train_dataloader = lambda: torch.utils.data.DataLoader(
            trainer.train_dataset, batch_sampler=batches, collate_fn=trainer.data_collator
        )
    train_started = time.perf_counter()
    result = trainer.train()
    train_seconds = time.perf_counter() - train_started
    metrics = trainer.evaluate()
    trainer.save_model()
    print(
        json.dumps(
            {
                "metrics": {name.removeprefix("eval_"): value for name, value in metrics.items()},
                "trainLoss": result.training_loss,
                "stepCount": result.global_step,
                "trainSeconds": train_seconds,
                "totalSeconds": time.perf_counter() - STARTED,
                "peakBytes": peak_bytes(),
                "versions": {
                    "python": platform.python_version(),
                    "torch": torch.__version__,
                    "transformers": transformers.__version__,
                },
            }
        )
    )


def training_arguments(options, transformers):
    each_epoch = "epoch" if options.evaluate_each_epoch or options.keep_best else "no"
    return transformers.TrainingArguments(
        output_dir=options.output_dir,
        seed=options.seed,
        learning_rate=options.learning_rate,
        per_device_train_batch_size=options.batch,
        per_device_eval_batch_size=options.batch,
        num_train_epochs=options.epochs,
        max_steps=options.max_steps,
        warmup_steps=options.warmup_steps,
        weight_decay=options.weight_decay,
        lr_scheduler_type=options.scheduler,
        train_sampling_strategy="group_by_length" if options.group_by_length else "random",
        eval_strategy=each_epoch,
        save_strategy="epoch" if options.keep_best else "no",
        load_best_model_at_end=options.keep_best,
        metric_for_best_model=options.keep_best_metric,
        use_cpu=True,
        bf16=options.bf16,
        disable_tqdm=True,
    )


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    tasks = ["text-classification", "token-classification", "question-answering"]
    parser.add_argument("--task", choices=tasks, required=True)
    for name in ("--model", "--train-file", "--validation-file", "--output-dir"):
        parser.add_argument(name, required=True)
    parser.add_argument("--text-column", default="1", help="name, or number from 1 without a header")
    parser.add_argument("--pair-column")
    parser.add_argument("--label-column", default="2")
    parser.add_argument("--regression", action="store_true")
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--learning-rate", type=float, default=5e-5)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--epochs", type=float, default=3)
    parser.add_argument("--max-steps", type=int, default=-1)
    parser.add_argument("--warmup-steps", type=float, default=0)
    parser.add_argument("--weight-decay", type=float, default=0)
    parser.add_argument("--scheduler", default="linear")
    parser.add_argument("--max-length", type=int)
    parser.add_argument("--pad-to-max-length", dest="padding", action="store_const", const="max_length", default=False)
    parser.add_argument("--group-by-length", action="store_true")
    parser.add_argument("--bf16", action="store_true")
    parser.add_argument("--evaluate-each-epoch", action="store_true")
    parser.add_argument("--keep-best-metric", help="keep the epoch that is best in this metric")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only-start", action="store_true", help="save the model as it begins, without dropout, and the rows' lengths")
    parser.add_argument("--batches", help="JSON: the rows of each batch of the run, instead of drawing them")
    options = parser.parse_args()
    options.keep_best = options.keep_best_metric is not None
    return options


def peak_bytes():
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # Linux counts in KiB


if __name__ == "__main__":
    main()
