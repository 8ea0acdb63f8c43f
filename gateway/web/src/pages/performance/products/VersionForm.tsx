import { Alert, Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { client } from '../../../api/client';
import { FormDialog } from '../../../design/FormDialog';
import { DateField } from '../../../design/fields';
import { useNamed, useNamedChoices } from '../../../design/Named';
import { FundsFields } from './FundsFields';
import { bodyOf, freshValues, isUsual, nextValues, usualOf, type Values, valuesOf } from './formValues';
import { ParameterFields } from './ParameterFields';
import { valueWords } from './ParameterTable';
import { CATEGORIES, type Category, readVersion, type Version, versionsChanged } from './products';
import { SourcesFields } from './SourcesFields';

interface Props {
  /** A draft that is changed; without it a new one is begun. */
  version?: Version;
  /** What the next version of a product begins as; without it the product is new. */
  template?: Version;
  onClose: () => void;
  onSaved?: (version: Version) => void;
}

const NAME_LENGTH_MAX = 100;
const NOTE_LENGTH_MAX = 1000;
const CODE = /^[A-Z][A-Z0-9_]{1,39}$/;

/** A version as a draft: who it is, since when, and all by which results are computed. */
export default function VersionForm({ version, template, onClose, onSaved }: Props) {
  const { t } = useTranslation('products');
  const say = useSaying();
  const known = version ?? template;
  const earliest = template?.state === 'PRODUCT_VERSION_STATE_PUBLISHED' ? template.startDate : '';
  return (
    <FormDialog<Values>
      open
      width={960}
      title={t(version ? 'form.edit' : template ? 'form.next' : 'form.create')}
      draftKey={`product-version:${version?.productVersionId ?? template?.productCode ?? 'new'}`}
      initialValues={version ? valuesOf(version) : template ? nextValues(template) : freshValues()}
      submitWords={t('form.save')}
      doneWords={t('form.saved')}
      onClose={onClose}
      submit={async (values, etag) => {
        const saved = version ? await change(version, values, etag ?? version.etag) : await create(values);
        await versionsChanged();
        if (saved) onSaved?.(saved);
      }}
      {...(version
        ? {
            edit: {
              read: async () => {
                const now = await readVersion(version.productVersionId);
                return { etag: now.etag, values: valuesOf(now) };
              },
              labels: {
                category: t('category'),
                displayName: t('form.displayName'),
                englishName: t('form.englishName'),
                startDate: t('form.startDate'),
                sources: t('form.sources'),
                parameters: t('parameters.title'),
                ftpMethod: t('funds.label'),
                ftpTenorDays: t('funds.tenor'),
                fixedFtpRate: t('funds.rate'),
                dayBasis: t('dayBasis'),
                currencyDayBases: t('fields.currency_day_bases'),
                coefficient: t('coefficient'),
                note: t('form.note'),
              },
              say,
            },
          }
        : {})}
    >
      <Alert className="form-note" type="info" showIcon title={t('form.hint')} />
      <Identity fixed={Boolean(known)} earliest={earliest} />
      <SourcesFields />
      <ParameterFields />
      <FundsFields />
      <Form.Item name="note" label={t('form.note')} extra={t('form.noteHint')}>
        <Input.TextArea rows={2} maxLength={NOTE_LENGTH_MAX} showCount />
      </Form.Item>
    </FormDialog>
  );
}

/** Code, names, kind of business and first day: never before that of the version that was published last. */
function Identity({ fixed, earliest }: { fixed: boolean; earliest: string }) {
  const { t } = useTranslation('products');
  const choices = useNamedChoices();
  const form = Form.useFormInstance<Values>();
  // What is usual of the kind of business is filled in as long as nobody has said otherwise.
  const suggest = (category: Category) => {
    if (!fixed && isUsual(form.getFieldValue('sources'))) form.setFieldsValue(usualOf(category));
  };
  return (
    <>
      <div className="form-columns">
        <Form.Item
          name="productCode"
          label={t('form.code')}
          normalize={(typed: string) => typed.toUpperCase().replace(/[\s-]+/g, '_')}
          rules={[{ required: true, pattern: CODE, message: t('form.codeNeeded') }]}
        >
          <Input maxLength={40} disabled={fixed} placeholder="GREEN_LOAN" className="product-code" />
        </Form.Item>
        <Form.Item name="category" label={t('category')} rules={[{ required: true, message: t('form.categoryNeeded') }]}>
          <Select<Category> options={choices(CATEGORIES)} onChange={suggest} placeholder={t('form.categoryNeeded')} />
        </Form.Item>
      </div>
      <div className="form-columns">
        <Form.Item
          name="displayName"
          label={t('form.displayName')}
          rules={[{ required: true, whitespace: true, message: t('form.nameNeeded') }]}
        >
          <Input maxLength={NAME_LENGTH_MAX} />
        </Form.Item>
        <Form.Item name="englishName" label={t('form.englishName')}>
          <Input maxLength={NAME_LENGTH_MAX} />
        </Form.Item>
      </div>
      <Form.Item
        name="startDate"
        label={t('form.startDate')}
        extra={t('form.startDateHint')}
        rules={[{ required: true, message: t('form.startDateNeeded') }]}
      >
        <DateField allowClear={false} min={earliest} />
      </Form.Item>
    </>
  );
}

/** What stands in a field, for two people who changed it at once. */
function useSaying(): (field: keyof Values & string, value: unknown) => string {
  const named = useNamed();
  return (field, value) => {
    if (field === 'sources') {
      return ((value ?? []) as Values['sources'])
        .flatMap((source) => [
          [source.dataset, ...source.productCodes, ...source.kinds].join(' '),
          ...source.formulas.map(({ measure, formula }) => `${named(measure)} = ${formula}`),
        ])
        .join('; ');
    }
    if (field === 'parameters') {
      return ((value ?? []) as Values['parameters']).map((each) => `${each.name} = ${valueWords(each)}`).join('; ');
    }
    if (field === 'currencyDayBases') {
      const rows = (value ?? []) as Values['currencyDayBases'];
      return rows.map((each) => `${each.currencyCode} ${named(each.dayBasis)}`).join('; ');
    }
    return /^[A-Z]+(_[A-Z0-9]+)+$/.test(String(value)) ? named(String(value)) : String(value ?? '');
  };
}

async function create(values: Values) {
  const { data } = await client.POST('/v1/productVersions', { body: bodyOf(values) });
  return data;
}

async function change(version: Version, values: Values, etag: string) {
  const { data } = await client.PATCH('/v1/productVersions/{productVersionId}', {
    params: {
      path: { productVersionId: version.productVersionId },
      query: { updateMask: 'category,displayName,englishName,startDate,definition,note' },
    },
    body: { ...bodyOf(values), etag },
  });
  return data;
}
