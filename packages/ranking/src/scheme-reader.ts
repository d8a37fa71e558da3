/** A ranking scheme from a document of a user: checked in full, because a wrong word must not silently choose another rule. */
import { type Check, type DocumentProblem, expected, isObject, list, object, text } from "./document-check.ts";
import { pAdjustMethods } from "./p-adjust.ts";
import { tieMethods } from "./ranks.ts";
import type { RankingScheme } from "./scheme.ts";

export type SchemeResult =
  | { readonly status: "ok"; readonly scheme: RankingScheme }
  | { readonly status: "refused"; readonly problems: readonly DocumentProblem[] };

const oneOf = (...words: readonly string[]): Check =>
  expected(`one of ${words.join(", ")}`, (value) => typeof value === "string" && words.includes(value));
const optional =
  (check: Check): Check =>
  (value, field, problems) => {
    if (value !== undefined) check(value, field, problems);
  };
const positive = expected(
  "a number above 0",
  (value) => typeof value === "number" && Number.isFinite(value) && value > 0,
);
const share = expected("a number between 0 and 1", (value) => typeof value === "number" && value > 0 && value < 1);
const statistic = expected(
  "mean, median, min, max or { quantile: 0 to 1 }",
  (value) =>
    ["mean", "median", "min", "max"].includes(value as string) ||
    (isObject(value) && typeof value.quantile === "number" && value.quantile >= 0 && value.quantile <= 1),
);

const methods: Readonly<Record<string, Check>> = {
  "aggregate-then-rank": object({ statistic }),
  "rank-then-aggregate": object({
    statistic,
    case_ties: optional(oneOf(...tieMethods.filter((ties) => ties !== "random"))),
  }),
  "test-then-rank": object({
    test: oneOf("wilcoxon-normal", "wilcoxon-exact", "sign-flip", "rank-sum-two-sided"),
    alpha: share,
    adjust: oneOf(...pAdjustMethods),
    significant: optional(oneOf("at-most-alpha", "below-alpha")),
    score: optional(oneOf("win-fraction", "win-count")),
  }),
};

const method: Check = (value, field, problems) => {
  const kind = isObject(value) ? value.kind : undefined;
  const check = typeof kind === "string" ? methods[kind] : undefined;
  if (check === undefined)
    problems.push({
      field: `${field}.kind`,
      message: `expected one of ${Object.keys(methods).join(", ")}, found ${String(kind)}`,
    });
  else check(value, field, problems);
};

const failed = expected(
  "worst, rank-last, ignore or { value: number }",
  (value) =>
    ["worst", "rank-last", "ignore"].includes(value as string) ||
    (isObject(value) && typeof value.value === "number" && Number.isFinite(value.value)),
);

const fields: Readonly<Record<string, Check>> = {
  id: expected(
    "letters, digits, - and .",
    (value) => typeof value === "string" && /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(value),
  ),
  title: text,
  description: text,
  metrics: (value, field, problems) => {
    if (value === "all") return;
    list(object({ metric: text, weight: positive }))(value, field, problems);
    if (Array.isArray(value) && value.length === 0) problems.push({ field, message: "expected at least one metric" });
  },
  regions: oneOf("separate", "mean-per-case"),
  subsets: optional(list(text)),
  method,
  ties: oneOf(...tieMethods),
  combine: object({
    of: oneOf("ranks", "scores", "linear-rank-scores"),
    statistic: oneOf("mean", "median", "geometric-mean"),
    divide_by: optional(oneOf("algorithms")),
  }),
  tasks: object({
    across: oneOf("mean-of-task-scores", "mean-of-average-ranks"),
    phases: optional(list(object({ id: text, title: text, tasks: list(text) }))),
  }),
  missing: object({ failed, not_submitted: oneOf("not-ranked", "worst", "common-cases") }),
  tie_break: optional(object({ metric: text, region: optional(text) })),
  certainty: object({ level: oneOf("certain", "not-certain"), notes: list(text) }),
  source: text,
};

/** Most lists of a document that are followed; a scheme needs a few dozen entries. */
const largestDocument = 100_000;

function contradictions(scheme: RankingScheme): DocumentProblem[] {
  const problems: DocumentProblem[] = [];
  if (scheme.combine.of === "scores" && scheme.method.kind !== "rank-then-aggregate")
    problems.push({
      field: "combine.of",
      message: `scores can be combined only where they are ranks (rank-then-aggregate), not under ${scheme.method.kind}: units differ`,
    });
  const weights = scheme.metrics === "all" ? [] : scheme.metrics.map(({ weight }) => weight);
  if (scheme.combine.statistic === "median" && new Set(weights).size > 1)
    problems.push({ field: "combine.statistic", message: "a median of ranks takes no weights" });
  if (scheme.missing.failed === "rank-last" && scheme.method.kind !== "rank-then-aggregate")
    problems.push({
      field: "missing.failed",
      message: `rank-last has a meaning under rank-then-aggregate only, not under ${scheme.method.kind}`,
    });
  if (scheme.combine.statistic === "geometric-mean" && scheme.combine.of !== "linear-rank-scores")
    problems.push({ field: "combine.statistic", message: "a geometric mean is taken of linear-rank-scores only" });
  return problems;
}

/**
 * A scheme from parsed JSON or YAML.
 *
 * @returns the scheme, or every problem with its dotted path; fields that the format does not know are problems, too
 *
 * @example
 * ```ts
 * parseScheme({ id: "mine" }).status; // "refused"
 * ```
 */
export function parseScheme(value: unknown): SchemeResult {
  const problems: DocumentProblem[] = [];
  if (isObject(value) && JSON.stringify(value).length > largestDocument)
    return {
      status: "refused",
      problems: [{ field: "", message: `the document is longer than ${largestDocument} characters` }],
    };
  object(fields)(value, "", problems);
  if (isObject(value))
    for (const key of Object.keys(value))
      if (!Object.hasOwn(fields, key))
        problems.push({
          field: key,
          message: `is not a field of a scheme; there is ${Object.keys(fields).join(", ")}`,
        });
  if (problems.length > 0) return { status: "refused", problems };
  const scheme = value as RankingScheme;
  const further = contradictions(scheme);
  return further.length > 0 ? { status: "refused", problems: further } : { status: "ok", scheme };
}
