/** Checkpoint files: round trips, use as model files, and errors about damaged ones. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadCheckpoint, saveCheckpoint } from '../../src/store/checkpoint-file.js';
import { loadModel, loadWeights } from '../../src/store/model-file.js';
import { RULES } from '../../src/store/rules.js';
import { decodeTensors, encodeTensors } from '../../src/store/safetensors.js';
import { makeFolder } from './folder.js';
import { bestEpoch, checkpointAfter, slab } from './states.js';

const folder = makeFolder();
const path = join(folder, 'checkpoint.safetensors');
const checkpoint = checkpointAfter(23, {
  best: bestEpoch(2, 0.25, slab(-3)),
  watch: {
    figure: 'r2',
    epoch: 2,
    mark: 0.125,
    waited: 1,
    plateau: { best: 0.5, bad: 1, cooldown: 0, factor: 0.1 },
  },
});
await saveCheckpoint(path, checkpoint);

describe('a checkpoint', () => {
  it('is read as it was written', async () => {
    expect(await loadCheckpoint(path)).toEqual(checkpoint);
  });

  it('is read as it was written if there is no optimizer state', async () => {
    const plain = checkpointAfter(20, { slabs: {} });
    await saveCheckpoint(join(folder, 'plain.safetensors'), plain);
    expect(await loadCheckpoint(join(folder, 'plain.safetensors'))).toEqual(plain);
  });

  it('keeps the sums of the epoch’s noise scale', async () => {
    const told = checkpointAfter(23, { stepNoise: Float64Array.of(4, 3, 2, 1, 0.5, 0.25) });
    await saveCheckpoint(join(folder, 'told.safetensors'), told);
    expect(await loadCheckpoint(join(folder, 'told.safetensors'))).toEqual(told);
  });

  it('restores counters and judgements, with non-finite figures as null', async () => {
    const file = join(folder, 'any.safetensors');
    const figure = fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => value + 0);
    const orNull = fc.option(figure, { nil: null });
    const judgement = fc.record({
      loss: fc.oneof(figure, fc.constant(Number.NaN)),
      accuracy: orNull,
      rmse: orNull,
      metrics: fc.dictionary(fc.constantFrom('f1', 'top-5', 'auc'), orNull, { noNullPrototype: true }),
    });
    const best = fc.record({
      epoch: fc.integer({ min: 1, max: 1e9 }),
      value: figure,
      training: judgement,
      validation: fc.option(judgement, { nil: null }),
      weights: fc.constant(slab(5)),
    });
    const plateau = fc.record({
      best: orNull,
      bad: fc.nat(),
      cooldown: fc.nat(),
      factor: fc.double({ min: 0, max: 1, noNaN: true }).map(value => value + 0),
    });
    const watch = fc.record({
      figure: fc.string(),
      epoch: fc.nat(),
      mark: orNull,
      waited: fc.nat(),
      plateau: fc.option(plateau, { nil: null }),
    });
    const learningRate = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map(value => value + 0);
    await fc.assert(
      fc.asyncProperty(
        fc.record({ best: fc.option(best, { nil: null }), watch, learningRate }),
        async changes => {
          const any = checkpointAfter(23, changes);
          await saveCheckpoint(file, any);
          expect(await loadCheckpoint(file)).toEqual(any);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('can be used as a model file and as initial weights', async () => {
    const { network, encoding, state } = checkpoint;
    expect(await loadModel(path)).toMatchObject({ network, encoding, weights: state.weights });
    expect(await loadWeights(path, network)).toEqual(state.weights);
  });

  it('names its tensors as the model file does', () => {
    const { tensors } = decodeTensors(readFileSync(path), path);
    const layers = ['layers.0.weight', 'layers.0.bias', 'layers.1.weight', 'layers.1.bias'];
    expect([...tensors.keys()]).toEqual([
      ...layers,
      ...layers.map(name => `optimizer.momentum.${name}`),
      ...layers.map(name => `optimizer.variance.${name}`),
      ...layers.map(name => `best.${name}`),
      'epoch.losses',
      'epoch.right',
    ]);
  });

  it('is never written with weights that are not finite', async () => {
    const weights = slab(0);
    weights[5] = Number.NaN;
    const bad = checkpointAfter(23, { weights });
    await expect(saveCheckpoint(path, bad)).rejects.toThrow('expected finite numbers, got NaN');
    expect(await loadCheckpoint(path)).toEqual(checkpoint);
  });
});

describe('a file that is not a checkpoint', () => {
  type Metadata = { rules: unknown; position: Record<string, object>; run: unknown; data: unknown };

  /** The file with changed metadata or tensors. */
  function writeVariant(change: (record: Metadata) => void, without: string | null = null): string {
    const { tensors, metadata } = decodeTensors(readFileSync(path), path);
    const record = JSON.parse(metadata.checkpoint!) as Metadata;
    change(record);
    const kept = new Map([...tensors].filter(([name]) => name !== without));
    const parts = encodeTensors({
      tensors: kept,
      metadata: { ...metadata, checkpoint: JSON.stringify(record) },
    });
    const variant = join(folder, 'variant.safetensors');
    writeFileSync(variant, Buffer.concat(parts));
    return variant;
  }

  it.each<[string, (record: Metadata) => void, string]>([
    [
      'no position',
      r => Object.assign(r, { position: 7 }),
      'epoch: expected a whole number from 1, got none',
    ],
    ['half an epoch', r => Object.assign(r.position, { epoch: 1.5 }), 'epoch: expected a whole number'],
    ['steps below 0', r => Object.assign(r.position, { steps: -1 }), 'steps: expected a whole number'],
    ['no time', r => Object.assign(r.position, { milliseconds: null }), 'milliseconds: expected a number'],
    [
      'a best of none',
      r => Object.assign(r.position, { best: {} }),
      'best: expected an epoch and its figure',
    ],
    [
      'a best of no figures',
      r => Object.assign(r.position, { best: { epoch: 1, value: 1, training: 3, validation: null } }),
      'best, training: expected figures, got 3',
    ],
    ['no watch', r => Object.assign(r.position, { watch: undefined }), 'watch: expected what was counted'],
    [
      'half a watch',
      r => Object.assign(r.position.watch!, { waited: -1 }),
      'watch: expected a figure, an epoch',
    ],
    [
      'a factor above 1',
      r => Object.assign((r.position.watch as Record<string, object>).plateau!, { factor: 2 }),
      'watch, plateau: expected the state of a schedule',
    ],
    ['no rate', r => Object.assign(r.position, { learningRate: 'a' }), 'learningRate: expected a number'],
    [
      'too few losses',
      r => Object.assign(r.position, { step: 9 }),
      '"epoch.losses": expected F64 of shape [9]',
    ],
    ['no rules', r => Object.assign(r, { rules: undefined }), 'got those of another (rules: 1).'],
    [
      'rules to come',
      r => Object.assign(r, { rules: RULES + 1 }),
      `got those of another (rules: ${RULES + 1}).`,
    ],
    ['no configuration', r => Object.assign(r, { run: [] }), 'run: expected a configuration, got [].'],
    ['no fingerprint', r => Object.assign(r, { data: { training: 1 } }), 'data: expected the fingerprint'],
  ])('is refused with place and reason: %s', async (_, change, message) => {
    const variant = writeVariant(change);
    await expect(loadCheckpoint(variant)).rejects.toMatchObject({ code: 'failed' });
    await expect(loadCheckpoint(variant)).rejects.toThrow(message);
  });

  it.each(['epoch.right', 'best.layers.1.bias', 'optimizer.momentum.layers.1.weight'])(
    'is refused without tensor %s',
    async name => {
      await expect(loadCheckpoint(writeVariant(() => {}, name))).rejects.toThrow(`tensor "${name}"`);
    },
  );

  it('is refused if it is a model file', async () => {
    const { tensors, metadata } = decodeTensors(readFileSync(path), path);
    const { checkpoint: _, ...others } = metadata;
    const model = join(folder, 'model.safetensors');
    writeFileSync(model, Buffer.concat(encodeTensors({ tensors, metadata: others })));
    await expect(loadCheckpoint(model)).rejects.toThrow('expected the position of a training, got none');
  });

  it('is refused if it is truncated anywhere', async () => {
    const bytes = readFileSync(path);
    const cut = join(folder, 'cut.safetensors');
    for (let length = 0; length < bytes.length; length += 97) {
      writeFileSync(cut, bytes.subarray(0, length));
      await expect(loadCheckpoint(cut)).rejects.toMatchObject({ code: 'failed' });
    }
  });
});
