import { Alert, Button, Descriptions, Drawer, Flex } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useAccess } from '../../../access/access';
import { api, client } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { NamedTag } from '../../../design/Named';
import { Loaded } from '../../../design/States';
import { useUnitNames } from '../../../design/selects';
import { isInCharge } from '../charge';
import { AdjudicateDialog } from './AdjudicateDialog';
import { claimsChanged, OBJECTION_TONES, type Objection } from './claims';
import { ObjectWords } from './ObjectWords';

/** One objection: what speaks for it, by when it is adjudicated, and what was found. */
export function ObjectionDrawer({ objectionId, onClose }: { objectionId: string; onClose: () => void }) {
  const { t } = useTranslation('performance');
  const objection = api.useQuery('get', '/v1/objections/{objectionId}', { params: { path: { objectionId } } });
  return (
    <Drawer open size={520} title={t('objections.one')} onClose={onClose}>
      <Loaded query={objection}>{(data) => <OneObjection objection={data} />}</Loaded>
    </Drawer>
  );
}

function OneObjection({ objection }: { objection: Objection }) {
  const { t } = useTranslation('performance');
  const formats = useFormats();
  const unitName = useUnitNames();
  const raised = objection.state === 'OBJECTION_STATE_RAISED';
  return (
    <Flex vertical gap={16}>
      {raised && objection.escalationLevel > 0 && (
        <Alert type="warning" showIcon title={t('objections.escalated', { count: objection.escalationLevel })} />
      )}
      <Descriptions
        size="small"
        column={1}
        items={[
          { key: 'object', label: t('claims.object'), children: <ObjectWords of={objection} /> },
          {
            key: 'state',
            label: t('deals.state'),
            children: <NamedTag value={objection.state} tone={OBJECTION_TONES[objection.state] ?? 'default'} />,
          },
          { key: 'by', label: t('objections.by'), children: objection.objectorName || t('deals.somebody') },
          { key: 'raised', label: t('objections.raised'), children: formats.instant(objection.createTime) },
          { key: 'evidence', label: t('objections.evidence'), children: objection.evidence },
          { key: 'unit', label: t('objections.unit'), children: unitName(objection.organisationPath) },
          ...(raised ? [{ key: 'due', label: t('objections.dueDate'), children: formats.date(objection.dueDate) }] : []),
          ...(objection.finding ? [{ key: 'finding', label: t('objections.finding'), children: objection.finding }] : []),
          ...(objection.startDate
            ? [{ key: 'from', label: t('objections.newFrom'), children: formats.date(objection.startDate) }]
            : []),
        ]}
      />
      {objection.claimId && <Link to={`/performance/claims/${objection.claimId}`}>{t('objections.toClaim')}</Link>}
      <ObjectionActions objection={objection} />
    </Flex>
  );
}

function ObjectionActions({ objection }: { objection: Objection }) {
  const { t } = useTranslation('performance');
  const access = useAccess();
  const judges = useJudges(objection);
  const [adjudicating, setAdjudicating] = useState(false);
  if (objection.state !== 'OBJECTION_STATE_RAISED') return null;
  const own = objection.objectorPersonId === access.personId;
  const withdraw = async () => {
    await client.POST('/v1/objections/{objectionId}:withdraw', {
      params: { path: { objectionId: objection.objectionId } },
      body: { etag: objection.etag },
    });
    await claimsChanged();
  };
  return (
    <Flex gap={8}>
      {judges && (
        <Button type="primary" onClick={() => setAdjudicating(true)}>
          {t('objections.adjudicate')}
        </Button>
      )}
      {own && <Button onClick={() => void withdraw()}>{t('objections.withdraw')}</Button>}
      {adjudicating && <AdjudicateDialog objection={objection} onClose={() => setAdjudicating(false)} />}
    </Flex>
  );
}

/** Whether the caller may judge it: in charge of the unit, and neither objector, nor claimant, nor whoever decided the claim. */
function useJudges(objection: Objection): boolean {
  const access = useAccess();
  const inCharge = isInCharge(access, 'performance.claim.adjudicate', objection.organisationPath);
  const { claimId } = objection;
  const claim = api.useQuery(
    'get',
    '/v1/claims/{claimId}',
    { params: { path: { claimId } } },
    { enabled: inCharge && claimId !== '' },
  );
  if (!inCharge || (claimId !== '' && !claim.data)) return false;
  const partial = [
    objection.objectorPersonId,
    claim.data?.claimantPersonId,
    claim.data?.deciderPersonId,
    ...(claim.data?.parts ?? []).map((part) => part.personId),
  ];
  return !partial.includes(access.personId);
}
