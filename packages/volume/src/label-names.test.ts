import { expect, test } from "vitest";
import { encodeNifti, type HeaderDetails, labelMapVolume, labelNames, readHeader, type VolumeHeader } from "./index.ts";

const volume = labelMapVolume({
  geometry: { shape: [1, 1, 1], spacingMm: [1, 1, 1], affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0] },
  labels: Uint8Array.of(1),
});

async function withTable(xml: string): Promise<VolumeHeader> {
  const read = await readHeader(encodeNifti(volume));
  const details = read.details as HeaderDetails;
  const extensions = [{ code: 30, content: new TextEncoder().encode(xml) }];
  const nifti = { ...details.nifti!, extensions };
  return readHeader(encodeNifti({ ...volume, details: { ...details, nifti } }));
}

test("a label table in an extension", async () => {
  const header = await withTable(
    `<?xml version="1.0"?><CaretExtension><VolumeInformation><LabelTable>
     <Label Key="0" Red="0"><![CDATA[???]]></Label><Label Key="5" Alpha="1"><![CDATA[liver]]></Label>
     <Label Key="7">left &amp; right</Label><Label Key="8"></Label><Label Key="99999999999">no</Label></LabelTable>`,
  );
  expect([...labelNames(header)]).toEqual([
    [0, "???"],
    [5, "liver"],
    [7, "left & right"],
  ]);
  expect(labelNames(await withTable("<Label Key='1'>not a table</Label>")).size).toBe(0);
});

test("segments of a .seg.nrrd; a file without names", async () => {
  const text = [
    "NRRD0004",
    "type: uint8",
    "dimension: 3",
    "sizes: 1 1 1",
    "encoding: ascii",
    "Segment0_LabelValue:=3",
    "Segment0_Name:=tumour: edge",
    "Segment1_Name:=no value",
    "other:=x",
    "",
    "3",
  ].join("\n");
  expect([...labelNames(await readHeader(new TextEncoder().encode(text)))]).toEqual([[3, "tumour: edge"]]);
  expect(labelNames(volume).size).toBe(0);
});
