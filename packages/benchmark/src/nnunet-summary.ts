/**
 * nnU-Net's `summary.json` (nnunetv2/evaluation/evaluate_predictions.py, version 2): read, to rank results that exist already, and
 * written, for scripts that expect it. The file is not quite JSON: it holds bare NaN and Infinity, and regions are keyed by the
 * text of a Python tuple, `(1, 2, 3)`.
 */
import { SegathlonError } from "@segathlon/errors";
import { z } from "zod";
import type { EvaluationDocument } from "./evaluation-document.ts";
import { assembleEvaluation, type CaseDraft } from "./evaluation-report.ts";
import { scoreRegion } from "./scoring-policy.ts";
import { protocolFromOptions, regionColumns } from "./scoring-protocol.ts";
import { caseNameOf } from "./volume-file-name.ts";

const share = z.number().nullable();
const count = z.number().int().nonnegative();
const labelMetricsSchema = z.object({ Dice: share, IoU: share, TP: count, FP: count, FN: count, TN: count });
const summarySchema = z.object({
  metric_per_case: z
    .array(
      z.object({
        reference_file: z.string(),
        prediction_file: z.string(),
        metrics: z.record(z.string(), labelMetricsSchema),
      }),
    )
    .min(1),
});

/** JSON as Python writes it: bare NaN, Infinity and -Infinity become null. */
export function parsePythonJson(text: string): unknown {
  return JSON.parse(
    text.replace(/"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g, (token) => (token.startsWith('"') ? token : "null")),
  );
}

/** `1` or `(1, 2, 3)` or `(1,)` as label values. */
function labelsOfKey(key: string, file: string): number[] {
  const labels = (/^\(?(\d+(?:,\s*\d+)*),?\)?$/.exec(key)?.[1] ?? "").split(",").map(Number);
  if (labels.length > 0 && labels.every((label) => Number.isInteger(label) && label > 0)) return labels;
  throw new SegathlonError("SEG100", `${file}: "${key}" is neither a label nor a tuple of labels`, { where: { file } });
}

/**
 * An evaluation from nnU-Net's summary: Dice, IoU and voxel counts under the profile `nnunet-v2`.
 *
 * @throws SegathlonError `SEG100` when the text is not such a summary (the files of version 1 have another form).
 */
export function readNnunetSummary(text: string, method: string, file = "summary.json"): EvaluationDocument {
  let value: unknown;
  try {
    value = parsePythonJson(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SegathlonError("SEG100", `${file}: is not JSON: ${reason}`, { where: { file }, cause });
  }
  const parsed = summarySchema.safeParse(value);
  if (!parsed.success) {
    const first = typeof value === "object" && value !== null && "results" in value;
    const field = parsed.error.issues[0]?.path.map(String).join(".") ?? "";
    throw new SegathlonError(
      "SEG100",
      first
        ? `${file}: is a summary of nnU-Net version 1; expected version 2`
        : `${file}: ${field || "document"}: ${parsed.error.issues[0]?.message ?? ""}`,
      { hint: "Evaluate the predictions again: segathlon evaluate --profile nnunet-v2.", where: { file, field } },
    );
  }
  const cases = parsed.data.metric_per_case;
  const keys = [...new Set(cases.flatMap((entry) => Object.keys(entry.metrics)))];
  const regions = Object.fromEntries(keys.map((key) => [key, labelsOfKey(key, file)] as const));
  const protocol = protocolFromOptions({ profile: "nnunet-v2", metrics: ["dice", "iou"], regions });
  const grid = { shape: [1, 1, 1], spacingMm: [1, 1, 1] } as const;
  const drafts = cases.map((entry): CaseDraft => {
    const results = Object.entries(entry.metrics).map(([name, { Dice, IoU, TP, FP, FN, TN }]) => {
      const status = TP + FP + FN === 0 ? "both-empty" : TP + FP === 0 ? "missed" : TP + FN === 0 ? "spurious" : "ok";
      const measured = {
        status,
        counts: { tp: TP, fp: FP, fn: FN, tn: TN },
        metrics: { dice: Dice, iou: IoU },
      } as const;
      const scores = scoreRegion(measured, protocol.policy, regionColumns(protocol, name), grid);
      return [name, { ...measured, scores }] as const;
    });
    return {
      case: caseNameOf(entry.reference_file.replaceAll("\\", "/")),
      status: "ok",
      attributes: {},
      hashes: { reference: null, prediction: null },
      geometry: null,
      regions: Object.fromEntries(results),
      grid,
    };
  });
  const notes = [`read from nnU-Net's ${file}; Dice and IoU are as computed there`];
  return assembleEvaluation(drafts, { protocol, method, kernel: "typescript", notes });
}

/** Python's text of a tuple, or the label alone. */
function keyOfLabels(name: string, labels: readonly number[] | null): string {
  const [first] = labels ?? [];
  if (labels === null || first === undefined) return name;
  return labels.length === 1 ? String(first) : `(${labels.join(", ")})`;
}

/** Keys in the order of Python's `sort_keys`: by code point. */
function sorted<Value>(record: Readonly<Record<string, Value>>): [string, Value][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}

type Numbers = Record<string, number>;

/** Means by key; NaN entries are left out, as numpy's nanmean does, and a mean of nothing is NaN. */
function meansOf(entries: readonly Numbers[]): Numbers {
  const keys = Object.keys(entries[0] ?? {});
  return Object.fromEntries(
    keys.map((key) => {
      const values = entries.map((entry) => entry[key] ?? Number.NaN).filter((value) => !Number.isNaN(value));
      return [
        key,
        values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length,
      ] as const;
    }),
  );
}

/**
 * An evaluation as nnU-Net's summary. Cases that could not be scored have no place in that format and are left out; the number is
 * in `skipped`.
 *
 * @param nan how undefined values are written: `NaN` as nnU-Net does (not JSON), or `null`.
 */
export function writeNnunetSummary(
  report: EvaluationDocument,
  nan: "NaN" | "null" = "NaN",
): { text: string; skipped: number } {
  const scored = report.cases.filter((result) => result.status === "ok");
  const byLabel = new Map<string, Numbers[]>();
  const perCase = scored.map((result) => {
    const metrics: Record<string, Numbers> = {};
    for (const [name, { counts }] of Object.entries(result.regions)) {
      if (counts === null) continue;
      const { tp, fp, fn, tn } = counts;
      const key = keyOfLabels(name, report.regions[name] ?? null);
      const values = {
        Dice: (2 * tp) / (2 * tp + fp + fn),
        FN: fn,
        FP: fp,
        IoU: tp / (tp + fp + fn),
        TN: tn,
        TP: tp,
        n_pred: tp + fp,
        n_ref: tp + fn,
      };
      metrics[key] = values;
      byLabel.set(key, [...(byLabel.get(key) ?? []), values]);
    }
    return { metrics: Object.fromEntries(sorted(metrics)), prediction_file: result.case, reference_file: result.case };
  });
  const mean = Object.fromEntries(
    sorted(Object.fromEntries([...byLabel].map(([key, list]) => [key, meansOf(list)] as const))),
  );
  const classes = Object.values(mean);
  // nnU-Net takes the plain mean over classes here: one class that never appears makes it NaN.
  const foreground = Object.fromEntries(
    Object.keys(classes[0] ?? {}).map(
      (key) => [key, classes.reduce((sum, own) => sum + (own[key] ?? Number.NaN), 0) / classes.length] as const,
    ),
  );
  const marker = "\u0000NaN\u0000";
  const text = JSON.stringify(
    { foreground_mean: foreground, mean, metric_per_case: perCase },
    (_key, value: unknown) => (typeof value === "number" && Number.isNaN(value) ? marker : value),
    4,
  );
  return {
    text: `${text.replaceAll(JSON.stringify(marker), nan)}\n`,
    skipped: report.cases.length - scored.length,
  };
}
