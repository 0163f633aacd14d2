/** What a test runner's event says, as far as it is counted. */
export interface TestEvent {
  readonly name: string;
  readonly skip?: string | boolean;
  readonly todo?: string | boolean;
  readonly details: {
    readonly type?: string | undefined;
    readonly error?: { readonly failureType?: string } | Error | undefined;
  };
}

/** Counts tests as they end. A group of tests (`describe`) is not counted, but for what goes wrong in itself. */
export class TestCounts {
  passed = 0;
  failed = 0;
  skipped = 0;
  /** Of those skipped, the ones that lack a file of the folder `shared`. */
  needingShared = 0;

  /** A test, or a group, ended well or was skipped. */
  endedWell({ skip, todo, details }: TestEvent): void {
    if (isSet(skip) || isSet(todo)) {
      this.skipped++;
      if (typeof skip === "string" && skip.includes("shared")) this.needingShared++;
    } else if (details.type !== "suite") this.passed++;
  }

  /** A test, or a group, failed. A group that failed because of a test in it counts nothing of its own. */
  wentWrong({ todo, details }: TestEvent): void {
    const { type, error } = details;
    const ofItself = (error as { failureType?: string } | undefined)?.failureType !== "subtestsFailed";
    if (isSet(todo)) this.skipped++;
    else if (type !== "suite" || ofItself) this.failed++;
  }

  /** What a run ends with: `12 passed, 0 failed, 3 skipped`, and above it what would have to be there for more. */
  lines(): string[] {
    const skipped = this.skipped === 0 ? "" : `, ${this.skipped} skipped`;
    const count = `${this.passed} passed, ${this.failed} failed${skipped}`;
    if (this.needingShared === 0) return [count];
    return [`${this.needingShared} tests were skipped for want of files in ../shared`, count];
  }
}

/** An empty reason (`skip: ""`) is a reason all the same; `false` is none. */
function isSet(reason: string | boolean | undefined): boolean {
  return reason !== undefined && reason !== false;
}
