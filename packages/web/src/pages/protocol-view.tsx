/** "How this is computed": the protocol of a benchmark in words, with its exact document beneath. */
import type { Benchmark } from "@segathlon/server/api";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { ScrollBox } from "../frame/scroll-box.tsx";
import { definitionOf, metricLabel } from "../metric-definitions.ts";

const emptyRules: Readonly<Record<string, string>> = {
  best: "the best value",
  worst: "the worst value",
  exclude: "left out, and counted as left out",
};

function rule(value: unknown): string {
  return typeof value === "number" ? `the value ${value}` : (emptyRules[String(value)] ?? String(value));
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

export function ProtocolView({ benchmark }: { readonly benchmark: Benchmark }): ReactNode {
  const { protocol } = benchmark;
  const policy = record(protocol.policy);
  const worst = record(policy.worst);
  const ranking = record(protocol.ranking);
  const columns = [
    ...new Map(benchmark.taskList.flatMap((task) => task.metrics.map((metric) => [metric.key, metric]))).values(),
  ];
  return (
    <section className="block" aria-labelledby="how">
      <h2 id="how">How this is computed</h2>
      <dl className="facts">
        <div>
          <dt>Metric conventions</dt>
          <dd>{String(protocol.profile ?? "deepmind")}</dd>
        </div>
        <div>
          <dt>Region in neither</dt>
          <dd>{rule(policy.both_empty ?? "best")}</dd>
        </div>
        <div>
          <dt>Region on one side only</dt>
          <dd>{rule(policy.one_empty ?? "worst")}</dd>
        </div>
        <div>
          <dt>Missing prediction</dt>
          <dd>{policy.missing_prediction === "reject" ? "the submission is refused" : "the worst value"}</dd>
        </div>
        <div>
          <dt>Ranking scheme</dt>
          <dd>{String(ranking.scheme ?? "mean, then rank")}</dd>
        </div>
        {ranking.alpha !== undefined && (
          <div>
            <dt>Significance level</dt>
            <dd>{String(ranking.alpha)}</dd>
          </div>
        )}
        {ranking.bootstrap !== undefined && (
          <div>
            <dt>Bootstrap</dt>
            <dd>
              {String(ranking.bootstrap)} draws, seed {String(ranking.seed ?? 1)}
            </dd>
          </div>
        )}
        <div>
          <dt>Evaluator</dt>
          <dd>segathlon {benchmark.evaluatorVersion}</dd>
        </div>
        <div>
          <dt>Protocol</dt>
          <dd>
            <code title={benchmark.protocolHash}>{benchmark.protocolHash.slice(0, 19)}…</code>
          </dd>
        </div>
      </dl>
      <ScrollBox label="Metrics">
        <table>
          <thead>
            <tr>
              <th scope="col">Metric</th>
              <th scope="col">Better</th>
              <th scope="col">Worst value</th>
              <th scope="col">What it is</th>
            </tr>
          </thead>
          <tbody>
            {columns.map((metric) => {
              const definition = definitionOf(metric.key);
              const worstValue = worst[metric.key] ?? worst[metric.key.split("@")[0] ?? ""];
              return (
                <tr key={metric.key}>
                  <th scope="row">{metricLabel(metric.key, metric.unit)}</th>
                  <td>
                    {metric.direction === "higher-is-better"
                      ? "higher"
                      : metric.direction === "lower-is-better"
                        ? "lower"
                        : "–"}
                  </td>
                  <td>
                    {worstValue === undefined
                      ? "by definition"
                      : worstValue === "image-diagonal"
                        ? "the image's diagonal"
                        : String(worstValue)}
                  </td>
                  <td>
                    {definition === undefined ? (
                      "–"
                    ) : (
                      <>
                        {definition.short}{" "}
                        <Link to="/definitions" hash={definition.id}>
                          Definition<span className="visually-hidden"> of {definition.name}</span>
                        </Link>
                      </>
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </ScrollBox>
      <details>
        <summary>The protocol's document</summary>
        <pre>{JSON.stringify(protocol, null, 2)}</pre>
      </details>
    </section>
  );
}
