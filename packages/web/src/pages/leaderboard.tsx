/** The leaderboard of a phase: who leads, how sure that is, and what happens under other choices. */
import {
  type RankingDocument,
  type ScoreTable,
  schemePreset,
  schemePresets,
  type TableSelection,
} from "@segathlon/ranking";
import type { Benchmark, Leaderboard } from "@segathlon/server/api";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense, useMemo, useState } from "react";
import { benchmarkQuery, leaderboardQuery, snapshotsQuery } from "../api.ts";
import { Moment, Page } from "../frame/page.tsx";
import { QueryView, Working } from "../frame/query-view.tsx";
import { boardBibtex, boardTable, scoresTable } from "../leaderboard/board-downloads.ts";
import { boardModel } from "../leaderboard/board-model.ts";
import { BoardTable } from "../leaderboard/board-table.tsx";
import { boardViews } from "../leaderboard/board-view-names.ts";
import { caseGroups } from "../leaderboard/case-groups.ts";
import { HeatTable } from "../leaderboard/heat-table.tsx";
import { LeadSentence } from "../leaderboard/lead-sentence.tsx";
import { type RankingRequest, useRanking } from "../leaderboard/use-ranking.ts";
import { metricLabel } from "../metric-definitions.ts";
import { saveCsv, saveJson, saveText } from "../save-file.ts";

/** Figures carry the plotting library: it is loaded when a view with a figure is opened. */
const BoardViewPart = lazy(async () => ({ default: (await import("../leaderboard/board-views.tsx")).BoardViewPart }));

const route = getRouteApi("/benchmarks/$benchmark/leaderboard/$phase");

type Search = ReturnType<typeof route.useSearch>;

interface Option {
  readonly value: string;
  readonly text: string;
}

/** `attribute=value` for every group of cases, as the slices view makes them. */
function sliceOptions(board: Leaderboard): { option: Option; cases: readonly string[] }[] {
  const byTask = board.scoreTable?.attributes ?? {};
  return Object.values(byTask).flatMap((cases) => {
    const names = [...new Set(Object.values(cases).flatMap((attributes) => Object.keys(attributes)))];
    return names.flatMap((name) => {
      const groups = caseGroups(Object.entries(cases).map(([id, attributes]) => [id, attributes[name]] as const));
      if (groups.length < 2 || groups.length > 30) return [];
      return groups.map((group) => ({
        option: { value: `${name}=${group.value}`, text: `${name}: ${group.value} (n = ${group.cases.length})` },
        cases: group.cases,
      }));
    });
  });
}

