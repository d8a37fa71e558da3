/** The Node part of `@segathlon/plots`: figures drawn without a browser. */
export { figureHtml, figureSvg } from "./draw-in-node.ts";
