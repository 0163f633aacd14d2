/** How the numbers of an optimizer's state are kept from step to step, as `--optimizer-state` takes it. */
export const stateFormats = ["fp32", "bf16", "int8"] as const;

export type StateFormat = (typeof stateFormats)[number];
