/**
 * Real data: seven head-and-neck cases with 21 organs drawn by two raters. The radiographer and five disturbed copies of their drawings are
 * the algorithms, the oncologist is the reference; evaluated by the evaluator, ranked by three schemes, with the report.
 *
 * Masks are cut to the joint box of both raters with a margin, which changes no score here (only the size of the grid, which no score of
 * these metrics depends on as long as both sides are drawn), so that the five copies of 147 masks stay small.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { protocolFromOptions } from "@segathlon/benchmark";
import { evaluateFolders } from "@segathlon/benchmark/node";
import { disturbLabels } from "@segathlon/phantom";
import { type RankingDocument, rankingDocumentProblems } from "@segathlon/ranking";
import type { Geometry, LabelMap, Shape } from "@segathlon/volume";
import { readLabelMapFile, writeLabelMapFile } from "@segathlon/volume/node";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { buildRankReport } from "../../../../scripts/build-rank-report.ts";

const data = fileURLToPath(new URL("../../../../../shared/data/head-neck-two-raters", import.meta.url));
const binary = fileURLToPath(new URL("../../bin/segathlon.cjs", import.meta.url));
const hasData = existsSync(data);
if (!hasData)
  console.warn(
    "rank: the two-rater cases are absent; ranking of real data is left out (synthetic evaluations are ranked)",
  );

type Labels = Uint8Array;
type Box = readonly [low: number[], high: number[]];
const margin = 6;

function boxOf(masks: readonly Labels[], [nx, ny, nz]: Shape): Box {
  const low = [nx, ny, nz];
  const high = [-1, -1, -1];
  for (const mask of masks)
    for (let k = 0, at = 0; k < nz; k++)
      for (let j = 0; j < ny; j++, at += nx) {
        const first = mask.subarray(at, at + nx).indexOf(1);
        if (first < 0) continue;
        const last = mask.subarray(at, at + nx).lastIndexOf(1);
        low[0] = Math.min(low[0]!, first);
        high[0] = Math.max(high[0]!, last);
        low[1] = Math.min(low[1]!, j);
        high[1] = Math.max(high[1]!, j);
        low[2] = Math.min(low[2]!, k);
        high[2] = Math.max(high[2]!, k);
      }
  const shape = [nx, ny, nz];
  // A structure that neither rater drew: any small box will do.
  if (high[0] === -1)
    return [
      [0, 0, 0],
      [2 * margin, 2 * margin, 2 * margin],
    ];
  return [low.map((v) => Math.max(0, v - margin)), high.map((v, axis) => Math.min(shape[axis]! - 1, v + margin))];
}

function cut({ geometry, labels }: LabelMap, [low, high]: Box): LabelMap {
  const [nx, ny] = geometry.shape;
  const shape = [0, 1, 2].map((axis) => high[axis]! - low[axis]! + 1) as unknown as Shape;
  const out = new Uint8Array(shape[0] * shape[1] * shape[2]);
  for (let k = 0, at = 0; k < shape[2]; k++)
    for (let j = 0; j < shape[1]; j++, at += shape[0]) {
      const from = low[0]! + nx * (low[1]! + j + ny * (low[2]! + k));
      out.set(labels.subarray(from, from + shape[0]) as Labels, at);
    }
  const a = geometry.affine;
  const moved = [0, 1, 2].map(
    (row) => a[4 * row + 3]! + a[4 * row]! * low[0]! + a[4 * row + 1]! * low[1]! + a[4 * row + 2]! * low[2]!,
  );
  const affine = [...a.slice(0, 3), moved[0], ...a.slice(4, 7), moved[1], ...a.slice(8, 11), moved[2]];
  return { geometry: { ...geometry, shape, affine: affine as unknown as Geometry["affine"] }, labels: out };
}

/** A voxel is set when at least `needed` of it and its six neighbours are: 1 swells a structure by a voxel, 7 shrinks it. */
function atLeast(needed: number, labels: Labels, [nx, ny, nz]: Shape): Labels {
  const out = new Uint8Array(labels.length);
  for (let k = 1; k < nz - 1; k++)
    for (let j = 1; j < ny - 1; j++)
      for (let i = 1, at = 1 + nx * (j + ny * k); i < nx - 1; i++, at++) {
        const around =
          labels[at - 1]! +
          labels[at + 1]! +
          labels[at - nx]! +
          labels[at + nx]! +
          labels[at - nx * ny]! +
          labels[at + nx * ny]!;
        out[at] = around + labels[at]! >= needed ? 1 : 0;
      }
  return out;
}

function shifted(labels: Labels, [nx]: Shape): Labels {
  const out = new Uint8Array(labels.length);
  out.set(labels.subarray(0, labels.length - (1 + nx)), 1 + nx);
  return out;
}

const methods: Record<string, (labels: Labels, geometry: Geometry, id: string) => Labels> = {
  radiographer: (labels) => labels,
  shifted: (labels, { shape }) => shifted(labels, shape),
  swollen: (labels, { shape }) => atLeast(1, labels, shape),
  shrunk: (labels, { shape }) => atLeast(7, labels, shape),
  bent: (labels, geometry, id) => disturbLabels(labels, geometry, { quality: 0.85, seed: 1, caseId: id }),
  incomplete: (labels) => labels,
};

