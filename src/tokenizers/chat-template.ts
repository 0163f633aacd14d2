import { Template } from "@huggingface/jinja";
import { isJsonObject, type Json, type JsonObject, OptionError, TsugikiError } from "../base/index.js";
import type { ChatMessage, ChatTemplateOptions } from "./chat.js";
import { withoutJumps } from "./chat-template-loops.js";
import { contentOf, roleKeys } from "./special-names.js";
import { objectAt, stringField, wrongField } from "./step-fields.js";

/** The file that holds a tokenizer's chat template, where tokenizer_config.json does not. */
export const chatTemplateFile = "chat_template.jinja";

/** The chat templates of a tokenizer by name, and the variables that they have in common. */
export class ChatTemplates {
  readonly #templates: ReadonlyMap<string, string>;
  readonly #variables: JsonObject;
  readonly #parsed: Map<string, Template> = new Map();

  /** `variables` are the special tokens by Python's names, such as `eos_token`. */
  constructor(templates: ReadonlyMap<string, string>, variables: JsonObject) {
    this.#templates = templates;
    this.#variables = variables;
  }

  /** The text of a chat. */
  render(messages: readonly ChatMessage[], options: ChatTemplateOptions = {}): string {
    const { addGenerationPrompt = false, tools, documents, variables } = options;
    if (messages.length === 0) throw new OptionError("expected messages for a chat, got none");
    const template = this.#parse(this.#choose(options));
    try {
      return template.render({
        ...this.#variables,
        messages: messages.map(completed),
        add_generation_prompt: addGenerationPrompt,
        tools: tools ?? null,
        documents: documents ?? null,
        ...variables,
      });
    } catch (error) {
      throw new TsugikiError(`the chat template ends with an error: ${(error as Error).message}`, {
        hint: "templates refuse chats of a form that their model does not know: see their condition, or give another template",
        cause: error,
      });
    }
  }

  #choose({ template, tools }: ChatTemplateOptions): string {
    if (template !== undefined) return this.#templates.get(template) ?? template;
    const named =
      (tools === undefined ? undefined : this.#templates.get("tool_use")) ?? this.#templates.get("default");
    if (named !== undefined) return named;
    const names = [...this.#templates.keys()].join(", ");
    throw new OptionError(
      `the tokenizer has ${names === "" ? "no chat template" : "no default chat template"}`,
      {
        hint:
          names === ""
            ? `give one in Jinja: { template: "..." }, or put ${chatTemplateFile} into the tokenizer's directory`
            : `choose one of ${names}: { template: "..." }`,
      },
    );
  }

  #parse(text: string): Template {
    let template = this.#parsed.get(text);
    if (template === undefined) {
      try {
        template = new Template(text);
        withoutJumps(template);
      } catch (error) {
        throw new TsugikiError(`the chat template cannot be read: ${(error as Error).message}`, {
          hint: "it must be Jinja as chat templates use it",
          cause: error,
        });
      }
      this.#parsed.set(text, template);
    }
    return template;
  }
}

/** A message without what is null, and its reasoning by each name under which templates look for it. */
function completed(message: ChatMessage): JsonObject {
  const fields = Object.entries(message).filter(
    (entry): entry is [string, Json] => (entry[1] ?? null) !== null,
  );
  const plain = Object.fromEntries(fields);
  const reasoning = plain["reasoning_content"] ?? plain["thinking"] ?? plain["reasoning"];
  return reasoning === undefined ? plain : { thinking: reasoning, ...plain, reasoning_content: reasoning };
}

/** The chat templates of a tokenizer's files: the text of chat_template.jinja, else what tokenizer_config.json holds. */
export function readChatTemplates(
  file: string | undefined,
  config: JsonObject,
  map: JsonObject,
  place: string,
): ChatTemplates {
  return new ChatTemplates(
    readTemplates(file, config["chat_template"] ?? null, place),
    readVariables(config, map, place),
  );
}

function readTemplates(file: string | undefined, value: Json, place: string): Map<string, string> {
  if (file !== undefined) return new Map([["default", file]]);
  if (value === null) return new Map();
  if (typeof value === "string") return new Map([["default", value]]);
  if (isJsonObject(value)) {
    return new Map(
      Object.keys(value).map((name) => [name, stringField(value, name, `${place}, chat_template`)]),
    );
  }
  if (!Array.isArray(value)) throw wrongField(place, "chat_template", "a template or a list of them", value);
  return new Map(
    value.map((entry: Json, i) => {
      const where = `${place}, chat_template[${i}]`;
      const json = objectAt(entry, where);
      return [stringField(json, "name", where), stringField(json, "template", where)];
    }),
  );
}

const tokenKeys: readonly string[] = ["bos_token", "eos_token", ...Object.values(roleKeys)];

function readVariables(config: JsonObject, map: JsonObject, place: string): JsonObject {
  const usual = /^LlamaTokenizer(Fast)?$/.test(String(config["tokenizer_class"]))
    ? { bos_token: "<s>", eos_token: "</s>", unk_token: "<unk>" }
    : {};
  const named = tokenKeys.flatMap((key): [string, string][] => {
    const value = config[key] ?? map[key] ?? null;
    return value === null ? [] : [[key, contentOf(value, key, place)]];
  });
  return { ...usual, ...Object.fromEntries(named) };
}
