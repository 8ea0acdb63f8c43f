import { Refusal } from '@rm-workbench/client';
import { Modal, Table } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

/** Whether somebody else was faster (412): show both versions with `StaleEdit`. */
export function isStale(error: unknown): boolean {
  return error instanceof Refusal && error.status === 412;
}

export interface StaleField {
  label: string;
  theirs: ReactNode;
  mine: ReactNode;
}

interface Props {
  fields: StaleField[];
  /** Keeps what stands now, and closes the edit. */
  onTakeTheirs: () => void;
  /** Saves one's own over what stands now: send the edit again with the new etag. */
  onKeepMine: () => void;
  /** Back to the form. */
  onCancel: () => void;
}

/** Both versions of what two people edited at once, field by field; only what differs is listed. */
export function StaleEdit({ fields, onTakeTheirs, onKeepMine, onCancel }: Props) {
  const { t } = useTranslation();
  return (
    <Modal
      open
      title={t('stale.title')}
      okText={t('stale.keepMine')}
      cancelText={t('stale.takeTheirs')}
      onOk={onKeepMine}
      cancelButtonProps={{ onClick: onTakeTheirs }}
      onCancel={onCancel}
    >
      <p>{t('stale.hint')}</p>
      <Table<StaleField>
        size="small"
        rowKey="label"
        pagination={false}
        dataSource={fields.filter((field) => field.theirs !== field.mine)}
        columns={[
          { title: t('stale.field'), dataIndex: 'label' },
          { title: t('stale.theirs'), dataIndex: 'theirs' },
          { title: t('stale.mine'), dataIndex: 'mine' },
        ]}
      />
    </Modal>
  );
}
