/** The ranking worker: ranks a score table under a scheme, then draws the bootstrap in pieces and reports as it goes. */
import {
  addBootstrap,
  type BootstrapDraws,
  joinDraws,
  type PreparedTable,
  planBootstrap,
  prepareScoreTable,
  type RankingScheme,
  rankTable,
  runBootstrap,
  SchemeMismatchError,
  schemePreset,
} from "@segathlon/ranking";
import type { RankingJob, RankingReply } from "./ranking-job.ts";
import { pairwiseViews, schemeViews, selected, sliceViews, stabilityView } from "./ranking-views.ts";

let table: PreparedTable | null = null;
let latest = 0;

const reply = (message: RankingReply): void => postMessage(message);
/** Lets the next job's message in: a job that is no longer wanted stops. */
const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** The scheme's rules on whatever metrics the reader chose; a fixed score for failures would fit the scheme's own metrics only. */
function onChosenMetrics(scheme: RankingScheme): RankingScheme {
  const { failed } = scheme.missing;
  return {
    ...scheme,
    metrics: "all",
    missing: { ...scheme.missing, failed: typeof failed === "object" ? "worst" : failed },
  };
}

async function run(job: RankingJob): Promise<void> {
  if (table === null) throw new RangeError("the ranking worker was asked before it had a table");
  const preset = schemePreset(job.scheme);
  if (preset === undefined) {
    reply({
      id: job.id,
      kind: "problem",
      message: `This page does not know the ranking scheme ${job.scheme}.`,
      hint: "Choose another scheme, or read the server's own ranking.",
    });
    return;
  }
  const scheme = job.selection.metrics === undefined ? preset : onChosenMetrics(preset);
  const part = selected(table, job.selection);
  const document = rankTable(part, scheme, { seed: job.seed });
  reply({ id: job.id, kind: "ranking", document });
  await breathe();
  if (latest !== job.id) return;
  const order = document.overall.ranking.filter(({ rank }) => rank !== null).map(({ algorithm }) => algorithm);
  reply({ id: job.id, kind: "pairwise", pairwise: pairwiseViews(part, scheme, order) });
  await breathe();
  if (latest !== job.id) return;
  reply({ id: job.id, kind: "schemes", schemes: schemeViews(part, scheme, scheme.title) });
  await breathe();
  if (latest !== job.id) return;
  reply({ id: job.id, kind: "slices", slices: sliceViews(part, scheme) });
  if (order.length === 0) return;
  const plan = planBootstrap(part, scheme, { draws: job.draws, seed: job.seed });
  const pieces: BootstrapDraws[] = [];
  for (let from = 0; from < job.draws; ) {
    await breathe();
    if (latest !== job.id) return;
    const to = Math.min(job.draws, from + 50);
    pieces.push(runBootstrap(plan, from, to));
    from = to;
    reply({ id: job.id, kind: "progress", done: from, draws: job.draws });
  }
  const draws = joinDraws(pieces);
  const complete = addBootstrap(document, plan, draws);
  reply({ id: job.id, kind: "stability", document: complete, stability: stabilityView(complete, draws) });
}

addEventListener("message", (event: MessageEvent<RankingJob>) => {
  const job = event.data;
  latest = job.id;
  if (job.table !== undefined) table = prepareScoreTable(job.table);
  run(job).catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    reply({
      id: job.id,
      kind: "problem",
      message,
      hint:
        error instanceof SchemeMismatchError
          ? "Choose another scheme, or fewer restrictions of metric and region."
          : "Choose another selection; if it happens again, report it with the text above.",
    });
  });
});
