import { parse, type Template, tokenize } from "@huggingface/jinja";

/** A statement of a parsed template, as far as loops are concerned. */
interface Statement {
  readonly type: string;
  body?: Statement[];
  /** What `else` holds: of a condition, and of a loop over nothing. */
  alternate?: Statement[];
  defaultBlock?: Statement[];
}

/**
 * Rewrite `{% break %}` and `{% continue %}` as conditions: the library ends them by an exception, which loses what
 * the same pass has written before. As in Jinja, `else` is for a loop none of whose passes came to its end.
 *
 * `{% for x in xs %}a{% if x %}b{% break %}{% endif %}c{% else %}d{% endfor %}` becomes
 *
 * ```
 * {% set loop_1 = namespace(left=0, skipped=0, done=0) %}{% for x in xs %}{% if not loop_1.left %}
 * {% set loop_1.skipped = 0 %}a{% if x %}b{% set loop_1.left = 1 %}{% endif %}
 * {% if not (loop_1.left or loop_1.skipped) %}c{% set loop_1.done = 1 %}{% endif %}{% endif %}{% endfor %}
 * {% if not loop_1.done %}d{% endif %}
 * ```
 */
export function withoutJumps(template: Template): void {
  let loopCount = 0;
  const rewritten = (statements: readonly Statement[] | undefined): Statement[] =>
    (statements ?? []).flatMap((statement) => {
      const jumps = statement.type === "For" && canJump(statement.body);
      for (const key of ["body", "alternate", "defaultBlock"] as const) {
        if (Array.isArray(statement[key])) statement[key] = rewritten(statement[key]);
      }
      if (!jumps) return [statement];
      const name = `tsugiki_loop_${++loopCount}`;
      const end = parsed(`{% set ${name}.done = 1 %}`);
      const [pass] = parsed(`{% if not ${name}.left %}{% set ${name}.skipped = 0 %}{% endif %}`);
      pass!.body!.push(...guarded([...statement.body!, ...end], name));
      const [otherwise] = parsed(`{% if not ${name}.done %}{% endif %}`);
      otherwise!.body = statement.defaultBlock ?? [];
      statement.body = [pass!];
      statement.defaultBlock = [];
      const start = parsed(`{% set ${name} = namespace(left=0, skipped=0, done=0) %}`);
      return [...start, statement, otherwise!];
    });
  const program = template.parsed as unknown as Statement;
  program.body = rewritten(program.body);
}

/** Whether a jump out of the loop itself stands in its body; those of loops inside are their own. */
function canJump(statements: readonly Statement[] | undefined): boolean {
  return (statements ?? []).some(
    ({ type, body, alternate }) => isJump(type) || (type === "If" && (canJump(body) || canJump(alternate))),
  );
}

function isJump(type: string): boolean {
  return type === "Break" || type === "Continue";
}

/** The statements with what follows a possible jump under a condition. */
function guarded(statements: readonly Statement[], name: string): Statement[] {
  const at = statements.findIndex((statement) => canJump([statement]));
  if (at < 0) return [...statements];
  const before = statements.slice(0, at);
  const jumping = statements[at]!;
  if (isJump(jumping.type)) {
    const field = jumping.type === "Break" ? "left" : "skipped";
    return [...before, ...parsed(`{% set ${name}.${field} = 1 %}`)];
  }
  jumping.body = guarded(jumping.body ?? [], name);
  jumping.alternate = guarded(jumping.alternate ?? [], name);
  const [rest] = parsed(`{% if not (${name}.left or ${name}.skipped) %}{% endif %}`);
  rest!.body = guarded(statements.slice(at + 1), name);
  return [...before, jumping, rest!];
}

function parsed(text: string): Statement[] {
  return parse(tokenize(text)).body as unknown as Statement[];
}
