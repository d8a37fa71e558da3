/**
 * One canvas with NiiVue: an image, label maps over it, a crosshair. NiiVue is loaded when the first panel is shown.
 *
 * React mounts twice in strict mode and browsers allow sixteen WebGL contexts per page: an effect that was cancelled touches nothing,
 * and a panel that goes away gives its context back.
 */
import type { Niivue, NVImage } from "@niivue/niivue";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { ProblemNote } from "../frame/problem-note.tsx";

export interface Overlay {
  readonly name: string;
  /** NIfTI bytes whose voxels are labels. */
  readonly bytes: ArrayBuffer;
  /** Label -> colour as red, green, blue. */
  readonly colours: ReadonlyMap<number, readonly [number, number, number]>;
  readonly names: ReadonlyMap<number, string>;
}

export type PanelLayout = "multi" | "axial" | "coronal" | "sagittal" | "render";

export interface PanelLocation {
  readonly mm: readonly [number, number, number];
}

export interface VolumePanelProps {
  readonly label: string;
  readonly image: { readonly name: string; readonly bytes: ArrayBuffer };
  readonly overlays: readonly Overlay[];
  readonly hiddenLabels: ReadonlySet<number>;
  readonly opacity: number;
  readonly window: readonly [number, number] | null;
  readonly layout: PanelLayout;
  readonly location: PanelLocation | null;
  readonly onLocation: (location: PanelLocation) => void;
}

/** MULTIPLANAR_TYPE.GRID; the enum itself would pull the viewer into this chunk. */
const gridLayout = 2;

const sliceTypes: Readonly<Record<PanelLayout, number>> = { axial: 0, coronal: 1, sagittal: 2, multi: 3, render: 4 };

/** Whether this browser can draw volumes at all. */
export function hasWebGl2(): boolean {
  const context = document.createElement("canvas").getContext("webgl2");
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return context !== null;
}

function colourTable(overlay: Overlay, hidden: ReadonlySet<number>): Parameters<NVImage["setColormapLabel"]>[0] {
  const labels = [0, ...[...overlay.colours.keys()].sort((a, b) => a - b)];
  const channel = (place: 0 | 1 | 2): number[] => labels.map((label) => overlay.colours.get(label)?.[place] ?? 0);
  return {
    R: channel(0),
    G: channel(1),
    B: channel(2),
    A: labels.map((label) => (label === 0 || hidden.has(label) ? 0 : 255)),
    I: labels,
    labels: labels.map((label) => overlay.names.get(label) ?? ""),
  };
}

interface Shown {
  readonly viewer: Niivue;
  readonly overlays: readonly NVImage[];
  readonly automatic: readonly [number, number];
}

export function VolumePanel(props: VolumePanelProps): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const [shown, setShown] = useState<Shown | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const told = useRef(props.onLocation);
  told.current = props.onLocation;
  // The label is the key of a panel: another label is another panel.
  const label = useRef(props.label);
  const { image, overlays } = props;

  useEffect(() => {
    const container = box.current;
    if (container === null) return;
    // A canvas of its own for every run: one whose context was given back cannot be drawn on again.
    const element = document.createElement("canvas");
    element.setAttribute("role", "img");
    element.setAttribute("aria-label", label.current);
    container.replaceChildren(element);
    let cancelled = false;
    let viewer: Niivue | null = null;
    const start = async (): Promise<void> => {
      const { Niivue, NVImage } = await import("@niivue/niivue");
      if (cancelled) return;
      viewer = new Niivue({
        backColor: [0, 0, 0, 1],
        crosshairColor: [0.4, 0.75, 0.9, 0.9],
        crosshairWidth: 0.6,
        crosshairWidthUnit: "mm",
        show3Dcrosshair: true,
        isColorbar: false,
        dragAndDropEnabled: false,
        isNearestInterpolation: false,
        multiplanarLayout: gridLayout,
        logLevel: "error",
        multiplanarForceRender: true,
        isOrientationTextVisible: true,
        // As in a reading room: the patient's right is on the left of axial and coronal planes.
        isRadiologicalConvention: true,
      });
      await viewer.attachToCanvas(element);
      if (cancelled) return;
      const base = await NVImage.loadFromUrl({
        url: image.name,
        name: image.name,
        buffer: image.bytes,
        colormap: "gray",
        percentileFrac: 0.02,
      });
      const layers = await Promise.all(
        overlays.map((overlay) =>
          NVImage.loadFromUrl({ url: `${overlay.name}.nii`, name: `${overlay.name}.nii`, buffer: overlay.bytes }),
        ),
      );
      if (cancelled) return;
      viewer.addVolume(base);
      for (const [index, layer] of layers.entries()) {
        const overlay = overlays[index];
        if (overlay !== undefined) layer.setColormapLabel(colourTable(overlay, new Set()));
        viewer.addVolume(layer);
      }
      viewer.onLocationChange = (location) => {
        const { mm } = location as { mm: ArrayLike<number> };
        told.current({ mm: [mm[0] ?? 0, mm[1] ?? 0, mm[2] ?? 0] });
      };
      setShown({
        viewer,
        overlays: layers,
        automatic: [base.robust_min ?? base.cal_min ?? 0, base.robust_max ?? base.cal_max ?? 1],
      });
      setProblem(null);
    };
    start().catch((error: unknown) => {
      if (!cancelled) setProblem(error);
    });
    return () => {
      cancelled = true;
      setShown(null);
      viewer?.cleanup();
      element.getContext("webgl2")?.getExtension("WEBGL_lose_context")?.loseContext();
      element.remove();
    };
  }, [image, overlays]);

  const { hiddenLabels, opacity, layout, location } = props;
  const [low, high] = props.window ?? shown?.automatic ?? [0, 1];
  useEffect(() => {
    if (shown === null) return;
    const base = shown.viewer.volumes[0];
    if (base !== undefined) {
      base.cal_min = low;
      base.cal_max = high;
    }
    for (const [index, layer] of shown.overlays.entries()) {
      const overlay = overlays[index];
      if (overlay !== undefined) layer.setColormapLabel(colourTable(overlay, hiddenLabels));
      layer.opacity = opacity;
    }
    shown.viewer.updateGLVolume();
  }, [shown, overlays, hiddenLabels, opacity, low, high]);
  useEffect(() => {
    shown?.viewer.setSliceType(sliceTypes[layout]);
  }, [shown, layout]);
  useEffect(() => {
    if (shown === null || location === null) return;
    const { viewer } = shown;
    viewer.scene.crosshairPos = viewer.mm2frac([...location.mm]);
    viewer.drawScene();
  }, [shown, location]);

  return (
    <div className="volume-panel">
      <div className="canvas-box" ref={box} data-ready={shown !== null} />
      {shown === null && problem === null && (
        <p className="volume-wait">Loading the viewer and drawing {props.label} …</p>
      )}
      {problem !== null && <ProblemNote error={problem} />}
    </div>
  );
}
