import { useInfiniteQuery } from '@tanstack/react-query';
import { Button, Flex, Grid, Table, type TableProps } from 'antd';
import { type Key, type ReactNode, type UIEvent, useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { FailureState, LoadingState } from './States';
import { useHeightBelow } from './useHeightBelow';

export interface KeysetRows<Row> {
  rows: Row[];
  nextPageToken: string;
}

interface Props<Row> {
  /** What the list is of: its path and filters. Where it changes, the list begins anew. */
  queryKey: readonly unknown[];
  load: (pageToken: string, signal: AbortSignal) => Promise<KeysetRows<Row>>;
  rowKey: (row: Row) => string;
  columns: NonNullable<TableProps<Row>['columns']>;
  /** A row as a card, on a phone. */
  card: (row: Row) => ReactNode;
  empty: ReactNode;
  label: string;
  onOpen?: (row: Row) => void;
  selection?: { keys: Key[]; onChange: (keys: Key[], rows: Row[]) => void };
  enabled?: boolean;
  /** The rows' height, for lists that do not fill the window. */
  height?: number;
}

/** Below so many pixels from the end of what is loaded, the next page is asked for: about a page ahead of whoever scrolls fast. */
const AHEAD_PIXELS = 5_000;

/**
 * A list of any length: pages by keyset as one scrolls, only what is seen is in the document; cards on a phone.
 */
export function KeysetTable<Row extends object>(props: Props<Row>) {
  const { queryKey, load, rowKey, columns, empty, label, onOpen, selection, enabled = true, height } = props;
  const { t } = useTranslation();
  const wide = Grid.useBreakpoint().md ?? true;
  const place = useRef<HTMLDivElement>(null);
  const room = useHeightBelow(place, height);
  const list = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => load(pageParam, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextPageToken || undefined,
    enabled,
  });
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.rows) ?? [], [list.data]);
  const more = () => {
    if (list.hasNextPage && !list.isFetching) void list.fetchNextPage();
  };
  const scrolled = useRef<HTMLElement>(null);
  const onScroll = (event: UIEvent<HTMLElement>) => {
    scrolled.current = event.currentTarget;
    if (pixelsLeft(event.currentTarget) < AHEAD_PIXELS) more();
  };
  // Whoever has come to the end already does not scroll again. What failed is asked for when somebody scrolls, and not by itself.
  const goesOn = rows.length > 0 && !list.isError;
  useEffect(() => {
    if (goesOn && scrolled.current && pixelsLeft(scrolled.current) < AHEAD_PIXELS) more();
  });
  if (list.error && !rows.length) return <FailureState error={list.error} onRetry={() => void list.refetch()} />;
  if (list.isPending) return <LoadingState rows={8} />;
  if (!rows.length) return <>{empty}</>;
  if (!wide) {
    return (
      <Flex vertical gap={8}>
        <ul className="cards" aria-label={label}>
          {rows.map((row) => (
            <li key={rowKey(row)}>{props.card(row)}</li>
          ))}
        </ul>
        {list.hasNextPage && (
          <Button loading={list.isFetchingNextPage} onClick={more}>
            {t('action.more')}
          </Button>
        )}
      </Flex>
    );
  }
  const tableProps: TableProps<Row> = selection
    ? { rowSelection: { selectedRowKeys: selection.keys, onChange: selection.onChange, columnWidth: 44 } }
    : {};
  return (
    <div ref={place} className="keyset-table">
      <Table<Row>
        {...tableProps}
        aria-label={label}
        virtual
        size="middle"
        rowKey={rowKey}
        columns={columns}
        dataSource={rows}
        pagination={false}
        loading={list.isFetching && !list.isFetchingNextPage && list.isPlaceholderData}
        scroll={{ y: room, x: widthOf(columns) }}
        onScroll={onScroll}
        onRow={(row) => (onOpen ? openable(row, onOpen) : {})}
      />
    </div>
  );
}

function pixelsLeft({ scrollTop, clientHeight, scrollHeight }: HTMLElement): number {
  return scrollHeight - scrollTop - clientHeight;
}

function openable<Row>(row: Row, onOpen: (row: Row) => void) {
  return { onClick: () => onOpen(row), className: 'openable' };
}

function widthOf<Row>(columns: NonNullable<TableProps<Row>['columns']>): number {
  return columns.reduce((sum, column) => sum + (typeof column.width === 'number' ? column.width : 160), 0);
}
