/** Title of the document and heading of the page; the heading takes the focus after a change of page, as a loaded page would. */
import { useRouterState } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef } from "react";

interface PageProps {
  readonly title: string;
  /** Shown above the title: where this page belongs. */
  readonly above?: ReactNode;
  readonly lead?: ReactNode;
  readonly children: ReactNode;
}

let firstPage = true;

export function Page({ title, above, lead, children }: PageProps): ReactNode {
  const heading = useRef<HTMLHeadingElement>(null);
  const path = useRouterState({ select: (state) => state.location.pathname });
  useEffect(() => {
    document.title = `${title} · Segathlon`;
  }, [title]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new path is a new page, although nothing here reads it
  useEffect(() => {
    if (!firstPage) heading.current?.focus({ preventScroll: true });
    firstPage = false;
  }, [path]);
  return (
    <>
      <div className="page-head">
        {above}
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {lead !== undefined && <div className="lead">{lead}</div>}
      </div>
      {children}
    </>
  );
}

/** Text of organisers and participants: paragraphs, never markup. */
export function PlainText({ children }: { readonly children: string }): ReactNode {
  return children
    .split(/\n{2,}/)
    .filter((paragraph) => paragraph.trim() !== "")
    .map((paragraph, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: paragraphs of one text never change places
      <p className="plain" key={index}>
        {paragraph}
      </p>
    ));
}

/** A moment as people write it, with the exact UTC time in the title. */
export function Moment({ at }: { readonly at: string }): ReactNode {
  const date = new Date(at);
  return (
    <time dateTime={at} title={date.toISOString()}>
      {date.toLocaleString("en-GB", {
        year: "numeric",
        month: "short",
        day: "numeric",
        hour: "2-digit",
        minute: "2-digit",
      })}
    </time>
  );
}

export function Day({ at }: { readonly at: string }): ReactNode {
  const date = new Date(at);
  return (
    <time dateTime={at} title={date.toISOString()}>
      {date.toLocaleDateString("en-GB", { year: "numeric", month: "short", day: "numeric" })}
    </time>
  );
}
