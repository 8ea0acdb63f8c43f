import { Flex, Table, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useFormats } from '../../../design/formats';
import { NamedTag } from '../../../design/Named';
import { useSpan, VERSION_TONES, type Version } from './products';

/** All versions of a product, the last first: where each stands, when it holds, and who was behind it. */
export function VersionTable({ versions }: { versions: Version[] }) {
  const { t } = useTranslation('products');
  const span = useSpan();
  return (
    <Table<Version>
      size="small"
      aria-label={t('versions')}
      rowKey="productVersionId"
      dataSource={versions}
      pagination={false}
      scroll={{ x: 'max-content' }}
      columns={[
        {
          title: t('versionColumn'),
          key: 'number',
          render: (_, version) => (
            <Link to={`/performance/products/versions/${version.productVersionId}`}>
              {t('version', { number: version.versionNumber })}
            </Link>
          ),
        },
        {
          title: t('state'),
          key: 'state',
          render: (_, { state }) => <NamedTag value={state} tone={VERSION_TONES[state] ?? 'default'} />,
        },
        { title: t('inForce'), key: 'span', render: (_, version) => span(version) },
        { title: t('author'), key: 'author', render: (_, version) => version.authorName || t('broughtAlong') },
        { title: t('decider'), key: 'decider', render: (_, version) => <Decided version={version} /> },
        { title: t('noteColumn'), key: 'note', render: (_, version) => <Notes version={version} /> },
      ]}
    />
  );
}

function Decided({ version }: { version: Version }) {
  const formats = useFormats();
  if (!version.deciderName) return <>—</>;
  return (
    <>
      {version.deciderName} <Typography.Text type="secondary">{formats.instant(version.decideTime)}</Typography.Text>
    </>
  );
}

/** Why it was wanted, and why it was given back. */
function Notes({ version }: { version: Version }) {
  const { t } = useTranslation('products');
  return (
    <Flex vertical className="product-notes">
      {version.note && <span className="said">{version.note}</span>}
      {version.decisionNote && (
        <Typography.Text type="warning" className="said">
          {t('givenBackWhy', { reason: version.decisionNote })}
        </Typography.Text>
      )}
    </Flex>
  );
}
