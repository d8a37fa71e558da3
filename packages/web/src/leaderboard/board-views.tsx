/** The views below a leaderboard: regions, significance, stability, schemes, slices, cases. */

import type { Leaderboard } from "@segathlon/server/api";
import { type ReactNode, useState } from "react";
import { Choice } from "../frame/choice.tsx";
import { FigureView } from "../frame/figure-view.tsx";
import { Working } from "../frame/query-view.tsx";
import {
  casesFigure,
  intervalsFigure,
  pairwiseFigure,
  schemesFigure,
  sliceFigure,
  stabilityFigures,
} from "./board-figures.ts";
import type { BoardModel } from "./board-model.ts";
import type { BoardView } from "./board-view-names.ts";
import { figureEntries } from "./method-names.ts";
import { pairwiseEntries } from "./ranking-job.ts";
import { useMetric } from "./use-metric.tsx";
import type { RankingState } from "./use-ranking.ts";

interface ViewProps {
  readonly board: Leaderboard;
  readonly model: BoardModel;
  readonly ranking: RankingState;
}

function Waiting({
  ranking,
  board,
  what,
}: {
  readonly ranking: RankingState;
  readonly board: Leaderboard;
  readonly what: string;
}): ReactNode {
  if (board.scoreTable === null)
    return (
      <p className="empty">
        {what} need the score of every case, and this phase publishes{" "}
        {board.feedback.level === "aggregate" ? "means only" : "none yet"}. The server's ranking above was computed from
        them.
      </p>
    );
  if (ranking.problem !== null) return null;
  return (
    <Working>
      Computing {what.toLowerCase()} in this page
      {ranking.progress === null ? " …" : `: ${ranking.progress.done} of ${ranking.progress.draws} bootstrap draws`}
    </Working>
  );
}

function Intervals({ model }: ViewProps): ReactNode {
  const { metric, choice } = useMetric(model);
  if (metric === undefined) return <p className="empty">There is no metric to show.</p>;
  return (
    <>
      <div className="controls">{choice}</div>
      <FigureView figure={intervalsFigure(model, metric)} />
    </>
  );
}

function Significance({ board, model, ranking }: ViewProps): ReactNode {
  const { metric, choice } = useMetric(model);
  const [adjustment, setAdjustment] = useState<"holm" | "none">("holm");
  if (ranking.pairwise === null) return <Waiting ranking={ranking} board={board} what="Pairwise tests" />;
  const results = ranking.pairwise.filter((result) => result.metric === metric?.key);
  if (results.length === 0) return <p className="empty">Pairwise tests need two ranked entries.</p>;
  return (
    <>
      <div className="controls">
        {choice}
        <Choice
          label="Adjustment for the number of tests"
          value={adjustment}
          options={[
            ["holm", "Holm, over all ordered pairs"],
            ["none", "none"],
          ]}
          onChange={setAdjustment}
        />
      </div>
      {results.map((result) => (
        <div key={result.task}>
          {result.entriesInAll > pairwiseEntries && (
            <p className="muted">
              Pairwise statistics are computed for the first {pairwiseEntries} of {result.entriesInAll} entries.
            </p>
          )}
          {result.cases < 6 && (
            <p className="note warn">
              With {result.cases} cases the smallest possible p is too large to be significant after adjustment.
            </p>
          )}
          <FigureView figure={pairwiseFigure(result, model, board.alpha ?? 0.05, adjustment)} />
        </div>
      ))}
    </>
  );
}

function Stability({ board, model, ranking }: ViewProps): ReactNode {
  if (ranking.stability === null) return <Waiting ranking={ranking} board={board} what="Bootstrap draws" />;
  return (
    <>
      {stabilityFigures(ranking.stability, model).map((figure) => (
        <FigureView key={figure.name} figure={figure} />
      ))}
    </>
  );
}

function Schemes({ board, model, ranking }: ViewProps): ReactNode {
  if (ranking.schemes === null) return <Waiting ranking={ranking} board={board} what="Other schemes" />;
  const usable = ranking.schemes.filter(({ problem }) => problem === null);
  const leader = model.rows.find(({ rank }) => rank === 1);
  const wins = leader === undefined ? 0 : usable.filter((scheme) => scheme.ranks[leader.algorithm] === 1).length;
  return (
    <>
      {leader !== undefined && (
        <p>
          <strong>
            {leader.entry?.method ?? leader.algorithm} is first under {wins} of {usable.length} schemes.
          </strong>
        </p>
      )}
      <FigureView figure={schemesFigure(ranking.schemes, model)} />
      {ranking.schemes
        .filter(({ problem }) => problem !== null)
        .map((scheme) => (
          <p className="muted" key={scheme.scheme}>
            {scheme.title} does not fit: {scheme.problem}
          </p>
        ))}
    </>
  );
}

function Slices({ board, model, ranking }: ViewProps): ReactNode {
  const { metric, choice } = useMetric(model);
  if (ranking.slices === null) return <Waiting ranking={ranking} board={board} what="Slices" />;
  const results = ranking.slices.filter((slice) => slice.metric === metric?.key);
  if (results.length === 0 || metric === undefined)
    return (
      <p className="empty">
        The cases carry no attributes such as centre, scanner or sex, so there is nothing to slice by.
      </p>
    );
  return (
    <>
      <div className="controls">{choice}</div>
      <div className="grid-2">
        {results.map((result) => (
          <FigureView key={result.attribute} figure={sliceFigure(result, model, metric)} />
        ))}
      </div>
    </>
  );
}

function Cases({ board, model, ranking }: ViewProps): ReactNode {
  const { metric, choice } = useMetric(model);
  const columns = board.columns.filter((column) => column.metric === metric?.key);
  const [key, setKey] = useState("");
  const column = columns.find((item) => item.key === key) ?? columns[0];
  if (board.scoreTable === null) return <Waiting ranking={ranking} board={board} what="Case plots" />;
  if (metric === undefined || column === undefined) return <p className="empty">There is no metric to show.</p>;
  const several = new Set(columns.map(({ task }) => task)).size > 1;
  return (
    <>
      <div className="controls">
        {choice}
        <Choice
          label="Region"
          value={column.key}
          options={columns.map((item) => [item.key, several ? `${item.task}: ${item.region}` : item.region] as const)}
          onChange={setKey}
        />
      </div>
      <FigureView figure={casesFigure(board, model, metric, column.task, column.region)} />
    </>
  );
}

const components = {
  intervals: Intervals,
  significance: Significance,
  stability: Stability,
  schemes: Schemes,
  slices: Slices,
  cases: Cases,
} as const;

export function BoardViewPart({
  view,
  ...props
}: ViewProps & { readonly view: Exclude<BoardView, "regions"> }): ReactNode {
  const View = components[view];
  return (
    <>
      {props.model.rows.length > figureEntries && (
        <p className="muted">Figures show the first {figureEntries} entries; the table shows all.</p>
      )}
      <View {...props} />
    </>
  );
}
