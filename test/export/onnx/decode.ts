/** Reads an ONNX file: as much of protocol buffers and onnx.proto3 as lockstep's exports have. */

type Field = { field: number; value: number | Uint8Array };

export interface Tensor {
  type: number;
  dims: number[];
  data: ArrayLike<number> | string[];
}

export interface Node {
  operator: string;
  inputs: string[];
  outputs: string[];
  attributes: Map<string, number | string | number[] | string[]>;
}

export interface Model {
  opsets: Map<string, number>;
  metadata: Map<string, string>;
  nodes: Node[];
  initializers: Map<string, Tensor>;
  inputs: { name: string; type: number }[];
  outputs: string[];
}

function fieldsOf(bytes: Uint8Array): Field[] {
  const fields: Field[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]!;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return Number(BigInt.asIntN(64, value));
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    if (tag % 8 === 0) fields.push({ field, value: varint() });
    else if (tag % 8 === 5) {
      fields.push({ field, value: view.getFloat32(at, true) });
      at += 4;
    } else {
      const length = varint();
      fields.push({ field, value: bytes.subarray(at, at + length) });
      at += length;
    }
  }
  return fields;
}

/** The values of a field, in order. */
class Message {
  readonly #fields: Field[];

  constructor(bytes: Uint8Array) {
    this.#fields = fieldsOf(bytes);
  }

  numbers(field: number): number[] {
    return this.#of(field) as number[];
  }

  texts(field: number): string[] {
    return this.#of(field).map(value => new TextDecoder().decode(value as Uint8Array));
  }

  messages(field: number): Message[] {
    return this.#of(field).map(value => new Message(value as Uint8Array));
  }

  bytes(field: number): Uint8Array[] {
    return this.#of(field) as Uint8Array[];
  }

  #of(field: number) {
    return this.#fields.filter(one => one.field === field).map(({ value }) => value);
  }
}

export function decode(bytes: Uint8Array): Model {
  const model = new Message(bytes);
  const [graph] = model.messages(7) as [Message];
  return {
    opsets: new Map(model.messages(8).map(one => [one.texts(1)[0]!, one.numbers(2)[0]!])),
    metadata: new Map(model.messages(14).map(one => [one.texts(1)[0]!, one.texts(2)[0]!])),
    nodes: graph.messages(1).map(node => ({
      operator: node.texts(4)[0]!,
      inputs: node.texts(1),
      outputs: node.texts(2),
      attributes: new Map(node.messages(5).map(one => [one.texts(1)[0]!, attributeOf(one)])),
    })),
    initializers: new Map(graph.messages(5).map(one => [one.texts(8)[0]!, tensorOf(one)])),
    inputs: graph.messages(11).map(one => ({
      name: one.texts(1)[0]!,
      type: one.messages(2)[0]!.messages(1)[0]!.numbers(1)[0]!,
    })),
    outputs: graph.messages(12).map(one => one.texts(1)[0]!),
  };
}

/** By AttributeProto.type: a float, an integer, a text, or a list of integers or texts. */
function attributeOf(one: Message): number | string | number[] | string[] {
  const [type] = one.numbers(20);
  if (type === 1) return one.numbers(2)[0]!;
  if (type === 2) return one.numbers(3)[0]!;
  if (type === 3) return one.texts(4)[0]!;
  return type === 7 ? one.numbers(8) : one.texts(9);
}

function tensorOf(one: Message): Tensor {
  const [type] = one.numbers(2) as [number];
  const dims = one.numbers(1);
  if (type === 8) return { type, dims, data: one.texts(6) };
  const { buffer } = one.bytes(9)[0]!.slice();
  if (type === 1) return { type, dims, data: new Float32Array(buffer) };
  if (type === 11) return { type, dims, data: new Float64Array(buffer) };
  return { type, dims, data: Array.from(new BigInt64Array(buffer), Number) };
}
