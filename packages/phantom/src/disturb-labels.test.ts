import { expect, test } from "vitest";
import { disturbLabels, generatePhantomCase, phantoms } from "./index.ts";

function dice(a: Uint8Array, b: Uint8Array, value: number): number {
  let [both, sum] = [0, 0];
  a.forEach((label, p) => {
    const other = b[p];
    if (label === value && other === value) both += 1;
    sum += (label === value ? 1 : 0) + (other === value ? 1 : 0);
  });
  return sum === 0 ? 1 : (2 * both) / sum;
}

const spleen = generatePhantomCase(phantoms.spleen, 0, { size: 64 });

test("quality 1 is a copy, the input is never changed", () => {
  const before = spleen.labels.slice();
  const copy = disturbLabels(spleen.labels, spleen.geometry, { quality: 1, seed: 1 });
  expect(copy).toEqual(before);
  expect(copy).not.toBe(spleen.labels);
  disturbLabels(spleen.labels, spleen.geometry, { quality: 0.5, seed: 1 });
  expect(spleen.labels).toEqual(before);
});

test("better quality gives better Dice, near the number asked for", () => {
  const mean = (quality: number): number => {
    let sum = 0;
    for (let seed = 0; seed < 8; seed += 1) {
      sum += dice(spleen.labels, disturbLabels(spleen.labels, spleen.geometry, { quality, seed }), 1);
    }
    return sum / 8;
  };
  const [poor, fair, good] = [mean(0.6), mean(0.8), mean(0.95)];
  expect(poor).toBeLessThan(fair);
  expect(fair).toBeLessThan(good);
  expect(Math.abs(good - 0.95)).toBeLessThan(0.06);
  expect(Math.abs(fair - 0.8)).toBeLessThan(0.12);
});

test("same options, same result; another case differs", () => {
  const options = { quality: 0.8, seed: 3, caseId: "a" };
  const first = disturbLabels(spleen.labels, spleen.geometry, options);
  expect(disturbLabels(spleen.labels, spleen.geometry, options)).toEqual(first);
  expect(disturbLabels(spleen.labels, spleen.geometry, { ...options, caseId: "b" })).not.toEqual(first);
});

test("no label appears that the reference lacks", () => {
  const brain = generatePhantomCase(phantoms.brain, 0, { size: 40 });
  const known = new Set(brain.labels);
  for (const label of disturbLabels(brain.labels, brain.geometry, { quality: 0.4, seed: 9 })) {
    expect(known.has(label)).toBe(true);
  }
});

test.each([0, -1, 1.5, Number.NaN])("quality %d is refused", (quality) => {
  expect(() => disturbLabels(spleen.labels, spleen.geometry, { quality, seed: 1 })).toThrowError(
    expect.objectContaining({ code: "SEG602" }),
  );
});
