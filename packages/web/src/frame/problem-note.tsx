/** What went wrong and what to do: for every error that a page can meet. */
import type { SegathlonError } from "@segathlon/errors";
import { ApiError } from "@segathlon/server/api";
import type { ReactNode } from "react";

interface Told {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly request: string;
}

function isSegathlonError(error: unknown): error is SegathlonError {
  return error instanceof Error && error.name === "SegathlonError" && "hint" in error;
}

function told(error: unknown): Told {
  if (error instanceof ApiError) {
    const { code, detail, hint, requestId } = error.problem;
    return { code, message: detail, hint, request: requestId };
  }
  // By name: the class brings the whole table of codes with it, and every page has this file.
  if (isSegathlonError(error)) return { code: error.code, message: error.message, hint: error.hint, request: "" };
  if (error instanceof TypeError && /fetch|network|load failed/i.test(error.message))
    return {
      code: "",
      message: "The server could not be reached.",
      hint: "Check the connection; if it is fine, the server may be restarting: try again in a moment.",
      request: "",
    };
  return {
    code: "",
    message: error instanceof Error ? error.message : String(error),
    hint: "Reload the page; if it happens again, report it with the text above.",
    request: "",
  };
}

export function ProblemNote({ error, retry }: { readonly error: unknown; readonly retry?: () => void }): ReactNode {
  const { code, message, hint, request } = told(error);
  return (
    <div className="note bad" role="alert">
      <p>
        {code !== "" && <code>{code} </code>}
        <strong>{message}</strong>
      </p>
      <p className="last">
        {hint}
        {request !== "" && (
          <>
            {" "}
            <span className="muted">
              Request <code>{request}</code>
            </span>
          </>
        )}
      </p>
      {retry !== undefined && (
        <button type="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}
