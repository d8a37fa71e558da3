/**
 * Every error code, by range: 001-099 volumes and files, 100-199 evaluation and benchmark documents, 200-299 datasets,
 * 300-399 ranking, 400-499 server, 500-599 models, 600-699 phantoms, 700-799 command line. `docs/errors.md` is made from this
 * table; a code is never given a second meaning.
 */
import { benchmarkErrors } from "./codes/benchmark.ts";
import { cliErrors } from "./codes/cli.ts";
import { datasetErrors } from "./codes/dataset.ts";
import { modelsErrors } from "./codes/models.ts";
import { phantomErrors } from "./codes/phantom.ts";
import { rankingErrors } from "./codes/ranking.ts";
import { serverErrors } from "./codes/server.ts";
import { volumeErrors } from "./codes/volume.ts";

export const errorTable = {
  ...volumeErrors,
  ...benchmarkErrors,
  ...datasetErrors,
  ...rankingErrors,
  ...serverErrors,
  ...modelsErrors,
  ...phantomErrors,
  ...cliErrors,
} as const;

/** A code of the table, such as `SEG014`. */
export type ErrorCode = keyof typeof errorTable;
