/** Ranks over bootstrap draws: how often each method took each rank (blob plot of challengeR, Wiesenfarth et al. 2021). */
import { dot, ruleY, text } from "@observablehq/plot";
import type { Figure } from "../figure.ts";
import { percentText } from "../number-text.ts";
import { rankTicks, rowOptions } from "../row-axis.ts";

export interface BlobMethod {
  readonly name: string;
  /** Draws at rank 1, 2, 3 ...; ranks may be half (average ties), so pairs rather than a list. */
  readonly draws: readonly { readonly rank: number; readonly count: number }[];
  readonly medianRank: number;
  /** 2.5 % and 97.5 % of the drawn ranks. */
  readonly interval: readonly [number, number];
}

export interface BlobRequest {
  readonly name: string;
  readonly title: string;
  /** In rank order. */
  readonly methods: readonly BlobMethod[];
}

/** Area of a blob: share of the draws; cross: median; line: from the 2.5 % to the 97.5 % rank; at the right the share of rank 1. */
export function blobFigure(request: BlobRequest): Figure {
  const { methods } = request;
  const blobs = methods.flatMap((method, row) => {
    const total = method.draws.reduce((sum, { count }) => sum + count, 0);
    return method.draws.map(({ rank, count }) => ({ row, rank, share: count / total, count, method: method.name }));
  });
  const rows = methods.map((method, row) => ({
    row,
    median: method.medianRank,
    low: method.interval[0],
    high: method.interval[1],
  }));
  const last = Math.max(methods.length, ...blobs.map(({ rank }) => rank));
  const first = methods.map((_method, row) =>
    percentText(blobs.filter((blob) => blob.row === row && blob.rank === 1).reduce((sum, { share }) => sum + share, 0)),
  );
  return {
    name: request.name,
    title: request.title,
    description:
      "Each row is a method in rank order. The area of a circle is the share of bootstrap draws in which it took that rank; the cross is the median, the line spans 95 % of the draws. At the right: share of draws with rank 1.",
    data: {
      columns: ["method", "rank", "draws", "share"],
      rows: blobs.map((b) => [b.method, b.rank, b.count, b.share]),
    },
    legend: [],
    options: (width) => {
      const rowHeight = 26;
      // The largest circle just fits its row and its rank.
      const columnWidth = (width - 220) / Math.max(1, last);
      const largest = Math.max(3, Math.min(rowHeight / 2, columnWidth / 2));
      return rowOptions(
        {
          names: methods.map(({ name }) => name),
          rowHeight,
          width,
          domain: [0.4, last + 0.6],
          label: "rank",
          ticks: rankTicks(last, width - 200),
          tickFormat: String,
          endTexts: { head: "P(1st)", texts: first },
        },
        [
          dot(blobs, {
            x: "rank",
            y: "row",
            r: (blob: { share: number }) => largest * Math.sqrt(blob.share),
            fill: "var(--accent)",
            fillOpacity: 0.45,
            title: (blob: { method: string; rank: number; share: number }) =>
              `${blob.method}: rank ${blob.rank} in ${percentText(blob.share)} of the draws`,
          }),
          ruleY(rows, { y: "row", x1: "low", x2: "high", stroke: "var(--ink)", strokeWidth: 1.2 }),
          text(rows, { x: "median", y: "row", text: () => "×", fill: "var(--ink)", fontSize: 16, fontWeight: 700 }),
        ],
      );
    },
  };
}
