/** Error codes of the server. */
import type { ErrorDefinition } from "../error-definition.ts";

export const serverErrors = {
  SEG400: {
    name: "internal-fault",
    meaning: "An unexpected fault of the server.",
    hint: "Try again; if it stays, tell the administrator the request id.",
    failure: "infrastructure",
  },
} as const satisfies Record<`SEG${number}`, ErrorDefinition>;
