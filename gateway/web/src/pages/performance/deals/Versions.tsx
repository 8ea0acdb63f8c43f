import type { Schema } from '@rm-workbench/client';
import { Button, Card, Flex, Tag, Timeline, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api/client';
import { useBilingual } from '../../../design/bilingual';
import { useFormats } from '../../../design/formats';
import { useNamed } from '../../../design/Named';
import { useRelationshipManagerNames } from '../../../design/selects';
import type { Deal, Split } from './deals';

type Version = Schema<'performance.v1.DealVersion'>;

/** What was decided of the deal so far, the last first, with all that it stands on; nothing before the first decision. */
export function Versions({ deal, splits }: { deal: Deal; splits: Split[] }) {
  const { t } = useTranslation('performance');
  const { dealId } = deal;
  const versions = api.useQuery(
    'get',
    '/v1/deals/{dealId}/versions',
    { params: { path: { dealId }, query: { pageSize: 100 } } },
    { enabled: deal.versionNumber > 0 },
  );
  const list = versions.data?.dealVersions ?? [];
  if (!list.length) return null;
  return (
    <Card title={t('versions.title')}>
      <Timeline
        items={list.map((version) => ({
          key: version.versionNumber,
          color: version.endReason ? 'gray' : 'green',
          content: <OneVersion deal={deal} version={version} splits={splits} />,
        }))}
      />
    </Card>
  );
}

function OneVersion({ deal, version, splits }: { deal: Deal; version: Version; splits: Split[] }) {
  const { t } = useTranslation('performance');
  const formats = useFormats();
  const named = useNamed();
  const bilingual = useBilingual();
  const scheme = splits.find((split) => split.schemeId === version.schemeId);
  const ended = version.endDate ? formats.date(version.endDate) : t('versions.open');
  return (
    <Flex vertical gap={4} align="flex-start">
      <Flex wrap gap={8} align="center">
        <strong>{t('versions.number', { number: version.versionNumber })}</strong>
        <span>{scheme ? bilingual(scheme.displayName) : named(version.kind)}</span>
        <Tag>{t('versions.holds', { from: formats.date(version.startDate), to: ended })}</Tag>
        <Typography.Text type="secondary">{formats.instant(version.decideTime)}</Typography.Text>
      </Flex>
      <Bands deal={deal} version={version} />
      {version.reason && <Typography.Text>{t('versions.reason', { reason: version.reason })}</Typography.Text>}
      {version.endReason && (
        <Typography.Text type="warning">{t('versions.ended', { reason: version.endReason })}</Typography.Text>
      )}
      <Inputs version={version} />
    </Flex>
  );
}

function Bands({ deal, version }: { deal: Deal; version: Version }) {
  const { t } = useTranslation('performance');
  const formats = useFormats();
  const managerName = useRelationshipManagerNames();
  const nameOf = (personId: string) =>
    deal.members.find((member) => member.personId === personId)?.displayName || managerName(personId) || t('deals.somebody');
  return (
    <>
      {version.bands.map((band) => (
        <span key={band.fromAmount?.amount ?? ''}>
          {version.bands.length > 1 &&
            `${formats.money(band.fromAmount)} – ${band.toAmount ? formats.money(band.toAmount) : '∞'}${t('versions.colon')}`}
          {band.parts.map((part) => `${nameOf(part.personId)} ${formats.basisPoints(part.basisPoints)}`).join(' · ')}
        </span>
      ))}
    </>
  );
}

/** What the decision stands on, whole: whoever computes it again comes to the same. */
function Inputs({ version }: { version: Version }) {
  const { t } = useTranslation('performance');
  const [open, setOpen] = useState(false);
  return (
    <>
      <Flex wrap gap={8} align="center">
        <Typography.Text type="secondary" copyable={{ text: version.inputsSha256 }} code>
          SHA-256 {version.inputsSha256.slice(0, 12)}…
        </Typography.Text>
        <Button type="link" size="small" aria-expanded={open} onClick={() => setOpen(!open)}>
          {t(open ? 'versions.hideInputs' : 'versions.showInputs')}
        </Button>
      </Flex>
      {open && (
        <section className="inputs" aria-label={t('versions.showInputs')}>
          {JSON.stringify(JSON.parse(version.inputs), null, 2)}
        </section>
      )}
    </>
  );
}
