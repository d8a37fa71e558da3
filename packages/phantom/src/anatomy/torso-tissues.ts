/**
 * Tissues of the torso: CT in Hounsfield units without contrast medium, in the arterial and in the portal venous phase; MR in
 * arbitrary units for a T1-weighted fat-suppressed sequence after gadolinium, a T2-weighted and a balanced steady-state sequence,
 * and an apparent diffusion coefficient map. Plausible round numbers, not measurements.
 */
import type { Tissue, TissueTable } from "../phantom-document.ts";

const contrasts = ["ct-plain", "ct-arterial", "ct-portal", "t1", "t2", "ssfp", "adc"] as const;

function row(texture: number, ...values: readonly number[]): Tissue {
  return { texture, values: Object.fromEntries(contrasts.map((name, i) => [name, values[i] ?? 0])) };
}

/** The outer zone of the prostate, brighter than the gland as a whole in T2-weighted images. */
export const peripheralZone: Tissue = row(24, 38, 52, 66, 370, 620, 420, 720);

export const torsoTissues: TissueTable = {
  air: row(0, -1000, -1000, -1000, 4, 4, 4, 4),
  table: row(8, -180, -180, -180, 0, 0, 0, 0),
  tableFoam: row(8, -880, -880, -880, 0, 0, 0, 0),
  skin: row(6, 20, 22, 25, 260, 240, 240, 400),
  fat: row(9, -105, -104, -102, 190, 520, 620, 60),
  visceralFat: row(11, -100, -98, -96, 170, 480, 580, 60),
  muscle: row(9, 52, 58, 64, 300, 130, 190, 420),
  diaphragm: row(6, 45, 55, 62, 300, 140, 200, 420),
  lung: row(28, -860, -850, -850, 26, 30, 34, 10),
  lungVessel: row(8, 35, 220, 150, 430, 90, 640, 100),
  airway: row(0, -990, -990, -990, 8, 6, 6, 10),
  airwayWall: row(6, -40, -30, -20, 220, 180, 200, 200),
  corticalBone: row(60, 620, 625, 630, 60, 40, 50, 30),
  cancellousBone: row(40, 190, 195, 205, 230, 250, 260, 150),
  disc: row(10, 82, 84, 86, 250, 330, 260, 600),
  cartilage: row(10, 95, 98, 100, 240, 260, 240, 300),
  cord: row(4, 36, 38, 40, 280, 330, 420, 350),
  csf: row(4, 6, 7, 8, 90, 900, 880, 950),
  blood: row(6, 42, 320, 155, 560, 60, 820, 300),
  venousBlood: row(7, 42, 75, 158, 520, 90, 760, 300),
  vesselWall: row(6, 48, 60, 75, 300, 150, 200, 350),
  myocardium: row(10, 46, 110, 115, 420, 190, 330, 420),
  liver: row(9, 57, 68, 112, 470, 200, 300, 420),
  hepaticVessel: row(6, 42, 110, 172, 610, 110, 700, 300),
  liverTumour: row(14, 38, 52, 66, 310, 400, 380, 620),
  spleen: row(9, 48, 125, 122, 460, 340, 380, 350),
  kidneyCortex: row(10, 34, 165, 190, 560, 420, 420, 550),
  kidneyMedulla: row(14, 30, 70, 165, 430, 540, 480, 600),
  renalPelvis: row(6, 4, 4, 18, 120, 820, 800, 900),
  pancreas: row(14, 42, 108, 96, 500, 260, 330, 430),
  pancreasMass: row(12, 36, 55, 58, 330, 360, 360, 560),
  adrenal: row(6, 24, 58, 66, 440, 250, 300, 400),
  bile: row(4, 8, 8, 10, 160, 900, 820, 900),
  gutWall: row(9, 44, 66, 86, 420, 270, 320, 450),
  gutContent: row(32, 22, 24, 28, 260, 560, 480, 600),
  fluid: row(8, 14, 14, 16, 140, 860, 800, 900),
  stool: row(90, -20, -18, -15, 330, 260, 260, 300),
  gas: row(0, -970, -970, -970, 8, 6, 6, 10),
  colonTumour: row(13, 42, 84, 92, 460, 340, 360, 520),
  urine: row(3, 3, 3, 6, 110, 950, 900, 950),
  bladderWall: row(6, 34, 48, 60, 330, 200, 240, 420),
  prostate: row(16, 40, 58, 72, 390, 330, 330, 520),
  transitionZone: row(46, 44, 72, 84, 420, 300, 320, 460),
  uterus: row(16, 46, 82, 98, 470, 400, 380, 520),
  nodule: row(14, 28, 60, 58, 380, 330, 340, 450),
};
