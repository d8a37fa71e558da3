/** Every figure is drawn on jsdom with ordinary, empty and awkward data; the report is looked at by a real browser. */
import { readFileSync } from "node:fs";
import { AxeBuilder } from "@axe-core/playwright";
import { JSDOM } from "jsdom";
import { expect, test } from "vitest";
import { artifactsFolder, launchChromium } from "../../../../test-support/chromium.ts";
import {
  barsFigure,
  blobFigure,
  distributionFigure,
  type Figure,
  heatMapFigure,
  histogramFigure,
  html,
  type MetricAxis,
  rankingIntervalsFigure,
  regionColour,
  reportShell,
  scatterFigure,
  schemeLinesFigure,
  significanceFigure,
  slicesFigure,
  tableHtml,
  tauViolinFigure,
} from "../index.ts";
import { figureHtml, figureSvg } from "./index.ts";

const dice: MetricAxis = { key: "dice", label: "Dice", direction: "higher-is-better", domain: [0, 1] };

/** Steady numbers between 0 and 1. */
function* fractions(): Generator<number, never> {
  for (let state = 7; ; ) {
    state = (state * 1103515245 + 12345) % 2147483648;
    yield state / 2147483648;
  }
}

function allFigures(methods: readonly string[], regions: readonly string[], cases: number): Figure[] {
  const source = fractions();
  const next = (): number => source.next().value;
  return [
    distributionFigure({
      name: "distribution",
      title: "Dice by region",
      groupedBy: "region",
      metric: dice,
      groups: regions.map((name, i) => ({
        name,
        colour: regionColour(i),
        withoutValue: i,
        values: Array.from({ length: cases }, (_, k) => ({ label: `case_${k}`, value: next() })),
      })),
    }),
    rankingIntervalsFigure({
      name: "ranking",
      title: "Ranking",
      metric: dice,
      methods: methods.map((name, i) => ({
        name,
        rank: i + 1,
        rankInterval: i === 0 ? null : [i, i + 2],
        value: i === 1 ? null : next(),
        ci95: null,
        leadingGroup: i === 0,
      })),
    }),
    blobFigure({
      name: "blob",
      title: "Stability",
      methods: methods.map((name, i) => ({
        name,
        medianRank: i + 1,
        interval: [i + 1, i + 1],
        draws: [{ rank: i + 1, count: 1000 }],
      })),
    }),
    heatMapFigure({
      name: "heat",
      title: "Heat",
      description: "",
      rows: methods,
      columns: regions,
      rowKind: "method",
      columnKind: "region",
      values: methods.map((_, i) => regions.map((__, j) => (i === j ? null : next()))),
      metric: dice,
      decimals: 2,
    }),
    significanceFigure({
      name: "significance",
      title: "Significance",
      methods,
      alpha: 0.05,
      adjustment: "holm",
      test: "Wilcoxon signed-rank, one-sided",
      p: methods.map((_, i) => methods.map((__, j) => (i === j ? null : i < j ? 0.001 : 1))),
    }),
    schemeLinesFigure({
      name: "schemes",
      title: "Schemes",
      schemes: ["own", "mean then rank"],
      methods: methods.map((name, i) => ({ name, ranks: [i + 1, i === 0 ? null : 1] })),
    }),
    tauViolinFigure({
      name: "tau",
      title: "Tau",
      groups: [
        { name: "Task01", values: Array.from({ length: cases }, next), undefinedDraws: 2 },
        { name: "Task02", values: Array.from({ length: cases }, () => 1), undefinedDraws: 0 },
      ],
    }),
    slicesFigure({
      name: "slices",
      title: "Slices",
      metric: dice,
      methods,
      slices: [
        {
          slice: "centre = A",
          n: 4,
          values: methods.map((_, i) => (i === 0 ? null : { mean: next(), ci95: [0.1, 0.9] })),
        },
      ],
    }),
    histogramFigure({
      name: "histogram",
      title: "Histogram",
      label: "age (years)",
      values: Array.from({ length: cases }, next),
    }),
    scatterFigure({
      name: "scatter",
      title: "Scatter",
      description: "A dot is one case.",
      xLabel: "reference (ml)",
      yLabel: "prediction (ml)",
      line: "identity",
      points: Array.from({ length: cases }, (_, i) => ({
        label: `c${i}`,
        x: next(),
        y: next(),
        group: i % 2 ? "CT" : "MR",
      })),
    }),
    barsFigure({
      name: "bars",
      title: "Bars",
      description: "Cases with the label.",
      itemKind: "label",
      label: "cases",
      items: regions.map((name) => ({ name, value: cases })),
    }),
  ];
}

