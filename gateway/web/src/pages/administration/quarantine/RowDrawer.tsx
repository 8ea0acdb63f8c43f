import { useMutation } from '@tanstack/react-query';
import { Alert, App, Button, Descriptions, Drawer, Flex, Input, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { client } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { useFormats } from '../../../design/formats';
import { FaultReason } from '../feeds/feedWords';
import { useAct } from '../useAct';
import { type QuarantinedRow, RowStateTag } from './QuarantinedRows';

/** One row: why it is here; what it says is shown when asked for, which the audit trail keeps. */
export function RowDrawer({ row, onClose }: { row: QuarantinedRow; onClose: () => void }) {
  const { t } = useTranslation('administration');
  const formats = useFormats();
  const words = useRefusalWords();
  const revealing = useMutation({
    mutationFn: async () =>
      (await client.POST('/v1/quarantinedRows/{rowId}:reveal', { params: { path: { rowId: row.rowId } }, body: {} })).data,
    // What the row says leaves with the drawer.
    gcTime: 0,
  });
  return (
    <Drawer open size={640} title={t('quarantine.lineOf', { feed: row.feed, line: row.line })} onClose={onClose}>
      <Flex vertical gap={16}>
        <Descriptions
          size="small"
          column={{ xs: 1, sm: 2 }}
          items={[
            { key: 'why', label: t('quarantine.why'), children: <FaultReason reason={row.reason} /> },
            { key: 'column', label: t('quarantine.column'), children: row.column || t('quarantine.wholeRow') },
            { key: 'date', label: t('runs.businessDate'), children: formats.date(row.businessDate) },
            { key: 'state', label: t('workbench:field.state'), children: <RowStateTag state={row.state} /> },
            { key: 'came', label: t('quarantine.came'), children: formats.instant(row.createTime) },
            { key: 'changed', label: t('quarantine.changed'), children: formats.instant(row.updateTime) },
          ]}
        />
        {revealing.error && <Alert type="error" showIcon title={words(revealing.error)} />}
        {revealing.data ? (
          <RowText row={revealing.data} onClose={onClose} />
        ) : (
          <Alert
            type="info"
            showIcon
            title={t('quarantine.hidden')}
            description={t('quarantine.revealHint')}
            action={
              <Button loading={revealing.isPending} onClick={() => revealing.mutate()}>
                {t('quarantine.reveal')}
              </Button>
            }
          />
        )}
      </Flex>
    </Drawer>
  );
}

/** What the row says, and what it should say. It holds what customers hold: nothing of it is kept as a draft. */
function RowText({ row, onClose }: { row: QuarantinedRow; onClose: () => void }) {
  const { t } = useTranslation('administration');
  const { may } = useAccess();
  const { modal } = App.useApp();
  const [text, setText] = useState(row.corrected || row.raw);
  const path = { rowId: row.rowId };
  const closing = { onSuccess: onClose };
  const correcting = useAct(
    () => client.POST('/v1/quarantinedRows/{rowId}:correct', { params: { path }, body: { raw: text } }),
    t('quarantine.corrected'),
    '/v1/quarantinedRows',
  );
  const discarding = useAct(
    () => client.POST('/v1/quarantinedRows/{rowId}:discard', { params: { path }, body: {} }),
    t('quarantine.discarded'),
    '/v1/quarantinedRows',
  );
  const waits = row.state === 'QUARANTINED_ROW_STATE_OPEN' || row.state === 'QUARANTINED_ROW_STATE_CORRECTED';
  const askDiscard = () =>
    modal.confirm({
      title: t('quarantine.discard'),
      content: t('quarantine.discardHint'),
      okText: t('quarantine.discard'),
      okButtonProps: { danger: true },
      cancelText: t('workbench:action.cancel'),
      onOk: () => discarding.mutate(undefined, closing),
    });
  return (
    <>
      <div>
        <Typography.Text strong>{t('quarantine.raw')}</Typography.Text>
        <pre className="code-text">{row.raw}</pre>
      </div>
      {waits && may('integration.quarantine.correct') ? (
        <>
          <div>
            <label htmlFor="corrected-row">
              <Typography.Text strong>{t('quarantine.shouldBe')}</Typography.Text>
            </label>
            <Input.TextArea
              id="corrected-row"
              className="identifier"
              value={text}
              maxLength={100_000}
              rows={3}
              onChange={({ target }) => setText(target.value)}
            />
            <Typography.Text type="secondary">{t('quarantine.correctHint')}</Typography.Text>
          </div>
          <Flex gap={8}>
            <Button
              type="primary"
              disabled={!text || text === (row.corrected || row.raw)}
              loading={correcting.isPending}
              onClick={() => correcting.mutate(undefined, closing)}
            >
              {t('quarantine.correct')}
            </Button>
            <Button danger loading={discarding.isPending} onClick={() => void askDiscard()}>
              {t('quarantine.discard')}
            </Button>
          </Flex>
        </>
      ) : (
        row.corrected && (
          <div>
            <Typography.Text strong>{t('quarantine.shouldBe')}</Typography.Text>
            <pre className="code-text">{row.corrected}</pre>
          </div>
        )
      )}
    </>
  );
}
