import { Card, Segmented, Typography } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api } from '../../../api/client';
import { EmptyState, Loaded } from '../../../design/States';
import type { Customer } from '../customer';
import { type Graph, layoutOf, type PlacedNode, SIZE } from './graphLayout';
import { useRelationWords } from './relationWords';

const NODES_MAX = 40;
const NAME_LETTERS_MAX = 9;

/** Who is related to whom around the customer, drawn in rings; the table beside it says the same of the first. */
export function RelationGraph({ customer }: { customer: Customer }) {
  const { t } = useTranslation('customer');
  const [depth, setDepth] = useState(1);
  const { customerId } = customer;
  const query = api.useQuery('get', '/v1/customers/{customerId}/relations:graph', {
    params: { path: { customerId }, query: { depth, nodesMax: NODES_MAX } },
  });
  return (
    <Card
      title={t('graph.title')}
      extra={
        <Segmented<number>
          size="small"
          value={depth}
          onChange={setDepth}
          aria-label={t('graph.depth')}
          options={[1, 2, 3].map((value) => ({ value, label: t('graph.steps', { count: value }) }))}
        />
      }
    >
      <Loaded query={query} isEmpty={({ edges }) => edges.length === 0} empty={<EmptyState words={t('relation.none')} />}>
        {(graph) => (
          <>
            <Drawn graph={graph} />
            {graph.truncated && <Typography.Text type="secondary">{t('graph.truncated')}</Typography.Text>}
          </>
        )}
      </Loaded>
    </Card>
  );
}

const shareOf = (percent: string) => (percent ? ` ${percent}%` : '');

function Drawn({ graph }: { graph: Graph }) {
  const { t } = useTranslation('customer');
  const words = useRelationWords();
  const { nodes, ties } = useMemo(() => layoutOf(graph), [graph]);
  return (
    <svg viewBox={`0 0 ${SIZE} ${SIZE}`} className="relation-graph" aria-label={t('graph.title')}>
      {ties.map(({ key, inner, outer, edges }) => (
        <g key={key}>
          <line x1={inner.x} y1={inner.y} x2={outer.x} y2={outer.y} className="graph-edge" />
          <text x={inner.x * 0.42 + outer.x * 0.58} y={inner.y * 0.42 + outer.y * 0.58 - 3} className="graph-edge-words">
            {edges
              // What the outer one is to the inner one.
              .map((edge) => words(edge.kind, edge.fromNodeId === inner.node.nodeId, edge.label) + shareOf(edge.sharePercent))
              .join(t('listSeparator'))}
          </text>
        </g>
      ))}
      {nodes.map((node) => (
        <GraphNode key={node.node.nodeId} placed={node} />
      ))}
    </svg>
  );
}

function GraphNode({ placed }: { placed: PlacedNode }) {
  const { t } = useTranslation('customer');
  const { node, x, y, centre } = placed;
  const party = node.party;
  const outside = !party || party.outsideScope;
  const name = outside ? t('relation.outsideShort') : party.displayName;
  const drawn = (
    <>
      <title>{name}</title>
      <circle cx={x} cy={y} r={centre ? 11 : 7} className={centre ? 'graph-centre' : outside ? 'graph-outside' : 'graph-node'} />
      <text x={x} y={y + (centre ? 26 : 21)} className={centre ? 'graph-name graph-name-centre' : 'graph-name'}>
        {name.length > NAME_LETTERS_MAX && !centre ? `${name.slice(0, NAME_LETTERS_MAX - 1)}…` : name}
      </text>
    </>
  );
  if (centre || !party?.customerId) return <g>{drawn}</g>;
  return <Link to={`/customers/${party.customerId}`}>{drawn}</Link>;
}
