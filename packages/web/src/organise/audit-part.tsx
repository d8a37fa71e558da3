/** Who did what, when. */
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { api } from "../api.ts";
import { Moment } from "../frame/page.tsx";
import { QueryView } from "../frame/query-view.tsx";
import { ScrollBox } from "../frame/scroll-box.tsx";

export function AuditPart({ benchmark }: { readonly benchmark: string }): ReactNode {
  const [before, setBefore] = useState<number | undefined>(undefined);
  const log = useQuery({
    queryKey: ["listAuditLog", benchmark, before],
    queryFn: ({ signal }) =>
      api.call("listAuditLog", { params: { benchmark }, query: before === undefined ? {} : { before }, signal }),
  });
  return (
    <QueryView query={log} what="the audit log">
      {({ entries, next }) =>
        entries.length === 0 ? (
          <p className="empty">Nothing has happened yet.</p>
        ) : (
          <>
            <ScrollBox label="Audit log">
              <table>
                <thead>
                  <tr>
                    <th scope="col">When</th>
                    <th scope="col">Who</th>
                    <th scope="col">What</th>
                    <th scope="col">On</th>
                    <th scope="col">Detail</th>
                  </tr>
                </thead>
                <tbody>
                  {entries.map((entry) => (
                    <tr key={entry.id}>
                      <th scope="row">
                        <Moment at={entry.at} />
                      </th>
                      <td>{entry.actor}</td>
                      <td>{entry.action}</td>
                      <td>{entry.subject}</td>
                      <td className="wrap mono">
                        {Object.keys(entry.detail).length === 0 ? "–" : JSON.stringify(entry.detail)}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </ScrollBox>
            <p className="row">
              {before !== undefined && (
                <button type="button" onClick={() => setBefore(undefined)}>
                  Newest
                </button>
              )}
              {next !== null && (
                <button type="button" onClick={() => setBefore(next)}>
                  Older
                </button>
              )}
            </p>
          </>
        )
      }
    </QueryView>
  );
}
