/** The distributions of a task, with the plotting library: loaded when they are opened. */
import type { Case } from "@segathlon/server/api";
import { type ReactNode, useMemo } from "react";
import { FigureView } from "../frame/figure-view.tsx";
import { dataFigures } from "./data-figures.ts";

export function Distributions({ cases }: { readonly cases: readonly Case[] }): ReactNode {
  const figures = useMemo(() => dataFigures(cases), [cases]);
  if (figures.length === 0)
    return (
      <p className="empty">
        All cases are alike in what the server knows of them: one size, one spacing, no attributes.
      </p>
    );
  return (
    <div className="grid-2">
      {figures.map((figure) => (
        <FigureView key={figure.name} figure={figure} />
      ))}
    </div>
  );
}
