/**
 * A figure: what a plot shows, as data, a way to draw it at a given width, and the words that go with it. The pages draw figures
 * in the browser, the reports of the command line draw the same figures on a document of jsdom (`@segathlon/plots/node`).
 */
import { type PlotOptions, plot } from "@observablehq/plot";
import type { DataTable } from "./csv.ts";

export interface LegendEntry {
  readonly label: string;
  /** Any CSS colour; custom properties of the tokens are allowed. */
  readonly colour: string;
}

export interface Figure {
  /** Base of the names of saved files, such as `distribution-dice`. */
  readonly name: string;
  readonly title: string;
  /** How to read it and what it says; shown as the caption and given to screen readers. */
  readonly description: string;
  /** The numbers behind the plot, saved as CSV. */
  readonly data: DataTable;
  readonly legend: readonly LegendEntry[];
  /** The specification for a drawing of `width` CSS pixels. */
  readonly options: (width: number) => PlotOptions;
}

/** Widths at which reports draw every figure: for desks and for phones. */
export const figureWidths = { wide: 900, narrow: 340 } as const;

/**
 * Draws a figure as SVG.
 *
 * The SVG has `role="img"` and carries title and description; colours are custom properties of the tokens, so that it follows
 * the theme of the page around it. {@link standaloneSvgText} makes a file of it.
 *
 * @param document The document to draw in: the browser's or one of jsdom.
 * @param width Width in CSS pixels.
 * @example
 * ```ts
 * container.replaceChildren(drawFigure(figure, document, container.clientWidth));
 * ```
 */
export function drawFigure(figure: Figure, document: Document, width: number): SVGSVGElement {
  const drawn = plot({
    ...figure.options(width),
    document,
    width,
    style: {
      background: "transparent",
      color: "var(--ink-2)",
      fontSize: "12px",
      fontFamily: "inherit",
      overflow: "visible",
    },
  });
  // Plot wraps the SVG only when title, caption or legends are given, and these are drawn outside it here.
  if (drawn.tagName.toLowerCase() !== "svg")
    throw new TypeError(`figure ${figure.name}: options may not hold a legend or title`);
  const svg = drawn as unknown as SVGSVGElement;
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `${figure.title}. ${figure.description}`);
  svg.setAttribute("font-family", "inherit");
  for (const inner of svg.querySelectorAll("[aria-label]")) inner.removeAttribute("aria-label");
  // The pages' content security policy allows no style elements; the rules that matter are in the pages' style sheet.
  for (const style of svg.querySelectorAll("style")) style.remove();
  return svg;
}

/**
 * The text of an SVG file of a drawn figure: custom properties replaced by their values, a background and a font of its own.
 * Needs nothing from outside its body, because reports carry it as text.
 *
 * @param svg A drawing of {@link drawFigure}.
 * @param propertyValue The value of a custom property, such as `--ink`.
 */
export function standaloneSvgText(svg: SVGSVGElement, propertyValue: (property: string) => string): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const width = Number(svg.getAttribute("width"));
  const height = Number(svg.getAttribute("height"));
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("font-family", "system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif");
  copy.removeAttribute("class");
  copy.style.fontFamily = "";
  const ground = svg.ownerDocument.createElementNS("http://www.w3.org/2000/svg", "rect");
  ground.setAttribute("width", String(width));
  ground.setAttribute("height", String(height));
  ground.setAttribute("fill", "var(--bg)");
  copy.prepend(ground);
  const text = copy.outerHTML;
  return text.replace(
    /var\((--[a-z0-9-]+)\)/g,
    (_all, property: string) => propertyValue(property).trim() || "currentColor",
  );
}
