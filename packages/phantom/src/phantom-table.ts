/** The built-in phantoms by name: ten after the tasks of the Medical Segmentation Decathlon, one after AMOS. */
import { SegathlonError } from "@segathlon/errors";
import type { PhantomDocument } from "./phantom-document.ts";
import { abdomen } from "./phantoms/abdomen.ts";
import { brain } from "./phantoms/brain.ts";
import { colon } from "./phantoms/colon.ts";
import { heart } from "./phantoms/heart.ts";
import { hepaticVessel } from "./phantoms/hepatic-vessel.ts";
import { hippocampus } from "./phantoms/hippocampus.ts";
import { liver } from "./phantoms/liver.ts";
import { lung } from "./phantoms/lung.ts";
import { pancreas } from "./phantoms/pancreas.ts";
import { prostate } from "./phantoms/prostate.ts";
import { spleen } from "./phantoms/spleen.ts";

export const phantoms = {
  brain,
  heart,
  liver,
  hippocampus,
  prostate,
  lung,
  pancreas,
  "hepatic-vessel": hepaticVessel,
  spleen,
  colon,
  abdomen,
} as const satisfies Readonly<Record<string, PhantomDocument>>;

export type PhantomName = keyof typeof phantoms;

/** The ten phantoms that follow the decathlon's tasks, in its order. */
export const decathlonPhantoms: readonly PhantomName[] = [
  "brain",
  "heart",
  "liver",
  "hippocampus",
  "prostate",
  "lung",
  "pancreas",
  "hepatic-vessel",
  "spleen",
  "colon",
];

/**
 * The phantom of this name; `amos` is another name of `abdomen`.
 *
 * @throws SegathlonError SEG600 when there is none.
 */
export function findPhantom(name: string): PhantomDocument {
  const key = name === "amos" ? "abdomen" : name;
  if (Object.hasOwn(phantoms, key)) return phantoms[key as PhantomName];
  throw new SegathlonError("SEG600", `there is no phantom "${name}"`, {
    hint: `The phantoms are: ${Object.keys(phantoms).join(", ")} (amos is another name of abdomen).`,
  });
}
