import { ControlOutlined, SearchOutlined } from '@ant-design/icons';
import { Badge, Button, Flex, Form, Input, Popover, Select } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { useNamedChoices } from '../../../design/Named';
import { RelationshipManagerSelect, UnitSelect } from '../../../design/selects';
import { useDebounced } from '../../../design/useDebounced';
import { KINDS, STATES, TIERS } from '../customer';
import { type ListFilters, listed, NO_FILTERS } from './filters';

interface Props {
  filters: ListFilters;
  onChange: (changed: Partial<ListFilters>) => void;
}

/** The quick filters above the list. */
export function FilterBar({ filters, onChange }: Props) {
  const { t } = useTranslation('customers');
  const choices = useNamedChoices();
  const filtered = Object.entries(filters).some(([name, value]) => value && name !== 'order');
  const several = (name: 'kind' | 'tier' | 'state', options: { value: string; label: string }[]) => (
    <Select
      mode="multiple"
      allowClear
      maxTagCount="responsive"
      className="filter-choice"
      placeholder={t(`column.${name}`)}
      aria-label={t(`column.${name}`)}
      options={options}
      value={listed(filters[name])}
      onChange={(values: string[]) => onChange({ [name]: values.join(',') })}
    />
  );
  return (
    <Flex wrap gap={8} className="customers-filters" role="search" aria-label={t('list.filters')}>
      <TypedFilter value={filters.q} onChange={(q) => onChange({ q })} />
      {several('kind', choices(KINDS))}
      {several('tier', choices(TIERS))}
      {several('state', choices(STATES))}
      <FurtherFilters filters={filters} onChange={onChange} />
      {filtered && (
        <Button type="link" onClick={() => onChange({ ...NO_FILTERS, order: filters.order })}>
          {t('list.clear')}
        </Button>
      )}
    </Flex>
  );
}

function TypedFilter({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation('customers');
  const [typed, setTyped] = useState(value);
  const settled = useDebounced(typed, 300);
  const latest = useRef({ value, onChange });
  latest.current = { value, onChange };
  // What stands in the address may change without the field: a view was opened, or all filters were cleared.
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (settled !== latest.current.value) latest.current.onChange(settled);
  }, [settled]);
  return (
    <Input
      allowClear
      className="filter-typed"
      prefix={<SearchOutlined />}
      placeholder={t('list.typed')}
      aria-label={t('list.typed')}
      maxLength={100}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
    />
  );
}

function FurtherFilters({ filters, onChange }: Props) {
  const { t } = useTranslation('customers');
  const { leads, scopePath, personId } = useAccess();
  const set = [filters.lead, filters.unit, filters.tag, filters.more].filter(Boolean).length;
  const [more, setMore] = useState(filters.more);
  useEffect(() => setMore(filters.more), [filters.more]);
  return (
    <Popover
      trigger="click"
      placement="bottomLeft"
      title={t('list.further')}
      content={
        <Form layout="vertical" className="further-filters" onFinish={() => onChange({ more })}>
          {leads && (
            <Form.Item label={t('column.lead_person_id')} htmlFor="filter-lead">
              <RelationshipManagerSelect
                id="filter-lead"
                allowClear
                {...(filters.lead ? { value: filters.lead === 'me' ? personId : filters.lead } : {})}
                onChange={(lead) => onChange({ lead: lead ?? '' })}
              />
            </Form.Item>
          )}
          {leads && (
            <Form.Item label={t('column.organisation_path')} htmlFor="filter-unit">
              <UnitSelect
                id="filter-unit"
                below={scopePath}
                allowClear
                {...(filters.unit ? { value: filters.unit } : {})}
                onChange={(unit) => onChange({ unit: unit ?? '' })}
              />
            </Form.Item>
          )}
          <Form.Item label={t('list.tag')} htmlFor="filter-tag">
            <Input
              id="filter-tag"
              allowClear
              maxLength={40}
              defaultValue={filters.tag}
              key={filters.tag}
              onBlur={(event) => onChange({ tag: event.target.value.trim() })}
              onPressEnter={(event) => onChange({ tag: event.currentTarget.value.trim() })}
            />
          </Form.Item>
          <Form.Item label={t('list.condition')} htmlFor="filter-more" extra={t('list.conditionHint')}>
            <Input.TextArea
              id="filter-more"
              rows={2}
              maxLength={3000}
              value={more}
              onChange={(event) => setMore(event.target.value.replace(/\n/g, ' '))}
            />
          </Form.Item>
          <Button htmlType="submit" disabled={more === filters.more}>
            {t('list.applyCondition')}
          </Button>
        </Form>
      }
    >
      <Badge count={set} size="small">
        <Button icon={<ControlOutlined />}>{t('list.further')}</Button>
      </Badge>
    </Popover>
  );
}
