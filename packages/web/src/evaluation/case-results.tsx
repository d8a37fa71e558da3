/** Every case of an evaluation: distributions by region, and a table with statuses. */
import type { EvaluationDocument } from "@segathlon/benchmark";
import { distributionFigure, type Figure, numberText, regionColours } from "@segathlon/plots";
import { type ReactNode, useMemo, useState } from "react";
import { Choice } from "../frame/choice.tsx";
import { FigureView } from "../frame/figure-view.tsx";
import { ScrollBox } from "../frame/scroll-box.tsx";
import { metricDecimals, metricLabel } from "../metric-definitions.ts";

type Metric = EvaluationDocument["metrics"][number];

export function metricDistribution(document: EvaluationDocument, metric: Metric): Figure {
  const names = Object.keys(document.regions);
  const colours = regionColours(names);
  const bounded = metric.unit === "" && metric.direction === "higher-is-better";
  return distributionFigure({
    name: `distribution-${metric.key}`,
    title: `${metricLabel(metric.key, metric.unit)} by region`,
    groupedBy: "region",
    metric: {
      key: metric.key,
      label: metricLabel(metric.key, metric.unit),
      direction: metric.direction,
      ...(bounded ? { domain: [0, 1] as const } : {}),
    },
    groups: names.map((name) => {
      const values = document.cases.flatMap((result) => {
        const value = result.regions[name]?.metrics[metric.key] ?? null;
        return value === null ? [] : [{ label: result.case, value }];
      });
      return {
        name,
        colour: colours.get(name) ?? "#808080",
        values,
        withoutValue: document.cases.length - values.length,
      };
    }),
  });
}

/** More rows than this are shown on demand: a table of thousands of rows helps nobody. */
const firstRows = 100;

interface CaseResultsProps {
  readonly document: EvaluationDocument;
  /** How a case is named; the submission page links it to the viewer. */
  readonly viewer: (caseId: string) => ReactNode;
}

export function CaseResults({ document, viewer }: CaseResultsProps): ReactNode {
  const [key, setKey] = useState("");
  const [all, setAll] = useState(false);
  const metric = document.metrics.find((item) => item.key === key) ?? document.metrics[0];
  const figure = useMemo(
    () => (metric === undefined ? null : metricDistribution(document, metric)),
    [document, metric],
  );
  if (metric === undefined || figure === null) return null;
  const names = Object.keys(document.regions);
  const decimals = metricDecimals(metric.unit);
  const rows = document.cases
    .map((result) => {
      const values = names
        .map((name) => result.regions[name]?.metrics[metric.key] ?? null)
        .filter((value) => value !== null);
      const mean = values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
      return { result, mean };
    })
    // The worst cases first: they are what one wants to look at.
    .sort((a, b) => {
      if (a.mean === null || b.mean === null) return Number(a.mean !== null) - Number(b.mean !== null);
      return metric.direction === "lower-is-better" ? b.mean - a.mean : a.mean - b.mean;
    });
  const shown = all ? rows : rows.slice(0, firstRows);
  return (
    <>
      <div className="controls">
        <Choice
          label="Metric"
          value={metric.key}
          options={document.metrics.map((item) => [item.key, metricLabel(item.key, item.unit)] as const)}
          onChange={setKey}
        />
      </div>
      <FigureView figure={figure} />
      <ScrollBox label="Cases, worst first">
        <table className="sticky-first">
          <caption className="visually-hidden">Cases, worst first</caption>
          <thead>
            <tr>
              <th scope="col">Case, worst first</th>
              <th scope="col">Status</th>
              <th scope="col" className="end">
                Mean
              </th>
              {names.map((name) => (
                <th scope="col" className="end" key={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map(({ result, mean }) => (
              <tr key={result.case}>
                <th scope="row">{viewer(result.case)}</th>
                <td title={result.problem?.message}>
                  {result.status === "ok" ? "ok" : <span className="badge bad">{result.status}</span>}
                </td>
                <td className="end">{numberText(mean, decimals)}</td>
                {names.map((name) => {
                  const region = result.regions[name];
                  const value = region?.metrics[metric.key] ?? null;
                  return (
                    <td className="end" key={name} title={region?.status}>
                      {value === null ? (
                        <span className="muted tiny">{region?.status ?? "–"}</span>
                      ) : (
                        numberText(value, decimals)
                      )}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
      {!all && rows.length > firstRows && (
        <p>
          <button type="button" onClick={() => setAll(true)}>
            Show all {rows.length} cases
          </button>
        </p>
      )}
    </>
  );
}