test.each([
  ["usual", ["A", "B", "C"], ["liver", "spleen"], 12],
  ["nothing", [], [], 0],
  ["one of each", ["only"], ["liver"], 1],
  ["hostile and long names", ["</svg><script>alert(1)</script>", "肝臓".repeat(40)], ['" onload="x', "\u202Eevil"], 3],
  ["sixty regions", ["A", "B"], Array.from({ length: 60 }, (_, i) => `region ${i}`), 5],
] as const)("figures draw %s", (_name, methods, regions, cases) => {
  for (const figure of allFigures(methods, regions, cases)) {
    const text = figureSvg(figure);
    expect(text, figure.name).not.toMatch(/NaN|Infinity|undefined|var\(--/);
    const parsed = new JSDOM(text, { contentType: "image/svg+xml" }).window.document;
    expect(parsed.documentElement.tagName).toBe("svg");
    expect(parsed.querySelectorAll("script")).toHaveLength(0);
    expect(parsed.documentElement.getAttribute("aria-label")).toContain(figure.title);
  }
});

test("the box of the distribution stands where the quartiles are", () => {
  const values = [0, 0.25, 0.5, 0.75, 1].map((value, i) => ({ label: `c${i}`, value }));
  const figure = distributionFigure({
    name: "d",
    title: "d",
    groupedBy: "region",
    metric: dice,
    groups: [{ name: "liver", colour: "#4682fa", values, withoutValue: 0 }],
  });
  const svg = new JSDOM(figureSvg(figure)).window.document;
  const dots = [...svg.querySelectorAll("circle")]
    .map((circle) => Number(circle.getAttribute("cx")))
    .sort((a, b) => a - b);
  const box = svg.querySelector('g[fill="none"] > rect, rect[fill="none"]');
  const left = Number(box?.getAttribute("x"));
  expect(left).toBeCloseTo(dots[1] ?? Number.NaN, 6);
  expect(left + Number(box?.getAttribute("width"))).toBeCloseTo(dots[3] ?? Number.NaN, 6);
  expect(figure.data.rows).toHaveLength(5);
});

test("values that are not numbers are refused", () => {
  expect(() => histogramFigure({ name: "h", title: "h", label: "x", values: [Number.NaN] })).toThrow(RangeError);
  expect(() =>
    barsFigure({
      name: "b",
      title: "b",
      description: "",
      itemKind: "i",
      label: "l",
      items: [{ name: "a", value: -1 }],
    }),
  ).toThrow(RangeError);
});

test("a report in Chromium: no finding of axe, no request, sorting and saving work", async () => {
  const browser = await launchChromium("the report in a browser: axe, sorting, saving, screenshots");
  if (browser === null) return;
  try {
    const rows = [
      { name: "liver", dice: 0.96 },
      { name: "tumour", dice: null },
      { name: "spleen", dice: 0.98 },
    ];
    const report = reportShell({
      title: "Evaluation of a method",
      subtitle: "12 cases",
      facts: [["Profile", "deepmind"]],
      sections: [
        {
          id: "summary",
          title: "Summary",
          body: tableHtml({
            id: "regions",
            caption: "Dice per region",
            whenEmpty: "No region.",
            rows,
            columns: [
              { key: "region", label: "Region", align: "start", value: (row) => row.name },
              { key: "dice", label: "Dice", align: "end", definedAt: "#figures", value: (row) => row.dice },
            ],
          }),
        },
        {
          id: "figures",
          title: "Figures",
          body: html`${allFigures(["A", "B", "C"], ["liver", "spleen"], 12).map(figureHtml)}`,
        },
      ],
    });
    for (const colorScheme of ["light", "dark"] as const) {
      for (const [size, viewport] of Object.entries({
        desktop: { width: 1280, height: 900 },
        phone: { width: 390, height: 844 },
      })) {
        const context = await browser.newContext({ colorScheme, viewport, acceptDownloads: true });
        const page = await context.newPage();
        const requests: string[] = [];
        page.on("request", (request) => requests.push(request.url()));
        const faults: string[] = [];
        page.on("pageerror", (error) => faults.push(error.message));
        await page.setContent(report);
        const axe = await new AxeBuilder({ page })
          .withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"])
          .analyze();
        expect(axe.violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(viewport.width);
        await page.screenshot({ path: `${artifactsFolder}/report-${size}-${colorScheme}.png`, fullPage: true });
        if (size === "desktop" && colorScheme === "light") {
          await page.getByRole("button", { name: "Sort by Dice" }).click();
          const sorted = await page.locator("#regions tbody th").allTextContents();
          expect(sorted).toEqual(["spleen", "liver", "tumour"]);
          for (const kind of ["SVG", "PNG", "CSV"]) {
            const [download] = await Promise.all([
              page.waitForEvent("download"),
              page.getByRole("button", { name: `Save Dice by region as ${kind}` }).click(),
            ]);
            expect(download.suggestedFilename()).toBe(`distribution.${kind.toLowerCase()}`);
            const bytes = readFileSync(await download.path());
            if (kind === "PNG") expect(bytes.subarray(1, 4).toString()).toBe("PNG");
            if (kind === "SVG") expect(bytes.toString()).not.toContain("var(--");
            if (kind === "CSV") expect(bytes.toString().split("\r\n")).toHaveLength(2 * 12 + 2);
          }
        }
        expect(requests.filter((url) => !url.startsWith("data:") && !url.startsWith("blob:"))).toEqual([]);
        expect(faults).toEqual([]);
        await context.close();
      }
    }
  } finally {
    await browser.close();
  }
});
