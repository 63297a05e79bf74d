import { expect, it } from 'vitest';
import { targetsOf } from '../../src/data/reconstruction.js';
import { readInputs } from '../../src/data/rows.js';
import { gradcheckCases } from '../../src/lab/gradcheck-cases.js';
import { ACTIVATIONS, countParameters, describeNetwork } from '../../src/model/network.js';
import { spelledOut } from '../datasets.js';

const cases = gradcheckCases(1);

it('covers every hidden activation with every loss, at depths from 1 to 3, and every output', () => {
  const named = cases.map(
    ({ network: { layers, hidden, output, loss, waves }, data, perturbation, emphasis, scale }) => {
      const isLabels = data.task === 'multilabel' && 'labels';
      const more = [
        isLabels,
        data.encoding.targetIsInput && 'of x',
        perturbation && 'dropout',
        emphasis?.name,
        scale && 'scale',
        waves && 'waves',
      ];
      return [layers.length - 2, hidden[0], output, loss, ...more.filter(Boolean)].join(' ');
    },
  );
  const usual = ['identity sse', 'sigmoid binary-cross-entropy', 'softmax cross-entropy'];
  for (const ending of usual) {
    expect(named).toContain(`1 tanh ${ending} scale`);
    for (const depth of [2, 3, 4]) expect(named).toContain(`${depth} cosine ${ending} waves`);
    expect(named).toContain(`4 cosine ${ending} dropout waves`);
    expect(named).toContain(`0  ${ending}`);
    for (const activation of ACTIVATIONS) expect(named).toContain(`2 ${activation} ${ending}`);
  }
  for (const activation of ACTIVATIONS) {
    expect(named).toContain(`1 ${activation} softmax cross-entropy`);
    expect(named).toContain(`3 ${activation} softmax cross-entropy`);
    expect(named).toContain(`2 ${activation} softmax cross-entropy dropout`);
  }
  for (const output of ACTIVATIONS) {
    expect(named).toContain(`0  ${output} sse`);
    if (output !== 'identity') expect(named).toContain(`1 tanh ${output} sse`);
  }
  for (const autoencoder of ['of x', 'of x dropout']) {
    expect(named).toContain(`2 tanh identity sse ${autoencoder}`);
    expect(named).toContain(`2 tanh sigmoid binary-cross-entropy ${autoencoder}`);
  }
  const emphases = ['row weights', 'class weights', 'smoothing', 'weights, smoothing'];
  for (const ending of usual.slice(1)) {
    for (const name of emphases) {
      expect(named).toContain(`1 tanh ${ending} ${name}`);
    }
  }
  expect(named).toContain('2 tanh sigmoid binary-cross-entropy of x row weights');
  expect(named).toContain('1 tanh identity sse row weights');
  for (const output of ['identity', 'tanh', 'gelu']) {
    for (const loss of ['huber', 'absolute', 'quantile']) {
      expect(named).toContain(`1 tanh ${output} ${loss}`);
      if (output === 'identity') expect(named).toContain(`1 tanh ${output} ${loss} row weights`);
    }
  }
  const ofLabels = 'sigmoid binary-cross-entropy labels';
  for (const hidden of ['0 ', '2 tanh']) expect(named).toContain(`${hidden} ${ofLabels}`);
  for (const name of emphases) expect(named).toContain(`1 tanh ${ofLabels} ${name}`);
  expect(new Set(named).size).toBe(named.length);
});

it('creates networks with matching data', () => {
  for (const { network, weights, data } of cases) {
    describeNetwork(network);
    expect(weights).toHaveLength(countParameters(network));
    expect([data.features, data.outputs]).toEqual([network.layers[0], network.layers.at(-1)]);
    expect(readInputs(data)).toHaveLength(data.rows * data.features);
    const isWide = data.task === 'regression' || data.task === 'multilabel';
    expect(targetsOf(data)).toHaveLength(isWide ? data.rows * data.outputs : data.rows);
    expect(weights.every(weight => weight !== 0 && Number.isFinite(weight))).toBe(true);
  }
});

it('creates labels within the number of classes', () => {
  for (const { data } of cases.filter(({ data: { task } }) => task !== 'regression')) {
    const labels = new Set(data.y);
    expect(labels.size).toBeGreaterThan(1);
    const classes = data.task === 'multiclass' ? data.outputs : 2;
    for (const label of labels) expect([0, 1, 2, 3].slice(0, classes)).toContain(label);
  }
});

it('gives the same cases for the same seed, and other numbers for another', () => {
  const plain = ({ data, ...rest }: (typeof cases)[number]) => ({ ...rest, data: spelledOut(data) });
  expect(plain(gradcheckCases(1)[5]!)).toEqual(plain(cases[5]!));
  expect(readInputs(gradcheckCases(2)[5]!.data)).not.toEqual(readInputs(cases[5]!.data));
});
