/**
 * Reverse-mode differentiation of any computational graph, in float64.
 *
 * A node is the result of an operation on other nodes. It holds its forward value and, for each input, the
 * local derivative ∂(this node)/∂(that input). `differentiate` walks the graph from an output back to the
 * leaves and applies the chain rule: ∂u/∂input = Σ over the nodes that use it of ∂u/∂node · ∂node/∂input.
 * Slow and obvious on purpose: one object per number. An oracle for the tests and for gradcheck.
 */

/** An input of a node, and the node's derivative with respect to it. */
interface Edge {
  readonly node: Node;
  readonly derivative: number;
}

/** One number of a computation. Nodes are immutable, so a graph has no cycles. */
export class Node {
  readonly value: number;
  readonly inputs: readonly Edge[];

  constructor(value: number, inputs: readonly Edge[] = []) {
    this.value = value;
    this.inputs = inputs;
  }
}

/** A leaf: a variable to differentiate by, or a constant. */
export function leaf(value: number): Node {
  return new Node(value);
}

/** u + v */
export function add(u: Node, v: Node): Node {
  return sum([u, v]);
}

/** Σ of the terms, 0 if there are none. A single node, so that long sums don't make deep graphs. */
export function sum(terms: readonly Node[]): Node {
  const value = terms.reduce((total, term) => total + term.value, 0);
  return new Node(
    value,
    terms.map(node => ({ node, derivative: 1 })),
  );
}

/** u − v */
export function subtract(u: Node, v: Node): Node {
  return new Node(u.value - v.value, [
    { node: u, derivative: 1 },
    { node: v, derivative: -1 },
  ]);
}

/** u v */
export function multiply(u: Node, v: Node): Node {
  return new Node(u.value * v.value, [
    { node: u, derivative: v.value },
    { node: v, derivative: u.value },
  ]);
}

/** u / v */
export function divide(u: Node, v: Node): Node {
  return new Node(u.value / v.value, [
    { node: u, derivative: 1 / v.value },
    { node: v, derivative: -u.value / v.value ** 2 },
  ]);
}

/** uᵖ with a constant exponent */
export function power(u: Node, p: number): Node {
  return unary(u, u.value ** p, p * u.value ** (p - 1));
}

/** eᵘ */
export function exp(u: Node): Node {
  const value = Math.exp(u.value);
  return unary(u, value, value);
}

/** ln u */
export function log(u: Node): Node {
  return unary(u, Math.log(u.value), 1 / u.value);
}

/** sin u */
export function sin(u: Node): Node {
  return unary(u, Math.sin(u.value), Math.cos(u.value));
}

/** cos u */
export function cos(u: Node): Node {
  return unary(u, Math.cos(u.value), -Math.sin(u.value));
}

/** tanh u */
export function tanh(u: Node): Node {
  const value = Math.tanh(u.value);
  return unary(u, value, 1 - value ** 2);
}

/** σ(u) = 1 / (1 + e⁻ᵘ) */
export function sigmoid(u: Node): Node {
  const value = 1 / (1 + Math.exp(-u.value));
  return unary(u, value, value * (1 - value));
}

/** max(0, u); the derivative at 0 is defined as 0. */
export function relu(u: Node): Node {
  return unary(u, Math.max(0, u.value), u.value > 0 ? 1 : 0);
}

/**
 * ln Σ eᵘ over the terms, shifted by the largest to avoid overflow. Its local derivatives are the softmax of
 * the terms.
 */
export function logSumExp(terms: readonly Node[]): Node {
  const largest = terms.reduce((max, term) => Math.max(max, term.value), -Infinity);
  const total = terms.reduce((t, term) => t + Math.exp(term.value - largest), 0);
  return new Node(
    largest + Math.log(total),
    terms.map(node => ({ node, derivative: Math.exp(node.value - largest) / total })),
  );
}

function unary(u: Node, value: number, derivative: number): Node {
  return new Node(value, [{ node: u, derivative }]);
}

/**
 * Backward pass: ∂output/∂node for every node that the output depends on. For nodes not in the map the
 * derivative is 0.
 */
export function differentiate(output: Node): Map<Node, number> {
  const gradients = new Map<Node, number>([[output, 1]]);
  for (const node of sortBackward(output)) {
    const gradient = gradients.get(node)!;
    for (const { node: input, derivative } of node.inputs) {
      gradients.set(input, (gradients.get(input) ?? 0) + gradient * derivative);
    }
  }
  return gradients;
}

/** All nodes below the output, each after every node that uses it (depth first, without recursion). */
function sortBackward(output: Node): Node[] {
  const inputsFirst: Node[] = [];
  const seen = new Set<Node>([output]);
  const path = [{ node: output, next: 0 }];
  while (path.length > 0) {
    const top = path.at(-1)!;
    const edge = top.node.inputs[top.next++];
    if (edge === undefined) {
      inputsFirst.push(top.node);
      path.pop();
    } else if (!seen.has(edge.node)) {
      seen.add(edge.node);
      path.push({ node: edge.node, next: 0 });
    }
  }
  return inputsFirst.reverse();
}
