/** One case in three planes and 3D, with reference, prediction and error, and the numbers of the case beside it. */
import type { CaseResult, EvaluationDocument } from "@segathlon/benchmark";
import { colourChannels, numberText, regionColours } from "@segathlon/plots";
import type { Case, TaskSummary } from "@segathlon/server/api";
import { applyAffine, type LabelMap } from "@segathlon/volume";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { type KeyboardEvent, type ReactNode, useCallback, useMemo, useState } from "react";
import { benchmarkQuery, casesQuery, evaluationQuery } from "../api.ts";
import { Choice } from "../frame/choice.tsx";
import { Page } from "../frame/page.tsx";
import { QueryView } from "../frame/query-view.tsx";
import { ScrollBox } from "../frame/scroll-box.tsx";
import { metricDecimals, metricLabel } from "../metric-definitions.ts";
import { type CaseFiles, loadCaseFiles } from "../viewer/case-files.ts";
import { errorKinds, errorMap, worstSlice } from "../viewer/error-map.ts";
import { labelNifti, narrowLabels } from "../viewer/label-nifti.ts";
import { hasWebGl2, type Overlay, type PanelLayout, type PanelLocation, VolumePanel } from "../viewer/volume-panel.tsx";
import { windowPresets } from "../viewer/window-presets.ts";

const route = getRouteApi("/benchmarks/$benchmark/view/$task/$case");

type Show = "reference" | "prediction" | "both" | "side" | "error" | "none";

const nothingHidden: ReadonlySet<number> = new Set();

const layouts: readonly (readonly [PanelLayout, string])[] = [
  ["multi", "Three planes and 3D"],
  ["axial", "Axial"],
  ["coronal", "Coronal"],
  ["sagittal", "Sagittal"],
  ["render", "3D"],
];

interface LabelStyle {
  readonly label: number;
  readonly name: string;
  readonly colour: string;
}

/** Labels are coloured as the region that is only them; a label within a larger region takes its own name's colour. */
function labelStyles(task: TaskSummary): LabelStyle[] {
  const regionNames = Object.keys(task.regions);
  const single = new Map(
    Object.entries(task.regions).flatMap(([name, labels]) =>
      labels.length === 1 && labels[0] !== undefined ? [[labels[0], name] as const] : [],
    ),
  );
  const labels = Object.entries(task.labels).filter(([, value]) => value !== 0);
  const colours = regionColours([...regionNames, ...labels.map(([name]) => name)]);
  return labels
    .sort(([, a], [, b]) => a - b)
    .map(([name, label]) => ({ label, name, colour: colours.get(single.get(label) ?? name) ?? "#808080" }));
}

function labelOverlay(name: string, map: LabelMap, styles: readonly LabelStyle[]): Overlay {
  return {
    name,
    bytes: labelNifti(map.geometry, narrowLabels(map.labels)),
    colours: new Map(styles.map(({ label, colour }) => [label, colourChannels(colour)])),
    names: new Map(styles.map((style) => [style.label, style.name])),
  };
}

function errorOverlay(map: LabelMap, errors: Uint8Array): Overlay {
  return {
    name: "error",
    bytes: labelNifti(map.geometry, errors),
    colours: new Map(errorKinds.map(({ value, colour }) => [value, colourChannels(colour)])),
    names: new Map(errorKinds.map(({ value, name }) => [value, name])),
  };
}

