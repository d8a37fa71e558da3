/** A metric of the board, chosen by the reader for one view. */
import { type ReactNode, useState } from "react";
import { Choice } from "../frame/choice.tsx";
import { metricLabel } from "../metric-definitions.ts";
import type { BoardMetric, BoardModel } from "./board-model.ts";

export function useMetric(model: BoardModel): { readonly metric: BoardMetric | undefined; readonly choice: ReactNode } {
  const [key, setKey] = useState("");
  const metric = model.metrics.find((item) => item.key === key) ?? model.metrics[0];
  const choice =
    metric === undefined || model.metrics.length < 2 ? null : (
      <Choice
        label="Metric of this view"
        value={metric.key}
        options={model.metrics.map((item) => [item.key, metricLabel(item.key, item.unit)] as const)}
        onChange={setKey}
      />
    );
  return { metric, choice };
}
