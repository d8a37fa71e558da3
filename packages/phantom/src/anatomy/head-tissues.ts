/** Tissues of the head in MR, arbitrary units 0..1000. Plausible round numbers, not measurements. */
import type { Tissue, TissueTable } from "../phantom-document.ts";

const contrasts = ["flair", "t1", "t1gd", "t2"] as const;

function row(texture: number, ...values: readonly number[]): Tissue {
  return { texture, values: Object.fromEntries(contrasts.map((name, i) => [name, values[i] ?? 0])) };
}

export const headTissues: TissueTable = {
  scalp: row(30, 420, 620, 660, 520),
  skull: row(14, 60, 70, 80, 60),
  marrow: row(30, 260, 420, 460, 300),
  csf: row(10, 90, 110, 115, 930),
  greyMatter: row(16, 520, 450, 470, 470),
  whiteMatter: row(13, 400, 660, 675, 320),
  deepGrey: row(14, 470, 530, 550, 390),
  hippocampus: row(16, 540, 440, 455, 500),
  cerebellum: row(26, 480, 500, 520, 440),
  brainstem: row(12, 420, 610, 625, 350),
  choroid: row(20, 420, 350, 720, 600),
  vessel: row(10, 120, 260, 860, 110),
  edema: row(34, 800, 390, 405, 730),
  tumourCore: row(40, 650, 330, 370, 660),
  enhancing: row(60, 680, 420, 900, 600),
  necrosis: row(30, 330, 230, 260, 800),
};
