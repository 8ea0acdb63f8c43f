import { EditOutlined, PlusOutlined, SwapOutlined } from '@ant-design/icons';
import { Button, Card, Flex, Input, Table, Typography } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Named } from '../../../design/Named';
import { Page } from '../../../design/Page';
import { EmptyState, Loaded } from '../../../design/States';
import { type Unit, useUnits } from '../../../design/selects';
import { useFilters } from '../../../design/useFilters';
import { byPath } from '../fields';
import { MoveUnit, NewUnit, RenameUnit } from './unitForms';
import '../administration.css';

interface UnitRow extends Unit {
  children?: UnitRow[];
}

type Act = { kind: 'new' | 'rename' | 'move'; unit: Unit };

/** A tree of so many units is shown whole; of a larger one the branches. */
const UNITS_OPEN_MAX = 40;

/** The organisation tree: units are added, renamed and moved. */
export default function OrganisationPage() {
  const { t } = useTranslation('administration');
  const units = useUnits();
  const [filters, setFilters] = useFilters({ text: '' });
  const [act, setAct] = useState<Act>();
  const close = () => setAct(undefined);
  return (
    <Page title={t('workbench:nav.organisation')} note={units.data && t('organisation.count', { count: units.data.length })}>
      <Card size="small">
        <Input.Search
          className="filter-wide form-note"
          allowClear
          defaultValue={filters.text}
          placeholder={t('organisation.search')}
          aria-label={t('organisation.search')}
          onChange={({ target }) => setFilters({ text: target.value })}
        />
        <Loaded query={units} rows={8}>
          {(all) => <UnitTree units={all} text={filters.text.trim()} onAct={setAct} />}
        </Loaded>
      </Card>
      {act?.kind === 'new' && <NewUnit parent={act.unit} onClose={close} />}
      {act?.kind === 'rename' && <RenameUnit unit={act.unit} onClose={close} />}
      {act?.kind === 'move' && <MoveUnit unit={act.unit} onClose={close} />}
    </Page>
  );
}

function UnitTree({ units, text, onAct }: { units: Unit[]; text: string; onAct: (act: Act) => void }) {
  const { t } = useTranslation('administration');
  const { rows, keys } = useMemo(() => treeOf(units, text), [units, text]);
  const usual = useMemo(() => {
    const deep = units.length > UNITS_OPEN_MAX ? 2 : Number.POSITIVE_INFINITY;
    return units.filter((unit) => depthOf(unit) < deep).map((unit) => unit.organisationUnitId);
  }, [units]);
  const [opened, setOpened] = useState<readonly React.Key[]>(usual);
  if (!rows.length) return <EmptyState words={t('workbench:state.nothingFound')} />;
  return (
    <Table<UnitRow>
      size="small"
      aria-label={t('workbench:nav.organisation')}
      rowKey="organisationUnitId"
      dataSource={rows}
      pagination={false}
      expandable={{ expandedRowKeys: text ? keys : opened, onExpandedRowsChange: setOpened }}
      columns={[
        { title: t('organisation.name'), dataIndex: 'displayName' },
        {
          title: t('organisation.code'),
          dataIndex: 'code',
          width: 140,
          responsive: ['md'],
          render: (code: string) => <Typography.Text code>{code}</Typography.Text>,
        },
        {
          title: t('organisation.kind'),
          dataIndex: 'kind',
          width: 120,
          responsive: ['md'],
          render: (kind: string) => <Named value={kind} />,
        },
        {
          title: t('actions'),
          width: 132,
          align: 'end',
          render: (_, unit) => <UnitActions unit={unit} onAct={onAct} />,
        },
      ]}
    />
  );
}

function UnitActions({ unit, onAct }: { unit: Unit; onAct: (act: Act) => void }) {
  const { t } = useTranslation('administration');
  const name = unit.displayName;
  const button = (kind: Act['kind'], label: string, icon: React.ReactNode) => (
    <Button type="text" size="small" icon={icon} title={label} aria-label={label} onClick={() => onAct({ kind, unit })} />
  );
  return (
    <Flex gap={4} justify="end">
      {button('new', t('organisation.addBelow', { name }), <PlusOutlined />)}
      {button('rename', t('organisation.renameNamed', { name }), <EditOutlined />)}
      {unit.parentUnitId && button('move', t('organisation.moveNamed', { name }), <SwapOutlined />)}
    </Flex>
  );
}

const depthOf = (unit: Unit) => unit.organisationPath.split('/').length - 2;

/** The tree of what fits the text, with all that stands above. */
function treeOf(units: Unit[], text: string): { rows: UnitRow[]; keys: string[] } {
  const lower = text.toLowerCase();
  const fitting = units.filter(
    ({ displayName, code }) => displayName.toLowerCase().includes(lower) || code.toLowerCase().includes(lower),
  );
  const shown = units
    .filter((unit) => fitting.some((fit) => fit.organisationPath.startsWith(unit.organisationPath)))
    .sort(byPath);
  const known = new Map<string, UnitRow>();
  const rows: UnitRow[] = [];
  for (const unit of shown) {
    const row: UnitRow = { ...unit };
    known.set(unit.organisationUnitId, row);
    const parent = known.get(unit.parentUnitId);
    if (parent) parent.children = [...(parent.children ?? []), row];
    else rows.push(row);
  }
  return { rows, keys: [...known.keys()] };
}