function Select(props: {
  readonly label: string;
  readonly value: string | undefined;
  readonly all: string;
  readonly options: readonly Option[];
  readonly onChange: (value: string | undefined) => void;
}): ReactNode {
  if (props.options.length === 0) return null;
  return (
    <label className="field">
      {props.label}
      <select
        value={props.value ?? ""}
        onChange={(event) => props.onChange(event.target.value === "" ? undefined : event.target.value)}
      >
        <option value="">{props.all}</option>
        {props.options.map(({ value, text }) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

function documentOf(ranking: unknown): RankingDocument | null {
  // The server sends the document of its own `@segathlon/ranking`; a document of another version is left alone.
  const known =
    typeof ranking === "object" && ranking !== null && "schema" in ranking && ranking.schema === "segathlon/ranking@1";
  return known ? (ranking as RankingDocument) : null;
}

interface BoardProps {
  readonly benchmark: Benchmark;
  /** Everything of the phase, without the reader's choices. */
  readonly whole: Leaderboard;
  /** What the server answers to the reader's choices; the same as `whole` where the page computes itself. */
  readonly board: Leaderboard;
  readonly search: Search;
}

function Board({ benchmark, whole, board, search }: BoardProps): ReactNode {
  const navigate = route.useNavigate();
  const choose = (change: Partial<Search>): void =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false });
  const slices = useMemo(() => sliceOptions(whole), [whole]);
  const scheme = search.scheme ?? whole.scheme;
  const slice = slices.find(({ option }) => option.value === search.slice);
  const request = useMemo((): RankingRequest => {
    const selection: TableSelection = {
      ...(search.task === undefined ? {} : { tasks: [search.task] }),
      ...(search.region === undefined ? {} : { regions: [search.region] }),
      ...(search.metric === undefined ? {} : { metrics: [search.metric] }),
      ...(slice === undefined ? {} : { cases: slice.cases }),
    };
    return { scheme, selection, draws: whole.bootstrap > 0 ? whole.bootstrap : 1000, seed: whole.seed };
  }, [search.task, search.region, search.metric, slice, scheme, whole]);
  const ranking = useRanking(whole.scoreTable as ScoreTable | null, request);
  const computing = whole.scoreTable !== null && ranking.request !== request;
  const own = scheme === whole.scheme && Object.keys(request.selection).length === 0;
  const document = ranking.document ?? documentOf(board.ranking);
  const model = useMemo(() => boardModel(board, document, own ? "own" : "chosen"), [board, document, own]);
  const view = boardViews.find(([id]) => id === search.view)?.[0] ?? "regions";
  const tasks = [...new Set(whole.columns.map(({ task }) => task))];
  const regions = [
    ...new Set(
      whole.columns.filter(({ task }) => search.task === undefined || task === search.task).map(({ region }) => region),
    ),
  ];
  const metrics = [...new Map(whole.columns.map((column) => [column.metric, column])).values()];
  const preset = schemePreset(scheme);
  const notes = [...new Set([...board.notes, ...(document?.notes.map(({ text }) => text) ?? [])])];
  const name = `${benchmark.id}-${board.phase}`;
  return (
    <>
      <LeadSentence model={model} document={document} />
      <div className="controls">
        <Select
          label="Task"
          value={search.task}
          all="all tasks"
          options={tasks.length < 2 ? [] : tasks.map((task) => ({ value: task, text: task }))}
          onChange={(task) => choose({ task, region: undefined })}
        />
        <Select
          label="Region"
          value={search.region}
          all="all regions"
          options={regions.length < 2 ? [] : regions.map((region) => ({ value: region, text: region }))}
          onChange={(region) => choose({ region })}
        />
        <Select
          label="Metric"
          value={search.metric}
          all="all metrics of the scheme"
          options={metrics.map(({ metric, unit }) => ({ value: metric, text: metricLabel(metric, unit) }))}
          onChange={(metric) => choose({ metric })}
        />
        <Select
          label="Slice of the cases"
          value={search.slice}
          all="all cases"
          options={slices.map(({ option }) => option)}
          onChange={(value) => choose({ slice: value })}
        />
        <Select
          label="Ranking scheme"
          value={search.scheme}
          all={`${schemePreset(whole.scheme)?.title ?? whole.scheme} (the benchmark's own)`}
          options={schemePresets
            .filter(({ id }) => id !== whole.scheme)
            .map(({ id, title }) => ({ value: id, text: title }))}
          onChange={(value) => choose({ scheme: value })}
        />
        <span className="tools push">
          <button type="button" onClick={() => saveCsv(boardTable(model), `${name}-leaderboard`)}>
            CSV
          </button>
          {whole.scoreTable !== null && (
            <button type="button" onClick={() => saveCsv(scoresTable(whole), `${name}-scores`)}>
              Scores
            </button>
          )}
          <button type="button" onClick={() => saveJson(document ?? board, `${name}-ranking`)}>
            JSON
          </button>
          <button
            type="button"
            onClick={() =>
              saveText(boardBibtex(benchmark, board, location.href), `${name}.bib`, "application/x-bibtex")
            }
          >
            BibTeX
          </button>
          <CopyLink />
        </span>
      </div>
      {!own && (
        <p className="note">
          This is the reader's choice, not the benchmark's ranking
          {whole.scoreTable === null ? "; computed by the server" : "; computed in this page"}.
          {search.metric === undefined ? "" : " The scheme's rules are applied to the chosen metric."}{" "}
          <button
            type="button"
            onClick={() =>
              choose({ task: undefined, region: undefined, metric: undefined, slice: undefined, scheme: undefined })
            }
          >
            Show the benchmark's own
          </button>
        </p>
      )}
      {ranking.problem !== null && (
        <div className="note bad" role="alert">
          <p>
            <strong>{ranking.problem.message}</strong>
          </p>
          <p className="last">{ranking.problem.hint}</p>
        </div>
      )}
      <div className={computing ? "board-busy" : ""} aria-busy={computing}>
        <BoardTable model={model} label="Leaderboard" />
      </div>
      <p className="muted tiny" role="status">
        {computing
          ? "Ranking in this page …"
          : ranking.progress !== null
            ? `Computing intervals in this page: ${ranking.progress.done} of ${ranking.progress.draws} bootstrap draws.`
            : "Shaded: not separable from the first. Small figures are 95 % intervals."}{" "}
        {preset !== undefined && preset.certainty.level === "not-certain" && (
          <>This scheme is not certain: {preset.certainty.notes.join(" ")}</>
        )}
      </p>
      {notes.length > 0 && (
        <details>
          <summary>
            {notes.length} {notes.length === 1 ? "note" : "notes"} on this ranking
          </summary>
          <ul>
            {notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </details>
      )}
      <nav className="tabs" aria-label="Views of the leaderboard">
        {boardViews.map(([id, label]) => (
          <Link
            key={id}
            from={route.id}
            to="."
            search={(before: Search) => ({ ...before, view: id })}
            resetScroll={false}
            replace
            className={id === view ? "active" : ""}
            aria-current={id === view ? "true" : undefined}
          >
            {label}
          </Link>
        ))}
      </nav>
      {view === "regions" ? (
        <HeatTable board={board} model={model} />
      ) : (
        <Suspense fallback={<Working>Loading the figures …</Working>}>
          <BoardViewPart view={view} board={whole} model={model} ranking={ranking} />
        </Suspense>
      )}
    </>
  );
}

function CopyLink(): ReactNode {
  const [copied, setCopied] = useState(false);
  return (
    <button
      type="button"
      onClick={() => {
        void navigator.clipboard.writeText(location.href).then(() => {
          setCopied(true);
          setTimeout(() => setCopied(false), 2000);
        });
      }}
    >
      {copied ? "Copied" : "Link"}
    </button>
  );
}

function Empty({ board, benchmark }: { readonly board: Leaderboard; readonly benchmark: string }): ReactNode {
  if (board.hiddenBecause !== null)
    return (
      <p className="empty">
        {board.hiddenBecause}{" "}
        <Link to="/benchmarks/$benchmark" params={{ benchmark }}>
          Phases and dates
        </Link>
      </p>
    );
  return (
    <p className="empty">
      No entry has been scored in this phase yet.{" "}
      <Link to="/benchmarks/$benchmark/submit/$phase" params={{ benchmark, phase: board.phase }}>
        Submit the first one
      </Link>
      , or <Link to="/evaluate">evaluate predictions in this browser</Link> first.
    </p>
  );
}

export function LeaderboardPage(): ReactNode {
  const { benchmark, phase } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const details = useQuery(benchmarkQuery(benchmark));
  const snapshots = useQuery(snapshotsQuery(benchmark, phase));
  const base = search.snapshot === undefined ? {} : { snapshot: search.snapshot };
  const whole = useQuery(leaderboardQuery(benchmark, phase, base));
  const { task, region, metric, scheme } = search;
  const choices = {
    ...(task === undefined ? {} : { task }),
    ...(region === undefined ? {} : { region }),
    ...(metric === undefined ? {} : { metric }),
    ...(scheme === undefined ? {} : { scheme }),
  };
  // Where the phase publishes every case the page ranks itself; elsewhere the server is asked.
  const askServer = whole.data !== undefined && whole.data.scoreTable === null && Object.keys(choices).length > 0;
  const chosen = useQuery({ ...leaderboardQuery(benchmark, phase, { ...base, ...choices }), enabled: askServer });
  const phases = details.data?.phases ?? [];
  const shown = phases.find(({ id }) => id === phase);
  return (
    <Page title={`Leaderboard: ${shown?.title || phase}`}>
      <div className="row">
        {phases.length > 1 && (
          <nav className="row" aria-label="Phases">
            {phases.map((item) => (
              <Link
                key={item.id}
                to="/benchmarks/$benchmark/leaderboard/$phase"
                params={{ benchmark, phase: item.id }}
                className="button"
              >
                {item.title || item.id}
              </Link>
            ))}
          </nav>
        )}
        {(snapshots.data?.length ?? 0) > 0 && (
          <label className="row tiny">
            State of
            <select
              value={search.snapshot ?? ""}
              onChange={(event) =>
                void navigate({
                  search: (before) => ({
                    ...before,
                    snapshot: event.target.value === "" ? undefined : event.target.value,
                  }),
                })
              }
            >
              <option value="">now</option>
              {snapshots.data?.map((snapshot) => (
                <option key={snapshot.id} value={snapshot.id}>
                  {snapshot.createdAt.slice(0, 10)}: {snapshot.title}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      <QueryView query={whole} what="the leaderboard">
        {(board) => (
          <>
            <ul className="facts-row" style={{ margin: "0.5rem 0" }}>
              <li>
                <span className={board.kind === "live" ? "badge good" : "badge"}>
                  {board.kind === "live" ? "live: provisional" : board.kind}
                </span>
              </li>
              <li>
                <b>{board.entries.length}</b> entries
              </li>
              <li>
                <b>{board.cases}</b> cases
              </li>
              <li>
                computed <Moment at={board.computedAt} />
              </li>
              <li>
                references <b>r{board.referencesRevision}</b>
              </li>
              <li>
                {board.bootstrap} bootstrap draws, seed {board.seed}
              </li>
              <li>
                <Link to="/benchmarks/$benchmark" params={{ benchmark }} hash="how">
                  How this is computed
                </Link>
              </li>
            </ul>
            {board.entries.length === 0 || details.data === undefined ? (
              <Empty board={board} benchmark={benchmark} />
            ) : (
              <QueryView query={askServer ? chosen : whole} what="the ranking you chose">
                {(answer) => <Board benchmark={details.data} whole={board} board={answer} search={search} />}
              </QueryView>
            )}
          </>
        )}
      </QueryView>
    </Page>
  );
}
