#!/bin/sh
# Makes a rootstock from raw text: `sh recipes/rootstocks/make.sh ja` or `... en`, in the root of the repository, with the
# corpora in ../shared/corpora. About two hours of one core; stopped, it goes on where it was: its checkpoints are in
# out/rootstocks. What is to be kept goes to rootstocks/ja-small or rootstocks/en-small.
#
# bfloat16 by OpenVINO halves the time on processors that have it; COMPUTE= (nothing) computes by ONNX Runtime, in fp32.
set -e
compute=${COMPUTE-"--runtime openvino --precision bf16"}
corpora=${CORPORA:-../shared/corpora}
tsugiki="node dist/src/cli/main.js"
out=out/rootstocks/$1

case $1 in
ja)
  set -- "$1" "$corpora/ja-literary/*.gz" "$corpora/ja-modern/*.gz"
  vocabulary="--model unigram"
  ;;
en)
  set -- "$1" "$corpora/en-general/*.gz"
  vocabulary="--model wordpiece"
  ;;
*)
  echo "expected ja or en, got '$1'" >&2
  exit 2
  ;;
esac
language=$1
shift

[ -d "$out/tokenizer" ] ||
  $tsugiki tokenizer train $vocabulary --vocab-size 9000 --train-file "$@" --output "$out/tokenizer"

# ModernBERT, since BERT at this size stays at the frequencies of tokens for the first two million tokens and more, and this
# does not: after 1.7 million (batches of 8 rows) the loss of hidden tokens was 5.6, of BERT, its layer norms behind, 6.7.
start=--overwrite
ls -d "$out"/model/checkpoint-* > /dev/null 2>&1 && start=--resume
$tsugiki pretrain --objective masked-lm --mask-rate 0.3 --architecture recipes/rootstocks/architecture.json \
  --tokenizer "$out/tokenizer" --train-file "$@" --validation-split 0.005 --corpus-dir "$out/corpus" \
  --max-length 256 --batch-size 16 --max-steps 16000 --learning-rate 1e-3 --warmup-ratio 0.01 --dropout 0 --seed 1 \
  --evaluate-every 1000 --save-every 500 --dtype float16 $compute $start --output-dir "$out/model"

mkdir -p "rootstocks/$language-small"
for file in config.json model.safetensors tokenizer_config.json special_tokens_map.json; do
  cp "$out/model/$file" "rootstocks/$language-small/$file"
done
# without indentation it is half as large
node -e 'console.log(JSON.stringify(JSON.parse(require("fs").readFileSync(0, "utf8"))))' \
  < "$out/model/tokenizer.json" > "rootstocks/$language-small/tokenizer.json"
cp "$out/model/metrics.jsonl" "rootstocks/$language-small/training-log.jsonl"
