/** Softmax and its cross-entropy as calls of machine code. */
import type { Elements } from '../kernels.js';
import { rememberCode } from './remember.js';
import { crossEntropyCode, softmaxCode } from './softmax.js';
import { CROSS_ENTROPY_WORDS, FEW_CLASSES, type RowFlags, SOFTMAX_WORDS } from './softmax-layout.js';
import type { ThreadCode } from './thread-code.js';

/** Numbers of arguments. */
const SOFTMAX_COUNT = Object.keys(SOFTMAX_WORDS).length;
const WORDS = Object.keys(CROSS_ENTROPY_WORDS).length;

const float = new Float32Array(1);
const floatBits = new Uint32Array(float.buffer);
/** The bits of a number as float32. */
const bitsOf = (value: number) => {
  float[0] = value;
  return floatBits[0]!;
};

export function nativeSoftmax(code: ThreadCode): Pick<Elements, 'softmax' | 'softmaxCrossEntropy'> {
  const { lanes } = code.machine();
  const softmax = rememberCode(classes =>
    code.place({ kernel: 'softmax', shape: `${classes} classes`, way: '' }, machine =>
      softmaxCode(machine, classes),
    ),
  );
  const crossEntropy = rememberCode((classes, variant) => {
    const hasGroups = (variant & 8) !== 0;
    const hasRows = (variant & 16) !== 0;
    const part = (variant >> 5) * 4;
    const flags: RowFlags = {
      weighs: (variant & 1) !== 0,
      hasWeights: (variant & 2) !== 0,
      hasCounts: (variant & 4) !== 0,
    };
    const way = [
      ...(hasGroups ? [`${lanes} rows at once`] : []),
      ...(part > 0 ? [`${part} rows at once`] : []),
      ...(hasRows ? ['row by row'] : []),
      ...Object.entries(flags).flatMap(([flag, is]) => (is ? [flag] : [])),
    ].join(', ');
    return code.place({ kernel: 'softmaxCrossEntropy', shape: `${classes} classes`, way }, machine =>
      crossEntropyCode(machine, { classes, hasGroups, part, hasRows, flags }),
    );
  });
  return {
    softmax(z, bias, rows, columns) {
      code.call(softmax(columns, 0), SOFTMAX_COUNT, z, bias, rows, code.scratch);
    },

    softmaxCrossEntropy(delta, bias, y, metrics, rows, classes, weights, counts, smoothing) {
      const together = classes <= FEW_CLASSES ? rows - (rows % 4) : 0;
      const part = together % lanes;
      const groups = (together - part) / lanes;
      const weighs = weights !== 0 || counts !== 0 || smoothing !== 0;
      const alone = rows - together;
      const flags = (weighs ? 1 : 0) | (weights ? 2 : 0) | (counts ? 4 : 0);
      const parts = (groups > 0 ? 8 : 0) | (alone > 0 ? 16 : 0) | ((part / 4) << 5);
      const address = crossEntropy(classes, parts | flags);
      // As float32 computes them.
      const own = bitsOf(1 - Math.fround(smoothing));
      const each = bitsOf(Math.fround(smoothing) / classes);
      const { scratch } = code;
      code.call(address, WORDS, delta, bias, alone, scratch, y, metrics, groups, weights, counts, own, each);
    },
  };
}
