/** Scanners of invented makers, with the fields that most phantoms share filled in. */
import type { Grid, Scanner } from "./phantom-document.ts";

interface CtOptions extends Partial<Scanner>, Pick<Grid, "shape" | "fieldOfViewMm" | "centreMm"> {
  readonly id: string;
  readonly site: string;
  readonly orientation?: string;
}

/** A CT scanner, portal venous phase unless `phases` says otherwise. */
export function ctScanner({ shape, fieldOfViewMm, centreMm, orientation = "RAS", ...rest }: CtOptions): Scanner {
  return {
    manufacturer: "Fennec Imaging",
    model: "Helix 64",
    modality: "CT",
    weight: 1,
    phases: [{ name: "portal venous", contrasts: ["ct-portal"] }],
    noise: 11,
    blur: 0.22,
    grid: { shape, fieldOfViewMm, centreMm, shiftMm: 5, orientation },
    ...rest,
  };
}

interface MrOptions extends Partial<Scanner>, Pick<Grid, "shape" | "fieldOfViewMm" | "centreMm"> {
  readonly id: string;
  readonly site: string;
  readonly phases: Scanner["phases"];
  readonly orientation?: string;
  readonly tiltDegrees?: number;
  readonly shiftMm?: number;
}

/** An MR scanner. */
export function mrScanner({
  shape,
  fieldOfViewMm,
  centreMm,
  orientation = "RAS",
  tiltDegrees = 0,
  shiftMm = 4,
  ...rest
}: MrOptions): Scanner {
  return {
    manufacturer: "Marmot Medical",
    model: "Resonance 1.5",
    modality: "MR",
    weight: 1,
    noise: 12,
    blur: 0.18,
    bias: 0.18,
    gain: [0.8, 1.6],
    grid: { shape, fieldOfViewMm, centreMm, shiftMm, orientation, tiltDegrees },
    ...rest,
  };
}
