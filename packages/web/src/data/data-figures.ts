/** Distributions of a task's cases: spacing, size, attributes. */
import { barsFigure, type Figure, histogramFigure } from "@segathlon/plots";
import type { Case } from "@segathlon/server/api";
import { attributeNames, attributeValues } from "./case-filter.ts";

export function dataFigures(cases: readonly Case[]): Figure[] {
  const figures: Figure[] = [];
  const thickness = cases.flatMap((item) => (item.spacingMm === null ? [] : [Math.max(...item.spacingMm)]));
  const inPlane = cases.flatMap((item) => (item.spacingMm === null ? [] : [Math.min(...item.spacingMm)]));
  const millions = cases.flatMap((item) =>
    item.shape === null ? [] : [item.shape.reduce((product, size) => product * size, 1) / 1e6],
  );
  if (new Set(inPlane).size > 1)
    figures.push(
      histogramFigure({ name: "spacing-smallest", title: "Smallest voxel spacing", label: "mm", values: inPlane }),
    );
  if (new Set(thickness).size > 1)
    figures.push(
      histogramFigure({ name: "spacing-largest", title: "Largest voxel spacing", label: "mm", values: thickness }),
    );
  if (new Set(millions).size > 1)
    figures.push(
      histogramFigure({ name: "voxels", title: "Voxels per image", label: "million voxels", values: millions }),
    );
  for (const name of attributeNames(cases)) {
    const values = attributeValues(cases, name);
    const numbers = cases.flatMap((item) => (typeof item.attributes[name] === "number" ? [item.attributes[name]] : []));
    if (numbers.length > 0 && values.length > 8)
      figures.push(histogramFigure({ name: `attribute-${name}`, title: name, label: name, values: numbers }));
    else if (values.length > 1 && values.length <= 40)
      figures.push(
        barsFigure({
          name: `attribute-${name}`,
          title: name,
          description: `Cases by ${name}.`,
          itemKind: name,
          label: "cases",
          items: values.map(({ value, n }) => ({ name: value, value: n })),
        }),
      );
  }
  return figures;
}
