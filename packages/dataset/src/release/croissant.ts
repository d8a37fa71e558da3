/**
 * A Croissant 1.1 description (MLCommons, JSON-LD) with the responsible-AI vocabulary (RAI 1.0). NIfTI is no type that Croissant readers
 * know, so images are FileSets and the cases are a RecordSet over `cases.csv`.
 */

import { normalisedLicence } from "../check/check-document.ts";
import type { Dataset } from "../dataset.ts";
import type { DatasetStatistics } from "../statistics/dataset-statistics.ts";

export interface CroissantFile {
  /** Name inside the release. */
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly encodingFormat: string;
  readonly description: string;
}

export interface CroissantRequest {
  readonly dataset: Dataset;
  readonly statistics: DatasetStatistics;
  readonly version: string;
  /** ISO date. */
  readonly datePublished: string;
  readonly creator: string;
  /** Where the release is or will be; names the dataset. */
  readonly url: string;
  /** The public archive, then `cases.csv`, then other files. */
  readonly archive: CroissantFile;
  readonly casesTable: CroissantFile;
  readonly caseColumns: readonly string[];
  readonly others: readonly CroissantFile[];
}

/** The terms of Croissant (`cr:`), Dublin Core (`dct:`) and RAI (`rai:`); readers compare the namespaces, so they are spelt as published. */
const context = {
  "@language": "en",
  "@vocab": "https://schema.org/",
  arrayShape: "cr:arrayShape",
  citeAs: "cr:citeAs",
  column: "cr:column",
  conformsTo: "dct:conformsTo",
  containedIn: "cr:containedIn",
  cr: "http://mlcommons.org/croissant/",
  data: { "@id": "cr:data", "@type": "@json" },
  dataType: { "@id": "cr:dataType", "@type": "@vocab" },
  dct: "http://purl.org/dc/terms/",
  equivalentProperty: "cr:equivalentProperty",
  examples: { "@id": "cr:examples", "@type": "@json" },
  excludes: "cr:excludes",
  extract: "cr:extract",
  field: "cr:field",
  fileObject: "cr:fileObject",
  fileProperty: "cr:fileProperty",
  fileSet: "cr:fileSet",
  format: "cr:format",
  includes: "cr:includes",
  isArray: "cr:isArray",
  isLiveDataset: "cr:isLiveDataset",
  jsonPath: "cr:jsonPath",
  key: "cr:key",
  md5: "cr:md5",
  parentField: "cr:parentField",
  path: "cr:path",
  prov: "http://www.w3.org/ns/prov#",
  rai: "http://mlcommons.org/croissant/RAI/",
  readLines: "cr:readLines",
  recordSet: "cr:recordSet",
  references: "cr:references",
  regex: "cr:regex",
  repeated: "cr:repeated",
  replace: "cr:replace",
  samplingRate: "cr:samplingRate",
  sc: "https://schema.org/",
  separator: "cr:separator",
  source: "cr:source",
  subField: "cr:subField",
  transform: "cr:transform",
  unArchive: "cr:unArchive",
  value: "cr:value",
} as const;

/** Addresses of licences that people mean most often. */
function licenceUrl(text: string): string {
  const name = normalisedLicence(text);
  const creative = /^CC-BY((?:-(?:NC|SA|ND))*)-(\d\.\d)$/.exec(name);
  if (creative) return `https://creativecommons.org/licenses/by${(creative[1] ?? "").toLowerCase()}/${creative[2]}/`;
  if (name === "CC0-1.0") return "https://creativecommons.org/publicdomain/zero/1.0/";
  if (name === "Apache-2.0") return "https://www.apache.org/licenses/LICENSE-2.0";
  return text;
}

const unanswered = "Not stated by the owner; see DATASHEET.md.";

