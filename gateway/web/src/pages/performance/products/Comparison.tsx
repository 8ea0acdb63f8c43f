import { Card, Flex, Select, Table, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../../api/client';
import { useNamed } from '../../../design/Named';
import { Loaded } from '../../../design/States';
import { useFieldValue, useFieldWords } from './differences';
import { ownPart } from './ownPart';
import { useSpan, type Version } from './products';

interface Props {
  versions: Version[];
  /** Which are compared at first: the one before, and the other. */
  former: Version;
  version: Version;
}

/** Two versions side by side: what differs, and in it what is another. */
export function Comparison({ versions, former, version }: Props) {
  const { t } = useTranslation('products');
  const [before, setBefore] = useState(former.productVersionId);
  const [after, setAfter] = useState(version.productVersionId);
  const named = useNamed();
  const span = useSpan();
  const options = versions.map((each) => ({
    value: each.productVersionId,
    label: `${t('version', { number: each.versionNumber })} · ${named(each.state)} · ${span(each)}`,
  }));
  return (
    <Card title={t('compare.title')}>
      <Flex vertical gap={12}>
        <Flex wrap gap={8} align="center">
          <Select
            aria-label={t('compare.before')}
            className="product-version-choice"
            value={before}
            options={options}
            onChange={setBefore}
          />
          <span aria-hidden>→</span>
          <Select
            aria-label={t('compare.after')}
            className="product-version-choice"
            value={after}
            options={options}
            onChange={setAfter}
          />
        </Flex>
        <Differences versions={versions} before={before} after={after} />
      </Flex>
    </Card>
  );
}

interface Difference {
  field: string;
  before: string;
  after: string;
}

function Differences({ versions, before, after }: { versions: Version[]; before: string; after: string }) {
  const { t } = useTranslation('products');
  const fieldWords = useFieldWords(versions);
  const fieldValue = useFieldValue(versions);
  const numbered = (id: string) => versions.find((each) => each.productVersionId === id)?.versionNumber ?? 0;
  const query = { formerProductVersionId: before, productVersionId: after };
  const compared = api.useQuery('get', '/v1/productVersions:compare', { params: { query } });
  const cell = (text: string, other: string, kind: 'del' | 'ins') => <Marked text={text} other={other} as={kind} />;
  return (
    <Loaded
      query={compared}
      isEmpty={({ differences }) => differences.length === 0}
      empty={<Typography.Text type="secondary">{t('compare.same')}</Typography.Text>}
    >
      {({ differences }) => (
        <Table<Difference>
          size="small"
          aria-label={t('compare.title')}
          rowKey="field"
          dataSource={differences}
          pagination={false}
          columns={[
            { title: t('compare.field'), key: 'field', width: '26%', render: (_, each) => fieldWords(each.field) },
            {
              title: t('version', { number: numbered(before) }),
              key: 'before',
              width: '37%',
              render: (_, { field, before: text, after: other }) =>
                cell(fieldValue(field, text), fieldValue(field, other), 'del'),
            },
            {
              title: t('version', { number: numbered(after) }),
              key: 'after',
              width: '37%',
              render: (_, { field, before: other, after: text }) =>
                cell(fieldValue(field, text), fieldValue(field, other), 'ins'),
            },
          ]}
        />
      )}
    </Loaded>
  );
}

function Marked({ text, other, as: Mark }: { text: string; other: string; as: 'del' | 'ins' }) {
  const { t } = useTranslation('products');
  if (!text) return <Typography.Text type="secondary">{t('compare.nothing')}</Typography.Text>;
  const [before, own, after] = ownPart(text, other);
  return (
    <span className="product-difference">
      {before}
      {own && <Mark>{own}</Mark>}
      {after}
    </span>
  );
}
