import { type AttentionOptions, attentionRows } from "../../workflows/options-attention.js";
import type { Command } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { countText, visibleText } from "../terminal/index.js";

/** `tsugiki attention`: a page of every layer and head. */
export const attentionCommand: Command<AttentionOptions> = {
  name: "attention",
  summary: "see on a page what each layer and head of a model looks at",
  options: attentionRows,
  examples: [
    'attention --model rootstocks/ja-small "要素の外側の余白を設定します。" --output-file attention.html',
    'attention --model my-translator --text "a small dog" --target "小さな犬" --output-file attention.html',
  ],
  async run(options, { reporter }) {
    const { lookAtAttention } = await import("../../workflows/look-at-attention.js");
    const { view, outputFile, truncatedCount } = await lookAtAttention(options);
    reporter.section("model", [[visibleText(view.model), view.description]]);
    reporter.section(
      "attention",
      view.parts.map(({ name, queries, keys, layers }) => [
        name,
        `${layers.length} layers x ${layers[0]?.headCount ?? 0} heads, ${queries.length} x ${keys.length} tokens`,
      ]),
    );
    if (truncatedCount > 0)
      reporter.warning(`${countText(truncatedCount)} tokens did not fit and were cut off`);
    reporter.section("saved", [[visibleText(outputFile), "open it in a browser"]]);
    return exitCodes.done;
  },
};