/** The JSON-LD document. Test labels are not described: they are sealed. */
export function makeCroissant(request: CroissantRequest): Record<string, unknown> {
  const { dataset, statistics, archive, casesTable } = request;
  const fileObject = (file: CroissantFile, id: string): Record<string, unknown> => ({
    "@type": "cr:FileObject",
    "@id": id,
    name: file.name,
    description: file.description,
    contentUrl: file.name,
    contentSize: `${file.bytes} B`,
    encodingFormat: file.encodingFormat,
    sha256: file.sha256,
  });
  const folders = [...new Set(dataset.cases.flatMap((one) => publicFolders(one)))].sort();
  const columnType = (column: string): string =>
    column === "case" || column === "split" || column === "orientation" ? "sc:Text" : "sc:Float";
  return {
    "@context": context,
    "@type": "sc:Dataset",
    conformsTo: ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"],
    name: dataset.name,
    description:
      dataset.description === ""
        ? `Annotated images: ${dataset.labels.map((label) => label.name).join(", ")}`
        : dataset.description,
    license:
      dataset.licences.length === 0 ? "unknown" : [...new Set(dataset.licences.map((one) => licenceUrl(one.value)))],
    url: request.url,
    creator: { "@type": "sc:Organization", name: request.creator },
    datePublished: request.datePublished,
    version: request.version,
    citeAs: dataset.reference === "" ? dataset.name : dataset.reference,
    isLiveDataset: false,
    keywords: ["medical image segmentation", ...dataset.channels, ...dataset.labels.map((label) => label.name)],
    distribution: [
      fileObject(archive, "archive"),
      fileObject(casesTable, "cases-table"),
      ...request.others.map((file) => fileObject(file, file.name)),
      ...folders.map((folder) => ({
        "@type": "cr:FileSet",
        "@id": `files-${folder.replaceAll("/", "-")}`,
        name: folder,
        description: `Volumes in ${folder}`,
        containedIn: { "@id": "archive" },
        encodingFormat: "application/x-nifti",
        includes: `${folder}/*`,
      })),
    ],
    recordSet: [
      {
        "@type": "cr:RecordSet",
        "@id": "cases",
        name: "cases",
        description: "One record per case: split and geometry, and label volumes in ml for cases with public labels",
        key: { "@id": "cases/case" },
        field: request.caseColumns.map((column) => ({
          "@type": "cr:Field",
          "@id": `cases/${column}`,
          name: column,
          description: column,
          dataType: columnType(column),
          source: { fileObject: { "@id": "cases-table" }, extract: { column } },
        })),
      },
      {
        "@type": "cr:RecordSet",
        "@id": "labels",
        name: "labels",
        description: "Label values and what they mean",
        dataType: "sc:Enumeration",
        key: { "@id": "labels/value" },
        field: [
          {
            "@type": "cr:Field",
            "@id": "labels/value",
            name: "value",
            description: "Label value",
            dataType: "sc:Integer",
          },
          { "@type": "cr:Field", "@id": "labels/name", name: "name", description: "Structure", dataType: "sc:Text" },
        ],
        data: [
          { "labels/value": 0, "labels/name": "background" },
          ...dataset.labels.map(({ value, name }) => ({ "labels/value": value, "labels/name": name })),
        ],
      },
    ],
    "rai:dataCollection": dataset.reference === "" ? unanswered : dataset.reference,
    "rai:dataAnnotationProtocol": unanswered,
    "rai:dataPreprocessingProtocol": unanswered,
    "rai:dataUseCases": `Segmentation of ${dataset.labels.map((label) => label.name).join(", ")}`,
    "rai:dataLimitations": unanswered,
    "rai:dataBiases": unanswered,
    "rai:personalSensitiveInformation":
      statistics.attributes.length === 0
        ? "None in the tables of this release."
        : `Attributes of the cases: ${statistics.attributes.map((one) => one.name).join(", ")}`,
    "rai:dataReleaseMaintenancePlan": unanswered,
  };
}

function publicFolders(one: Dataset["cases"][0]): string[] {
  const images = one.image === undefined ? [] : one.image.kind === "one-file" ? [one.image.file] : one.image.files;
  const labels =
    one.split === "test" || one.label === undefined
      ? []
      : one.label.kind === "label-map"
        ? [one.label.file]
        : Object.values(one.label.files);
  return [...images, ...labels]
    .map((file) => file.slice(0, Math.max(0, file.lastIndexOf("/"))))
    .filter((folder) => folder !== "");
}
