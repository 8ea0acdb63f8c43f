import { MinusCircleOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Flex, Form, InputNumber, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useBilingual } from '../../../design/bilingual';
import { Text } from '../../../design/Text';
import { useStages } from '../stages';
import type { StageRow } from './parameters';

const WEIGHT_MAX = 10_000;

/** What stages weigh; where none is named all weigh the same. */
export function StageWeightsFields() {
  const { t } = useTranslation('schemes');
  const bilingual = useBilingual();
  const stages = useStages();
  const options = [...(stages ?? [])].map(([value, name]) => ({ value, label: bilingual(name) }));
  const check = async (_: unknown, rows: StageRow[] | undefined) => {
    const named = (rows ?? []).map((row) => row?.stageCode);
    if (new Set(named).size !== named.length) throw new Error(t('fault.stageTwice'));
    if (rows?.length && !rows.some((row) => row?.weight)) throw new Error(t('fault.stages'));
  };
  return (
    <Form.List name="stageWeights" rules={[{ validator: check }]}>
      {(fields, { add, remove }, { errors }) => (
        <fieldset className="performance-rows">
          <legend>{t('setting.stageWeights')}</legend>
          <p className="scheme-about">
            <Text type="secondary">{t('hint.stageWeights')}</Text>
          </p>
          {fields.map((field) => (
            <Flex key={field.key} gap={8} align="flex-start" className="row">
              <Form.Item
                name={[field.name, 'stageCode']}
                className="grow-field"
                rules={[{ required: true, message: t('fault.stage') }]}
              >
                <Select aria-label={t('stage')} placeholder={t('stage')} options={options} />
              </Form.Item>
              <Form.Item name={[field.name, 'weight']} noStyle>
                <InputNumber<number> aria-label={t('weight')} min={0} max={WEIGHT_MAX} precision={0} />
              </Form.Item>
              <Button
                type="text"
                icon={<MinusCircleOutlined />}
                aria-label={t('removeStage')}
                onClick={() => remove(field.name)}
              />
            </Flex>
          ))}
          <Form.ErrorList errors={errors} />
          <Button icon={<PlusOutlined />} onClick={() => add({ weight: 1 })}>
            {t('addStage')}
          </Button>
        </fieldset>
      )}
    </Form.List>
  );
}