function CaseNumbers({
  result,
  document,
}: {
  readonly result: CaseResult;
  readonly document: EvaluationDocument;
}): ReactNode {
  return (
    <ScrollBox label="Metrics of this case">
      <table>
        <thead>
          <tr>
            <th scope="col">Region</th>
            {document.metrics.map(({ key, unit }) => (
              <th scope="col" className="end" key={key}>
                {metricLabel(key, unit)}
              </th>
            ))}
            <th scope="col">Status</th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(result.regions).map(([name, region]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {document.metrics.map(({ key, unit }) => (
                <td className="end" key={key}>
                  {numberText(region.metrics[key] ?? null, metricDecimals(unit))}
                </td>
              ))}
              <td>{region.status}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}

interface StageProps {
  readonly item: Case;
  readonly task: TaskSummary;
  readonly files: CaseFiles;
  readonly channel: string;
  readonly neighbours: { readonly before: string | null; readonly after: string | null };
  readonly numbers: ReactNode;
}

function Stage({ item, task, files, channel, neighbours, numbers }: StageProps): ReactNode {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const styles = useMemo(() => labelStyles(task), [task]);
  const [hidden, setHidden] = useState<ReadonlySet<number>>(new Set());
  const [opacity, setOpacity] = useState(0.5);
  const [here, setHere] = useState<PanelLocation | null>(null);
  const { reference, prediction } = files;
  const sameGrid = reference !== null && prediction !== null && reference.labels.length === prediction.labels.length;
  const shows: (readonly [Show, string])[] = [
    ...(reference === null ? [] : [["reference", "Reference"] as const]),
    ...(prediction === null ? [] : [["prediction", "Prediction"] as const]),
    ...(sameGrid
      ? ([
          ["both", "Both, blended"],
          ["side", "Side by side"],
          ["error", "Error"],
        ] as const)
      : []),
    ["none", "Image only"],
  ];
  const show = shows.find(([id]) => id === search.show)?.[0] ?? shows[0]?.[0] ?? "none";
  const layout = layouts.find(([id]) => id === search.layout)?.[0] ?? "multi";
  const presets = windowPresets(channel);
  const preset = presets.find(({ id }) => id === search.window) ?? presets[0];
  const target = useMemo((): PanelLocation | null => {
    const parts = search.at?.split(",").map(Number) ?? [];
    const [x, y, z] = parts;
    return parts.length === 3 && x !== undefined && y !== undefined && z !== undefined && parts.every(Number.isFinite)
      ? { mm: [x, y, z] }
      : null;
  }, [search.at]);
  const errors = useMemo(
    () =>
      sameGrid ? errorMap(reference.labels, prediction.labels, new Set(Object.values(task.regions).flat())) : null,
    [sameGrid, reference, prediction, task],
  );
  const overlays = useMemo(
    () => ({
      reference: reference === null ? [] : [labelOverlay("reference", reference, styles)],
      prediction: prediction === null ? [] : [labelOverlay("prediction", prediction, styles)],
      error: reference === null || errors === null ? [] : [errorOverlay(reference, errors)],
      none: [],
    }),
    [reference, prediction, errors, styles],
  );
  const blended = useMemo(() => [...overlays.reference, ...overlays.prediction], [overlays]);
  const worst = useMemo(
    () => (errors === null || reference === null ? null : worstSlice(errors, reference.geometry.shape)),
    [errors, reference],
  );
  const choose = useCallback(
    (change: Partial<typeof search>): void =>
      void navigate({ search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false }),
    [navigate],
  );
  const goTo = (mm: readonly [number, number, number]): void =>
    choose({ at: mm.map((value) => value.toFixed(1)).join(",") });
  const panels: (readonly [string, readonly Overlay[]])[] =
    show === "side"
      ? [
          [`Reference of ${item.case}`, overlays.reference],
          [`Prediction for ${item.case}`, overlays.prediction],
        ]
      : [[`${shows.find(([id]) => id === show)?.[1]} of ${item.case}`, show === "both" ? blended : overlays[show]]];

  const onKey = (event: KeyboardEvent): void => {
    if (
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      event.target instanceof HTMLSelectElement ||
      event.target instanceof HTMLInputElement
    )
      return;
    const number = Number(event.key);
    const chosenLayout = layouts[number - 1]?.[0];
    if (chosenLayout !== undefined) choose({ layout: chosenLayout });
    else if (event.key === "o") setOpacity((before) => (before > 0 ? 0 : 0.5));
    else if (event.key === "+" || event.key === "=") setOpacity((before) => Math.min(1, before + 0.1));
    else if (event.key === "-") setOpacity((before) => Math.max(0, before - 0.1));
    else if (event.key === "s")
      choose({ show: shows[(shows.findIndex(([id]) => id === show) + 1) % shows.length]?.[0] });
    else if (event.key === "w")
      choose({ window: presets[(presets.findIndex(({ id }) => id === preset?.id) + 1) % presets.length]?.id });
    else if (event.key === "n" && neighbours.after !== null)
      void navigate({ params: (before) => ({ ...before, case: neighbours.after ?? "" }) });
    else if (event.key === "p" && neighbours.before !== null)
      void navigate({ params: (before) => ({ ...before, case: neighbours.before ?? "" }) });
    else return;
    event.preventDefault();
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys work anywhere in the viewer; every one of them has a control too
    <div className="viewer" onKeyDown={onKey}>
      <div className="viewer-stage">
        <div className={panels.length > 1 ? "panels two" : "panels"}>
          {panels.map(([label, layers]) => (
            <VolumePanel
              key={label}
              label={label}
              image={files.image}
              overlays={layers}
              hiddenLabels={show === "error" ? nothingHidden : hidden}
              opacity={opacity}
              window={preset?.range ?? null}
              layout={layout}
              location={target}
              onLocation={setHere}
            />
          ))}
        </div>
        <p className="row tiny muted viewer-status">
          {here === null ? (
            <span>Click a plane to move the crosshair.</span>
          ) : (
            <>
              <span className="mono">{here.mm.map((value) => numberText(value, 1)).join(", ")} mm (RAS)</span>
              <button type="button" onClick={() => goTo(here.mm)}>
                Keep this place in the link
              </button>
            </>
          )}
          <span className="push">
            <kbd>1</kbd>–<kbd>5</kbd> layout <kbd>s</kbd> what is shown <kbd>o</kbd> overlay <kbd>+</kbd> <kbd>-</kbd>{" "}
            opacity <kbd>w</kbd> window <kbd>n</kbd> <kbd>p</kbd> case
          </span>
        </p>
      </div>
      <aside className="viewer-side" aria-label="What is shown">
        <div className="controls">
          <Choice label="Show" value={show} options={shows} onChange={(value) => choose({ show: value })} />
          <Choice label="Layout" value={layout} options={layouts} onChange={(value) => choose({ layout: value })} />
          <Choice
            label="Window"
            value={preset?.id ?? "auto"}
            options={presets.map(({ id, name }) => [id, name] as const)}
            onChange={(value) => choose({ window: value })}
          />
          {item.images.length > 1 && (
            <Choice
              label="Channel"
              value={channel}
              options={item.images.map((image) => [image.channel, image.channel] as const)}
              onChange={(value) => choose({ channel: value })}
            />
          )}
          <label className="field">
            Opacity {Math.round(opacity * 100)} %
            <input
              type="range"
              min="0"
              max="1"
              step="0.05"
              value={opacity}
              onChange={(event) => setOpacity(Number(event.target.value))}
            />
          </label>
        </div>
        {worst !== null && reference !== null && (
          <p>
            <button type="button" onClick={() => goTo(applyAffine(reference.geometry.affine, worst.centre))}>
              Go to the worst slice
            </button>{" "}
            <span className="muted tiny">
              slice {worst.slice}: {worst.wrongVoxels} wrong voxels
            </span>
          </p>
        )}
        {show === "error" ? (
          <ul className="legend labels">
            {errorKinds.map(({ value, name, colour }) => (
              <li key={value}>
                <span className="swatch" style={{ background: colour }} /> {name}
              </li>
            ))}
          </ul>
        ) : (
          show !== "none" && (
            <fieldset className="labels">
              <legend className="row">
                Labels
                <button type="button" onClick={() => setHidden(new Set())}>
                  all
                </button>
                <button type="button" onClick={() => setHidden(new Set(styles.map(({ label }) => label)))}>
                  none
                </button>
              </legend>
              {styles.map(({ label, name, colour }) => (
                <label className="check" key={label}>
                  <input
                    type="checkbox"
                    checked={!hidden.has(label)}
                    onChange={(event) => {
                      const next = new Set(hidden);
                      if (event.target.checked) next.delete(label);
                      else next.add(label);
                      setHidden(next);
                    }}
                  />
                  <span className="swatch" style={{ background: colour }} />
                  {name}
                </label>
              ))}
            </fieldset>
          )
        )}
        {reference === null && (
          <p className="muted">
            The reference of this case is not public in this phase, so it is not sent to your browser.
          </p>
        )}
        {files.predictionProblem !== null && <p className="note warn">{files.predictionProblem}</p>}
        {prediction !== null && reference !== null && !sameGrid && (
          <p className="note warn">Reference and prediction have different grids; they are shown one at a time.</p>
        )}
        {numbers}
      </aside>
    </div>
  );
}

export function ViewerPage(): ReactNode {
  const { benchmark, task: taskId, case: caseId } = route.useParams();
  const search = route.useSearch();
  const details = useQuery(benchmarkQuery(benchmark));
  const cases = useQuery(casesQuery(benchmark, taskId));
  const submission = search.submission === undefined ? undefined : Number(search.submission);
  const evaluation = useQuery({ ...evaluationQuery(submission ?? 0), enabled: submission !== undefined, retry: false });
  const place = cases.data?.findIndex((item) => item.case === caseId) ?? -1;
  const item = cases.data?.[place];
  const task = details.data?.taskList.find(({ id }) => id === taskId);
  const channel =
    item?.images.find((image) => image.channel === search.channel)?.channel ?? item?.images[0]?.channel ?? "";
  const canDraw = useMemo(hasWebGl2, []);
  const files = useQuery({
    queryKey: ["case-files", benchmark, taskId, caseId, channel, search.submission],
    queryFn: ({ signal }) => {
      if (item === undefined) throw new Error("there is no such case");
      return loadCaseFiles(item, channel, search.submission, signal);
    },
    enabled: item !== undefined && item.images.length > 0 && canDraw,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 30_000,
    retry: false,
  });
  const document = evaluation.data?.tasks[taskId]?.document as EvaluationDocument | null | undefined;
  const result = document?.cases.find((entry) => entry.case === caseId);
  const neighbours = {
    before: cases.data?.[place - 1]?.case ?? null,
    after: place < 0 ? null : (cases.data?.[place + 1]?.case ?? null),
  };
  return (
    <Page
      title={caseId}
      above={
        <p className="crumbs">
          <Link to="/benchmarks/$benchmark/data/$task" params={{ benchmark, task: taskId }}>
            {task?.title ?? taskId}
          </Link>
          {search.submission !== undefined && (
            <>
              {" · "}
              <Link to="/submissions/$submission" params={{ submission: search.submission }}>
                Submission {search.submission}
              </Link>
            </>
          )}
          {neighbours.before !== null && (
            <>
              {" · "}
              <Link
                from={route.id}
                to="."
                params={(before) => ({ ...before, case: neighbours.before ?? "" })}
                search={search}
              >
                previous case
              </Link>
            </>
          )}
          {neighbours.after !== null && (
            <>
              {" · "}
              <Link
                from={route.id}
                to="."
                params={(before) => ({ ...before, case: neighbours.after ?? "" })}
                search={search}
              >
                next case
              </Link>
            </>
          )}
        </p>
      }
    >
      {!canDraw && (
        <p className="note bad">
          This browser has no WebGL 2, which the viewer draws with. Switch on hardware acceleration in its settings, try
          another browser, or download the case and open it in a desktop viewer.
        </p>
      )}
      <QueryView query={cases} what="the cases">
        {() =>
          item === undefined || task === undefined ? (
            <p className="empty">There is no case {caseId} in this task.</p>
          ) : item.images.length === 0 ? (
            <p className="empty">
              The image of this case is not open to you.{" "}
              <Link to="/benchmarks/$benchmark/data/$task" params={{ benchmark, task: taskId }}>
                How to get the data
              </Link>
            </p>
          ) : canDraw ? (
            <QueryView query={files} what={`the files of ${caseId}`}>
              {(loaded) => (
                <Stage
                  item={item}
                  task={task}
                  files={loaded}
                  channel={channel}
                  neighbours={neighbours}
                  numbers={
                    result !== undefined && document != null ? (
                      <CaseNumbers result={result} document={document} />
                    ) : submission !== undefined ? (
                      <p className="muted">The phase shows no metrics of single cases.</p>
                    ) : null
                  }
                />
              )}
            </QueryView>
          ) : null
        }
      </QueryView>
    </Page>
  );
}
