import { Form, Select } from 'antd';
import type { ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import { useNamedChoices } from '../../../design/Named';
import { ContactPointsFields, PositionFields, RoleWeightsFields } from './groupFields';
import { INNER_KINDS, type Kind } from './kinds';
import { NumberField, PercentField } from './numberFields';
import { type Setting, type Settings, settingsOf, USUAL } from './parameters';
import { StageWeightsFields } from './StageWeightsFields';

/** What can be set of a kind, and nothing else; it changes with the kind and with what is shared by in its inside. */
export function SettingsFields({ kind: fixed }: { kind?: Kind }) {
  const form = Form.useFormInstance();
  const typed = Form.useWatch<Kind | undefined>('kind', form);
  const innerKind = Form.useWatch<Settings['innerKind'] | undefined>('innerKind', { form, preserve: true });
  const effortMeasure = Form.useWatch<Settings['effortMeasure'] | undefined>('effortMeasure', { form, preserve: true });
  const kind = fixed ?? typed;
  if (!kind) return null;
  const chosen = { innerKind: innerKind ?? USUAL.innerKind, effortMeasure: effortMeasure ?? USUAL.effortMeasure };
  return settingsOf(kind, chosen).map((setting) => {
    if (setting === 'innerKind') return <InnerKindField key={setting} kind={kind} />;
    const Field = FIELDS[setting];
    return <Field key={setting} />;
  });
}

function InnerKindField({ kind }: { kind: Kind }) {
  const { t } = useTranslation('schemes');
  const choices = useNamedChoices();
  return (
    <Form.Item name="innerKind" label={t('setting.innerKind')}>
      <Select<Kind> options={choices(INNER_KINDS[kind] ?? [])} />
    </Form.Item>
  );
}

function EffortMeasureField() {
  const { t } = useTranslation('schemes');
  const choices = useNamedChoices();
  return (
    <Form.Item name="effortMeasure" label={t('setting.effortMeasure')}>
      <Select options={choices(['EFFORT_MEASURE_MINUTES', 'EFFORT_MEASURE_POINTS'])} />
    </Form.Item>
  );
}

// The bounds are those of the contract, and of the rules where they are narrower.
const FIELDS: Record<Exclude<Setting, 'innerKind'>, ComponentType> = {
  halfLifeDays: () => <NumberField setting="halfLifeDays" min={30} max={90} />,
  position: PositionFields,
  roleWeights: RoleWeightsFields,
  effortMeasure: EffortMeasureField,
  effortPerDayMax: () => <NumberField setting="effortPerDayMax" min={1} max={1440} />,
  contactPoints: ContactPointsFields,
  touchStrength: () => <PercentField setting="touchStrength" min={0.01} max={99.99} />,
  touchesPerStageMax: () => <NumberField setting="touchesPerStageMax" min={1} max={50} />,
  stageWeights: StageWeightsFields,
  permutationCount: () => <NumberField setting="permutationCount" min={100} max={10_000} />,
  historyDays: () => <NumberField setting="historyDays" min={0} max={3650} />,
  agreed: () => <PercentField setting="agreed" min={0} max={100} />,
  floor: FloorField,
  cap: () => <PercentField setting="cap" min={0.01} max={100} />,
};

function FloorField() {
  const { t } = useTranslation('schemes');
  return (
    <PercentField
      setting="floor"
      min={0}
      max={100}
      dependencies={['cap']}
      rules={[
        ({ getFieldValue }) => ({
          validator: async (_, floor: number) => {
            if (floor > getFieldValue('cap')) throw new Error(t('fault.floor'));
          },
        }),
      ]}
    />
  );
}
