/**
 * Builds an ONNX graph node by node (https://onnx.ai/onnx/intro/concepts.html; the numbers of fields are those of
 * onnx.proto3). Names of tensors are made here, so that they can't collide with names of columns.
 */
import { bytes, float, join, message, type Part, text, whole } from './protobuf.js';

/** TensorProto.DataType. */
const TYPES = { float: 1, uint8: 2, int64: 7, string: 8, bool: 9, double: 11 } as const;
export type ElementType = keyof typeof TYPES;

/** A name of a tensor in the graph. */
export type Value = string;

type Attribute = number | string | { float: number } | readonly number[] | readonly string[];

/** AttributeProto.AttributeType. */
const ATTRIBUTE = { float: 1, int: 2, string: 3, ints: 7, strings: 8 };

/** Runs on every onnxruntime since 1.10 (2021), and has all operators that are needed. */
const IR_VERSION = 8;
const OPSET = 15;
const ML_OPSET = 2;

export class Graph {
  readonly #nodes: { inputs: readonly Value[]; output: Value; part: Part }[] = [];
  readonly #initializers: { output: Value; part: Part }[] = [];
  readonly #inputs: Part[] = [];
  readonly #outputs: Part[] = [];
  readonly #outputNames: Value[] = [];
  readonly #names = new Set<string>();
  #count = 0;
  #usesMl = false;

  /** An input (rows, columns). */
  input(name: string, type: ElementType, columns: number, doc: string): Value {
    this.#names.add(name);
    this.#inputs.push(message(11, valueInfo(name, type, columns, doc)));
    return name;
  }

  /** Adds an operator of one output. */
  node(operator: string, inputs: readonly Value[], attributes: Record<string, Attribute> = {}): Value {
    return this.#add(operator, inputs, attributes, '', this.#fresh());
  }

  /** The same for operators of ai.onnx.ml. */
  mlNode(operator: string, inputs: readonly Value[], attributes: Record<string, Attribute>): Value {
    this.#usesMl = true;
    return this.#add(operator, inputs, attributes, 'ai.onnx.ml', this.#fresh());
  }

  /** Makes a value an output (rows, columns), or (rows) if columns is null. Returns its name, with _ if a column has that name. */
  output(value: Value, name: string, type: ElementType, columns: number | null, doc: string): string {
    let free = name;
    while (this.#names.has(free)) free += '_';
    this.#names.add(free);
    this.#add('Identity', [value], {}, '', free);
    this.#outputs.push(message(12, valueInfo(free, type, columns, doc)));
    this.#outputNames.push(free);
    return free;
  }

  floats(values: ArrayLike<number>, dims: readonly number[]): Value {
    return this.#initializer('float', dims, bytes(9, bytesOf(Float32Array.from(values))));
  }

  doubles(values: ArrayLike<number>, dims: readonly number[]): Value {
    return this.#initializer('double', dims, bytes(9, bytesOf(Float64Array.from(values))));
  }

  ints(values: readonly number[], dims: readonly number[]): Value {
    return this.#initializer('int64', dims, bytes(9, bytesOf(BigInt64Array.from(values.map(BigInt)))));
  }

  strings(values: readonly string[], dims: readonly number[]): Value {
    return this.#initializer('string', dims, join(values.map(value => text(6, value))));
  }

  /**
   * The model file, without nodes whose result nothing uses: onnxruntime 1.18 and earlier gives wrong results from the second run
   * of a session on if there are any.
   */
  finish({ producer, doc, metadata }: { producer: string; doc: string; metadata: Record<string, string> }) {
    const [name = '', version = ''] = producer.split(' ');
    const used = this.#usedValues();
    const partsOf = (list: readonly { output: Value; part: Part }[]) =>
      list.filter(({ output }) => used.has(output)).map(({ part }) => part);
    const graph = [
      ...partsOf(this.#nodes),
      text(2, 'model'),
      ...partsOf(this.#initializers),
      text(10, doc),
      ...this.#inputs,
      ...this.#outputs,
    ];
    return join([
      whole(1, IR_VERSION),
      text(2, name),
      text(3, version),
      text(6, doc),
      message(7, graph),
      message(8, [text(1, ''), whole(2, OPSET)]),
      ...(this.#usesMl ? [message(8, [text(1, 'ai.onnx.ml'), whole(2, ML_OPSET)])] : []),
      ...Object.entries(metadata).map(([key, value]) => message(14, [text(1, key), text(2, value)])),
    ]);
  }

  /** What the outputs need. A node comes after those that it needs. */
  #usedValues(): Set<Value> {
    const used = new Set(this.#outputNames);
    for (const { inputs, output } of this.#nodes.toReversed()) {
      if (used.has(output)) for (const input of inputs) used.add(input);
    }
    return used;
  }

  #fresh(): Value {
    let name: string;
    do name = `t${++this.#count}`;
    while (this.#names.has(name));
    return name;
  }

  #add(
    operator: string,
    inputs: readonly Value[],
    attributes: Record<string, Attribute>,
    domain: string,
    name: Value,
  ): Value {
    const part = message(1, [
      ...inputs.map(input => text(1, input)),
      text(2, name),
      text(3, `${operator} ${name}`),
      text(4, operator),
      ...Object.entries(attributes).map(([key, value]) => message(5, [text(1, key), ...attribute(value)])),
      ...(domain === '' ? [] : [text(7, domain)]),
    ]);
    this.#nodes.push({ inputs, output: name, part });
    return name;
  }

  #initializer(type: ElementType, dims: readonly number[], data: Part): Value {
    const name = this.#fresh();
    const tensor = [...dims.map(size => whole(1, size)), whole(2, TYPES[type]), text(8, name), data];
    this.#initializers.push({ output: name, part: message(5, tensor) });
    return name;
  }
}

/** Values side by side. */
export function concat(graph: Graph, parts: readonly Value[]): Value {
  return parts.length === 1 ? parts[0]! : graph.node('Concat', parts, { axis: 1 });
}

/** The number of a type, for the operator Cast. */
export function typeNumber(type: ElementType): number {
  return TYPES[type];
}

function attribute(value: Attribute): Part[] {
  if (typeof value === 'number') return [whole(3, value), whole(20, ATTRIBUTE.int)];
  if (typeof value === 'string') return [text(4, value), whole(20, ATTRIBUTE.string)];
  if ('float' in value) return [float(2, value.float), whole(20, ATTRIBUTE.float)];
  const areTexts = typeof value[0] === 'string';
  const items = value.map(item => (areTexts ? text(9, item as string) : whole(8, item as number)));
  return [...items, whole(20, areTexts ? ATTRIBUTE.strings : ATTRIBUTE.ints)];
}

/** ValueInfoProto of a tensor whose first dimension is the number of rows. */
function valueInfo(name: string, type: ElementType, columns: number | null, doc: string): Part[] {
  const rows = message(1, [text(2, 'rows')]);
  const shape = message(2, columns === null ? [rows] : [rows, message(1, [whole(1, columns)])]);
  return [text(1, name), message(2, [message(1, [whole(1, TYPES[type]), shape])]), text(3, doc)];
}

/** Its numbers, the lowest byte first, as on every machine that lockstep runs on. */
function bytesOf({ buffer }: Float32Array | Float64Array | BigInt64Array): Uint8Array {
  return new Uint8Array(buffer);
}
