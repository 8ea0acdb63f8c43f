import { Card, Flex, Timeline } from 'antd';
import { useTranslation } from 'react-i18next';
import { useBilingual } from '../../../design/bilingual';
import { useFormats } from '../../../design/formats';
import { Text } from '../../../design/Text';
import { PersonSaid } from '../PersonSaid';
import { SchemeTags } from './SchemeList';
import { SettingsFacts } from './SettingsFacts';
import { type Scheme, useRuleWords } from './schemes';

const COLOURS: Partial<Record<Scheme['state'], string>> = {
  SCHEME_STATE_PROPOSED: 'orange',
  SCHEME_STATE_PUBLISHED: 'green',
};

/** All versions, the last first: who proposed each, who decided, and what was set. */
export function VersionList({ versions, shownAbove }: { versions: Scheme[]; shownAbove: number }) {
  const { t } = useTranslation('schemes');
  const bilingual = useBilingual();
  const ruleWords = useRuleWords();
  const items = versions.map((version) => ({
    key: version.versionNumber,
    color: COLOURS[version.state] ?? 'gray',
    content: (
      <Flex vertical gap={2}>
        <span>
          <strong>{t('versionOf', { number: version.versionNumber })}</strong> <SchemeTags scheme={version} />
        </span>
        <span>
          {bilingual(version.displayName)} — {ruleWords(version)}
        </span>
        {version.versionNumber !== shownAbove && <SettingsFacts scheme={version} />}
        <Who version={version} />
      </Flex>
    ),
  }));
  return (
    <Card title={t('versions')}>
      <Timeline className="scheme-versions" items={items} />
    </Card>
  );
}

function Who({ version }: { version: Scheme }) {
  const { t } = useTranslation('schemes');
  const formats = useFormats();
  if (!version.proposerPersonId) return <Text type="secondary">{t('broughtAlong')}</Text>;
  return (
    <Text type="secondary">
      {t('proposedBy')} <PersonSaid personId={version.proposerPersonId} /> · {formats.instant(version.proposeTime)}
      {version.deciderPersonId && (
        <>
          {' · '}
          {t('decidedBy')} <PersonSaid personId={version.deciderPersonId} /> · {formats.instant(version.decideTime)}
        </>
      )}
    </Text>
  );
}
