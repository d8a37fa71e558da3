/** The data of a task: what is in it, how it is distributed, how to get it. */
import { bytesText, type DataTable } from "@segathlon/plots";
import type { Benchmark, Case } from "@segathlon/server/api";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { lazy, type ReactNode, Suspense, useMemo, useRef, useState } from "react";
import { benchmarkQuery, casesQuery, downloadsQuery, sessionQuery } from "../api.ts";
import { attributeNames, attributeValues, filterCases } from "../data/case-filter.ts";
import { DataAccess } from "../data/data-access.tsx";
import { Page, PlainText } from "../frame/page.tsx";
import { QueryView, Working } from "../frame/query-view.tsx";
import { saveCsv, saveText } from "../save-file.ts";

const route = getRouteApi("/benchmarks/$benchmark/data/$task");
const Distributions = lazy(async () => ({ default: (await import("../data/distributions.tsx")).Distributions }));

function casesTable(cases: readonly Case[], attributes: readonly string[]): DataTable {
  return {
    columns: ["case", "split", "shape", "spacing_mm", "channels", "reference_public", ...attributes],
    rows: cases.map((item) => [
      item.case,
      item.split,
      item.shape?.join("x") ?? null,
      item.spacingMm?.join("x") ?? null,
      item.images.map(({ channel }) => channel).join(" "),
      item.reference === null ? "no" : "yes",
      ...attributes.map((name) => item.attributes[name] ?? null),
    ]),
  };
}

const rowHeight = 56;

