/** Error codes of phantoms. */
import type { ErrorDefinition } from "../error-definition.ts";

export const phantomErrors = {
  SEG600: {
    name: "unknown-phantom",
    meaning: "No phantom has this name.",
    hint: "`segathlon phantom --help` lists the phantoms.",
    failure: "participant",
  },
} as const satisfies Record<`SEG${number}`, ErrorDefinition>;
