import { Card, Flex } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { useBilingual } from '../../../design/bilingual';
import { useNamed } from '../../../design/Named';
import { Page } from '../../../design/Page';
import { FailureState, LoadingState } from '../../../design/States';
import '../performance.css';
import './schemes.css';
import { SchemeActions } from './SchemeActions';
import { SchemeTags } from './SchemeList';
import { SettingsFacts } from './SettingsFacts';
import { isWaiting, type Scheme, useRuleWords, useVersions } from './schemes';
import { VersionList } from './VersionList';
import { WaitingVersion } from './WaitingVersion';

/** One scheme: by what it shares and when it fits, what is set of it, its versions, and what waits for a second person. */
export default function SchemePage() {
  const { schemeId = '' } = useParams();
  const { t } = useTranslation('schemes');
  const versions = useVersions(schemeId);
  const [last] = versions.data?.schemes ?? [];
  if (!versions.data || !last) {
    return (
      <Page title={t('title')}>
        {versions.error ? (
          <FailureState error={versions.error} onRetry={() => void versions.refetch()} />
        ) : (
          <LoadingState rows={8} />
        )}
      </Page>
    );
  }
  return <OneScheme versions={versions.data.schemes} last={last} />;
}

function OneScheme({ versions, last }: { versions: Scheme[]; last: Scheme }) {
  const { t } = useTranslation('schemes');
  const bilingual = useBilingual();
  const named = useNamed();
  const published = versions.find((version) => version.state === 'SCHEME_STATE_PUBLISHED');
  const shown = published ?? last;
  const name = bilingual(shown.displayName);
  return (
    <Page
      title={
        <>
          {name} <SchemeTags scheme={shown} />
        </>
      }
      tab={name}
      note={
        <>
          <Link to="/performance/schemes">{t('toAll')}</Link> · {named(shown.kind)} ·{' '}
          {t('versionOf', { number: shown.versionNumber })}
        </>
      }
      actions={<SchemeActions scheme={shown} waits={isWaiting(last)} />}
    >
      <Flex vertical gap={16}>
        {isWaiting(last) && <WaitingVersion version={last} published={published} />}
        {(published || !isWaiting(last)) && <Rule scheme={shown} />}
        <VersionList versions={versions} shownAbove={shown.versionNumber} />
      </Flex>
    </Page>
  );
}

function Rule({ scheme }: { scheme: Scheme }) {
  const { t } = useTranslation('schemes');
  const ruleWords = useRuleWords();
  return (
    <Card title={t('rule')}>
      <p className="scheme-rule">{ruleWords(scheme)}</p>
      <p className="scheme-about">{t(`about.${scheme.kind}`)}</p>
      <SettingsFacts scheme={scheme} />
    </Card>
  );
}
