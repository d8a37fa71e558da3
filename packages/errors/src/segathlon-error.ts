/**
 * The one error class of Segathlon (ARCHITECTURE.md section 6).
 *
 * An error that a person can meet says four things: a code that stays the same over versions and can be looked up in
 * `docs/errors.md`, a message (which case, which rule, expected and found), a hint (a command or an action that mends it) and
 * a place. `metrics` and `ranking` import nothing, so they report problems as plain data of the same shape ({@link Problem}).
 */
import type { FailureKind } from "./error-definition.ts";
import { type ErrorCode, errorTable } from "./error-table.ts";

/** Where an error happened. Every field is optional, because a broken file may not have told us more. */
export interface ErrorPlace {
  /** File or archive entry, as the user named it. */
  readonly file?: string;
  readonly case?: string;
  readonly region?: string;
  readonly task?: string;
  /** Dotted path inside a document, such as `protocol.metrics.1.nsd`. */
  readonly field?: string;
  /** One-based line of a text file. */
  readonly line?: number;
}

/** An error or a finding as data: what is written to JSON reports and sent over HTTP. */
export interface Problem {
  readonly code: string;
  readonly name: string;
  readonly message: string;
  readonly hint: string;
  readonly where: ErrorPlace;
}

export interface SegathlonErrorOptions {
  readonly hint?: string;
  readonly where?: ErrorPlace;
  readonly cause?: unknown;
  /** Overrides the table's failure kind for this one error. */
  readonly failure?: FailureKind;
}

/**
 * An error with a code from {@link errorTable}.
 *
 * @example
 * ```ts
 * throw new SegathlonError("SEG014", "case liver_7: shapes differ: reference 512x512x100, prediction 512x512x99", {
 *   where: { case: "liver_7", file: "liver_7.nii.gz" },
 * });
 * ```
 */
export class SegathlonError extends Error {
  override readonly name = "SegathlonError";
  readonly code: ErrorCode;
  readonly hint: string;
  readonly where: ErrorPlace;
  readonly failure: FailureKind;

  constructor(code: ErrorCode, message: string, options: SegathlonErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint ?? errorTable[code].hint;
    this.where = options.where ?? {};
    this.failure = options.failure ?? errorTable[code].failure;
  }

  /** The error as plain data, without a stack. */
  toProblem(): Problem {
    return {
      code: this.code,
      name: errorTable[this.code].name,
      message: this.message,
      hint: this.hint,
      where: this.where,
    };
  }
}

/** The same error with a more exact place; fields already set are kept. */
export function atPlace(error: unknown, where: ErrorPlace): unknown {
  if (!(error instanceof SegathlonError)) return error;
  return new SegathlonError(error.code, error.message, {
    hint: error.hint,
    where: { ...where, ...error.where },
    cause: error.cause ?? error,
    failure: error.failure,
  });
}
