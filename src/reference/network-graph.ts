/**
 * A whole network's E as one computational graph, differentiated by graph.ts: an oracle that shares no
 * derivative and no backward pass with mlp.ts. A node for every multiplication, so for few rows and small
 * networks. Shapes of weights and examples: layout.ts.
 */
import type { Network } from '../model/network.js';
import { buildActivation } from './activations.js';
import * as graph from './graph.js';
import {
  countRows,
  type Gradient,
  inputsOf,
  isBias,
  type LossOptions,
  type Numbers,
  type Place,
  placesOf,
  targetsOf,
  termsOf,
  weigh,
} from './layout.js';

/** E and gradE = ∂E/∂w by the chain rule over the graph of E. @throws usage where the shapes don't fit */
export function gradientByGraph(
  network: Network,
  weights: Numbers,
  x: Numbers,
  y: Numbers,
  options: LossOptions,
): Gradient {
  const w = Array.from(weights, graph.leaf);
  const rows = countRows(network, weights, x);
  const features = network.layers[0]!;
  const { reduction, rowWeights: v, labelWeights, smoothing } = options;
  const errors = targetsOf(network, y, rows, smoothing).map((target, n) => {
    const input = Array.from({ length: features }, (_, i) => graph.leaf(x[n * features + i]!));
    const factor = (l: number, j: number) => options.factor?.(n, l, j) ?? 1;
    const a = buildNetInputs(network, w, input, factor);
    const error = buildError(network, Array.from(target, graph.leaf), a, labelWeights);
    return v ? graph.multiply(graph.leaf(v[n]!), error) : error;
  });
  const total = graph.sum(errors);
  const data = reduction === 'mean' ? graph.divide(total, graph.leaf(weigh(v, rows))) : total;
  const E = graph.add(data, buildPenalty(network, w, options.l2));
  const gradients = graph.differentiate(E);
  return { loss: E.value, gradE: Float64Array.from(w, leaf => gradients.get(leaf) ?? 0) };
}

/** The net inputs a of the output layer for one example x, the units of hidden layers multiplied by their factors. */
function buildNetInputs(
  network: Network,
  w: graph.Node[],
  x: graph.Node[],
  factor: (l: number, j: number) => number,
): graph.Node[] {
  const places = placesOf(network);
  let z = x;
  for (const [i, place] of places.slice(0, -1).entries()) {
    z = buildLayer(place, w, inputsOf(place, x, z)).map((a, j) =>
      graph.multiply(graph.leaf(factor(i + 1, j)), buildActivation(place.activation, a)),
    );
  }
  return buildLayer(places.at(-1)!, w, inputsOf(places.at(-1)!, x, z));
}

/** a(j) = w(0, j) + Σ w(i, j) z(i). */
function buildLayer(place: Place, w: graph.Node[], z: graph.Node[]): graph.Node[] {
  return Array.from({ length: place.outputs }, (_, j) => {
    const terms = termsOf(place, j).map(({ input, weight }) => graph.multiply(w[weight]!, z[input]!));
    return graph.sum([w[place.begin + j]!, ...terms]);
  });
}

/** E of one example, from the output layer's net inputs. y, a: (outputs). */
function buildError(network: Network, y: graph.Node[], a: graph.Node[], labelWeights?: Numbers): graph.Node {
  switch (network.loss) {
    case 'sse': {
      const squares = a.map((net, k) =>
        graph.power(graph.subtract(y[k]!, buildActivation(network.output, net)), 2),
      );
      return graph.multiply(graph.leaf(0.5), graph.sum(squares));
    }
    case 'huber':
    case 'quantile':
    case 'absolute':
      return graph.sum(
        a.map((net, k) => {
          const r = graph.subtract(y[k]!, buildActivation(network.output, net));
          if (network.loss === 'huber') return buildHuber(r, network.huberDelta!);
          return network.loss === 'quantile' ? buildPinball(r, network.quantile!) : buildSize(r);
        }),
      );
    case 'binary-cross-entropy':
      return graph.sum(a.map((net, k) => buildBinary(y[k]!, net, graph.leaf(labelWeights?.[k] ?? 1))));
    case 'cross-entropy': {
      const logTotal = graph.logSumExp(a);
      return graph.sum(a.map((net, k) => graph.multiply(y[k]!, graph.subtract(logTotal, net))));
    }
  }
}

/** −p y ln σ(a) − (1−y) ln(1−σ(a)) = p (y ln(e⁰ + eᵃ) − y a) + (1−y) ln(e⁰ + eᵃ). */
function buildBinary(y: graph.Node, a: graph.Node, p: graph.Node): graph.Node {
  const { leaf, add, multiply, subtract } = graph;
  const logTotal = graph.logSumExp([leaf(0), a]);
  const ofTrue = multiply(p, multiply(y, subtract(logTotal, a)));
  return add(ofTrue, multiply(subtract(leaf(1), y), logTotal));
}

/** ½ r², beyond ±D: D (|r| − ½ D). */
function buildHuber(r: graph.Node, delta: number): graph.Node {
  const { leaf, multiply, subtract } = graph;
  if (Math.abs(r.value) <= delta) return multiply(leaf(0.5), graph.power(r, 2));
  return multiply(leaf(delta), subtract(buildSize(r), leaf(delta / 2)));
}

/** τ r above 0, (τ − 1) r below; a constant at 0. */
function buildPinball(r: graph.Node, tau: number): graph.Node {
  const factor = r.value > 0 ? tau : r.value < 0 ? tau - 1 : 0;
  return graph.multiply(graph.leaf(factor), r);
}

/** |r|; a constant at 0. */
function buildSize(r: graph.Node): graph.Node {
  return graph.multiply(graph.leaf(Math.sign(r.value)), r);
}

/** ½ λ Σ w², biases excepted. */
function buildPenalty(network: Network, w: graph.Node[], l2: number): graph.Node {
  const squares = placesOf(network).flatMap(place =>
    w.slice(place.begin, place.end).flatMap((weight, i) => {
      return isBias(place, place.begin + i) ? [] : [graph.power(weight, 2)];
    }),
  );
  return graph.multiply(graph.leaf(l2 / 2), graph.sum(squares));
}
