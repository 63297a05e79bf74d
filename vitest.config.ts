import { defineConfig } from 'vitest/config';

// Tests are compiled with the sources and run from dist/, so what is tested is what is shipped.
export default defineConfig({
  test: {
    include: ['dist/test/**/*.test.js'],
    exclude: [],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A file on each core: most of their time trainings are starting threads and processes, on one core.
    maxWorkers: '100%',
  },
});
