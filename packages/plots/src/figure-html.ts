/** A drawn figure in a report: both widths, caption, legend, and buttons that save SVG, PNG and CSV. */
import { csvText } from "./csv.ts";
import { drawFigure, type Figure, figureWidths } from "./figure.ts";
import { type Html, html, scriptJson, trustedHtml } from "./html.ts";

/**
 * Draws `figure` at both report widths; the style sheet shows the one that fits.
 *
 * @param document A document to draw in; in Node see `figureHtml` of `@segathlon/plots/node`.
 */
export function figureHtmlIn(figure: Figure, document: Document): Html {
  const drawn = Object.entries(figureWidths).map(
    ([name, width]) =>
      html`<div class="drawing ${name}">${trustedHtml(drawFigure(figure, document, width).outerHTML)}</div>`,
  );
  return html`<figure data-name="${figure.name}">
<div class="bar"><span class="caption">${figure.title}</span><span class="tools">${["SVG", "PNG", "CSV"].map(
    (kind) =>
      html`<button type="button" data-save="${kind.toLowerCase()}" aria-label="Save ${figure.title} as ${kind}">${kind}</button>`,
  )}</span></div>
${legendHtml(figure)}${drawn}
<figcaption>${figure.description}</figcaption>
<script type="application/json" class="csv">${scriptJson(csvText(figure.data))}</script></figure>`;
}

function legendHtml(figure: Figure): Html {
  if (figure.legend.length === 0) return html``;
  return html`<ul class="legend">${figure.legend.map(
    (entry) => html`<li><span class="swatch" style="background:${entry.colour}"></span>${entry.label}</li>`,
  )}</ul>`;
}
