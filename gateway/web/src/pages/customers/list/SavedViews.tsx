import { DownOutlined, EyeOutlined } from '@ant-design/icons';
import type { Schema } from '@rm-workbench/client';
import { useMutation, useQuery } from '@tanstack/react-query';
import { App, Button, Dropdown, type MenuProps } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { client, refresh } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { type NamedView, SaveViewDialog, ShareViewDialog } from './ViewDialogs';

export type SavedView = Schema<'customer.v1.SavedView'>;

/** What the list shows now, as a view keeps it. */
export interface ViewContent {
  filter: string;
  orderBy: string;
  columns: string[];
}

export function useSavedViews() {
  return useQuery({
    queryKey: ['/v1/savedViews'],
    queryFn: async () => (await client.GET('/v1/savedViews', { params: { query: { pageSize: 1000 } } })).data?.savedViews ?? [],
  });
}

interface Props {
  views: SavedView[];
  current: SavedView | undefined;
  content: ViewContent;
  /** Opens a view; undefined for all customers. */
  onOpen: (view: SavedView | undefined) => void;
}

/** The list's views: one's own and those that were shared, with what can be done with the one that is open. */
export function SavedViews({ views, current, content, onOpen }: Props) {
  const { t } = useTranslation('customers');
  const { personId, may } = useAccess();
  const { message, modal } = App.useApp();
  const words = useRefusalWords();
  const [naming, setNaming] = useState<'new' | 'rename'>();
  const [sharing, setSharing] = useState(false);
  const own = current?.ownerPersonId === personId ? current : undefined;
  const saving = useMutation({
    mutationFn: (asked: { view: SavedView | undefined } & Partial<NamedView & ViewContent>) => save(asked),
    onSuccess: async (saved) => {
      void message.success(t('view.saved'));
      setNaming(undefined);
      await refresh('/v1/savedViews');
      if (saved) onOpen(saved);
    },
    onError: (error) => void message.error(words(error)),
  });
  const remove = (view: SavedView) =>
    modal.confirm({
      title: t('view.deleteAsked', { name: view.displayName }),
      okButtonProps: { danger: true },
      onOk: async () => {
        await client.DELETE('/v1/savedViews/{savedViewId}', { params: { path: { savedViewId: view.savedViewId } } });
        onOpen(undefined);
        await refresh('/v1/savedViews');
      },
    });
  const choice = (view: SavedView) => ({ key: view.savedViewId, label: view.displayName, onClick: () => onOpen(view) });
  const group = (key: string, label: string, members: SavedView[]) =>
    members.length ? [{ key, type: 'group' as const, label, children: members.map(choice) }] : [];
  const items: MenuProps['items'] = [
    { key: 'all', label: t('view.all'), onClick: () => onOpen(undefined) },
    ...group(
      'own',
      t('view.own'),
      views.filter((view) => view.ownerPersonId === personId),
    ),
    ...group(
      'shared',
      t('view.shared'),
      views.filter((view) => view.ownerPersonId !== personId),
    ),
    { type: 'divider' },
    ...(own && differs(own, content)
      ? [{ key: 'update', label: t('view.update'), onClick: () => saving.mutate({ view: own, ...content }) }]
      : []),
    { key: 'new', label: t('view.new'), onClick: () => setNaming('new') },
    ...(own ? [{ key: 'rename', label: t('view.rename'), onClick: () => setNaming('rename') }] : []),
    ...(own && may('customer.segment.share') ? [{ key: 'share', label: t('view.share'), onClick: () => setSharing(true) }] : []),
    ...(own ? [{ key: 'delete', danger: true, label: t('view.delete'), onClick: () => remove(own) }] : []),
  ];
  return (
    <>
      <Dropdown trigger={['click']} menu={{ items, selectedKeys: [current?.savedViewId ?? 'all'] }}>
        <Button icon={<EyeOutlined />} className="view-button">
          <span className="view-name">{current?.displayName ?? t('view.all')}</span>
          {current && differs(current, content) && <span aria-hidden="true"> *</span>}
          <DownOutlined />
        </Button>
      </Dropdown>
      {naming && (
        <SaveViewDialog
          name={naming === 'rename' ? (own?.displayName ?? '') : ''}
          busy={saving.isPending}
          onSave={(named) =>
            saving.mutate(naming === 'rename' ? { view: own, ...named } : { view: undefined, ...named, ...content })
          }
          onClose={() => setNaming(undefined)}
        />
      )}
      {sharing && own && <ShareViewDialog view={own} onClose={() => setSharing(false)} />}
    </>
  );
}

async function save({ view, ...changed }: { view: SavedView | undefined } & Partial<NamedView & ViewContent>) {
  const { displayName = '', ...content } = changed;
  if (!view) return (await client.POST('/v1/savedViews', { body: { displayName, ...content } })).data;
  const { data } = await client.PATCH('/v1/savedViews/{savedViewId}', {
    params: {
      path: { savedViewId: view.savedViewId },
      query: { updateMask: Object.keys(changed).join(',') },
      header: { 'If-Match': view.etag },
    },
    body: changed,
  });
  return data;
}

function differs(view: SavedView, { filter, orderBy, columns }: ViewContent): boolean {
  return (
    view.filter !== filter || view.orderBy !== orderBy || (view.columns.length > 0 && view.columns.join() !== columns.join())
  );
}
