import { SwapOutlined } from '@ant-design/icons';
import { Button, Dropdown, Flex, Typography } from 'antd';
import { type DragEvent, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Amount } from '../../design/Amount';
import type { Money } from '../../design/formats';

export interface BoardColumn<Item> {
  key: string;
  title: string;
  note?: ReactNode;
  items: Item[];
  sums: Money[];
}

/** A place below the columns where an item leaves the board, such as won or lost. */
export interface BoardExit {
  key: string;
  title: string;
  icon: ReactNode;
  /** Where those are that left there. */
  list: ReactNode;
}

interface Props<Item> {
  label: string;
  columns: BoardColumn<Item>[];
  exits: BoardExit[];
  itemKey: (item: Item) => string;
  itemName: (item: Item) => string;
  card: (item: Item) => ReactNode;
  /** Whether the item may go to the column or exit of this key. */
  mayMove: (item: Item, to: string) => boolean;
  onMove: (item: Item, to: string) => void;
}

/** Items in columns: dragged from one to another, or moved by the menu of each card. */
export function Board<Item>(props: Props<Item>) {
  const { label, columns, exits, itemKey, mayMove, onMove } = props;
  const [dragged, setDragged] = useState<Item>();
  const places = [...columns, ...exits].map(({ key, title }) => ({ key, title }));
  const drop = (to: string) => {
    if (dragged && mayMove(dragged, to)) onMove(dragged, to);
    setDragged(undefined);
  };
  const target = (key: string) => dropTarget(dragged !== undefined && mayMove(dragged, key), () => drop(key));
  return (
    <div className="board">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls sideways is reached by keyboard, also without cards */}
      <section className="board-columns" aria-label={label} tabIndex={0}>
        {columns.map((column) => (
          <section key={column.key} className="board-column" aria-label={column.title} {...target(column.key)}>
            <ColumnHead column={column} />
            <ul className="board-cards">
              {column.items.map((item) => (
                <BoardCard
                  key={itemKey(item)}
                  name={props.itemName(item)}
                  places={places.filter(({ key }) => mayMove(item, key))}
                  onMove={(to) => onMove(item, to)}
                  onDrag={(begun) => setDragged(begun ? item : undefined)}
                >
                  {props.card(item)}
                </BoardCard>
              ))}
            </ul>
          </section>
        ))}
      </section>
      <div className="board-exits">
        {exits.map((exit) => (
          <section key={exit.key} className="board-exit" aria-label={exit.title} {...target(exit.key)}>
            {exit.icon}
            <span>{exit.title}</span>
            {exit.list}
          </section>
        ))}
      </div>
    </div>
  );
}

function ColumnHead<Item>({ column }: { column: BoardColumn<Item> }) {
  const { t } = useTranslation('leads');
  return (
    <div className="board-head">
      <Flex justify="space-between" align="baseline" gap={8}>
        <Typography.Title level={2} className="board-title" ellipsis={{ tooltip: column.title }}>
          {column.title}
        </Typography.Title>
        <span className="board-count">{t('count', { count: column.items.length })}</span>
      </Flex>
      <Flex justify="space-between" gap={8} className="board-sum">
        <span>{column.sums.length === 0 ? '—' : column.sums.map((sum) => <Amount key={sum.currencyCode} money={sum} />)}</span>
        {column.note}
      </Flex>
    </div>
  );
}

interface CardProps {
  name: string;
  places: { key: string; title: string }[];
  onMove: (to: string) => void;
  onDrag: (begun: boolean) => void;
  children: ReactNode;
}

function BoardCard({ name, places, onMove, onDrag, children }: CardProps) {
  const { t } = useTranslation('leads');
  const movable = places.length > 0;
  const onDragStart = (event: DragEvent) => {
    event.dataTransfer.setData('text/plain', name);
    event.dataTransfer.effectAllowed = 'move';
    onDrag(true);
  };
  return (
    <li
      className={movable ? 'board-card board-card-movable' : 'board-card'}
      draggable={movable}
      onDragStart={onDragStart}
      onDragEnd={() => onDrag(false)}
    >
      {children}
      {movable && (
        <Dropdown
          trigger={['click']}
          menu={{
            items: places.map(({ key, title }) => ({ key, label: title })),
            onClick: ({ key }) => onMove(key),
          }}
        >
          <Button
            className="board-move"
            size="small"
            type="text"
            icon={<SwapOutlined />}
            aria-label={t('moveOf', { name })}
            title={t('move')}
          />
        </Dropdown>
      )}
    </li>
  );
}

function dropTarget(open: boolean, onDrop: () => void) {
  if (!open) return {};
  return {
    'data-open': true,
    onDragOver: (event: DragEvent) => event.preventDefault(),
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      onDrop();
    },
  };
}
