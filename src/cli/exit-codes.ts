/** What the program ends with: well, by a defect of ours (or values that differ, in `verify`), by what the user can cure, by Ctrl-C. */
export const exitCodes = { done: 0, defect: 1, userError: 2, interrupted: 130 } as const;
