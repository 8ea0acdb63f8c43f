import { DownOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { App, Button, Dropdown } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { client, refresh } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { DealForm } from './DealForm';
import { type Deal, type Split, useDealRights } from './deals';
import { CancelDialog, DecideDialog, LinkDialog, ObjectDialog, ReopenDialog, ReverseDialog, SendBackDialog } from './dialogs';

type Dialog = 'edit' | 'object' | 'decide' | 'sendBack' | 'link' | 'reopen' | 'reverse' | 'cancel';

/** What the caller can do with the deal; what he cannot is not there. */
export function DealActions({ deal, splits }: { deal: Deal; splits: Split[] }) {
  const { t } = useTranslation('performance');
  const { personId } = useAccess();
  const rights = useDealRights(deal);
  const [dialog, setDialog] = useState<Dialog>();
  const own = deal.members.find((member) => member.personId === personId);
  const more: { key: Dialog; label: string; danger?: boolean }[] = [
    ...(rights.mayEdit ? [{ key: 'edit' as const, label: t('deals.edit') }] : []),
    ...(rights.mayLink ? [{ key: 'link' as const, label: t('deals.link') }] : []),
    ...(rights.mayUndo ? [{ key: 'reopen' as const, label: t('deals.reopen') }] : []),
    ...(rights.mayUndo ? [{ key: 'reverse' as const, label: t('deals.reverse'), danger: true }] : []),
    ...(rights.mayCancel ? [{ key: 'cancel' as const, label: t('deals.cancel'), danger: true }] : []),
  ];
  const close = () => setDialog(undefined);
  return (
    <>
      {rights.mayAnswer && own?.answer !== 'MEMBER_ANSWER_ACCEPTED' && <AcceptButton deal={deal} />}
      {rights.mayAnswer && <Button onClick={() => setDialog('object')}>{t('deals.object')}</Button>}
      {rights.mayDecide && (
        <Button type="primary" onClick={() => setDialog('decide')}>
          {t('deals.decide')}
        </Button>
      )}
      {rights.mayDecide && <Button onClick={() => setDialog('sendBack')}>{t('deals.sendBack')}</Button>}
      {more.length === 1 && more[0]?.key === 'edit' ? (
        <Button onClick={() => setDialog('edit')}>{t('deals.edit')}</Button>
      ) : (
        more.length > 0 && (
          <Dropdown trigger={['click']} menu={{ items: more, onClick: ({ key }) => setDialog(key as Dialog) }}>
            <Button icon={<DownOutlined />} iconPlacement="end">
              {t('deals.more')}
            </Button>
          </Dropdown>
        )
      )}
      {dialog === 'edit' && <DealForm deal={deal} onClose={close} />}
      {dialog === 'object' && <ObjectDialog deal={deal} onClose={close} />}
      {dialog === 'decide' && <DecideDialog deal={deal} splits={splits} onClose={close} />}
      {dialog === 'sendBack' && <SendBackDialog deal={deal} onClose={close} />}
      {dialog === 'link' && <LinkDialog deal={deal} onClose={close} />}
      {dialog === 'reopen' && <ReopenDialog deal={deal} onClose={close} />}
      {dialog === 'reverse' && <ReverseDialog deal={deal} onClose={close} />}
      {dialog === 'cancel' && <CancelDialog deal={deal} onClose={close} />}
    </>
  );
}

function AcceptButton({ deal }: { deal: Deal }) {
  const { t } = useTranslation('performance');
  const { message } = App.useApp();
  const words = useRefusalWords();
  const accepting = useMutation({
    mutationFn: () =>
      client.POST('/v1/deals/{dealId}:answer', {
        params: { path: { dealId: deal.dealId } },
        body: { accept: true, etag: deal.etag },
      }),
    onSuccess: () => {
      void message.success(t('deals.accepted'));
      return refresh('/v1/deals');
    },
    onError: (error) => void message.error(words(error)),
  });
  return (
    <Button type="primary" loading={accepting.isPending} onClick={() => accepting.mutate()}>
      {t('deals.accept')}
    </Button>
  );
}
