import { Alert, Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { client } from '../../../api/client';
import { FormDialog } from '../../../design/FormDialog';
import { useNamed, useNamedChoices } from '../../../design/Named';
import { Text } from '../../../design/Text';
import { KINDS, type Kind } from './kinds';
import { parametersFrom, type Settings, settingsFrom, USUAL } from './parameters';
import { SettingsFields } from './SettingsFields';
import { readScheme, type Scheme, schemesChanged } from './schemes';

export interface Values extends Settings {
  displayName: string;
  kind: Kind;
}

interface Props {
  /** The one to change; none for a new one. */
  scheme?: Scheme;
  onClose: () => void;
  onSaved?: (scheme: Scheme) => void;
}

const NAME_LENGTH_MAX = 100;
const WIDTH = 680;
/** All kinds at once: whoever chooses wants to see what there is. */
const KINDS_HEIGHT = 480;

/** A new scheme of a kind, or a new version of one: either waits for a second person. */
export default function SchemeForm({ scheme, onClose, onSaved }: Props) {
  const { t } = useTranslation('schemes');
  const edit = scheme && {
    read: async () => {
      const now = await readScheme(scheme.schemeId);
      return { etag: now.etag, values: valuesOf(now) };
    },
    labels: { displayName: t('name') },
  };
  return (
    <FormDialog<Values>
      open
      width={WIDTH}
      title={t(scheme ? 'changeTitle' : 'createTitle')}
      draftKey={scheme ? `scheme:${scheme.schemeId}` : 'scheme:new'}
      initialValues={scheme ? valuesOf(scheme) : USUAL}
      submitWords={t('propose')}
      doneWords={t('proposed')}
      onClose={onClose}
      submit={async (values, etag) => {
        const saved = scheme ? await change(scheme, values, etag ?? scheme.etag) : await create(values);
        await schemesChanged();
        if (saved) onSaved?.(saved);
      }}
      {...(edit ? { edit } : {})}
    >
      <Alert className="form-note" type="info" showIcon title={t(scheme ? 'changeHint' : 'createHint')} />
      <Form.Item name="displayName" label={t('name')} rules={[{ required: true, whitespace: true, message: t('nameNeeded') }]}>
        <Input maxLength={NAME_LENGTH_MAX} />
      </Form.Item>
      {scheme ? <KindWords kind={scheme.kind} /> : <KindField />}
      <SettingsFields {...(scheme ? { kind: scheme.kind } : {})} />
    </FormDialog>
  );
}

/** The kind of a new scheme; of one that is there it stays. */
function KindField() {
  const { t } = useTranslation('schemes');
  const choices = useNamedChoices();
  const kind = Form.useWatch<Kind | undefined>('kind');
  return (
    <Form.Item
      name="kind"
      label={t('kind')}
      rules={[{ required: true, message: t('kindNeeded') }]}
      extra={kind && t(`about.${kind}`)}
    >
      <Select<Kind> placeholder={t('kindNeeded')} options={choices(KINDS)} listHeight={KINDS_HEIGHT} />
    </Form.Item>
  );
}

function KindWords({ kind }: { kind: Kind }) {
  const { t } = useTranslation('schemes');
  const named = useNamed();
  return (
    <p className="scheme-kind">
      {named(kind)} <Text type="secondary">{t(`about.${kind}`)}</Text>
    </p>
  );
}

function valuesOf(scheme: Scheme): Values {
  return { displayName: scheme.displayName, kind: scheme.kind, ...settingsFrom(scheme.parameters) };
}

function bodyOf({ displayName, kind, ...typed }: Values) {
  // Fields that were never shown are not in the form.
  return { displayName: displayName.trim(), kind, parameters: parametersFrom(kind, { ...USUAL, ...typed }), retired: false };
}

async function create(values: Values) {
  const { data } = await client.POST('/v1/schemes', { body: bodyOf(values) });
  return data;
}

async function change(scheme: Scheme, values: Values, etag: string) {
  const { data } = await client.PATCH('/v1/schemes/{schemeId}', {
    params: { path: { schemeId: scheme.schemeId }, query: { updateMask: 'displayName,parameters' } },
    body: { ...bodyOf({ ...values, kind: scheme.kind }), etag },
  });
  return data;
}
