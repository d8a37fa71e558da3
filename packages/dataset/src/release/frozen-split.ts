/** A split that is fixed for good, with a hash that says so. */
import type { Dataset, SplitName } from "../dataset.ts";

export interface FrozenSplit {
  readonly schema: "segathlon/split@1";
  /** SHA-256 of {@link splitText}. */
  readonly sha256: string;
  readonly train: readonly string[];
  readonly validation: readonly string[];
  readonly test: readonly string[];
}

/** What is hashed: one line `split<TAB>case` for every case, sorted by code units, each ended by a newline. */
export function splitText(cases: readonly Pick<Dataset["cases"][0], "id" | "split">[]): string {
  return cases
    .map((one) => `${one.split}\t${one.id}\n`)
    .sort()
    .join("");
}

/** The split of a dataset; `sha256` hashes text as UTF-8 and gives hexadecimal digits. */
export function freezeSplit(dataset: Pick<Dataset, "cases">, sha256: (text: string) => string): FrozenSplit {
  const of = (split: SplitName): string[] => dataset.cases.filter((one) => one.split === split).map((one) => one.id);
  return {
    schema: "segathlon/split@1",
    sha256: sha256(splitText(dataset.cases)),
    train: of("train"),
    validation: of("validation"),
    test: of("test"),
  };
}
