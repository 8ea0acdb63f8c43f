import { Alert, Card, Flex } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { api } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { Named, NamedTag } from '../../../design/Named';
import { Page } from '../../../design/Page';
import { FailureState, LoadingState } from '../../../design/States';
import { Comparison } from './Comparison';
import { DefinitionView } from './DefinitionView';
import { useEffectWords } from './effect';
import {
  formerOf,
  isOpen,
  useEitherWords,
  useSpan,
  useVersionRights,
  useVersions,
  VERSION_TONES,
  type Version,
} from './products';
import { VersionActions } from './VersionActions';
import '../performance.css';
import './products.css';

/** One version of a product: what it says, what becomes of it, and in what it differs from the one before. */
export default function VersionPage() {
  const { productVersionId = '' } = useParams();
  const { t } = useTranslation('products');
  const version = api.useQuery('get', '/v1/productVersions/{productVersionId}', { params: { path: { productVersionId } } });
  if (!version.data) {
    return (
      <Page title={t('title')}>
        {version.error ? (
          <FailureState error={version.error} onRetry={() => void version.refetch()} />
        ) : (
          <LoadingState rows={10} />
        )}
      </Page>
    );
  }
  return <OneVersion key={productVersionId} version={version.data} />;
}

function OneVersion({ version }: { version: Version }) {
  const { t } = useTranslation('products');
  const either = useEitherWords();
  const versions = useVersions(version.productCode).data?.productVersions ?? [];
  const former = formerOf(version, versions);
  const title = `${either(version.displayName, version.englishName)} · ${t('version', { number: version.versionNumber })}`;
  return (
    <Page
      title={
        <>
          {title} <NamedTag value={version.state} tone={VERSION_TONES[version.state] ?? 'default'} />
        </>
      }
      tab={title}
      note={<Facts version={version} />}
      actions={<VersionActions version={version} former={former} />}
    >
      <Flex vertical gap={16}>
        <Notices version={version} former={former} />
        <Card title={t('howMeasured')}>{version.definition && <DefinitionView definition={version.definition} />}</Card>
        {former && <Comparison versions={versions} former={former} version={version} />}
      </Flex>
    </Page>
  );
}

function Facts({ version }: { version: Version }) {
  const { t } = useTranslation('products');
  const span = useSpan();
  const formats = useFormats();
  return (
    <Flex wrap gap="2px 16px" align="baseline" component="span">
      <Link to={`/performance/products/${version.productCode}`} className="product-code">
        {version.productCode}
      </Link>
      <span>
        <Named value={version.category} />
      </span>
      <span>{span(version)}</span>
      <span>{version.authorName ? t('writtenBy', { name: version.authorName }) : t('broughtAlong')}</span>
      {version.deciderName && (
        <span>{t('decidedBy', { name: version.deciderName, time: formats.instant(version.decideTime) })}</span>
      )}
    </Flex>
  );
}

/** What one must know before one acts: why it was given back, why it is wanted, what it will do, and whose turn it is. */
function Notices({ version, former }: { version: Version; former: Version | undefined }) {
  const { t } = useTranslation('products');
  const effect = useEffectWords();
  const rights = useVersionRights(version);
  const draft = version.state === 'PRODUCT_VERSION_STATE_DRAFT';
  const submitted = version.state === 'PRODUCT_VERSION_STATE_SUBMITTED';
  return (
    <>
      {draft && version.decisionNote && (
        <Alert
          type="warning"
          showIcon
          title={t('givenBack', { name: version.deciderName })}
          description={<p className="said">{version.decisionNote}</p>}
        />
      )}
      {version.note && <p className="said">{t('wantedWhy', { reason: version.note })}</p>}
      {isOpen(version) && (
        <Alert
          type="info"
          showIcon
          title={t('effect.title')}
          description={effect(version, former).map((sentence) => <div key={sentence}>{sentence}</div>)}
        />
      )}
      {submitted && !rights.mayDecide && <Alert type="info" showIcon title={t('secondPerson')} />}
    </>
  );
}
