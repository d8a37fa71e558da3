/** A query on the page: what is being loaded, what went wrong, or the answer. */
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ProblemNote } from "./problem-note.tsx";

export function Working({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <p className="working" role="status">
      {children}
    </p>
  );
}

interface QueryViewProps<T> {
  readonly query: UseQueryResult<T>;
  /** What is being loaded, such as `the leaderboard`. */
  readonly what: string;
  readonly children: (data: T) => ReactNode;
}

export function QueryView<T>({ query, what, children }: QueryViewProps<T>): ReactNode {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <ProblemNote error={query.error} retry={() => void query.refetch()} />;
  return <Working>Loading {what} …</Working>;
}
