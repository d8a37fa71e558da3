/**
 * Reads the float32 initialisers of an ONNX file, without a library: enough for our own kernels to run a network that was exported
 * here. Every length is checked against the bytes that are there before anything is sliced.
 */
import { SegathlonError } from "@segathlon/errors";

export interface OnnxInitialisers {
  readonly producer: string;
  readonly graph: string;
  readonly tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>;
}

interface Field {
  readonly number: number;
  readonly value: number;
  readonly bytes: Uint8Array;
}

const text = new TextDecoder();
const nothing: Uint8Array = new Uint8Array(0);

function broken(what: string): SegathlonError {
  return new SegathlonError("SEG503", `model.onnx: ${what}`);
}

/** The fields of one protobuf message. */
function* fields(bytes: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) throw broken("a number is cut off");
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    throw broken("a number has more than ten bytes");
  };
  while (at < bytes.length) {
    const key = varint();
    const number = Math.floor(key / 8);
    const wire = key % 8;
    if (wire === 0) yield { number, value: varint(), bytes: nothing };
    else if (wire === 2 || wire === 5 || wire === 1) {
      const length = wire === 2 ? varint() : wire === 5 ? 4 : 8;
      if (at + length > bytes.length) throw broken(`a field of ${length} bytes goes beyond the end`);
      yield { number, value: 0, bytes: bytes.subarray(at, at + length) };
      at += length;
    } else throw broken(`wire type ${wire} is unknown`);
  }
}

function tensorOf(bytes: Uint8Array): { name: string; shape: number[]; data: Float32Array } | null {
  const shape: number[] = [];
  let type = 0;
  let name = "";
  let raw: Uint8Array = nothing;
  for (const field of fields(bytes)) {
    if (field.number === 1 && field.bytes.length > 0) for (const value of packedVarints(field.bytes)) shape.push(value);
    else if (field.number === 1) shape.push(field.value);
    else if (field.number === 2) type = field.value;
    else if (field.number === 8) name = text.decode(field.bytes);
    else if (field.number === 9) raw = field.bytes;
  }
  if (type !== 1) return null;
  const count = shape.reduce((product, size) => product * size, 1);
  if (raw.length !== 4 * count)
    throw broken(`tensor ${name}: ${raw.length} bytes; ${shape.join("x")} float32 values take ${4 * count}`);
  // A copy, because the bytes need not start at a multiple of four.
  return { name, shape, data: new Float32Array(Uint8Array.from(raw).buffer) };
}

function* packedVarints(bytes: Uint8Array): Generator<number> {
  let value = 0;
  let scale = 1;
  for (const byte of bytes) {
    value += (byte & 127) * scale;
    scale *= 128;
    if (byte < 128) {
      yield value;
      value = 0;
      scale = 1;
    }
  }
}

/**
 * Reads producer, graph name and float32 initialisers.
 *
 * @throws SegathlonError SEG503 when the bytes are not a well-formed ONNX file
 */
export function readOnnxInitialisers(onnx: Uint8Array): OnnxInitialisers {
  let producer = "";
  let graph = "";
  const tensors = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  for (const field of fields(onnx)) {
    if (field.number === 2) producer = text.decode(field.bytes);
    if (field.number !== 7) continue;
    for (const inner of fields(field.bytes)) {
      if (inner.number === 2) graph = text.decode(inner.bytes);
      if (inner.number !== 5) continue;
      const tensor = tensorOf(inner.bytes);
      if (tensor !== null) tensors.set(tensor.name, tensor);
    }
  }
  return { producer, graph, tensors };
}
