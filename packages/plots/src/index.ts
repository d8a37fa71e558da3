/** Colours, type sizes, figures and the frame of reports, for the pages and for the command line's HTML alike. */
export { type Cell, csvText, type DataTable } from "./csv.ts";
export { drawFigure, type Figure, figureWidths, type LegendEntry, standaloneSvgText } from "./figure.ts";
export { figureHtmlIn } from "./figure-html.ts";
export {
  type DistributionGroup,
  type DistributionRequest,
  type DistributionValue,
  distributionFigure,
  type MetricAxis,
} from "./figures/distribution.ts";
export { type FiveNumbers, fiveNumbers, quantile } from "./five-numbers.ts";
export { escapeHtml, type Html, html, scriptJson, trustedHtml } from "./html.ts";
export { bytesText, durationText, intervalText, numberText, percentText } from "./number-text.ts";
export { colourChannels, regionColour, regionColours, regionColourTable } from "./region-colours.ts";
export { type ReportRequest, type ReportSection, reportShell } from "./report-shell.ts";
export { contentCss } from "./report-style.ts";
export { type TableColumn, type TableRequest, tableHtml } from "./table-html.ts";
export { type ColourToken, fonts, type ThemeName, themes, tokensCss, typeScale } from "./tokens.ts";
