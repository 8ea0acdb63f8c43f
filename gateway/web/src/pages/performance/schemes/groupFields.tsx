// Settings of several numbers that are looked at together.
import { Form, InputNumber } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFormats } from '../../../design/formats';
import { useNamed } from '../../../design/Named';
import { Text } from '../../../design/Text';
import { ROLES } from '../deals/roles';
import { toBasisPoints } from '../percent';
import { CONTACT_KINDS, type Settings } from './parameters';

const WHOLE_BASIS_POINTS = 10_000;
const WEIGHT_MAX = 10_000;
const POINTS_MAX = 1000;
const PLACES = ['first', 'turning', 'last', 'others'] as const;

/** Parts of the first, the turning, the last and the other contacts: together the whole. */
export function PositionFields() {
  const { t } = useTranslation('schemes');
  const formats = useFormats();
  const position = Form.useWatch<Settings['position'] | undefined>('position');
  const sum = PLACES.reduce((total, place) => total + toBasisPoints(position?.[place]), 0);
  return (
    <Group
      name="position"
      label={t('setting.position')}
      hint={t('sum', { percent: formats.basisPoints(sum) })}
      check={(typed: Settings['position']) => {
        if (PLACES.reduce((total, place) => total + toBasisPoints(typed[place]), 0) !== WHOLE_BASIS_POINTS)
          return t('fault.position');
        return typed.first + typed.last > 0 ? '' : t('fault.ends');
      }}
      fields={PLACES.map((place) => ({ key: place, label: t(`position.${place}`), max: 100, suffix: '%' }))}
    />
  );
}

/** What each role weighs against the others. */
export function RoleWeightsFields() {
  const { t } = useTranslation('schemes');
  const named = useNamed();
  return (
    <Group
      name="roleWeights"
      label={t('setting.roleWeights')}
      hint={t('hint.roleWeights')}
      check={(typed: Record<string, number>) => (typed.DEAL_ROLE_OWNER ? '' : t('fault.owner'))}
      fields={ROLES.map((role) => ({ key: role, label: named(role), max: WEIGHT_MAX }))}
    />
  );
}

/** What a contact of each kind is worth. */
export function ContactPointsFields() {
  const { t } = useTranslation('schemes');
  const named = useNamed();
  return (
    <Group
      name="contactPoints"
      label={t('setting.contactPoints')}
      hint={t('hint.contactPoints')}
      check={(typed: Record<string, number>) => (Object.values(typed).some(Boolean) ? '' : t('fault.points'))}
      fields={Object.entries(CONTACT_KINDS).map(([kind, name]) => ({ key: kind, label: named(name), max: POINTS_MAX }))}
    />
  );
}

interface GroupProps<Values> {
  name: string;
  label: string;
  hint: string;
  /** What is wrong with them together; empty where nothing is. */
  check: (typed: Values) => string;
  fields: { key: string; label: string; max: number; suffix?: string }[];
}

function Group<Values>({ name, label, hint, check, fields }: GroupProps<Values>) {
  const form = Form.useFormInstance();
  return (
    <fieldset className="performance-rows">
      <legend>{label}</legend>
      <div className="scheme-group">
        {fields.map((field) => (
          <Form.Item
            key={field.key}
            name={[name, field.key]}
            label={field.label}
            getValueProps={(value) => ({ value: value ?? 0 })}
          >
            <InputNumber<number>
              className="scheme-number"
              min={0}
              max={field.max}
              precision={field.suffix ? 2 : 0}
              suffix={field.suffix}
            />
          </Form.Item>
        ))}
      </div>
      <Form.Item
        name={`${name}Together`}
        className="scheme-together"
        dependencies={fields.map((field) => [name, field.key])}
        rules={[
          {
            validator: async () => {
              const fault = check(form.getFieldValue(name) as Values);
              if (fault) throw new Error(fault);
            },
          },
        ]}
      >
        <Together hint={hint} />
      </Form.Item>
    </fieldset>
  );
}

/** Where what is wrong with them together is said. */
function Together({ hint }: { hint: string }) {
  return <Text type="secondary">{hint}</Text>;
}
