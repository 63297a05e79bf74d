/** Elements of the contract as calls of machine code; the code is found by numbers, without a text made at each call. */
import { ACTIVATIONS, numberOf } from '../activations.js';
import type { Elements, ElementType } from '../kernels.js';
import { activateCode, deriveCode, gatherCode, sumColumnsCode } from './elements.js';
import { rememberCode } from './remember.js';
import { rowsText } from './row-kernel.js';
import type { ThreadCode } from './thread-code.js';

/** Columns up to which they are summed by machine code. */
const MOST_SUMMED_COLUMNS = 8192;

type NativeElements = Pick<
  Elements,
  'activate' | 'multiplyByDerivative' | 'sumColumns' | 'gatherBytes' | 'gatherFloats' | 'gatherWords'
>;

const float = new Float32Array(1);
const floatBits = new Uint32Array(float.buffer);

export function nativeElements(code: ThreadCode, wasm: Elements): NativeElements {
  const shapes = new Map<number, { activate: CodeOf; derive: CodeOf }>();
  type CodeOf = (activation: number, keepsA: number) => number;
  const shapeOf = (columns: number, stride: number) => {
    const key = columns * 2 ** 26 + stride;
    let shape = shapes.get(key);
    if (!shape) {
      const rows = { columns, stride };
      const text = rowsText(rows);
      shape = {
        activate: rememberCode((activation, keepsA) => {
          const name = { kernel: ACTIVATIONS[activation]!, shape: text, way: keepsA === 1 ? 'keeps a' : '' };
          return code.place(name, machine => activateCode(machine, rows, activation, keepsA === 1));
        }),
        derive: rememberCode(activation => {
          const name = { kernel: `${ACTIVATIONS[activation]} derivative`, shape: text, way: '' };
          return code.place(name, machine => deriveCode(machine, rows, activation));
        }),
      };
      shapes.set(key, shape);
    }
    return shape;
  };
  const sumCode = rememberCode(columns =>
    code.place({ kernel: 'sum', shape: rowsText({ columns, stride: columns }), way: '' }, machine =>
      sumColumnsCode(machine, columns),
    ),
  );
  const gather = (type: ElementType) => {
    const codeOf = rememberCode((columns, scales) => {
      const way = scales === 1 ? 'scales' : '';
      return code.place(
        { kernel: 'gather', shape: `${rowsText({ columns, stride: columns })}, ${type}`, way },
        machine => gatherCode(machine, columns, type, scales === 1),
      );
    });
    return (x: number, data: number, order: number, rows: number, columns: number, scale: number) => {
      float[0] = scale;
      // Bytes are always scaled: beside turning them into numbers that costs nothing.
      const address = codeOf(columns, type === 'u8' || scale !== 1 ? 1 : 0);
      code.call(address, 6, x, data, order, rows, floatBits[0]!, code.scratch);
    };
  };
  const gatherFloats = gather('f32');
  return {
    activate(z, a, bias, rows, columns, stride, activation) {
      code.call(shapeOf(columns, stride).activate(activation, z === a ? 0 : 1), 4, z, a, bias, rows);
    },
    multiplyByDerivative(delta, from, rows, columns, stride, activation) {
      if (activation === IDENTITY) return;
      code.call(shapeOf(columns, stride).derive(activation, 0), 3, delta, from, rows);
    },
    sumColumns(sums, a, rows, columns, accumulate) {
      // The code grows with the number of columns.
      if (columns > MOST_SUMMED_COLUMNS) return wasm.sumColumns(sums, a, rows, columns, accumulate);
      code.call(sumCode(columns, 0), 4, sums, a, rows, accumulate ? 1 : 0);
    },
    gatherBytes: gather('u8'),
    gatherFloats,
    gatherWords: (y, data, order, rows, columns) => gatherFloats(y, data, order, rows, columns, 1),
  };
}

const IDENTITY = numberOf('identity');
