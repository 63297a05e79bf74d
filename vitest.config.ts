import { defineConfig } from 'vitest/config';

// Tests are compiled with the sources and run from dist/, so what is tested is what is shipped.
export default defineConfig({
  test: {
    include: ['dist/test/**/*.test.js'],
    exclude: [],
    // A training whose thread hangs finds that out after a minute, and goes on: a test has the time for it.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A file on each core: most of their time trainings are starting threads and processes, on one core.
    maxWorkers: '100%',
  },
});
