/** `segathlon evaluate`: predictions against references, to a report (docs/evaluate.md). */
import {
  type EvaluationDocument,
  evaluationCsv,
  type GeometryRule,
  type Policy,
  type ProtocolOptions,
  protocolFromOptions,
  protocolOfTask,
  readCaseAttributes,
  type ScoringProtocol,
} from "@segathlon/benchmark";
import { checkOutputFiles, evaluateFolders, loadTask, readTextFile, writeOutputFile } from "@segathlon/benchmark/node";
import { SegathlonError } from "@segathlon/errors";
import { parseTolerances } from "@segathlon/metrics";
import { Command } from "commander";
import { evaluationText, isClean } from "../evaluation-table.ts";
import { labelList, optionError, regionList, wholeNumber } from "../option-values.ts";
import { progressLine } from "../progress-line.ts";

interface Options {
  readonly reference: string;
  readonly prediction: string;
  readonly task?: string;
  readonly labels?: string;
  readonly regions?: string;
  readonly profile?: string;
  readonly metrics?: string;
  readonly tolerance?: string;
  readonly dims?: string;
  readonly bothEmpty?: string;
  readonly oneEmpty?: string;
  readonly missingPrediction?: string;
  readonly method?: string;
  readonly cases?: string;
  readonly strictGeometry?: true;
  readonly copyGeometry?: true;
  readonly resamplePrediction?: true;
  readonly workers?: string;
  readonly out?: string;
  readonly csv?: string;
  readonly html?: string;
  readonly json?: true;
  readonly quiet?: true;
}

function emptyRule(option: string, text: string): Policy["both_empty"] {
  if (text === "best" || text === "worst" || text === "exclude") return text;
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value))
    throw optionError(option, "best, worst, exclude or a number", text);
  return value;
}

function policyOptions(options: Options): Partial<Policy> {
  const { bothEmpty, oneEmpty, missingPrediction } = options;
  if (missingPrediction !== undefined && missingPrediction !== "worst" && missingPrediction !== "reject") {
    throw optionError("--missing-prediction", "worst or reject", missingPrediction);
  }
  return {
    ...(bothEmpty === undefined ? {} : { both_empty: emptyRule("--both-empty", bothEmpty) }),
    ...(oneEmpty === undefined ? {} : { one_empty: emptyRule("--one-empty", oneEmpty) }),
    ...(missingPrediction === undefined ? {} : { missing_prediction: missingPrediction }),
  };
}

function tolerances(text: string): NonNullable<ProtocolOptions["tolerances"]> {
  try {
    return parseTolerances(text);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new SegathlonError("SEG107", `--tolerance: ${message}`, { where: { field: "--tolerance" }, cause });
  }
}

function protocolOptions(options: Options): ProtocolOptions {
  const { labels, regions, dims } = options;
  if (labels !== undefined && regions !== undefined) {
    throw new SegathlonError("SEG107", "--labels and --regions say the same thing; give one of them");
  }
  if (dims !== undefined && dims !== "2" && dims !== "3") throw optionError("--dims", "2 or 3", dims);
  const named =
    regions === undefined
      ? labels && Object.fromEntries(labelList("--labels", labels).map((label) => [String(label), [label]] as const))
      : regionList("--regions", regions);
  return {
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    ...(options.metrics === undefined ? {} : { metrics: options.metrics }),
    ...(options.tolerance === undefined ? {} : { tolerances: tolerances(options.tolerance) }),
    ...(dims === "2" ? { dims: 2 as const } : {}),
    ...(named ? { regions: named } : {}),
    policy: policyOptions(options),
  };
}

async function protocolFor(options: Options): Promise<ScoringProtocol> {
  const asked = protocolOptions(options);
  if (options.task === undefined) return protocolFromOptions(asked);
  if (asked.regions) {
    throw new SegathlonError(
      "SEG107",
      "--labels and --regions are for evaluations without a task: the task names its regions",
    );
  }
  return protocolOfTask(await loadTask(options.task), asked);
}

function geometryRule(options: Options): GeometryRule {
  const asked: GeometryRule[] = [];
  if (options.strictGeometry) asked.push("strict");
  if (options.copyGeometry) asked.push("copy");
  if (options.resamplePrediction) asked.push("resample");
  if (asked.length > 1) {
    throw new SegathlonError(
      "SEG107",
      "--strict-geometry, --copy-geometry and --resample-prediction exclude each other",
    );
  }
  return asked[0] ?? "standard";
}

async function writeResults(report: EvaluationDocument, options: Options): Promise<void> {
  if (options.out !== undefined) await writeOutputFile(options.out, `${JSON.stringify(report, null, 2)}\n`);
  if (options.csv !== undefined) await writeOutputFile(options.csv, evaluationCsv(report));
  if (options.html !== undefined) {
    // The plotting code is loaded only where a page is asked for.
    const { evaluationPage } = await import("../evaluation-page.ts");
    await writeOutputFile(options.html, evaluationPage(report));
  }
  if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else if (!options.quiet) process.stdout.write(evaluationText(report));
}

