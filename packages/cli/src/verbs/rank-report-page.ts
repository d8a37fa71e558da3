/**
 * What runs in the ranking report: when the reader changes scheme, tasks, metrics, regions or cases, the ranking is computed again here, in
 * the page. The table answers first, the sections in view next, bootstrap draws follow in slices of a few milliseconds.
 * Bundled into one script by `scripts/build-rank-report.ts`.
 */
import { figureHtmlIn, type Html, html } from "@segathlon/plots";
import {
  addBootstrap,
  type BootstrapDraws,
  joinDraws,
  planBootstrap,
  runBootstrap,
  SchemeMismatchError,
  ScoreTableError,
  sliceAttributes,
} from "@segathlon/ranking";
import { type ReportView, reportViews } from "./rank-report-layout.ts";
import {
  mergedSelection,
  type ReportChoice,
  type ReportData,
  type ReportModel,
  reportModel,
  tableFromJson,
  withDraws,
} from "./rank-report-model.ts";

const data = JSON.parse(document.getElementById("report-data")?.textContent ?? "null") as ReportData;
const table = tableFromJson(data.table);
const form = document.querySelector<HTMLFormElement>("form.controls");
const status = form?.querySelector("output") ?? null;

/** Time that one slice of draws may take before the page gets a turn. */
const sliceMs = 25;
/** Draws after which the plots are drawn again; the last one is always shown. */
const milestones = [50, 200, 500, 1000, 2000, 5000, 10_000];

let generation = 0;
let adjustment: ReportChoice["adjustment"] = "holm";
let attribute: string | null = sliceAttributes(table)[0]?.attribute ?? null;
let current: ReportModel | null = null;

const selectValue = (id: string): string | null => document.querySelector<HTMLSelectElement>(`#${id}`)?.value ?? null;

/** Checked values of a group; undefined when all are checked or the group is not there. */
function checkedValues(name: string): string[] | undefined {
  const boxes = [...document.querySelectorAll<HTMLInputElement>(`[data-checks="${name}"] input`)];
  const checked = boxes.filter((box) => box.checked).map((box) => box.value);
  return checked.length === boxes.length ? undefined : checked;
}

function choiceNow(): ReportChoice {
  const scheme = data.schemes.find(({ id }) => id === selectValue("choose-scheme")) ?? data.schemes[0];
  if (scheme === undefined) throw new RangeError("the report holds no scheme");
  const metrics = checkedValues("metrics");
  const regions = checkedValues("regions");
  const slice = selectValue("choose-slice");
  const [key, value]: [string, string | number] | [] = slice === null || slice === "" ? [] : JSON.parse(slice);
  const own = {
    ...(metrics === undefined ? {} : { metrics }),
    ...(regions === undefined ? {} : { regions }),
    ...(key === undefined || value === undefined ? {} : { attributes: { [key]: value } }),
  };
  const wanted = selectValue("choose-metric") ?? table.metrics[0]?.key ?? "";
  const metric = metrics === undefined || metrics.includes(wanted) ? wanted : (metrics[0] ?? wanted);
  return {
    scheme,
    selection: mergedSelection(data.selection, own),
    scope: selectValue("choose-scope") ?? "overall",
    metric,
    adjustment,
    attribute,
  };
}

/** The section without its heading. */
function bodyOf(view: ReportView): HTMLElement | null {
  const section = document.getElementById(view.id);
  if (section === null) return null;
  let body = section.querySelector<HTMLElement>(":scope > .section-body");
  if (body === null) {
    body = document.createElement("div");
    body.className = "section-body";
    for (const node of [...section.childNodes]) if (node.nodeName !== "H2") body.append(node);
    section.append(body);
  }
  return body;
}

const draw = (figure: Parameters<typeof figureHtmlIn>[0]): Html => figureHtmlIn(figure, document);

