/** One row of the error table. */

/** Who has to act. On the server only a scored run uses quota; the other failures are told apart by this. */
export type FailureKind = "participant" | "organiser" | "infrastructure";

export interface ErrorDefinition {
  /** Short name in kebab case, such as `geometry-mismatch`. */
  readonly name: string;
  /** One sentence: what the code means, for `docs/errors.md`. */
  readonly meaning: string;
  /** What to do, when the place of the error has nothing better to say. */
  readonly hint: string;
  readonly failure: FailureKind;
}