async function evaluate(options: Options): Promise<void> {
  const protocol = await protocolFor(options);
  const geometry = geometryRule(options);
  const workers = options.workers === undefined ? undefined : wholeNumber("--workers", options.workers, 1);
  const attributes =
    options.cases === undefined ? undefined : readCaseAttributes(await readTextFile(options.cases), options.cases);
  if (options.method?.trim() === "") throw optionError("--method", "a name", options.method);
  await checkOutputFiles(
    { "--out": options.out, "--csv": options.csv, "--html": options.html },
    [options.reference, options.prediction, options.cases, options.task].filter((file) => file !== undefined),
  );
  const stop = new AbortController();
  const onSignal = (): void => stop.abort(new SegathlonError("SEG702", "stopped before the end; nothing was written"));
  process.once("SIGINT", onSignal);
  process.once("SIGTERM", onSignal);
  const line = progressLine("evaluating", { mode: options.quiet ? "quiet" : "shown" });
  try {
    const report = await evaluateFolders(options.reference, options.prediction, {
      protocol,
      geometry,
      signal: stop.signal,
      ...(options.method === undefined ? {} : { method: options.method }),
      ...(attributes ? { attributes } : {}),
      ...(workers === undefined ? {} : { workers }),
      onProgress: ({ done, total, doneBytes, totalBytes, case: name }) =>
        line.update({
          share: totalBytes > 0 ? doneBytes / totalBytes : done / total,
          text: `${done} of ${total}, case ${name}`,
        }),
    });
    line.end();
    await writeResults(report, options);
    if (!isClean(report)) process.exitCode = 1;
  } finally {
    line.end();
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
  }
}

/** The verb with its options and help. */
export function evaluateCommand(): Command {
  return new Command("evaluate")
    .description("Score predictions against references: exact metrics per case and region, statuses, summaries.")
    .requiredOption("--reference <path>", "folder of label maps, tree with one mask per structure, or one file")
    .requiredOption("--prediction <path>", "the same layout as the reference")
    .option(
      "--task <id|file.yaml>",
      "regions, labels, metrics, tolerances and policies of a task (msd/Task09_Spleen, my.yaml, my.yaml#task)",
    )
    .option("--labels <list>", "without a task: labels to score, such as 1,2 (default: every label that occurs)")
    .option("--regions <list>", "without a task: named unions of labels, such as tumour=2+3,liver=1")
    .option("--profile <id>", "metric conventions (default: deepmind)")
    .option(
      "--metrics <list>",
      "dice, iou, precision, recall, specificity, nsd, hd, hd95 (any percentile), asd, assd, masd, overlap, volume, boundary_iou, cldice, lesions (default: dice,nsd,hd95)",
    )
    .option("--tolerance <mm>", "for nsd and overlap: 1, or 1,2,3, or liver=7,tumour=5 (default: 1)")
    .option("--dims <2|3>", "2: two-dimensional rules, for volumes of one slice")
    .option(
      "--both-empty <rule>",
      "score where a region is absent on both sides: best, worst, exclude or a number (default: best)",
    )
    .option("--one-empty <rule>", "score where it is absent on one side (default: worst)")
    .option("--missing-prediction <rule>", "worst, or reject the whole set (default: worst)")
    .option("--method <name>", "name of the algorithm (default: name of the prediction folder)")
    .option("--cases <file.csv>", "case attributes (centre, scanner, modality ...), carried into the report")
    .option("--strict-geometry", "refuse grids stored along other axes, too")
    .option("--copy-geometry", "ignore the affine of predictions; shapes must match")
    .option("--resample-prediction", "resample predictions on other grids onto the reference's (nearest neighbour)")
    .option("--workers <n>", "threads (default: one per core)")
    .option("--out <file.json>", "write the report (docs/formats/evaluation.md)")
    .option("--csv <file>", "write one row per case and region")
    .option("--html <file>", "write a report page that needs no other file")
    .option("--json", "print the report as JSON instead of the table")
    .option("--quiet", "print neither progress nor table")
    .addHelpText(
      "after",
      `
Examples:
  segathlon evaluate --reference labelsVal --prediction predictions --task msd/Task09_Spleen --out report.json
  segathlon evaluate --reference oncologist --prediction radiographer --metrics dice,nsd,hd95 --tolerance 1,2,3 --html report.html
  segathlon evaluate --reference a.nii.gz --prediction b.nii.gz --regions whole=1+2+3,core=2+3

Exit code: 0 everything was scored, 1 some cases were missing or invalid (all are in the report), 2 could not run.`,
    )
    .action(evaluate);
}
