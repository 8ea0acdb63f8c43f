import { Alert, Card, Descriptions, Flex, Tag, Typography } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { useAccess } from '../../../access/access';
import { api } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { Named, NamedTag } from '../../../design/Named';
import { Page } from '../../../design/Page';
import { Loaded } from '../../../design/States';
import { useRelationshipManagerNames, useUnitNames } from '../../../design/selects';
import '../customers.css';
import { HandOverActs } from './HandOverActs';
import { HandOverCustomers } from './HandOverCustomers';
import { dateOf, type HandOver, toneOf } from './handOver';
import { Obstacles, Portfolio, Receivers } from './Preview';

/** One hand-over: before it is carried out who would get what; after it what moved, here and in other services. */
export default function HandOverPage() {
  const { t } = useTranslation('customers');
  const { handOverId = '' } = useParams();
  const asked = api.useQuery('get', '/v1/handOvers/{handOverId}', { params: { path: { handOverId } } });
  return (
    <Loaded query={asked} rows={10}>
      {(handOver) => (
        <Page
          title={
            <Flex gap={10} align="center">
              {t('handOver.pageTitle', { count: handOver.customerCount })}
              <NamedTag value={handOver.state} tone={toneOf(handOver.state)} />
            </Flex>
          }
          tab={t('handOver.pageTitle', { count: handOver.customerCount })}
          actions={<HandOverActs handOver={handOver} />}
        >
          <Flex vertical gap={16}>
            <WhatNext handOver={handOver} />
            <Card size="small">
              <Facts handOver={handOver} />
            </Card>
            <Receivers handOver={handOver} />
            <Obstacles handOver={handOver} />
            <Portfolio handOver={handOver} />
            {handOver.completions.length > 0 && <Completions handOver={handOver} />}
            <HandOverCustomers handOver={handOver} />
          </Flex>
        </Page>
      )}
    </Loaded>
  );
}

/** Says what the state means for whoever looks. */
function WhatNext({ handOver }: { handOver: HandOver }) {
  const { t } = useTranslation('customers');
  const formats = useFormats();
  const date = formats.date(dateOf(handOver.expireDate));
  if (handOver.state === 'HAND_OVER_STATE_PLANNED') {
    const words = handOver.secondPersonNeeded ? 'handOver.plannedForTwo' : 'handOver.plannedForOne';
    return <Alert type="info" showIcon title={t(words, { date })} />;
  }
  if (handOver.state === 'HAND_OVER_STATE_PROPOSED')
    return <Alert type="warning" showIcon title={t('handOver.proposed', { date })} />;
  if (handOver.decisionReason)
    return <Alert type="error" showIcon title={t('handOver.rejected', { reason: handOver.decisionReason })} />;
  return null;
}

function Facts({ handOver }: { handOver: HandOver }) {
  const { t } = useTranslation('customers');
  const formats = useFormats();
  const { personId } = useAccess();
  const nameOf = useRelationshipManagerNames();
  const unitName = useUnitNames();
  const person = (id: string) => (id === personId ? t('handOver.me') : nameOf(id));
  const date = (value: unknown) => (dateOf(value) ? formats.date(dateOf(value)) : '');
  const facts: { label: string; children: ReactNode }[] = [
    {
      label: t('handOver.from'),
      children: handOver.fromPersonId ? nameOf(handOver.fromPersonId) || t('handOver.leaver') : t('handOver.named'),
    },
    { label: t('handOver.rule'), children: <Named value={handOver.rule} /> },
    { label: t('workbench:field.reason'), children: handOver.reason },
    { label: t('workbench:field.unit'), children: unitName(handOver.organisationPath) },
    { label: t('handOver.proposer'), children: person(handOver.proposerPersonId) },
    { label: t('handOver.decider'), children: person(handOver.deciderPersonId) },
    { label: t('handOver.starts'), children: date(handOver.startDate) },
    { label: t('handOver.returns'), children: date(handOver.returnDate) || t('handOver.forGood') },
    { label: t('handOver.returnableUntil'), children: date(handOver.returnableUntilDate) },
    {
      label: t('handOver.crosses'),
      children: handOver.crossesBranches && <Tag color="warning">{t('handOver.crossesBranches')}</Tag>,
    },
  ];
  return (
    <Descriptions
      size="small"
      column={{ xs: 1, sm: 2, lg: 3 }}
      items={facts.filter(({ children }) => children).map((fact) => ({ key: fact.label, ...fact }))}
    />
  );
}

/** What other services moved for the hand-over, as they report it. */
function Completions({ handOver }: { handOver: HandOver }) {
  const { t } = useTranslation('customers');
  const told = handOver.completions.filter(({ complete, lines }) => lines.length > 0 || !complete);
  if (!told.length) return null;
  return (
    <Card size="small" title={t('handOver.completions')}>
      <Flex vertical gap={8}>
        {told.map((completion) => (
          <Flex key={completion.service} wrap gap={8} align="center">
            <Typography.Text strong>
              {t(`handOver.service.${completion.service}`, { defaultValue: completion.service })}
            </Typography.Text>
            {completion.lines.map((line) => (
              <Tag key={line.kind}>
                {t(`handOver.followed.${line.kind}`, { defaultValue: line.kind })} {line.movedCount}
                {line.keptCount > 0 && ` / ${t('handOver.keptBack', { count: line.keptCount })}`}
              </Tag>
            ))}
            {!completion.complete && <Tag color="processing">{t('handOver.underWay')}</Tag>}
          </Flex>
        ))}
      </Flex>
    </Card>
  );
}
