import { Alert, Button, Card, Flex } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import { api } from '../../../api/client';
import { useFormats } from '../../../design/formats';
import { Named } from '../../../design/Named';
import { Page } from '../../../design/Page';
import { EmptyState, FailureState, LoadingState } from '../../../design/States';
import { Comparison } from './Comparison';
import { DefinitionView } from './DefinitionView';
import { isOpen, useEitherWords, useMayDefine, useSince, useVersions, type Version } from './products';
import { VersionTable } from './VersionTable';
import '../performance.css';
import './products.css';

const VersionForm = lazy(() => import('./VersionForm'));

/** One product: how it is measured today, what is about to change, and all that held before. */
export default function ProductPage() {
  const { productCode = '' } = useParams();
  const { t } = useTranslation('products');
  const versions = useVersions(productCode);
  const list = versions.data?.productVersions ?? [];
  const published = list.some((version) => version.state === 'PRODUCT_VERSION_STATE_PUBLISHED');
  const params = { path: { productCode } };
  const product = api.useQuery('get', '/v1/products/{productCode}', { params }, { enabled: published });
  const error = versions.error ?? product.error;
  if (error) {
    const retry = () => void Promise.all([versions.refetch(), product.refetch()]);
    return (
      <Page title={productCode}>
        <FailureState error={error} onRetry={retry} />
      </Page>
    );
  }
  if (versions.isPending || (published && product.isPending)) {
    return (
      <Page title={productCode}>
        <LoadingState rows={10} />
      </Page>
    );
  }
  if (!list.length) {
    return (
      <Page title={productCode}>
        <EmptyState words={t('unknown')} action={<Link to="/performance/products">{t('toList')}</Link>} />
      </Page>
    );
  }
  const next = product.data?.nextStartDate ?? '';
  return <OneProduct versions={list} inForce={product.data?.version} nextStartDate={next} />;
}

function OneProduct(props: { versions: Version[]; inForce: Version | undefined; nextStartDate: string }) {
  const { versions, inForce, nextStartDate } = props;
  const { t } = useTranslation('products');
  const either = useEitherWords();
  const open = versions.find(isOpen);
  const shown = inForce ?? versions[0];
  const [later, former] = compared(versions, inForce);
  if (!shown) return null;
  const name = either(shown.displayName, shown.englishName);
  return (
    <Page title={name} note={<Facts version={shown} inForce={inForce} />} actions={<BeginButton versions={versions} />}>
      <Flex vertical gap={16}>
        {open && <OpenNotice version={open} />}
        {nextStartDate && <NextNotice versions={versions} nextStartDate={nextStartDate} />}
        <Card title={t('inForceNow')}>
          {inForce?.definition ? <DefinitionView definition={inForce.definition} /> : <EmptyState words={t('notInForce')} />}
        </Card>
        <Card title={t('versions')}>
          <VersionTable versions={versions} />
        </Card>
        {later && former && <Comparison versions={versions} former={former} version={later} />}
      </Flex>
    </Page>
  );
}

/** What one wants to compare first: what is in force with what comes, or with what it took the place of. */
function compared(versions: Version[], inForce: Version | undefined): [later?: Version, former?: Version] {
  const last = versions.find((version) => version.state !== 'PRODUCT_VERSION_STATE_WITHDRAWN');
  if (inForce && last && last.productVersionId !== inForce.productVersionId) return [last, inForce];
  const [one, other] = versions;
  return one && other ? [one, other] : [];
}

function Facts({ version, inForce }: { version: Version; inForce: Version | undefined }) {
  const { i18n } = useTranslation();
  const since = useSince();
  const other = i18n.language === 'zh' ? version.englishName : version.displayName;
  return (
    <Flex wrap gap="2px 16px" align="baseline" component="span">
      <span className="product-code">{version.productCode}</span>
      {other && <span>{other}</span>}
      <span>
        <Named value={version.category} />
      </span>
      {inForce && <span>{since(inForce.startDate)}</span>}
    </Flex>
  );
}

/** A version that is still to be decided. */
function OpenNotice({ version }: { version: Version }) {
  const { t } = useTranslation('products');
  const formats = useFormats();
  const submitted = version.state === 'PRODUCT_VERSION_STATE_SUBMITTED';
  const said = { number: version.versionNumber, date: formats.date(version.startDate), name: version.authorName };
  return (
    <Alert
      type={submitted ? 'info' : 'warning'}
      showIcon
      title={t(submitted ? 'waitsNotice' : 'draftNotice', said)}
      action={<Link to={`/performance/products/versions/${version.productVersionId}`}>{t('look')}</Link>}
    />
  );
}

/** A version that was published and is not in force yet. */
function NextNotice({ versions, nextStartDate }: { versions: Version[]; nextStartDate: string }) {
  const { t } = useTranslation('products');
  const formats = useFormats();
  const next = versions.find(
    ({ state, startDate }) => state === 'PRODUCT_VERSION_STATE_PUBLISHED' && startDate === nextStartDate,
  );
  return (
    <Alert
      type="info"
      showIcon
      title={t('nextNotice', { number: next?.versionNumber ?? '', date: formats.date(nextStartDate) })}
      action={next && <Link to={`/performance/products/versions/${next.productVersionId}`}>{t('look')}</Link>}
    />
  );
}

/** Begins the next version as a draft; one at a time. */
function BeginButton({ versions }: { versions: Version[] }) {
  const { t } = useTranslation('products');
  const navigate = useNavigate();
  const mayDefine = useMayDefine();
  const [beginning, setBeginning] = useState(false);
  // It begins as what was published last, or as what was taken back where nothing was.
  const template = versions.find((version) => version.state === 'PRODUCT_VERSION_STATE_PUBLISHED') ?? versions[0];
  if (!mayDefine || !template || versions.some(isOpen)) return null;
  return (
    <>
      <Button type="primary" onClick={() => setBeginning(true)}>
        {t('begin')}
      </Button>
      {beginning && (
        <Suspense>
          <VersionForm
            template={template}
            onClose={() => setBeginning(false)}
            onSaved={(version) => navigate(`/performance/products/versions/${version.productVersionId}`)}
          />
        </Suspense>
      )}
    </>
  );
}
