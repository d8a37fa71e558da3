/** The table of a leaderboard: sortable, and virtual when it is long, so that five hundred entries scroll as ten do. */
import { numberText, percentText, rankIntervalText } from "@segathlon/plots";
import { Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useMemo, useRef, useState } from "react";
import { definitionOf, metricDecimals, metricLabel } from "../metric-definitions.ts";
import type { BoardMetric, BoardModel, BoardRow } from "./board-model.ts";
import { type Sorting, type SortKey, sortedRows } from "./board-sorting.ts";

interface HeadProps {
  readonly id: SortKey;
  readonly label: string;
  readonly definition?: string | undefined;
  readonly title?: string | undefined;
  readonly align?: "start" | "end";
  readonly sorting: Sorting;
  readonly onSort: (sorting: Sorting) => void;
  /** Where this column starts reading. */
  readonly first: "ascending" | "descending";
}

function Head({ id, label, definition, title, align = "end", sorting, onSort, first }: HeadProps): ReactNode {
  const active = sorting.key === id;
  const other = first === "ascending" ? "descending" : "ascending";
  return (
    <th scope="col" className={align} aria-sort={active ? sorting.order : "none"} title={title}>
      <span className="head">
        <button
          type="button"
          className="sort-label"
          title={`Sort by ${label}`}
          onClick={() => onSort({ key: id, order: active && sorting.order === first ? other : first })}
        >
          {label}
        </button>
        {definition !== undefined && (
          <Link to="/definitions" hash={definition} className="how" aria-label={`How ${label} is computed`}>
            ?
          </Link>
        )}
      </span>
    </th>
  );
}

function MetricValue({ row, metric }: { readonly row: BoardRow; readonly metric: BoardMetric }): ReactNode {
  const cell = row.metrics[metric.key];
  const decimals = metric.decimals ?? metricDecimals(metric.unit);
  if (cell === undefined) return <td className="end">–</td>;
  return (
    <td className="end">
      {numberText(cell.mean, decimals)}
      {cell.ci95 !== null && (
        <span className="ci">
          {numberText(cell.ci95[0], decimals)}–{numberText(cell.ci95[1], decimals)}
        </span>
      )}
    </td>
  );
}

function Row({
  row,
  metrics,
  index,
}: {
  readonly row: BoardRow;
  readonly metrics: readonly BoardMetric[];
  readonly index: number;
}): ReactNode {
  const { entry } = row;
  const classes = [row.leading === true ? "leading" : "", entry?.mine === true ? "mine" : ""]
    .filter((name) => name !== "")
    .join(" ");
  return (
    <tr className={classes} aria-rowindex={index + 2}>
      <th scope="row">
        <span className="method">
          <span>
            {entry?.link != null && /^https?:/.test(entry.link) ? (
              <a href={entry.link} rel="noreferrer nofollow">
                {entry.method}
              </a>
            ) : (
              (entry?.method ?? row.algorithm)
            )}
            {entry?.baseline === true && <span className="badge"> baseline</span>}
          </span>
          <small>
            {entry?.team}
            {entry?.mine === true && (
              <>
                {" · "}
                <Link to="/submissions/$submission" params={{ submission: String(entry.submission) }}>
                  mine
                </Link>
              </>
            )}
          </small>
        </span>
      </th>
      <td className="end rank" title={row.notRankedBecause ?? undefined}>
        {row.place}
        {row.notRankedBecause !== null && <span className="visually-hidden">not ranked: {row.notRankedBecause}</span>}
      </td>
      <td className="end">{rankIntervalText(row.rankInterval)}</td>
      <td className="end">{row.pFirst === null ? "–" : percentText(row.pFirst)}</td>
      <td className="end">{numberText(row.score, 3)}</td>
      {metrics.map((metric) => (
        <MetricValue key={metric.key} row={row} metric={metric} />
      ))}
      <td className="end">{row.n}</td>
      <td className="end">{row.missing === 0 ? "0" : <span className="badge warn">{row.missing}</span>}</td>
      <td className="end">{entry?.runtimeSeconds == null ? "–" : numberText(entry.runtimeSeconds, 1)}</td>
      <td>{entry === null ? "–" : entry.submittedAt.slice(0, 10)}</td>
    </tr>
  );
}

/** Above this many rows only those on screen are in the document. */
const virtualFrom = 80;
const rowHeight = 44;

export function BoardTable({ model, label }: { readonly model: BoardModel; readonly label: string }): ReactNode {
  const [sorting, setSorting] = useState<Sorting>({ key: "rank", order: "ascending" });
  const rows = useMemo(() => sortedRows(model.rows, sorting), [model.rows, sorting]);
  const box = useRef<HTMLElement>(null);
  const isVirtual = rows.length > virtualFrom;
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    enabled: isVirtual,
  });
  const items = virtualizer.getVirtualItems();
  const before = isVirtual ? (items[0]?.start ?? 0) : 0;
  const after = isVirtual ? Math.max(0, virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0)) : 0;
  const shown = isVirtual
    ? items.flatMap(({ index }) => {
        const row = rows[index];
        return row === undefined ? [] : [{ row, index }];
      })
    : rows.map((row, index) => ({ row, index }));
  const width = 9 + model.metrics.length;
  const head = { sorting, onSort: setSorting };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section ref={box} className={isVirtual ? "vtable board" : "scroll board"} aria-label={label} tabIndex={0}>
      <table className="sticky-first" aria-rowcount={rows.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            <Head id="method" label="Method" align="start" first="ascending" {...head} />
            <Head id="rank" label="Rank" definition="rank" first="ascending" {...head} />
            <th scope="col" className="end">
              <span className="head">
                95 %
                <Link
                  to="/definitions"
                  hash="rank-interval"
                  className="how"
                  aria-label="How the rank interval is computed"
                >
                  ?
                </Link>
              </span>
            </th>
            <Head id="p-first" label="P(1st)" definition="p-first" first="descending" {...head} />
            <Head
              id="score"
              label="Score"
              title={model.scoreLabel ?? "What the scheme orders by"}
              first="ascending"
              {...head}
            />
            {model.metrics.map((metric) => (
              <Head
                key={metric.key}
                id={`metric:${metric.key}`}
                label={metricLabel(metric.key, metric.unit)}
                definition={definitionOf(metric.key)?.id}
                title={definitionOf(metric.key)?.short}
                first={metric.direction === "lower-is-better" ? "ascending" : "descending"}
                {...head}
              />
            ))}
            <th scope="col" className="end">
              n
            </th>
            <Head id="missing" label="Missing" definition="n" first="descending" {...head} />
            <Head
              id="runtime"
              label="s/case"
              title="Seconds per case, as the team states it"
              first="ascending"
              {...head}
            />
            <Head id="date" label="Submitted" align="start" first="descending" {...head} />
          </tr>
        </thead>
        <tbody>
          {before > 0 && (
            <tr>
              <td colSpan={width} style={{ height: before, padding: 0 }} />
            </tr>
          )}
          {shown.map(({ row, index }) => (
            <Row key={row.algorithm} row={row} metrics={model.metrics} index={index} />
          ))}
          {after > 0 && (
            <tr>
              <td colSpan={width} style={{ height: after, padding: 0 }} />
            </tr>
          )}
        </tbody>
      </table>
    </section>
  );
}