let folder = "";
vi.setConfig({ testTimeout: 600_000 });
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "segathlon-two-raters-"));
  if (!hasData) return;
  await buildRankReport();
  const tree = (root: string, name: string) => path.join(root, name, "segmentations");
  for (const name of readdirSync(path.join(data, "oncologist"))) {
    for (const root of ["oncologist", ...Object.keys(methods)])
      mkdirSync(tree(path.join(folder, root), name), { recursive: true });
    const organs = readdirSync(tree(path.join(data, "oncologist"), name));
    for (const [index, organ] of organs.entries()) {
      const [reference, own] = await Promise.all(
        ["oncologist", "radiographer"].map((rater) =>
          readLabelMapFile(path.join(tree(path.join(data, rater), name), organ)),
        ),
      );
      const box = boxOf([reference!.labels as Labels, own!.labels as Labels], reference!.geometry.shape);
      const file = organ.replace(/\.nrrd$/, ".nii");
      await writeLabelMapFile(path.join(tree(path.join(folder, "oncologist"), name), file), cut(reference!, box));
      const drawn = cut(own!, box);
      for (const [method, change] of Object.entries(methods)) {
        // The incomplete method lacks every tenth structure.
        if (method === "incomplete" && index % 10 === 9) continue;
        const labels = change(drawn.labels as Labels, drawn.geometry, `${name}/${organ}`);
        await writeLabelMapFile(path.join(tree(path.join(folder, method), name), file), {
          geometry: drawn.geometry,
          labels,
        });
      }
    }
  }
  for (const method of Object.keys(methods)) {
    const report = await evaluateFolders(path.join(folder, "oncologist"), path.join(folder, method), {
      protocol: protocolFromOptions({ metrics: "dice,nsd,hd95", tolerances: [2] }),
      method,
      workers: 2,
    });
    writeFileSync(path.join(folder, `${method}.json`), JSON.stringify(report));
  }
}, 900_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function rank(...words: string[]): { status: number | null; stderr: string } {
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      "--conditions=@segathlon/source",
      binary,
      "rank",
      ...Object.keys(methods).map((method) => `${method}.json`),
      "--quiet",
      ...words,
    ],
    { cwd: folder, encoding: "utf8", env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined } },
  );
  return { status, stderr };
}

/** One missing structure in ten costs the mean dearly, ranks and tests hardly: the order depends on the scheme. */
const orders: Record<string, string[]> = {
  "mean-then-rank": ["1 radiographer", "2 shifted", "3 bent", "=4 incomplete", "=4 swollen", "6 shrunk"],
  brats: ["1 radiographer", "2 incomplete", "3 shifted", "4 bent", "5 swollen", "6 shrunk"],
  "msd-2018": ["1 radiographer", "2 incomplete", "3 shifted", "4 bent", "5 swollen", "6 shrunk"],
};

test("the two raters and five disturbed copies, 7 cases x 21 organs, by three schemes, with the report", () => {
  if (!hasData) {
    expect(Object.keys(methods)).toHaveLength(6);
    return;
  }
  for (const scheme of Object.keys(orders)) {
    const { status, stderr } = rank(
      "--scheme",
      scheme,
      "--out",
      `${scheme}.ranking.json`,
      "--html",
      `${scheme}.html`,
      "--bootstrap",
      "200",
      "--seed",
      "1",
    );
    expect(stderr).toBe("");
    expect(status).toBe(0);
    const document = JSON.parse(readFileSync(path.join(folder, `${scheme}.ranking.json`), "utf8")) as RankingDocument;
    expect(rankingDocumentProblems(document)).toEqual([]);
    const byName = new Map(document.overall.ranking.map((entry) => [entry.algorithm, entry]));
    const rankOf = (name: string): number => byName.get(name)?.rank ?? Number.NaN;
    expect(document.overall.ranking.map(({ display, algorithm }) => `${display} ${algorithm}`)).toEqual(orders[scheme]);
    expect(document.data.tasks[0]).toMatchObject({ cases: 7 });
    expect(document.data.tasks[0]?.regions).toHaveLength(21);
    // A copy of the radiographer that lacks structures, is moved, or loses a rim is worse than the radiographer.
    for (const name of ["incomplete", "shifted", "shrunk", "bent"])
      expect(rankOf("radiographer"), `${scheme} ${name}`).toBeLessThan(rankOf(name));
    expect(byName.get("incomplete")?.missing.prediction_failed).toBe(14);
    for (const entry of document.overall.ranking) {
      const [low, high] = entry.rank_interval as [number, number];
      expect(low).toBeLessThanOrEqual(high);
      expect(entry.metrics.map(({ metric }) => metric)).toEqual(["dice", "nsd@2", "hd95"]);
    }
    if (scheme === "msd-2018") expect(document.notes.map(({ code }) => code)).toContain("scheme-not-certain");
    const html = readFileSync(path.join(folder, `${scheme}.html`), "utf8");
    for (const name of ["podium", "bootstrap-ranks", "significance-holm", "schemes", "regions"])
      expect(html).toContain(`data-name="${name}"`);
  }
});
