/** How every number on the pages is computed. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Page } from "../frame/page.tsx";
import { type Definition, metricDefinitions, rankingDefinitions } from "../metric-definitions.ts";

function List({ definitions }: { readonly definitions: readonly Definition[] }): ReactNode {
  return definitions.map((definition) => (
    <section key={definition.id} aria-labelledby={definition.id}>
      <h3 id={definition.id}>{definition.name}</h3>
      <p>
        <strong>{definition.short}</strong> {definition.text}
      </p>
    </section>
  ));
}

export function DefinitionsPage(): ReactNode {
  return (
    <Page
      title="How every number is computed"
      lead={
        <p>
          The server, the command line and <Link to="/evaluate">this browser</Link> run the same code and give the same
          numbers to the last bit.
        </p>
      }
    >
      <section className="block" aria-labelledby="metrics">
        <h2 id="metrics">Metrics</h2>
        <p>
          TP, FP, FN and TN count voxels of one region. Distances are in millimetres in the patient's space. What a
          metric is when reference or prediction is empty is decided by the profile (undefined, then shown as a dash
          with a status) and then by the policy of the benchmark's protocol (a score), and both are shown.
        </p>
        <List definitions={metricDefinitions} />
      </section>
      <section className="block" aria-labelledby="statuses">
        <h2 id="statuses">Statuses</h2>
        <dl>
          <dt>
            <strong>ok</strong>
          </dt>
          <dd>The region is in reference and prediction.</dd>
          <dt>
            <strong>both-empty</strong>
          </dt>
          <dd>The region is in neither.</dd>
          <dt>
            <strong>missed</strong>
          </dt>
          <dd>In the reference only.</dd>
          <dt>
            <strong>spurious</strong>
          </dt>
          <dd>In the prediction only.</dd>
          <dt>
            <strong>missing-prediction, invalid</strong>
          </dt>
          <dd>No usable file for the case; the reason stands beside it.</dd>
        </dl>
      </section>
      <section className="block" aria-labelledby="rankings">
        <h2 id="rankings">Rankings</h2>
        <List definitions={rankingDefinitions} />
      </section>
    </Page>
  );
}
