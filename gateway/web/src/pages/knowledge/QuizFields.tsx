import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Card, Flex, Form, Input, InputNumber, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { choicesOf } from './draft';

/** Questions on a document; none for no quiz. */
export function QuizFields() {
  const { t } = useTranslation('knowledge');
  const required = [{ required: true, message: t('workbench:field.required') }];
  return (
    <Form.Item label={t('quiz')}>
      <Form.List name={['quiz', 'questions']}>
        {(fields, { add, remove }) => (
          <Flex vertical gap={8}>
            {fields.map(({ key, name }) => (
              <Card
                key={key}
                size="small"
                title={t('question', { number: name + 1 })}
                extra={
                  <Button
                    type="text"
                    size="small"
                    icon={<DeleteOutlined />}
                    aria-label={t('removeQuestion')}
                    onClick={() => remove(name)}
                  />
                }
              >
                <Form.Item name={[name, 'text']} label={t('questionText')} rules={required}>
                  <Input maxLength={500} />
                </Form.Item>
                <Form.Item name={[name, 'choices']} label={t('choices')} rules={required}>
                  <Input.TextArea rows={3} maxLength={2000} />
                </Form.Item>
                <RightChoices name={name} />
              </Card>
            ))}
            <Button icon={<PlusOutlined />} onClick={() => add({})}>
              {t('addQuestion')}
            </Button>
            {fields.length > 0 && (
              <Flex gap={16} wrap>
                <Form.Item name={['quiz', 'passPercent']} label={t('passPercent')}>
                  <InputNumber min={1} max={100} suffix="%" />
                </Form.Item>
                <Form.Item name={['quiz', 'attemptsMax']} label={t('attemptsMax')} extra={t('attemptsHint')}>
                  <InputNumber min={0} max={100} />
                </Form.Item>
              </Flex>
            )}
          </Flex>
        )}
      </Form.List>
    </Form.Item>
  );
}

function RightChoices({ name }: { name: number }) {
  const { t } = useTranslation('knowledge');
  const choices = choicesOf(Form.useWatch(['quiz', 'questions', name, 'choices']));
  return (
    <Form.Item
      name={[name, 'rightChoices']}
      label={t('rightChoices')}
      rules={[{ required: true, message: t('workbench:field.required') }]}
    >
      <Select mode="multiple" options={choices.map((choice, value) => ({ value, label: choice }))} />
    </Form.Item>
  );
}
