/**
 * Kernels that are described in src/kernels/formulas as AssemblyScript: a loop over vectors of four floats, the formula in its
 * middle. Files that the kernels' own sources import, written when they are compiled.
 */
import { type LossInputs, type LossName, lossGraph } from '../../src/kernels/formulas/losses.js';
import { SLICE_KERNELS } from '../../src/kernels/formulas/rules.js';
import { CHANGE, type SliceKernel, sliceGraph } from '../../src/kernels/formulas/slices.js';
import { linesOf } from './assembly-text.js';

/** The source of ./rules: every kernel over slices. */
export function rulesSource(): string {
  return [
    "import { get, noteLargest, put, sizeMask, sumSlabs } from './slices';",
    ...Object.entries(SLICE_KERNELS).map(([name, kernel]) => sliceFunctions(name, kernel)),
  ].join('\n\n');
}

/** Of a short formula, the turns of a loop cost about as much: four vectors a turn. */
const FEW_STEPS = 8;

/** A function for a vector or a part of one, and the kernel, which calls it along the slices. */
function sliceFunctions(name: string, kernel: SliceKernel): string {
  const { slices, factors, summed } = kernel;
  const { graph, written } = sliceGraph(kernel);
  const [first] = slices;
  const slabs = summed === null ? [] : ['stride', 'slabs'];
  const splats = factors.map(factor => `${factor}4`);
  const inputOf = (index: number) => {
    const slice = slices[index];
    if (slice === undefined) return splats[index - slices.length] ?? 'sizeMask(count)';
    return slice === summed ? `sumSlabs(${slice}, stride, slabs, count)` : `get(${slice}, count)`;
  };
  const puts = written.map((slice, i) => {
    const result = `t${graph.results[i]}`;
    return slices[slice] === CHANGE
      ? `  most = i32x4.max_s(most, ${result});`
      : `  put(${slices[slice]}, ${result}, count);`;
  });
  const apply = (count: string) =>
    `most = ${name}4(${[...slices, ...slabs, count, ...splats, 'most'].join(', ')});`;
  const onward = slices.filter(slice => slice !== CHANGE).map(slice => `${slice} += 16;`);
  const turn = [apply('4'), ...onward].map(line => `    ${line}`);
  const loop = (end: string, vectors: number) => [
    `  for (const end = ${first} + (${end} << 2); ${first} < end; ) {`,
    ...Array.from({ length: vectors }, () => turn).flat(),
    '  }',
  ];
  return [
    '@inline',
    `function ${name}4(${parameters([...slices, ...slabs, 'count'], 'usize')}, ${parameters([...splats, 'most'], 'v128')}): v128 {`,
    ...linesOf(graph, inputOf),
    ...puts,
    '  return most;',
    '}',
    '',
    `export function ${name}(${parameters([...slices, ...slabs, 'length'], 'usize')}${parameters(factors, 'f32', ', ')}): void {`,
    ...factors.map((factor, i) => `  const ${splats[i]} = f32x4.splat(${factor});`),
    '  let most = f32x4.splat(0);',
    ...(graph.steps.length > FEW_STEPS ? [] : [...loop('(length & ~15)', 4), '  length &= 15;']),
    ...loop('(length & ~3)', 1),
    '  const left = length & 3;',
    `  if (left) ${apply('left')}`,
    ...(slices.includes(CHANGE) ? [`  noteLargest(${CHANGE}, most);`] : []),
    '}',
  ].join('\n');
}

/** @param before stands before each, where a comma goes between them otherwise */
const parameters = (names: readonly string[], type: string, before = '') =>
  names.map(name => `${before}${name}: ${type}`).join(before ? '' : ', ');

/** Losses by what they are given; `derives`: δ is multiplied by g′. */
const LOSSES: Readonly<
  Record<string, { loss: LossName; given: readonly (keyof LossInputs<unknown>)[]; derives?: true }>
> = {
  binary: { loss: 'binaryCrossEntropy', given: ['bias'] },
  weightedBinary: { loss: 'binaryCrossEntropy', given: ['bias', 'weight', 'count'] },
  labelledBinary: { loss: 'binaryCrossEntropy', given: ['bias', 'weight', 'count', 'labelWeight'] },
  binaryOfValues: { loss: 'binaryError', given: ['bias', 'weight'] },
  huber: { loss: 'huberError', given: ['weight', 'limit'], derives: true },
  quantile: { loss: 'quantileError', given: ['weight', 'limit'], derives: true },
  absolute: { loss: 'absoluteError', given: ['weight'], derives: true },
};

/** How an input of a loss is read for elements (i, j) to (i, j + count − 1). */
const READ: Readonly<Record<keyof LossInputs<unknown>, string>> = {
  delta: 'z',
  y: 'get(y, count)',
  bias: 'loadColumns(bias, columns, j, count)',
  weight: 'loadElements(weights, columns, i, j, count)',
  count: 'loadElements(counts, columns, i, j, count)',
  labelWeight: 'loadColumns(labelWeights, columns, j, count)',
  limit: 'f32x4.splat(limit)',
};

/** The source of ./elementwise-losses: each is a function of the same arguments. */
export function lossesSource(): string {
  return [
    "import { derivative } from './formulas';",
    "import { addLanes, loadColumns, loadElements } from './part';",
    "import { get, put } from './slices';",
    ...Object.entries(LOSSES).map(([name, { loss, given, derives }]) => {
      const graph = lossGraph(loss, given, null);
      const inputs: (keyof LossInputs<unknown>)[] = ['delta', 'y', ...given];
      const [delta, terms, metric] = graph.results.map(result => `t${result}`);
      return [
        `export function ${name}(${LOSS_PARAMETERS}): void {`,
        '  let loss: f64 = 0;',
        '  let metric: f64 = 0;',
        '  // One column: the rows lie side by side and share the bias, so they are walked as one row.',
        '  const width = columns == 1 ? rows : columns;',
        '  const lines: usize = columns == 1 ? 1 : rows;',
        '  for (let i: usize = 0; i < lines; i++) {',
        '    for (let j: usize = 0; j < width; j += 4) {',
        '      const count = min<usize>(4, width - j);',
        '      const z = get(delta, count);',
        ...linesOf(graph, index => READ[inputs[index]!]),
        `      loss = addLanes(loss, ${terms}, count);`,
        `      metric = addLanes(metric, ${metric}, count);`,
        `      put(delta, ${derives ? `f32x4.mul(${delta}, derivative(activation, z))` : delta}, count);`,
        '      delta += count << 2;',
        '      y += count << 2;',
        '    }',
        '  }',
        '  store<f64>(metrics, load<f64>(metrics) + loss);',
        '  store<f64>(metrics, load<f64>(metrics, 8) + metric, 8);',
        '}',
      ].join('\n');
    }),
  ].join('\n\n');
}

const LOSS_PARAMETERS = `${parameters(
  'delta bias y metrics rows columns weights counts labelWeights'.split(' '),
  'usize',
)}, limit: f32, activation: i32`;
