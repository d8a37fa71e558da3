/** Figures drawn on a document of jsdom: for the HTML reports of the command line and for SVG files written by it. */
import { JSDOM } from "jsdom";
import { drawFigure, type Figure, standaloneSvgText } from "../figure.ts";
import { figureHtmlIn } from "../figure-html.ts";
import type { Html } from "../html.ts";
import { type ColourToken, type ThemeName, themes } from "../tokens.ts";

let page: Document | undefined;

function emptyPage(): Document {
  // One document for all drawings: making one costs more than drawing.
  page ??= new JSDOM("").window.document;
  return page;
}

/**
 * A figure as HTML for {@link reportShell}: drawing, caption, legend and buttons.
 *
 * @example
 * ```ts
 * const body = html`${figureHtml(figure)}`;
 * ```
 */
export function figureHtml(figure: Figure): Html {
  return figureHtmlIn(figure, emptyPage());
}

/**
 * A figure as the text of an SVG file that needs nothing else.
 *
 * @param theme Whose colours; default light.
 * @param width CSS pixels; default 760.
 */
export function figureSvg(
  figure: Figure,
  { theme = "light", width = 760 }: { theme?: ThemeName; width?: number } = {},
): string {
  return standaloneSvgText(
    drawFigure(figure, emptyPage(), width),
    (property) => themes[theme][property as ColourToken] ?? "",
  );
}
