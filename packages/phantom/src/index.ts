/** Synthetic anatomy with exact labels: phantoms after the decathlon's ten tasks and AMOS, from documents and a seed. */
export { type DisturbOptions, disturbLabels } from "./disturb-labels.ts";
export {
  generatePhantomCase,
  type PhantomCase,
  type PhantomOptions,
  type PhantomSplit,
  splitOfCase,
} from "./phantom-case.ts";
export type {
  Grid,
  Layer,
  PhantomDocument,
  PhantomLabel,
  Scanner,
  Structure,
  Tissue,
  TissueTable,
} from "./phantom-document.ts";
export { decathlonPhantoms, findPhantom, type PhantomName, phantoms } from "./phantom-table.ts";
export type { Level, Point, Shape, TubePoint } from "./shape.ts";
export { type WritePhantomOptions, writePhantomDataset } from "./write-phantom-dataset.ts";
