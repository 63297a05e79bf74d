/** The products of the contract as calls of machine code. */
import type { Product, ProductShape } from '../kernels.js';
import { generateProduct } from './product.js';
import { SHARD_WORDS, WORD_COUNT } from './product-layout.js';
import { decideProduct } from './product-plan.js';
import type { ThreadCode } from './thread-code.js';

export function nativeProduct(code: ThreadCode): Product {
  return {
    prepareByShards(shape) {
      const { tiles, address } = planProduct(
        code,
        { ...shape, k: null, transposeA: true, transposeB: false },
        shape.m,
        true,
      );
      return (c, a, b, batch, shards, shard, leaves) => {
        const rowOf = (s: number) => Math.floor((batch * s) / shards);
        const first = rowOf(shard);
        let begin = first;
        for (let i = 0; i < leaves; i++) {
          const end = rowOf(shard + i + 1);
          // As many sums have got their other half as i has ones at its end.
          code.setShard(i, end - begin, 31 - Math.clz32(~i & (i + 1)));
          begin = end;
        }
        const words = WORD_COUNT + leaves * SHARD_WORDS;
        code.call(address, words, c, a, b, begin - first, 0, code.scratch, tiles, 0, 0, leaves);
      };
    },

    prepare(shape) {
      const { m, n, k, ldc } = shape;
      const plans: ({ tiles: number; address: number } | undefined)[] = [];
      return (c, a, b, size, accumulate) => {
        const rows = m ?? size;
        if (rows === 0 || n === 0) return;
        if ((k ?? size) === 0) {
          if (!accumulate) for (let i = 0; i < rows; i++) code.clear(c + i * ldc * 4, n);
          return;
        }
        let plan = plans[rows];
        if (!plan) {
          plan = planProduct(code, shape, rows);
          plans[rows] = plan;
        }
        const { tiles, address } = plan;
        code.call(address, WORD_COUNT, c, a, b, size, accumulate ? 1 : 0, code.scratch, tiles);
      };
    },
  };
}

/** The code for so many rows of C. */
function planProduct(
  code: ThreadCode,
  shape: ProductShape,
  rows: number,
  byShards = false,
): { tiles: number; address: number } {
  const { tiles, plan } = decideProduct(code.machine(), shape, rows, byShards);
  const key = ['product', ...Object.values(shape), ...Object.values(plan)].join();
  return { tiles, address: code.place(key, fresh => generateProduct(fresh, shape, plan)) };
}