function CaseRows({
  benchmark,
  task,
  cases,
  attributes,
}: {
  readonly benchmark: string;
  readonly task: string;
  readonly cases: readonly Case[];
  readonly attributes: readonly string[];
}): ReactNode {
  const box = useRef<HTMLElement>(null);
  const virtualizer = useVirtualizer({
    count: cases.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  });
  const items = virtualizer.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = Math.max(0, virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0));
  const width = 5 + attributes.length;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section ref={box} className="vtable" aria-label="Table: cases" tabIndex={0}>
      <table className="sticky-first" aria-rowcount={cases.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col">Case</th>
            <th scope="col">Split</th>
            <th scope="col" className="end">
              Size
            </th>
            <th scope="col" className="end">
              Spacing (mm)
            </th>
            <th scope="col">Reference</th>
            {attributes.map((name) => (
              <th scope="col" key={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {before > 0 && (
            <tr>
              <td colSpan={width} style={{ height: before, padding: 0 }} />
            </tr>
          )}
          {items.map(({ index }) => {
            const item = cases[index];
            if (item === undefined) return null;
            return (
              <tr key={item.case} aria-rowindex={index + 2}>
                <th scope="row">
                  <span className="case-cell">
                    {item.thumbnail === null ? (
                      <span className="thumbnail" aria-hidden="true" />
                    ) : (
                      <img className="thumbnail" src={item.thumbnail} alt="" width="44" height="44" loading="lazy" />
                    )}
                    {item.images.length === 0 ? (
                      item.case
                    ) : (
                      <Link to="/benchmarks/$benchmark/view/$task/$case" params={{ benchmark, task, case: item.case }}>
                        {item.case}
                      </Link>
                    )}
                  </span>
                </th>
                <td>{item.split}</td>
                <td className="end">{item.shape?.join(" × ") ?? "–"}</td>
                <td className="end">
                  {item.spacingMm?.map((value) => Number(value.toPrecision(3))).join(" × ") ?? "–"}
                </td>
                <td>{item.reference === null ? <span className="muted">sealed</span> : "public"}</td>
                {attributes.map((name) => (
                  <td key={name}>{item.attributes[name] ?? "–"}</td>
                ))}
              </tr>
            );
          })}
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

function Downloads({ benchmark }: { readonly benchmark: Benchmark }): ReactNode {
  const session = useQuery(sessionQuery);
  const open = benchmark.dataAccess === "open" || (session.data?.user != null && benchmark.dataAccess !== "closed");
  const downloads = useQuery({ ...downloadsQuery(benchmark.id), enabled: open, retry: false });
  if (!open || downloads.isError) return null;
  return (
    <section className="block" aria-labelledby="downloads">
      <h2 id="downloads">Download</h2>
      <QueryView query={downloads} what="the list of files">
        {(list) =>
          list.files.length === 0 ? (
            <p className="empty">
              This server holds no files to download; the licence section of the overview says where the data come from.
            </p>
          ) : (
            <>
              <p>
                <b>{list.files.length}</b> files, {bytesText(list.totalBytes)}. Resumable and checked by checksum from a
                terminal:
              </p>
              <pre>{`segathlon download ${benchmark.id} --from ${location.origin}`}</pre>
              <p className="row">
                <button
                  type="button"
                  onClick={() =>
                    saveText(
                      list.files.map((file) => `${file.sha256}  ${file.path}\n`).join(""),
                      `${benchmark.id}.sha256`,
                      "text/plain",
                    )
                  }
                >
                  Checksums (SHA-256)
                </button>
                <button
                  type="button"
                  onClick={() =>
                    saveText(
                      list.files.map((file) => `${new URL(file.url, location.origin)}\n`).join(""),
                      `${benchmark.id}-files.txt`,
                      "text/plain",
                    )
                  }
                >
                  List of addresses
                </button>
              </p>
            </>
          )
        }
      </QueryView>
    </section>
  );
}

function Explorer({
  benchmark,
  task,
  cases,
}: {
  readonly benchmark: string;
  readonly task: string;
  readonly cases: readonly Case[];
}): ReactNode {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [open, setOpen] = useState(false);
  const attributes = useMemo(() => attributeNames(cases), [cases]);
  const shown = useMemo(() => filterCases(cases, search), [cases, search]);
  const splits = [...new Set(cases.map(({ split }) => split))];
  const choose = (change: Partial<typeof search>): void =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false });
  const values = search.attribute === undefined ? [] : attributeValues(cases, search.attribute);
  if (cases.length === 0)
    return (
      <p className="empty">
        This server holds no case of this task. Organisers add them with <code>segathlon serve</code> or on the
        organiser's page.
      </p>
    );
  return (
    <>
      <section className="block" aria-labelledby="cases">
        <h2 id="cases">Cases</h2>
        <div className="controls">
          <label className="field">
            Name contains
            <input
              type="search"
              value={search.find ?? ""}
              onChange={(event) => choose({ find: event.target.value || undefined })}
            />
          </label>
          {splits.length > 1 && (
            <label className="field">
              Split
              <select
                value={search.split ?? ""}
                onChange={(event) => choose({ split: event.target.value || undefined })}
              >
                <option value="">all</option>
                {splits.map((split) => (
                  <option key={split} value={split}>
                    {split}
                  </option>
                ))}
              </select>
            </label>
          )}
          {attributes.length > 0 && (
            <label className="field">
              Attribute
              <select
                value={search.attribute ?? ""}
                onChange={(event) => choose({ attribute: event.target.value || undefined, value: undefined })}
              >
                <option value="">any</option>
                {attributes.map((name) => (
                  <option key={name} value={name}>
                    {name}
                  </option>
                ))}
              </select>
            </label>
          )}
          {values.length > 0 && (
            <label className="field">
              is
              <select
                value={search.value ?? ""}
                onChange={(event) => choose({ value: event.target.value || undefined })}
              >
                <option value="">anything</option>
                {values.slice(0, 200).map(({ value, n }) => (
                  <option key={value} value={value}>
                    {value} ({n})
                  </option>
                ))}
              </select>
            </label>
          )}
          <span className="push row">
            <span className="muted" role="status">
              {shown.length} of {cases.length}
            </span>
            <span className="tools">
              <button
                type="button"
                aria-label="Save the cases as CSV"
                onClick={() => saveCsv(casesTable(shown, attributes), `${benchmark}-${task}-cases`)}
              >
                CSV
              </button>
            </span>
          </span>
        </div>
        {shown.length === 0 ? (
          <p className="empty">
            No case meets these conditions.{" "}
            <button
              type="button"
              onClick={() => choose({ find: undefined, split: undefined, attribute: undefined, value: undefined })}
            >
              Show all cases
            </button>
          </p>
        ) : (
          <CaseRows benchmark={benchmark} task={task} cases={shown} attributes={attributes} />
        )}
      </section>
      <section className="block" aria-labelledby="distributions">
        <h2 id="distributions">Distributions</h2>
        {open ? (
          <Suspense fallback={<Working>Loading the plots …</Working>}>
            <Distributions cases={shown} />
          </Suspense>
        ) : (
          <p>
            <button type="button" onClick={() => setOpen(true)}>
              Show how {shown.length} cases are distributed
            </button>
          </p>
        )}
      </section>
    </>
  );
}

export function DataPage(): ReactNode {
  const { benchmark, task: taskId } = route.useParams();
  const details = useQuery(benchmarkQuery(benchmark));
  const cases = useQuery(casesQuery(benchmark, taskId));
  const task = details.data?.taskList.find(({ id }) => id === taskId);
  return (
    <Page
      title={`Data: ${task?.title ?? taskId}`}
      lead={task?.description == null ? undefined : <PlainText>{task.description}</PlainText>}
    >
      {(details.data?.taskList.length ?? 0) > 1 && (
        <nav className="row" aria-label="Tasks" style={{ marginBottom: "0.75rem" }}>
          {details.data?.taskList.map((item) => (
            <Link
              key={item.id}
              to="/benchmarks/$benchmark/data/$task"
              params={{ benchmark, task: item.id }}
              search={{}}
              className="button"
            >
              {item.title}
            </Link>
          ))}
        </nav>
      )}
      <QueryView query={cases} what="the cases">
        {(list) => <Explorer benchmark={benchmark} task={taskId} cases={list} />}
      </QueryView>
      {details.data !== undefined && (
        <>
          <DataAccess benchmark={details.data} />
          <Downloads benchmark={details.data} />
        </>
      )}
    </Page>
  );
}
