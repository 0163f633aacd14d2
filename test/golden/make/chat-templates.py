"""Goldens of chat templates: what Python's transformers renders.

usage: chat-templates.py OUT.json
"""

import datetime
import json
import sys

import jinja2
import transformers
from tokenizers import Tokenizer, models

TEMPLATES = {
    "chatml": "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
    "llama-2": """{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}{% set system_message = messages[0]['content'] %}{% else %}{% set loop_messages = messages %}{% set system_message = false %}{% endif %}
{%- for message in loop_messages %}
    {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}
        {{- raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}
    {%- endif %}
    {%- if loop.index0 == 0 and system_message %}
        {%- set content = '<<SYS>>\\n' + system_message + '\\n<</SYS>>\\n\\n' + message['content'] %}
    {%- else %}
        {%- set content = message['content'] %}
    {%- endif %}
    {%- if message['role'] == 'user' %}
        {{- bos_token + '[INST] ' + content | trim + ' [/INST]' }}
    {%- elif message['role'] == 'assistant' %}
        {{- ' ' + content | trim + ' ' + eos_token }}
    {%- endif %}
{%- endfor %}""",
    "tools": """{%- macro render(tool) -%}
{{ tool.function.name }}: {{ tool.function.description | default('none') }} {{ tool.function.parameters | tojson }}
{% endmacro -%}
{%- set ns = namespace(last=none, count=0) -%}
{%- for message in messages -%}
{%- if message.role == 'user' -%}{%- set ns.last = message.content -%}{%- set ns.count = ns.count + 1 -%}{%- endif -%}
{%- endfor -%}
{%- if tools %}{% for tool in tools %}{{ render(tool) }}{% endfor %}
{{ tools | tojson(indent=2) }}
{%- endif %}
{{ ns.count }} {{ ns.last | upper }} {{ messages | length }} {{ messages | map(attribute='role') | join(',') }}
{%- for message in messages if message.tool_calls is defined and message.tool_calls is not none %}
[{% for call in message.tool_calls %}{{ call.function.arguments | tojson }}{% if not loop.last %};{% endif %}{% endfor %}]
{%- endfor %}
{%- for message in messages if message.reasoning_content is defined %}<think>{{ message.reasoning_content }}</think>{% endfor %}""",
    "loops": """{% for message in messages %}<{{ loop.index }}{% if message.role == 'assistant' %}a{% break %}b{% endif %}c{% if message.role == 'system' %}s{% continue %}t{% endif %}d>
{% else %}none{% endfor %}
{% for message in messages %}{% for part in ['x', 'y', 'z'] %}{{ part }}{% if part == 'y' %}!{% break %}{% endif %}{% endfor %}{% if loop.index == 2 %}{{ message.role }}{% break %}{% else %},{% endif %}{% endfor %}
{% for i in range(5) %}{% if i is odd %}{% continue %}{% endif %}{{ i }}{% endfor %}
{% for i in [] %}{% break %}{% else %}empty{% endfor %}
{% macro first(list) %}{% for i in list %}{{ i }}{% break %}{% endfor %}{% endmacro %}{{ first([7, 8]) }}""",
    "generation": """{% for message in messages %}{% if message.role == 'assistant' %}{% generation %}{{ message.content }}{% endgeneration %}{% else %}{{ message.content | trim }}{% endif %}
{% endfor %}""",
    "gemma": """{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}{% for message in messages %}{% if (message['role'] == 'assistant') %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}{% endif %}{{ '<start_of_turn>' + role + '\n' + message['content'] | trim + '<end_of_turn>\n' }}{% endfor %}{% if add_generation_prompt %}{{'<start_of_turn>model\n'}}{% endif %}""",
}
user = {"role": "user", "content": "  こんにちは <b>\"世界\"</b>\n"}
assistant = {"role": "assistant", "content": "やあ 👋", "tool_calls": None}
system = {"role": "system", "content": "短く答えて。"}
tools = [{"type": "function", "function": {
    "name": "weather", "description": "天気", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
}}]
call = {"role": "assistant", "content": "", "reasoning": "見る", "tool_calls": [
    {"type": "function", "function": {"name": "weather", "arguments": {"city": "東京", "days": 2, "metric": True, "x": None}}},
]}
CHATS = {
    "one": [user], "turns": [user, assistant, {"role": "user", "content": "next"}], "system": [system, user, assistant],
    "call": [user, call], "wrong": [assistant, user],
}
rows = []
for name, template in TEMPLATES.items():
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer(models.WordLevel({"<s>": 0, "</s>": 1}, unk_token="<s>")),
        bos_token="<s>", eos_token="</s>", chat_template=template,
    )
    for chat, messages in CHATS.items():
        for prompt in (False, True):
            row = {"template": name, "chat": chat, "add_generation_prompt": prompt, "tools": name == "tools" and prompt}
            try:
                row["rendered"] = tokenizer.apply_chat_template(
                    messages, tokenize=False, add_generation_prompt=prompt, tools=tools if row["tools"] else None
                )
            except jinja2.exceptions.TemplateError as error:
                row["error"] = str(error)
            rows.append(row)
versions = {"transformers": transformers.__version__, "jinja2": jinja2.__version__, "date": datetime.date.today().isoformat()}
with open(sys.argv[1], "w", encoding="utf-8") as file:
    json.dump({"versions": versions, "templates": TEMPLATES, "chats": CHATS, "tools": tools, "cases": rows}, file,
              ensure_ascii=False, indent=1)
    file.write("\n")
print(len(rows))