function show(view: ReportView, model: ReportModel): void {
  const body = bodyOf(view);
  if (body === null) return;
  body.innerHTML = view.render(model, draw).html;
  body.removeAttribute("data-pending");
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** Distance of a section from what the reader sees. */
function distance(view: ReportView): number {
  const box = bodyOf(view)?.getBoundingClientRect();
  if (box === undefined) return Number.POSITIVE_INFINITY;
  if (box.bottom < 0) return -box.bottom;
  return Math.max(0, box.top - innerHeight);
}

function refused(error: unknown): string | null {
  if (error instanceof SchemeMismatchError || error instanceof ScoreTableError || error instanceof RangeError)
    return error.message;
  return null;
}

/** Computes and shows everything for the present choice; a later choice ends the work for an earlier one. */
async function update(): Promise<void> {
  generation += 1;
  const own = generation;
  const started = performance.now();
  let model: ReportModel;
  try {
    model = reportModel(table, choiceNow(), data.bootstrap, data.seed);
  } catch (error) {
    const reason = refused(error);
    if (reason === null) throw error;
    if (status !== null) status.textContent = `This cannot be ranked: ${reason}`;
    document.documentElement.dataset.state = "refused";
    return;
  }
  current = model;
  document.documentElement.dataset.state = "ranked";
  const [first, ...rest] = reportViews;
  if (first !== undefined) show(first, model);
  document.documentElement.dataset.answeredMs = String(Math.round(performance.now() - started));
  for (const view of rest) bodyOf(view)?.setAttribute("data-pending", "");
  if (status !== null)
    status.textContent = `${model.document.scheme.title}: computed in ${Math.round(performance.now() - started)} ms.`;
  const waiting = [...rest];
  while (waiting.length > 0) {
    await turn();
    if (own !== generation) return;
    waiting.sort((a, b) => distance(a) - distance(b));
    const view = waiting.shift();
    if (view !== undefined) show(view, current ?? model);
  }
  await bootstrap(model, own);
  if (own === generation) document.documentElement.dataset.state = "complete";
}

async function bootstrap(model: ReportModel, own: number): Promise<void> {
  if (model.bootstrap === null) return;
  const plan = planBootstrap(model.table, model.choice.scheme, model.bootstrap);
  const parts: BootstrapDraws[] = [];
  const total = plan.options.draws;
  let done = 0;
  let size = 1;
  while (done < total) {
    const started = performance.now();
    const to = Math.min(total, done + size);
    parts.push(runBootstrap(plan, done, to));
    const spent = performance.now() - started;
    if (spent < sliceMs / 2) size = Math.min(size * 2, 500);
    else if (spent > sliceMs * 2) size = Math.max(1, size >> 1);
    const before = done;
    done = to;
    if (status !== null) status.textContent = `Bootstrap: ${done} of ${total} draws.`;
    if (done === total || milestones.some((mark) => before < mark && done >= mark)) {
      const draws = joinDraws(parts);
      parts.splice(0, parts.length, draws);
      current = withDraws(model, addBootstrap(model.document, plan, draws), draws);
      for (const view of reportViews) if (view.showsDraws) show(view, current);
    }
    await turn();
    if (own !== generation) return;
  }
  if (status !== null)
    status.textContent = `Bootstrap: ${total} of ${total} draws. Everything was computed in this page.`;
}

/** Only one section depends on these switches. */
function rerender(id: string, change: Partial<ReportChoice>): void {
  if (current === null) return;
  current = { ...current, choice: { ...current.choice, ...change } };
  const view = reportViews.find((candidate) => candidate.id === id);
  if (view !== undefined) show(view, current);
}

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("button") : null;
  const { adjustment: wanted, attribute: name } = button?.dataset ?? {};
  if (current === null && (wanted !== undefined || name !== undefined))
    current = reportModel(table, choiceNow(), data.bootstrap, data.seed);
  if (wanted === "holm" || wanted === "none") {
    adjustment = wanted;
    rerender("significance", { adjustment });
  }
  if (name !== undefined) {
    attribute = name;
    rerender("slices", { attribute });
  }
});

if (form !== null) {
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", (event) => {
    const group = event.target instanceof Element ? event.target.closest("[data-checks]") : null;
    const boxes = [...(group?.querySelectorAll<HTMLInputElement>("input") ?? [])];
    // A ranking of nothing is no choice: the last box stays.
    if (boxes.length > 0 && boxes.every((box) => !box.checked) && event.target instanceof HTMLInputElement)
      event.target.checked = true;
    void update().catch((error: unknown) => {
      if (status !== null)
        status.innerHTML =
          html`Something unforeseen happened: ${error instanceof Error ? error.message : String(error)}`.html;
      throw error;
    });
  });
}
document.documentElement.dataset.state ??= "ready";
