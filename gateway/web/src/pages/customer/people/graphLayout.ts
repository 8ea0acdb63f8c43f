// Places of a small graph of relations: the customer in the middle, each step outwards on a ring, children near their parents.
import type { Schema } from '@rm-workbench/client';

export type Graph = Schema<'customer.v1.RelationGraph'>;
type Node = Graph['nodes'][number];
type Edge = Graph['edges'][number];

export const SIZE = 420;
const MARGIN = 56;

export interface PlacedNode {
  node: Node;
  x: number;
  y: number;
  angle: number;
  centre: boolean;
}

/** All that joins two nodes, drawn as one line. */
export interface Tie {
  key: string;
  inner: PlacedNode;
  outer: PlacedNode;
  edges: Edge[];
}

export function layoutOf(graph: Graph): { nodes: PlacedNode[]; ties: Tie[] } {
  const placed = new Map<string, PlacedNode>();
  const outermost = Math.max(1, ...graph.nodes.map((node) => node.distance));
  for (let distance = 0; distance <= outermost; distance += 1) {
    const ring = graph.nodes.filter((node) => node.distance === distance);
    const sorted = ring
      .map((node) => ({ node, towards: parentAngle(node, graph.edges, placed) }))
      .sort((one, other) => one.towards - other.towards);
    const radius = (distance / outermost) * (SIZE / 2 - MARGIN);
    sorted.forEach(({ node }, index) => {
      const angle = (index / Math.max(1, sorted.length)) * 2 * Math.PI - Math.PI / 2 + distance * 0.3;
      placed.set(node.nodeId, {
        node,
        angle,
        x: SIZE / 2 + radius * Math.cos(angle),
        y: SIZE / 2 + radius * Math.sin(angle),
        centre: distance === 0,
      });
    });
  }
  return { nodes: [...placed.values()], ties: tiesOf(graph.edges, placed) };
}

function tiesOf(edges: readonly Edge[], placed: ReadonlyMap<string, PlacedNode>): Tie[] {
  const ties = new Map<string, Tie>();
  for (const edge of edges) {
    const [one, other] = [placed.get(edge.fromNodeId), placed.get(edge.toNodeId)];
    if (!one || !other) continue;
    const [inner, outer] = one.node.distance <= other.node.distance ? [one, other] : [other, one];
    const key = `${inner.node.nodeId}-${outer.node.nodeId}`;
    const tie = ties.get(key) ?? { key, inner, outer, edges: [] };
    tie.edges.push(edge);
    ties.set(key, tie);
  }
  return [...ties.values()];
}

/** Where on its ring the node stood that it hangs on, so that edges seldom cross. */
function parentAngle(node: Node, edges: readonly Edge[], placed: ReadonlyMap<string, PlacedNode>): number {
  for (const edge of edges) {
    if (edge.fromNodeId !== node.nodeId && edge.toNodeId !== node.nodeId) continue;
    const other = placed.get(edge.fromNodeId === node.nodeId ? edge.toNodeId : edge.fromNodeId);
    if (other) return other.angle;
  }
  return 0;
}
