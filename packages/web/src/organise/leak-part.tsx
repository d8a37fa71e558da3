/** How much of the hidden references the feedback can have disclosed, per team. */
import { numberText } from "@segathlon/plots";
import { useQueries } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { api } from "../api.ts";
import { QueryView } from "../frame/query-view.tsx";
import { ScrollBox } from "../frame/scroll-box.tsx";

export function LeakPart({
  benchmark,
  phases,
}: {
  readonly benchmark: string;
  readonly phases: readonly string[];
}): ReactNode {
  const budgets = useQueries({
    queries: phases.map((phase) => ({
      queryKey: ["getLeakBudget", benchmark, phase],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        api.call("getLeakBudget", { params: { benchmark, phase }, signal }),
    })),
  });
  if (phases.length === 0) return <p className="empty">There is no phase, so nothing is disclosed.</p>;
  return budgets.map((query, index) => (
    <section key={phases[index]} aria-labelledby={`leak-${phases[index]}`}>
      <h3 id={`leak-${phases[index]}`}>{phases[index]}</h3>
      <QueryView query={query} what={`the leak budget of ${phases[index]}`}>
        {(budget) => (
          <>
            <p>
              A scored submission discloses {budget.numbersPerSubmission} numbers
              {budget.levelsPerNumber === null ? ", not rounded" : ` with ${budget.levelsPerNumber} levels each`}: at
              most <b>{numberText(budget.bitsPerSubmission, 1)} bits</b>.
            </p>
            {budget.teams.length === 0 ? (
              <p className="muted">No team has a scored submission here.</p>
            ) : (
              <ScrollBox label={`Leak budget of ${phases[index]}`}>
                <table>
                  <thead>
                    <tr>
                      <th scope="col">Team</th>
                      <th scope="col" className="end">
                        Scored
                      </th>
                      <th scope="col" className="end">
                        Bits disclosed
                      </th>
                      <th scope="col" className="end">
                        Bits possible
                      </th>
                      <th scope="col" className="end">
                        Near duplicates
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {budget.teams.map((team) => (
                      <tr key={team.teamId}>
                        <th scope="row">{team.team}</th>
                        <td className="end">{team.scored}</td>
                        <td className="end">{numberText(team.bitsDisclosed, 1)}</td>
                        <td className="end">
                          {team.bitsPossible === null ? "not bounded" : numberText(team.bitsPossible, 1)}
                        </td>
                        <td className="end">{team.nearDuplicates}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </ScrollBox>
            )}
            {budget.notes.length > 0 && (
              <ul className="muted">
                {budget.notes.map((note) => (
                  <li key={note}>{note}</li>
                ))}
              </ul>
            )}
          </>
        )}
      </QueryView>
    </section>
  ));
}
