/** Colours, type sizes, figures and the frame of reports, for the pages and for the command line's HTML alike. */
export { type Cell, csvText, type DataTable } from "./csv.ts";
export { drawFigure, type Figure, figureWidths, type LegendEntry, standaloneSvgText } from "./figure.ts";
export { figureHtmlIn } from "./figure-html.ts";
export { type BarsRequest, barsFigure } from "./figures/bars.ts";
export { type BlobMethod, type BlobRequest, blobFigure } from "./figures/blob-plot.ts";
export { type DendrogramRequest, dendrogramFigure } from "./figures/dendrogram.ts";
export {
  type DistributionGroup,
  type DistributionRequest,
  type DistributionValue,
  distributionFigure,
  type MetricAxis,
} from "./figures/distribution.ts";
export { type HeatMapRequest, heatMapFigure } from "./figures/heat-map.ts";
export { type HistogramRequest, histogramFigure } from "./figures/histogram.ts";
export { type PodiumRequest, podiumFigure } from "./figures/podium.ts";
export {
  type RankedMethod,
  type RankingIntervalsRequest,
  rankingIntervalsFigure,
} from "./figures/ranking-intervals.ts";
export { type ScatterPoint, type ScatterRequest, scatterFigure } from "./figures/scatter.ts";
export { type SchemeLinesRequest, schemeLinesFigure } from "./figures/scheme-lines.ts";
export { type SignificanceRequest, significanceFigure } from "./figures/significance-map.ts";
export { fewestCasesForAClaim, type SliceRow, type SlicesRequest, slicesFigure } from "./figures/slices.ts";
export { type TauRequest, tauViolinFigure } from "./figures/tau-violin.ts";
export { type FiveNumbers, fiveNumbers, quantile } from "./five-numbers.ts";
export { goodness, type HeatColour, heatColour, heatRamp } from "./heat-colour.ts";
export { escapeHtml, type Html, html, scriptJson, trustedHtml } from "./html.ts";
export {
  bytesText,
  durationText,
  intervalText,
  numberText,
  percentText,
  pText,
  rankIntervalText,
} from "./number-text.ts";
export { colourChannels, regionColour, regionColours, regionColourTable } from "./region-colours.ts";
export { type ReportRequest, type ReportSection, reportShell } from "./report-shell.ts";
export { contentCss } from "./report-style.ts";
export { type TableColumn, type TableRequest, tableHtml } from "./table-html.ts";
export { type ColourToken, fonts, type ThemeName, themes, tokensCss, typeScale } from "./tokens.ts";
