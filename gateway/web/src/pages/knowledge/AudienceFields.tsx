import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Flex, Form, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { useBilingual } from '../../design/bilingual';
import { useUnits } from '../../design/selects';

/** For whom a document is: holders of a post, people of a unit, or both; for everybody where nobody is named. */
export function AudienceFields() {
  const { t } = useTranslation('knowledge');
  const bilingual = useBilingual();
  const roles = api.useQuery('get', '/v1/roles', {}).data?.roles ?? [];
  const units = useUnits().data ?? [];
  return (
    <Form.Item label={t('audiences')} extra={t('audiencesHint')}>
      <Form.List name="audiences">
        {(fields, { add, remove }) => (
          <Flex vertical gap={8}>
            {fields.map(({ key, name }) => (
              <Flex key={key} gap={8}>
                <Form.Item name={[name, 'role']} className="audience-field">
                  <Select
                    allowClear
                    aria-label={t('role')}
                    placeholder={t('everyRole')}
                    options={roles.map(({ role, displayName }) => ({ value: role, label: bilingual(displayName) }))}
                  />
                </Form.Item>
                <Form.Item name={[name, 'organisationUnitId']} className="audience-field">
                  <Select
                    allowClear
                    aria-label={t('workbench:field.unit')}
                    placeholder={t('wholeBank')}
                    showSearch={{ optionFilterProp: 'label' }}
                    options={units.map(({ organisationUnitId, displayName }) => ({
                      value: organisationUnitId,
                      label: displayName,
                    }))}
                  />
                </Form.Item>
                <Button type="text" icon={<DeleteOutlined />} aria-label={t('removeAudience')} onClick={() => remove(name)} />
              </Flex>
            ))}
            <Button icon={<PlusOutlined />} onClick={() => add({})}>
              {t('addAudience')}
            </Button>
          </Flex>
        )}
      </Form.List>
    </Form.Item>
  );
}
