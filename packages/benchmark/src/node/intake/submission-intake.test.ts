/** Submissions as people send them, and as attackers do (every line of the archive attacks of peer-platforms.md section 5). */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { crc32, deflateRawSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { entryNameFault } from "../../archive-entry-name.ts";
import { catalogueBenchmark } from "../../catalogue.ts";
import { evaluateSubmission } from "../evaluate-submission.ts";
import { defaultArchiveLimits } from "./archive-limits.ts";
import { type IntakeOptions, receiveSubmission } from "./submission-intake.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "segathlon-intake-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface ZipItem {
  readonly name: string | Buffer;
  readonly data?: Buffer;
  /** Fields of the central or the local header that differ from the truth. */
  readonly flags?: number;
  readonly method?: number;
  readonly size?: number;
  readonly crc?: number;
  readonly localName?: string;
  readonly localSize?: number;
  readonly attributes?: number;
  /** Share the local header of the first entry. */
  readonly overlap?: true;
}

/** A zip archive written field by field, so that every field can lie. */
function zip(items: readonly ZipItem[], more: { prefix?: Buffer; suffix?: Buffer; entries?: number } = {}): Buffer {
  const locals: Buffer[] = [more.prefix ?? Buffer.alloc(0)];
  const centrals: Buffer[] = [];
  let offset = locals[0]?.length ?? 0;
  for (const item of items) {
    const name = Buffer.isBuffer(item.name) ? item.name : Buffer.from(item.name);
    const data = item.data ?? Buffer.from("content");
    const method = item.method ?? 8;
    const packed = method === 8 ? deflateRawSync(data, { level: 9 }) : data;
    const crc = item.crc ?? crc32(data);
    const size = item.size ?? data.length;
    const localName = item.localName === undefined ? name : Buffer.from(item.localName);
    const flags = item.flags ?? 0x800;
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(flags, 6);
    local.writeUInt16LE(method, 8);
    local.writeUInt32LE(crc, 14);
    local.writeUInt32LE(packed.length, 18);
    local.writeUInt32LE(item.localSize ?? size, 22);
    local.writeUInt16LE(localName.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt8(3, 5);
    central.writeUInt16LE(flags, 8);
    central.writeUInt16LE(method, 10);
    central.writeUInt32LE(crc, 16);
    central.writeUInt32LE(packed.length, 20);
    central.writeUInt32LE(size, 24);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt32LE(item.attributes ?? 0, 38);
    central.writeUInt32LE(item.overlap ? 0 : offset, 42);
    centrals.push(central, name);
    if (item.overlap) continue;
    locals.push(local, localName, packed);
    offset += 30 + localName.length + packed.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(more.entries ?? items.length, 8);
  end.writeUInt16LE(more.entries ?? items.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end, more.suffix ?? Buffer.alloc(0)]);
}

interface TarItem {
  readonly name: string;
  readonly data?: Buffer;
  readonly type?: string;
  readonly size?: number;
}

function tar(items: readonly TarItem[], end = Buffer.alloc(1024)): Buffer {
  const parts = items.flatMap(({ name, data = Buffer.from("content"), type = "0", size }) => {
    const header = Buffer.alloc(512);
    header.write(name, 0, 100, "utf8");
    header.write("0000644\0", 100);
    header.write(`${(size ?? data.length).toString(8).padStart(11, "0")}\0`, 124);
    header.write(type, 156);
    header.write("ustar\x0000", 257);
    header.write("        ", 148);
    header.write(
      `${header
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, "0")}\0 `,
      148,
    );
    return [header, data, Buffer.alloc((512 - (data.length % 512)) % 512)];
  });
  return Buffer.concat([...parts, end]);
}

const spleen = [{ id: "Task09_Spleen", file_prefix: "spleen_" }];

async function receive(archive: Buffer, options: Partial<IntakeOptions> = {}, name = "submission.zip") {
  const file = path.join(folder, name);
  writeFileSync(file, archive);
  return receiveSubmission(file, { tasks: spleen, to: path.join(folder, "in"), ...options });
}

function left(): string[] {
  try {
    return readdirSync(path.join(folder, "in"));
  } catch {
    return [];
  }
}

test("MSD and AMOS layouts, a common parent, junk; zip, tar and tar.gz alike", async () => {
  const files = [
    "team/Task09_Spleen/spleen_15.nii.gz",
    "team/Task09_Spleen/spleen_7.nii.gz",
    "team/Task10_Colon/colon_001.nii.gz",
    "team/readme.txt",
    "__MACOSX/team/Task09_Spleen/._spleen_15.nii.gz",
    "team/.DS_Store",
  ];
  const data = Buffer.from("x".repeat(3000));
  for (const archive of [
    zip(files.map((name) => ({ name, data }))),
    tar(files.map((name) => ({ name, data }))),
    gzipSync(tar(files.map((name) => ({ name: `./${name}`, data })))),
  ]) {
    rmSync(path.join(folder, "in"), { recursive: true, force: true });
    const { predictions, ignored, problems } = await receive(archive);
    expect(predictions.map((own) => [own.task, own.case, own.name, own.bytes])).toEqual([
      ["Task09_Spleen", "spleen_7", files[1], 3000],
      ["Task09_Spleen", "spleen_15", files[0], 3000],
    ]);
    expect(predictions.every((own) => readFileSync(own.path).equals(data) && own.sha256?.length === 64)).toBe(true);
    expect(ignored).toEqual([
      { file: "team/Task10_Colon/colon_001.nii.gz", why: "Task10_Colon is not a task of this phase" },
      { file: "team/readme.txt", why: "not a volume" },
    ]);
    expect(problems).toEqual([]);
  }
  const amos = await receive(zip([{ name: "TEAM/labelsTs/amos_0008.nii.gz" }]), {
    tasks: [{ id: "task1-ct", file_prefix: "amos_" }],
    to: path.join(folder, "amos"),
  });
  expect(amos.predictions[0]?.case).toBe("amos_0008");
});

test("several tasks without folders are told apart by their prefixes", async () => {
  const tasks = catalogueBenchmark("msd").tasks;
  const { predictions, ignored } = await receive(
    zip([{ name: "BRATS_485.nii.gz" }, { name: "liver_132.nii.gz" }, { name: "x.nii.gz" }]),
    { tasks },
  );
  expect(predictions.map((own) => own.task)).toEqual(["Task01_BrainTumour", "Task03_Liver"]);
  expect(ignored[0]?.why).toContain("belongs to no task");
});

test("a folder and a single file", async () => {
  mkdirSync(path.join(folder, "mine/Task09_Spleen"), { recursive: true });
  writeFileSync(path.join(folder, "mine/Task09_Spleen/spleen_1.nii.gz"), "x");
  const options = { tasks: spleen, to: path.join(folder, "in") };
  expect((await receiveSubmission(path.join(folder, "mine"), options)).predictions[0]?.case).toBe("spleen_1");
  const single = path.join(folder, "mine/Task09_Spleen/spleen_1.nii.gz");
  expect((await receiveSubmission(single, options)).predictions[0]?.path).toBe(single);
  expect(left()).toEqual([]);
});

test("two files for one case are a problem of that case only", async () => {
  const { predictions, problems } = await receive(
    zip([{ name: "a/spleen_1.nii.gz" }, { name: "b/spleen_1.nii.gz" }, { name: "spleen_2.nii.gz" }]),
  );
  expect(predictions.map((own) => own.case)).toEqual(["spleen_2"]);
  expect(problems[0]).toMatchObject({ code: "SEG103", where: { case: "spleen_1" } });
});

test("names that mean something else elsewhere", () => {
  const bad = [
    "../x",
    "a/../x",
    "/etc/passwd",
    "C:\\x",
    "C:/x",
    "\\\\host\\share",
    "a\\b",
    "a\0b",
    "a/b.",
    "a/b ",
    "CON",
    "nul.nii.gz",
    "a/com1.txt",
    "lpt9",
    "a//b",
    "./a/./b",
    `${"x".repeat(256)}.nii.gz`,
    `${"long/".repeat(300)}x`,
    "a/\u202Egz.iin",
    "a\u200Bb",
    "a\nb",
    "x:y",
    `${"d/".repeat(13)}x`,
    "",
  ];
  for (const name of bad) expect(entryNameFault(name), JSON.stringify(name)).not.toBeNull();
  for (const name of [
    "spleen_1.nii.gz",
    "Team é/Task09_Spleen/=cmd.nii.gz",
    "<script>.nii.gz",
    "a/b/",
    "convoy.nii",
    "日本.nii.gz",
  ]) {
    expect(entryNameFault(name), name).toBeNull();
  }
});

const huge = Buffer.alloc(3_000_000);
const first = { name: "spleen_1.nii.gz" };
test.each<[string, Buffer, string, RegExp]>([
  ["zip slip", zip([{ name: "../../evil.nii.gz" }]), "SEG112", /leads out of the archive/],
  ["absolute name", zip([{ name: "/tmp/evil.nii.gz" }]), "SEG112", /absolute/],
  ["backslashes", zip([{ name: "a\\..\\evil.nii.gz" }]), "SEG112", /backslash/],
  ["name twice", zip([first, first]), "SEG112", /comes twice/],
  ["names that differ in case", zip([first, { name: "Spleen_1.nii.gz" }]), "SEG112", /same file as spleen_1/],
  [
    "names that differ in composition",
    zip([{ name: "caf\u00e9.nii.gz" }, { name: "cafe\u0301.nii.gz" }]),
    "SEG112",
    /same file/,
  ],
  [
    "name that is not UTF-8",
    zip([{ name: Buffer.from([0x73, 0xff, 0xfe, 0x2e, 0x6e, 0x69, 0x69]) }]),
    "SEG112",
    /not valid UTF-8/,
  ],
  ["link in a zip", zip([{ ...first, attributes: (0o120777 << 16) >>> 0 }]), "SEG112", /link or a device/],
  [
    "more comes out than stated",
    zip([{ ...first, data: huge, size: 100, localSize: 100 }]),
    "SEG111",
    /larger than it says/,
  ],
  ["less comes out than stated", zip([{ ...first, size: 9000, localSize: 9000 }]), "SEG111", /expected 9000 bytes/],
  ["wrong checksum", zip([{ ...first, crc: 1 }]), "SEG111", /CRC-32/],
  ["encrypted", zip([{ ...first, flags: 0x801 }]), "SEG111", /encrypted/],
  ["unknown compression", zip([{ ...first, method: 99 }]), "SEG111", /method 99/],
  [
    "directory and local header disagree",
    zip([{ ...first, localName: "spleen_2.nii.gz" }]),
    "SEG111",
    /disagree in name/,
  ],
  [
    "overlapping entries",
    zip([first, { ...first, name: "spleen_2.nii.gz", overlap: true }]),
    "SEG111",
    /disagree in name|overlaps/,
  ],
  [
    "overlapping entries of one name in the local header",
    zip([
      { ...first, localName: "spleen_1.nii.gz" },
      { ...first, name: "spleen_1.nii.gz/x", overlap: true },
    ]),
    "SEG111",
    /disagree|overlaps/,
  ],
  ["fewer entries than stated", zip([first], { entries: 3 }), "SEG111", /3 entries|fewer entries/],
  ["more entries than stated", zip([first, { name: "spleen_2.nii.gz" }], { entries: 1 }), "SEG111", /more entries/],
  ["zip64 numbers without a zip64 record", zip([first], { entries: 0xffff }), "SEG111", /65535 entries/],
  ["something before a zip", zip([first], { prefix: Buffer.from("<html>") }), "SEG111", /neither a zip nor a tar/],
  ["something after a zip", zip([first], { suffix: Buffer.from("<html>") }), "SEG111", /something follows it/],
  ["truncated zip", zip([first]).subarray(0, 60), "SEG111", /end record|too short/],
  ["not an archive", Buffer.from("hello, this is no archive at all"), "SEG111", /neither a zip nor a tar/],
  ["link in a tar", tar([{ name: "spleen_1.nii.gz", type: "2" }]), "SEG112", /link, a device/],
  ["hard link in a tar", tar([{ name: "spleen_1.nii.gz", type: "1" }]), "SEG112", /link, a device/],
  ["device in a tar", tar([{ name: "spleen_1.nii.gz", type: "3" }]), "SEG112", /device/],
  ["FIFO in a tar", tar([{ name: "spleen_1.nii.gz", type: "6" }]), "SEG112", /device/],
  ["tar slip", tar([{ name: "../spleen_1.nii.gz" }]), "SEG112", /leads out/],
  [
    "pax path that leads out",
    tar([{ name: "x", type: "x", data: Buffer.from("23 path=../../evil.nii\n") }, first]),
    "SEG112",
    /leads out/,
  ],
  [
    "giant pax header",
    tar([{ name: "x", type: "x", size: 8 * 1024 ** 3 }]),
    "SEG111",
    /header record of 8589934592 bytes|valid size/,
  ],
  ["truncated tar", tar([{ ...first, data: huge }]).subarray(0, 5000), "SEG111", /cut off/],
  ["tar without its end", tar([first], Buffer.alloc(0)), "SEG111", /end mark/],
  [
    "something after a tar",
    tar([first], Buffer.concat([Buffer.alloc(1024), zip([first])])),
    "SEG111",
    /follows its end mark/,
  ],
  [
    "wrong header checksum",
    Buffer.concat([tar([first], Buffer.alloc(0)), Buffer.alloc(512, 65), Buffer.alloc(1024)]),
    "SEG111",
    /checksum/,
  ],
  [
    "truncated tar.gz",
    gzipSync(tar([{ ...first, data: Buffer.from(Array.from({ length: 9000 }, (_, i) => (i * 7919) & 255)) }])).subarray(
      0,
      300,
    ),
    "SEG111",
    /gzip stream|cut off/,
  ],
  [
    "tar.gz with a wrong checksum",
    Buffer.concat([gzipSync(tar([first])).subarray(0, -8), Buffer.alloc(8)]),
    "SEG111",
    /gzip stream/,
  ],
])("refused: %s", async (_name, archive, code, message) => {
  await expect(receive(archive)).rejects.toMatchObject({
    code: expect.stringMatching(`^(${code})$`),
    message: expect.stringMatching(message),
  });
  expect(left()).toEqual([]);
});

test("limits: entries, one entry, all entries, ratio of zip and tar.gz", async () => {
  const many = zip(Array.from({ length: 30 }, (_, index) => ({ name: `spleen_${index}.nii.gz` })));
  const limits = (more: object) => ({ limits: { ...defaultArchiveLimits, ...more } });
  await expect(receive(many, limits({ maxEntries: 20 }))).rejects.toMatchObject({
    code: "SEG113",
    message: expect.stringMatching(/more than 20 entries/),
  });
  const big = zip([{ ...first, data: huge }]);
  await expect(receive(big, limits({ maxEntryBytes: 1e6 }))).rejects.toMatchObject({ code: "SEG113" });
  await expect(receive(big, limits({ maxExpandedBytes: 1e6 }))).rejects.toMatchObject({ code: "SEG113" });
  await expect(receive(big, limits({ ratioFromBytes: 1e6, maxRatio: 100 }))).rejects.toMatchObject({
    message: expect.stringMatching(/100 times its size/),
  });
  const gz = gzipSync(tar([{ ...first, data: huge }]));
  await expect(receive(gz, limits({ ratioFromBytes: 1e6, maxRatio: 100 }))).rejects.toMatchObject({ code: "SEG113" });
  await expect(receive(gz, limits({ maxEntryBytes: 1e6 }))).rejects.toMatchObject({ code: "SEG113" });
  expect(left()).toEqual([]);
  expect((await receive(big)).predictions).toHaveLength(1);
});

test("a bomb of two layers: what the zip lets through, the volume reader bounds", async () => {
  // 64 MiB of zeros that say they are a small volume: the second layer is stopped by the header's own size.
  const golden = fileURLToPath(new URL("../../goldens/reference/07_shift1_z.nii.gz", import.meta.url));
  const bomb = gzipSync(Buffer.concat([Buffer.alloc(0), Buffer.alloc(64 * 1024 * 1024)]), { level: 9 });
  const submission = await receive(zip([{ name: "Task09_Spleen/spleen_1.nii.gz", data: bomb }]));
  const msd = catalogueBenchmark("msd");
  const phase = { ...msd.phases[1]!, tasks: ["Task09_Spleen"] };
  const cases = { Task09_Spleen: [{ case: "spleen_1", reference: { path: golden, name: "reference" } }] };
  const { evaluations } = await evaluateSubmission({ benchmark: msd, phase, cases, submission }, { workers: 0 });
  const result = evaluations.Task09_Spleen?.cases[0];
  expect(result).toMatchObject({ status: "invalid", failed_side: "prediction" });
  expect(result?.problem?.message).toContain("Task09_Spleen/spleen_1.nii.gz");
  expect(JSON.stringify(evaluations)).not.toContain(folder);
});

test("a submission of two tasks, one absent: the phase's rule", async () => {
  const goldens = new URL("../../goldens/", import.meta.url);
  const read = (side: string): Buffer => readFileSync(new URL(`${side}/07_shift1_z.nii.gz`, goldens));
  const reference = { path: fileURLToPath(new URL("reference/07_shift1_z.nii.gz", goldens)), name: "reference" };
  const msd = catalogueBenchmark("msd");
  const submission = await receive(
    zip([
      { name: "sub/Task09_Spleen/spleen_1.nii.gz", data: read("prediction") },
      { name: "sub/Task09_Spleen/spleen_9.nii.gz" },
    ]),
    { tasks: msd.tasks },
  );
  const phase = { ...msd.phases[1]!, tasks: ["Task09_Spleen", "Task10_Colon"] };
  const cases = {
    Task09_Spleen: [
      { case: "spleen_1", reference },
      { case: "spleen_2", reference },
    ],
    Task10_Colon: [{ case: "colon_1", reference }],
  };
  const run = (absent_task: "reject" | "worst" | "not-ranked") =>
    evaluateSubmission(
      { benchmark: msd, phase: { ...phase, absent_task }, cases, submission },
      { workers: 0, method: "m" },
    );
  await expect(run("reject")).rejects.toMatchObject({
    code: "SEG114",
    message: expect.stringMatching(/nothing was submitted for Task10_Colon/),
  });
  const worst = await run("worst");
  expect(worst.absent).toEqual([{ task: "Task10_Colon", rule: "worst" }]);
  expect(worst.evaluations.Task10_Colon?.aggregate["colon cancer primaries"]?.dice).toMatchObject({ mean: 0, n: 1 });
  const left = await run("not-ranked");
  expect(Object.keys(left.evaluations)).toEqual(["Task09_Spleen"]);
  const spleens = left.evaluations.Task09_Spleen;
  expect(spleens?.cases.map((own) => own.status)).toEqual(["ok", "missing-prediction"]);
  expect(spleens?.cases[0]?.regions.spleen?.status).toBe("ok");
  expect(spleens?.notes.join()).toContain("spleen_9");
});
