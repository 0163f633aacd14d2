import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { repository } from "../../test/shared.js";
import { type ChatMessage, readTokenizer, type Tokenizer } from "./index.js";

const { templates, chats, tools, cases } = JSON.parse(
  readFileSync(join(repository, "test/golden/chat-templates.json"), "utf8"),
);

const special = {
  bos_token: "<s>",
  eos_token: "</s>",
  cls_token: "<s>",
  sep_token: "</s>",
  unk_token: "<unk>",
};

function read(config: object, files: Record<string, string> = {}): Tokenizer {
  return readTokenizer(
    new Map([
      ["vocab.txt", "<s>\n</s>\n<unk>\nhello\n"],
      ["tokenizer_config.json", JSON.stringify({ ...special, ...config })],
      ...Object.entries(files),
    ]),
    "dir",
  );
}

const hello: ChatMessage[] = [{ role: "user", content: "hello" }];

describe("chat templates", () => {
  for (const [name, template] of Object.entries(templates)) {
    test(`${name}: as Python's transformers renders it`, () => {
      const tokenizer = read({ chat_template: template });
      const own = cases.filter((one: { template: string }) => one.template === name);
      assert.ok(own.length > 0);
      for (const { chat, add_generation_prompt, tools: hasTools, rendered, error } of own) {
        const apply = () =>
          tokenizer.applyChatTemplate(chats[chat], {
            addGenerationPrompt: add_generation_prompt,
            ...(hasTools ? { tools } : {}),
          });
        if (rendered !== undefined) assert.equal(apply(), rendered, chat);
        else assert.throws(apply, (thrown: Error) => thrown.message.endsWith(error), chat);
      }
    });
  }

  test("the text has its special tokens, which are found in it", () => {
    const tokenizer = read({ chat_template: "{{ bos_token }}{{ messages[0].content }}{{ eos_token }}" });
    const prompt = tokenizer.applyChatTemplate(hello);
    assert.equal(prompt, "<s>hello</s>");
    assert.deepEqual([...tokenizer.encode(prompt, { specialTokens: false }).ids], [0, 3, 1]);
  });

  test("chat_template.jinja comes before tokenizer_config.json; both are written again", () => {
    const tokenizer = read({ chat_template: "config" }, { "chat_template.jinja": "file" });
    assert.equal(tokenizer.applyChatTemplate(hello), "file");
    const files = tokenizer.toFiles();
    assert.equal(files.get("chat_template.jinja"), "file");
    assert.equal(readTokenizer(files, "again").applyChatTemplate(hello), "file");
    const fromConfig = readTokenizer(read({ chat_template: "config" }).toFiles(), "again");
    assert.equal(fromConfig.applyChatTemplate(hello), "config");
  });

  test("several templates go by their names, one of one's own by its text", () => {
    const list = ["default", "tool_use"].map((name) => ({ name, template: `${name} {{ flag }}` }));
    const tokenizer = read({ chat_template: list });
    assert.equal(tokenizer.applyChatTemplate(hello, { variables: { flag: "on" } }), "default on");
    assert.equal(tokenizer.applyChatTemplate(hello, { tools: [] }), "tool_use ");
    assert.equal(tokenizer.applyChatTemplate(hello, { template: "tool_use" }), "tool_use ");
    assert.equal(tokenizer.applyChatTemplate(hello, { template: "{{ messages[0].role }}" }), "user");
    const unnamed = read({ chat_template: [{ name: "rag", template: "x" }] });
    assert.throws(() => unnamed.applyChatTemplate(hello), { hint: /choose one of rag/ });
  });

  test("mistakes say what to do", () => {
    assert.throws(() => read({}).applyChatTemplate(hello), {
      name: "OptionError",
      message: /has no chat template/,
      hint: /chat_template.jinja/,
    });
    assert.throws(() => read({ chat_template: "x" }).applyChatTemplate([]), /expected messages for a chat/);
    const broken = read({ chat_template: "{% if %}" });
    assert.throws(() => broken.applyChatTemplate(hello), /the chat template cannot be read/);
    assert.throws(() => read({ chat_template: 5 }), {
      name: "FileError",
      message: /dir\/tokenizer_config.json: expected "chat_template" to be a template/,
    });
  });

  test("loops that are left keep what they have written", () => {
    const render = (template: string): string => read({}).applyChatTemplate(hello, { template });
    const loop = "{% for i in range(4) %}";
    assert.equal(render(`${loop}{{ i }}{% if i == 1 %}{% break %}{% endif %},{% endfor %}`), "0,1");
    assert.equal(
      render(`${loop}{{ i }}{% if i < 2 %}-{% continue %}{% else %}+{% endif %};{% endfor %}`),
      "0-1-2+;3+;",
    );
    assert.equal(render(`${loop}a{% break %}b{% else %}none{% endfor %}`), "anone");
    assert.equal(
      render(`${loop}{% if i == 2 %}{% if true %}x{% break %}{% endif %}y{% endif %}{{ i }}{% endfor %}`),
      "01x",
    );
    assert.equal(render("{% for i in [] %}{% continue %}{% else %}none{% endfor %}"), "none");
    assert.equal(
      render(`${loop}{{ loop.index }}{% if loop.last %}{% continue %}{% endif %}.{% endfor %}`),
      "1.2.3.4",
    );
  });
});
