/** Error codes of the command line. */
import type { ErrorDefinition } from "../error-definition.ts";

export const cliErrors = {
  SEG700: {
    name: "usage",
    meaning: "The command line cannot be understood.",
    hint: "See --help.",
    failure: "participant",
  },
  SEG701: {
    name: "unexpected-fault",
    meaning: "An error that is not foreseen.",
    hint: "Report it with the command and the message.",
    failure: "infrastructure",
  },
  SEG702: {
    name: "stopped",
    meaning: "The program was stopped before it was done.",
    hint: "Run the command again.",
    failure: "participant",
  },
  SEG703: {
    name: "demo-failed",
    meaning: "A step of the demo did not do what it should.",
    hint: "Run it again with --keep and look at what is in its folder; report it with the message.",
    failure: "infrastructure",
  },
} as const satisfies Record<`SEG${number}`, ErrorDefinition>;
