/** Error codes of phantoms. */
import type { ErrorDefinition } from "../error-definition.ts";

export const phantomErrors = {
  SEG600: {
    name: "unknown-phantom",
    meaning: "No phantom has this name.",
    hint: "`segathlon phantom --help` lists the phantoms.",
    failure: "participant",
  },
  SEG601: {
    name: "invalid-phantom-document",
    meaning: "A phantom document refers to something that it does not define.",
    hint: "Define the named structure or tissue before it is used.",
    failure: "organiser",
  },
  SEG602: {
    name: "invalid-phantom-option",
    meaning: "A number given to the phantom generator is out of range.",
    hint: "See `segathlon phantom --help` for the ranges.",
    failure: "participant",
  },
} as const satisfies Record<`SEG${number}`, ErrorDefinition>;
