/**
 * The kernels that --backend native generates for a step of a network: code of the same generators, from the same list of
 * operations that a worker runs, but without a place in executable memory.
 */
import { isDerivedFromA, numberOf } from '../kernels/activations.js';
import type { ProductShape } from '../kernels/kernels.js';
import { activateCode, deriveCode, gatherCode, sumColumnsCode } from '../kernels/native/elements.js';
import type { InstructionSet } from '../kernels/native/instruction-set.js';
import type { Machine } from '../kernels/native/machine.js';
import { machineOf } from '../kernels/native/machines.js';
import { generateProduct } from '../kernels/native/product.js';
import { decideProduct } from '../kernels/native/product-plan.js';
import { type StepChoice, stepOf } from '../model/lone-step.js';
import type { Activation, Network } from '../model/network.js';
import type { Operation } from '../model/operations.js';

/** One kernel as it would be generated. */
export interface NativeKernel {
  /** Of its first use: `layer-1-product`. */
  name: string;
  /** Of a product: m × n by k, and which operand is transposed. Of others: columns and the stride of rows. */
  shape: string;
  /** Of a product: rows of a tile of C by its columns, and the rows of the last tile; else null. */
  tile: string | null;
  code: Uint8Array;
  milliseconds: number;
}

/** What a kernel's code depends on. */
interface Wanted {
  name: string;
  shape: string;
  tile: string | null;
  generate(machine: Machine): Uint8Array;
}

/**
 * The products, gathers, activations, derivatives and sums of a step of one worker and one shard, each once. Not those of
 * losses, update rules and copies, which do not depend on the network's layers.
 */
export function nativeKernelsOf(
  network: Network,
  choice: Omit<StepChoice, 'backend'>,
  instructionSet: InstructionSet,
): NativeKernel[] {
  const { passes, microBatch } = stepOf(network, { ...choice, backend: 'native' });
  const { batchRows } = choice;
  const wanted = [...passes.gradient, ...passes.update].flatMap(({ over, operations }) => {
    const most = over === 'micro-batches' ? Math.min(microBatch, batchRows) : batchRows;
    const rest = batchRows % most;
    return operations.flatMap(operation =>
      (rest === 0 ? [most] : [most, rest]).flatMap(rows => kernelsOf(operation, rows, instructionSet)),
    );
  });
  const kernels = new Map<string, NativeKernel>();
  const names = new Map<string, number>();
  for (const { name, shape, tile, generate } of wanted) {
    const key = `${name.replace(/^\w+-\d+-/, '')} ${shape} ${tile}`;
    if (kernels.has(key)) continue;
    const count = (names.get(name) ?? 0) + 1;
    names.set(name, count);
    const started = performance.now();
    const code = generate(machineOf(instructionSet));
    const milliseconds = performance.now() - started;
    kernels.set(key, { name: count === 1 ? name : `${name}-${count}`, shape, tile, code, milliseconds });
  }
  return [...kernels.values()];
}

/** The kernels of an operation over so many rows; none if WebAssembly has it. As workers/bind-rows.ts calls them. */
function kernelsOf(operation: Operation, rows: number, instructionSet: InstructionSet): Wanted[] {
  const multiply = (name: string, shape: ProductShape) => productOf(name, shape, rows, instructionSet);
  switch (operation.kind) {
    case 'gather': {
      const { features: columns, window } = operation;
      const { type, scale } = window;
      const isScaled = type === 'u8' || scale !== 1;
      const shape = `${columns} columns, ${type}`;
      return [{ name: 'gather', shape, tile: null, generate: m => gatherCode(m, columns, type, isScaled) }];
    }
    case 'layer': {
      const { begin, end, inputs, outputs, activation, z, a, layer } = operation;
      const [n, name] = [end - begin, `layer-${layer}`];
      const product = multiply(`${name}-product`, {
        ...{ m: null, n, k: inputs, lda: inputs, ldb: outputs, ldc: outputs },
        ...{ transposeA: false, transposeB: false },
      });
      return activation === null ? [product] : [product, activateOf(name, n, outputs, activation, z !== a)];
    }
    case 'loss': {
      const { loss, outputs, z, a } = operation;
      if (loss === 'cross-entropy' || loss === 'binary-cross-entropy') return [];
      const activation = operation.activation as Activation;
      const activate = activateOf('loss-0', outputs, outputs, activation, z !== a);
      return isDerivedFromA(activation)
        ? [activate, deriveOf('loss-0', outputs, outputs, activation)]
        : [activate];
    }
    case 'gradient': {
      const { begin, end, inputs, outputs, bias, layer } = operation;
      const product = multiply(`gradient-${layer}-product`, {
        ...{ m: end - begin, n: outputs, k: null, lda: inputs, ldb: outputs, ldc: outputs },
        ...{ transposeA: true, transposeB: false },
      });
      const [name, shape] = [`gradient-${layer}-sum`, `${outputs} columns`];
      const sum: Wanted = { name, shape, tile: null, generate: m => sumColumnsCode(m, outputs) };
      return bias === null ? [product] : [product, sum];
    }
    case 'delta': {
      const { begin, end, width, above, activation, layer } = operation;
      const n = end - begin;
      const product = multiply(`delta-${layer}-product`, {
        ...{ m: null, n, k: above, lda: above, ldb: above, ldc: width },
        ...{ transposeA: false, transposeB: true },
      });
      return activation === 'identity'
        ? [product]
        : [product, deriveOf(`delta-${layer}`, n, width, activation)];
    }
    default:
      return [];
  }
}

function productOf(name: string, shape: ProductShape, rows: number, instructionSet: InstructionSet): Wanted {
  const { m, n, k, transposeA, transposeB } = shape;
  const machine = machineOf(instructionSet);
  const { plan } = decideProduct(machine, shape, m ?? rows);
  const { tile, smaller } = plan;
  const columns = Math.min(n, n <= machine.lanes ? machine.lanes : 2 * machine.lanes);
  const transposed = transposeA ? ', A transposed' : transposeB ? ', B transposed' : '';
  return {
    name,
    shape: `${m ?? rows} × ${n} by ${k ?? rows}${transposed}`,
    tile: `${tile} × ${columns}${smaller > 0 ? `, then ${smaller}` : ''}`,
    generate: fresh => generateProduct(fresh, shape, plan),
  };
}

const rowsText = (columns: number, stride: number) =>
  `${columns} columns${stride === columns ? '' : ` of ${stride}`}`;

function activateOf(
  of: string,
  columns: number,
  stride: number,
  activation: Activation,
  keepsA: boolean,
): Wanted {
  return {
    name: `${of}-${activation}`,
    shape: `${rowsText(columns, stride)}${keepsA ? ', keeps a' : ''}`,
    tile: null,
    generate: machine => activateCode(machine, { columns, stride }, numberOf(activation), keepsA),
  };
}

function deriveOf(of: string, columns: number, stride: number, activation: Activation): Wanted {
  return {
    name: `${of}-derivative-of-${activation}`,
    shape: rowsText(columns, stride),
    tile: null,
    generate: machine => deriveCode(machine, { columns, stride }, numberOf(activation)),
  };
}
