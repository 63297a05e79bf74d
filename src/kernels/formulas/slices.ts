/** Kernels over slices of floats, element by element, as descriptions: what WebAssembly and machine code are made of. */
import { type Graph, type Result, traceGraph } from './graph.js';
import type { Operations } from './operations.js';

/** The name, among the slices, of a single float: the largest |change| so far; NaN if one is not a number. */
export const CHANGE = 'change';

/**
 * A kernel over slices of the same length. Its arguments, in this order: the place of each slice; if one is summed, bytes
 * from one slab of it to the next and the number of slabs; the length; the factors.
 */
export interface SliceKernel<Slice extends string = string, Factor extends string = string> {
  /** Those that are written first. */
  readonly slices: readonly Slice[];
  /** The slice that is read as the sum of slabs, which are added in their order. */
  readonly summed: Slice | null;
  /** Numbers that are the same for all elements. */
  readonly factors: readonly Factor[];
  /** What is written to slices, or counts as a change. */
  compute<V, M>(
    o: Operations<V, M>,
    values: Readonly<Record<Slice | Factor, V>>,
  ): Readonly<Partial<Record<Slice, V>>>;
}

/** A kernel as a function of its arguments. */
export type SliceCall = (...numbers: number[]) => void;

/** Keeps the names of slices and factors. */
export const sliceKernel = <const Slice extends string, const Factor extends string>(
  described: Omit<SliceKernel<Slice, Factor>, 'summed'> & { summed?: NoInfer<Slice> },
): SliceKernel<Slice, Factor> => ({ summed: null, ...described });

/** A kernel's graph. Its inputs are the slices, the factors, and a mask of the bits of a size in the lanes that count. */
export interface SliceGraph {
  graph: Graph;
  /** The slice of each result, by its index; that of CHANGE is the size of the change. */
  written: readonly number[];
}

export function sliceGraph(kernel: SliceKernel): SliceGraph {
  let graph = GRAPHS.get(kernel);
  if (!graph) {
    graph = traceSlices(kernel);
    GRAPHS.set(kernel, graph);
  }
  return graph;
}

/** Each is made once: code of several variants is made of it. */
const GRAPHS = new Map<SliceKernel, SliceGraph>();

function traceSlices({ slices, factors, compute }: SliceKernel): SliceGraph {
  const inputs = [...slices, ...factors];
  const written: number[] = [];
  const graph = traceGraph((o, values) => {
    const named = Object.fromEntries(inputs.map((name, i) => [name, values[i]!]));
    const results: Result[] = [];
    for (const [name, result] of Object.entries(compute(o, named))) {
      written.push(slices.indexOf(name));
      results.push(name === CHANGE ? o.and(result!, values.at(-1)!) : result!);
    }
    return results;
  }, inputs.length + 1);
  return { graph, written };
}
