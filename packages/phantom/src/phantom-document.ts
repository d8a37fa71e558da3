/**
 * The phantom document (`segathlon/phantom@1`): everything about a synthetic dataset as plain data. A user's own document works
 * like the built-in ones.
 */
import type { Point, Shape } from "./shape.ts";

/** A layer below the surface of a structure. */
export interface Layer {
  readonly insetMm: number;
  readonly tissue: string;
}

/** A part of the anatomy. Structures are painted in the order of the document, later ones over earlier ones. */
export interface Structure {
  readonly name: string;
  readonly shape: Shape;
  readonly tissue: string;
  readonly layers?: readonly Layer[];
  /** Painted only inside this structure, whose label it keeps unless a label of its own names it. */
  readonly within?: string;
  /** Structures of one group move together; without it a structure moves alone. */
  readonly group?: string;
  /** How much a structure differs between patients: standard deviations. Shapes that refer to another structure follow it. */
  readonly vary?: { readonly shiftMm?: number; readonly scale?: number; readonly rotateDegrees?: number };
  /** Small-scale unevenness of the surface. */
  readonly roughness?: { readonly mm: number; readonly wavelengthMm: number };
  /** Furrows that wind over the surface and cut into it, as those of the brain. */
  readonly folds?: { readonly depthMm: number; readonly wavelengthMm: number; readonly widthMm: number };
  /** Probability that a patient has it; 1 when absent. */
  readonly presence?: number;
  /** Only in patients with this disease. */
  readonly disease?: string;
  readonly sex?: "F" | "M";
  /** Not part of the body: neither bent nor scaled with it. */
  readonly outside?: true;
}

/** What a tissue looks like. */
export interface Tissue {
  /** Value by contrast: Hounsfield units for CT, arbitrary units 0..1000 for MR. */
  readonly values: Readonly<Record<string, number>>;
  /** Standard deviation of the texture, in the same units. */
  readonly texture: number;
}

export type TissueTable = Readonly<Record<string, Tissue>>;

export interface PhantomLabel {
  readonly value: number;
  readonly name: string;
  readonly structures: readonly string[];
}

/** The sampling grid of a scanner. */
export interface Grid {
  /** Voxels at the document's own size; other sizes scale all axes. */
  readonly shape: readonly [number, number, number];
  readonly fieldOfViewMm: Point;
  /** The middle of the field of view in the anatomy. */
  readonly centreMm: Point;
  /** Standard deviation of the patient's position, in mm. */
  readonly shiftMm: number;
  /** Axis codes of the stored array, such as `RAS` or `LAS`. */
  readonly orientation: string;
  /** Largest tilt of the stack about the x axis, in degrees. */
  readonly tiltDegrees?: number;
}

/** A scanner with its protocol. */
export interface Scanner {
  readonly id: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly site: string;
  readonly modality: "CT" | "MR";
  /** How often it is used, against the others. */
  readonly weight: number;
  /** Used for test cases only: outside the distribution of the training cases. */
  readonly outOfDistribution?: true;
  /** Phases or sequences: the contrast of every channel. One is drawn for a case. */
  readonly phases: readonly { readonly name: string; readonly contrasts: readonly string[] }[];
  readonly grid: Grid;
  /** Standard deviation of the noise, in units of the channel, at the document's own size. */
  readonly noise: number;
  /** Share of the in-plane neighbours in a pixel, 0 (sharp) to 0.5 (soft). */
  readonly blur: number;
  /** MR: amplitude of the receive field, 0.2 means about +-20 %. */
  readonly bias?: number;
  /** MR: factors between which the scale of the arbitrary units lies. */
  readonly gain?: readonly [number, number];
  /** Outside of the body is exactly 0 (a skull-stripped brain). */
  readonly masked?: true;
}

export interface PhantomDocument {
  readonly schema: "segathlon/phantom@1";
  /** Short name on the command line, such as `liver`. */
  readonly name: string;
  /** Name of the folder, such as `Phantom03_Liver`. */
  readonly dataset: string;
  readonly title: string;
  readonly description: string;
  readonly filePrefix: string;
  /** Names of the image channels. */
  readonly channels: readonly string[];
  readonly labels: readonly PhantomLabel[];
  readonly anatomy: readonly Structure[];
  readonly tissues: TissueTable;
  /** Smooth bending of the body: amplitude and wavelength in mm, coarse then fine. */
  readonly bending: readonly (readonly [number, number])[];
  /** Standard deviation of the patient's size along each axis. */
  readonly habitus: number;
  readonly scanners: readonly Scanner[];
  readonly diseases: readonly { readonly name: string; readonly weight: number }[];
  readonly ages: readonly [number, number];
  readonly sexes: readonly ("F" | "M")[];
  /** Longest axis of the standard grid, in voxels. */
  readonly size: number;
  /** Number of cases when the caller names none, and which shares of them are kept for validation and test. */
  readonly cases: number;
  readonly validationShare: number;
  readonly testShare: number;
}
