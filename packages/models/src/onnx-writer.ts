/**
 * Writes ONNX graphs (opset 18, IR version 8) without a library: the protobuf fields of onnx.proto that a network needs. So a model
 * that is trained here is exported as ONNX without Python.
 *
 * Field numbers are those of onnx/onnx.proto: ModelProto 1 ir_version, 2 producer_name, 7 graph, 8 opset_import; GraphProto 1 node,
 * 2 name, 5 initializer, 11 input, 12 output; NodeProto 1 input, 2 output, 3 name, 4 op_type, 5 attribute; AttributeProto 1 name,
 * 2 f, 3 i, 4 s, 7 floats, 8 ints, 20 type; TensorProto 1 dims, 2 data_type, 8 name, 9 raw_data.
 */

export type OnnxAttribute = number | string | readonly number[] | { readonly float: number };

export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** A plain number is an integer; a float is written `{ float: 0.01 }`. Lists are integers. */
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

export interface OnnxTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

export interface OnnxValue {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

const FLOAT = 1;
const INT64 = 7;
const text = new TextEncoder();

/** A growing protobuf message. */
class Message {
  readonly parts: Uint8Array[] = [];
  length = 0;

  private push(bytes: Uint8Array): void {
    this.parts.push(bytes);
    this.length += bytes.length;
  }

  private static varintBytes(value: number | bigint): Uint8Array {
    let rest = BigInt.asUintN(64, BigInt(value));
    const bytes: number[] = [];
    do {
      const low = Number(rest & 127n);
      rest >>= 7n;
      bytes.push(rest > 0n ? low | 128 : low);
    } while (rest > 0n);
    return Uint8Array.from(bytes);
  }

  varint(field: number, value: number | bigint): this {
    this.push(Message.varintBytes(field << 3));
    this.push(Message.varintBytes(value));
    return this;
  }

  float(field: number, value: number): this {
    this.push(Message.varintBytes((field << 3) | 5));
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    this.push(bytes);
    return this;
  }

  bytes(field: number, value: Uint8Array | string | Message): this {
    const content = typeof value === "string" ? text.encode(value) : value instanceof Message ? value.finish() : value;
    this.push(Message.varintBytes((field << 3) | 2));
    this.push(Message.varintBytes(content.length));
    this.push(content);
    return this;
  }

  finish(): Uint8Array {
    const result = new Uint8Array(this.length);
    let offset = 0;
    for (const part of this.parts) {
      result.set(part, offset);
      offset += part.length;
    }
    return result;
  }
}

function attributeMessage(name: string, value: OnnxAttribute): Message {
  const message = new Message().bytes(1, name);
  if (typeof value === "string") return message.bytes(4, value).varint(20, 3);
  if (typeof value === "number") return message.varint(3, value).varint(20, 2);
  if ("float" in value) return message.float(2, value.float).varint(20, 1);
  for (const item of value) message.varint(8, item);
  return message.varint(20, 7);
}

function valueMessage({ name, shape }: OnnxValue): Message {
  const dims = new Message();
  for (const size of shape) dims.bytes(1, new Message().varint(1, size));
  return new Message().bytes(1, name).bytes(2, new Message().bytes(1, new Message().varint(1, FLOAT).bytes(2, dims)));
}

function tensorMessage({ name, shape, data }: OnnxTensor): Message {
  const message = new Message();
  for (const size of shape) message.varint(1, size);
  // ONNX stores raw data in little endian, the order of every platform that runs JavaScript engines today.
  return message
    .varint(2, data instanceof Float32Array ? FLOAT : INT64)
    .bytes(8, name)
    .bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

/**
 * Serialises a graph.
 *
 * @throws RangeError when a node reads a value that nothing defines before it, or an initialiser's data do not fill its shape
 */
export function writeOnnx(graph: OnnxGraph): Uint8Array {
  const known = new Set([
    ...graph.inputs.map((input) => input.name),
    ...graph.initializers.map((tensor) => tensor.name),
  ]);
  const body = new Message();
  graph.nodes.forEach((node, index) => {
    const unknown = node.inputs.find((input) => input !== "" && !known.has(input));
    if (unknown !== undefined)
      throw new RangeError(`node ${index} (${node.op}) reads ${unknown}, which is not defined before it`);
    for (const output of node.outputs) known.add(output);
    const message = new Message();
    for (const input of node.inputs) message.bytes(1, input);
    for (const output of node.outputs) message.bytes(2, output);
    message.bytes(3, `${node.op}_${index}`).bytes(4, node.op);
    for (const [name, value] of Object.entries(node.attributes ?? {})) message.bytes(5, attributeMessage(name, value));
    body.bytes(1, message);
  });
  body.bytes(2, graph.name);
  for (const tensor of graph.initializers) {
    const count = tensor.shape.reduce((product, size) => product * size, 1);
    if (count !== tensor.data.length)
      throw new RangeError(
        `initialiser ${tensor.name}: ${tensor.data.length} values do not fill ${tensor.shape.join("x")}`,
      );
    body.bytes(5, tensorMessage(tensor));
  }
  for (const input of graph.inputs) body.bytes(11, valueMessage(input));
  for (const output of graph.outputs) {
    if (!known.has(output.name)) throw new RangeError(`output ${output.name} is made by no node`);
    body.bytes(12, valueMessage(output));
  }
  return new Message()
    .varint(1, 8)
    .bytes(2, "segathlon")
    .bytes(7, body)
    .bytes(8, new Message().bytes(1, "").varint(2, 18))
    .finish();
}
