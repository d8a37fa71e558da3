/** A report on the page: summary by region, plots, cases, notes. */
import type { EvaluationDocument } from "@segathlon/benchmark";
import { intervalText, numberText, regionColours } from "@segathlon/plots";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { ScrollBox } from "../frame/scroll-box.tsx";
import { definitionOf, metricDecimals, metricLabel } from "../metric-definitions.ts";
import { CaseResults } from "./case-results.tsx";

export function EvaluationView({ document }: { readonly document: EvaluationDocument }): ReactNode {
  const names = Object.keys(document.regions);
  const colours = regionColours(names);
  const failed = document.cases.filter(({ status }) => status !== "ok");
  return (
    <>
      <dl className="facts">
        <div>
          <dt>Cases</dt>
          <dd>{document.cases.length}</dd>
        </div>
        <div>
          <dt>Without a usable prediction</dt>
          <dd>{failed.length}</dd>
        </div>
        <div>
          <dt>Evaluator</dt>
          <dd>
            segathlon {document.evaluator.version} ({document.evaluator.kernel})
          </dd>
        </div>
        <div>
          <dt>Profile</dt>
          <dd>{document.profile}</dd>
        </div>
        <div>
          <dt>Task</dt>
          <dd>{document.task ?? "none"}</dd>
        </div>
        <div>
          <dt>Protocol</dt>
          <dd>
            <code title={document.protocol_hash}>{document.protocol_hash.slice(0, 19)}…</code>
          </dd>
        </div>
      </dl>
      {failed.length > 0 && (
        <div className="note warn">
          <p>
            <strong>
              {failed.length} {failed.length === 1 ? "case has" : "cases have"} no usable prediction
            </strong>{" "}
            and got what the policy says.
          </p>
          <ul>
            {failed.slice(0, 20).map((result) => (
              <li key={result.case}>
                {result.case}: {result.status}
                {result.problem !== undefined && (
                  <>
                    . {result.problem.message} <span className="muted">{result.problem.hint}</span>
                  </>
                )}
              </li>
            ))}
          </ul>
        </div>
      )}
      <ScrollBox label="Mean score by region">
        <table className="sticky-first">
          <caption className="visually-hidden">Mean score by region, with its 95 % interval</caption>
          <thead>
            <tr>
              <th scope="col">Region</th>
              {document.metrics.map(({ key, unit }) => (
                <th scope="col" className="end" key={key}>
                  <span className="head">
                    {metricLabel(key, unit)}
                    <Link
                      to="/definitions"
                      hash={definitionOf(key)?.id ?? "metrics"}
                      className="how"
                      aria-label={`How ${metricLabel(key, unit)} is computed`}
                    >
                      ?
                    </Link>
                  </span>
                </th>
              ))}
              <th scope="col" className="end">
                n
              </th>
            </tr>
          </thead>
          <tbody>
            {names.map((name) => (
              <tr key={name}>
                <th scope="row">
                  <span className="swatch" style={{ background: colours.get(name) }} /> {name}
                </th>
                {document.metrics.map(({ key, unit }) => {
                  const value = document.aggregate[name]?.[key];
                  return (
                    <td className="end" key={key}>
                      {numberText(value?.mean ?? null, metricDecimals(unit))}
                      {value?.ci95 != null && (
                        <span className="ci">{intervalText(value.ci95, metricDecimals(unit))}</span>
                      )}
                    </td>
                  );
                })}
                <td className="end">
                  {Math.max(0, ...Object.values(document.aggregate[name] ?? {}).map(({ n }) => n))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
      <h3>Every case</h3>
      <CaseResults document={document} viewer={(caseId) => caseId} />
      {document.notes.length > 0 && (
        <>
          <h3>Notes</h3>
          <ul>
            {document.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}
