import { useMutation } from '@tanstack/react-query';
import { Alert, Button, Flex, Form, Input, Select, Table, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { api, client, refresh } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { useNamedChoices } from '../../../design/Named';
import { useRelationshipManagers } from '../../../design/selects';
import { type CustomerInput, KINDS } from '../customer';
import { IMPORT_FIELDS, type Import } from './import';

interface Settings {
  defaultKind?: CustomerInput['kind'];
  leadStaffNumber?: string;
  numberPrefix?: string;
  encoding?: string;
}

const ENCODINGS = ['utf-8', 'gb18030', 'big5', 'utf-16'];

/** Which field each column fills, and what holds for rows that do not say it; then the check. */
export function ColumnMapping({ made, onChecked }: { made: Import; onChecked: () => void }) {
  const { t } = useTranslation('customers');
  const words = useRefusalWords();
  const [fields, setFields] = useState(made.columns.map(({ field }) => field));
  const checking = useMutation({
    mutationFn: (settings: Settings) =>
      client.POST('/v1/imports/{importId}:check', {
        params: { path: { importId: made.importId } },
        body: { ...said(settings), fields },
      }),
    onSuccess: async () => {
      await refresh('/v1/imports', '/v1/operations');
      onChecked();
    },
  });
  const twice = fields.filter((field, place) => field && fields.indexOf(field) !== place);
  return (
    <Flex vertical gap={16}>
      <Typography.Text type="secondary">
        {[made.format, made.encoding, t('imports.columnCount', { count: made.columns.length })].filter(Boolean).join(' · ')}
      </Typography.Text>
      <MappingTable made={made} fields={fields} onChange={setFields} />
      {twice.length > 0 && <Alert type="warning" showIcon title={t('imports.twice')} />}
      {checking.error && <Alert type="error" showIcon title={words(checking.error)} />}
      <Form<Settings> layout="vertical" onFinish={checking.mutate}>
        <SettingFields text={made.format === 'CSV'} />
        <Button type="primary" htmlType="submit" loading={checking.isPending} disabled={twice.length > 0}>
          {t('imports.check')}
        </Button>
      </Form>
    </Flex>
  );
}

function said(settings: Settings): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value));
}

interface MappingProps {
  made: Import;
  fields: string[];
  onChange: (fields: string[]) => void;
}

function MappingTable({ made, fields, onChange }: MappingProps) {
  const { t, i18n } = useTranslation('customers');
  const custom = api.useQuery('get', '/v1/customFields', {});
  const options = [
    { value: '', label: t('imports.ignored') },
    ...IMPORT_FIELDS.map((field) => ({ value: field, label: t(`importField.${field}`) })),
    ...(custom.data?.customFields ?? []).map((field) => ({
      value: `custom.${field.name}`,
      label: i18n.language === 'zh' ? field.displayNameZh : field.displayNameEn,
    })),
  ];
  return (
    <Table
      size="small"
      aria-label={t('imports.columns')}
      pagination={false}
      rowKey="place"
      dataSource={made.columns.map((column, place) => ({ ...column, place }))}
      columns={[
        { key: 'heading', title: t('imports.heading'), render: (_, { heading, place }) => heading || `${place + 1}` },
        {
          key: 'field',
          title: t('imports.field'),
          render: (_, { heading, place }) => (
            <Select
              className="import-field"
              aria-label={t('imports.fieldOf', { heading: heading || place + 1 })}
              showSearch={{ optionFilterProp: 'label' }}
              options={options}
              value={fields[place] ?? ''}
              onChange={(field) => onChange(fields.map((each, other) => (other === place ? field : each)))}
            />
          ),
        },
      ]}
    />
  );
}

function SettingFields({ text }: { text: boolean }) {
  const { t } = useTranslation('customers');
  const choices = useNamedChoices();
  const people = useRelationshipManagers();
  // Whoever is in charge of a unit leads no customers: new ones need somebody.
  const { leads } = useAccess();
  return (
    <Flex wrap gap="0 16px" className="import-settings">
      <Form.Item name="defaultKind" label={t('imports.defaultKind')}>
        <Select allowClear options={choices(KINDS)} placeholder={t('imports.fromFile')} />
      </Form.Item>
      <Form.Item
        name="leadStaffNumber"
        label={t('imports.lead')}
        {...(leads ? { rules: [{ required: true, message: t('workbench:field.required') }] } : {})}
      >
        <Select
          allowClear={!leads}
          showSearch={{ optionFilterProp: 'label' }}
          placeholder={t(leads ? 'workbench:field.relationshipManager' : 'imports.leadMe')}
          options={(people.data ?? []).map(({ displayName, staffNumber }) => ({
            value: staffNumber,
            label: `${displayName} ${staffNumber}`,
          }))}
        />
      </Form.Item>
      <Form.Item
        name="numberPrefix"
        label={t('imports.prefix')}
        tooltip={t('imports.prefixHint')}
        rules={[{ pattern: /^[A-Za-z0-9-]{0,10}$/, message: t('create.numberForm') }]}
      >
        <Input maxLength={10} />
      </Form.Item>
      {text && (
        <Form.Item name="encoding" label={t('imports.encoding')}>
          <Select
            allowClear
            placeholder={t('imports.recognised')}
            options={ENCODINGS.map((value) => ({ value, label: value.toUpperCase() }))}
          />
        </Form.Item>
      )}
    </Flex>
  );
}
