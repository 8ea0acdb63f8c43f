// What is asked before something becomes of a deal: mostly why.
import { MinusCircleOutlined, PlusOutlined } from '@ant-design/icons';
import { Alert, Button, Flex, Form, Input, Select, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { client, refresh } from '../../../api/client';
import { useBilingual } from '../../../design/bilingual';
import { FormDialog } from '../../../design/FormDialog';
import { DateField } from '../../../design/fields';
import { useNamedChoices } from '../../../design/Named';
import type { Deal, Split } from './deals';

interface Props {
  deal: Deal;
  onClose: () => void;
}

const REASON_LENGTH_MAX = 1000;

function ReasonField({ required = true }: { required?: boolean }) {
  const { t } = useTranslation('performance');
  return (
    <Form.Item
      name="reason"
      label={t('dialog.reason')}
      rules={required ? [{ required: true, whitespace: true, message: t('dialog.reasonNeeded') }] : []}
    >
      <Input.TextArea rows={4} maxLength={REASON_LENGTH_MAX} showCount />
    </Form.Item>
  );
}

const pathOf = (deal: Deal) => ({ params: { path: { dealId: deal.dealId } } });
const changed = () => refresh('/v1/deals', '/v1/approvals', '/v1/shares');

export function ObjectDialog({ deal, onClose }: Props) {
  const { t } = useTranslation('performance');
  return (
    <FormDialog<{ reason: string }>
      open
      title={t('dialog.object')}
      draftKey={`deal-objection:${deal.dealId}`}
      submitWords={t('deals.object')}
      doneWords={t('dialog.objected')}
      onClose={onClose}
      submit={async ({ reason }) => {
        await client.POST('/v1/deals/{dealId}:answer', { ...pathOf(deal), body: { accept: false, reason, etag: deal.etag } });
        await changed();
      }}
    >
      <Typography.Paragraph type="secondary">{t('dialog.objectHint')}</Typography.Paragraph>
      <ReasonField />
    </FormDialog>
  );
}

export function DecideDialog({ deal, splits, onClose }: Props & { splits: Split[] }) {
  const { t } = useTranslation('performance');
  const bilingual = useBilingual();
  const against = deal.members.filter((member) => member.answer === 'MEMBER_ANSWER_OBJECTED');
  const silent = deal.members.filter((member) => member.answer === 'MEMBER_ANSWER_UNSPECIFIED');
  const disputed = against.length > 0 || silent.length > 0;
  const choices = splits
    .filter((split) => split.offered)
    .map((split) => ({
      value: split.schemeId,
      label: bilingual(split.displayName) + (split.schemeId === deal.proposedSchemeId ? ` ★ ${t('schemes.proposed')}` : ''),
    }));
  return (
    <FormDialog<{ schemeId: string; startDate: string; reason: string }>
      open
      title={t('deals.decide')}
      initialValues={{ schemeId: deal.proposedSchemeId, startDate: '', reason: '' }}
      draftKey={`deal-decision:${deal.dealId}`}
      submitWords={t('deals.decide')}
      doneWords={t('dialog.decided')}
      onClose={onClose}
      submit={async ({ schemeId, startDate, reason }) => {
        await client.POST('/v1/deals/{dealId}:decide', {
          ...pathOf(deal),
          body: { approve: true, schemeId, startDate: startDate ?? '', reason: reason ?? '', etag: deal.etag },
        });
        await changed();
      }}
    >
      {disputed && (
        <Alert
          className="form-note"
          type="warning"
          showIcon
          title={t('dialog.disputed', { objected: against.length, silent: silent.length })}
        />
      )}
      <Form.Item name="schemeId" label={t('schemes.scheme')} rules={[{ required: true, message: t('dialog.schemeNeeded') }]}>
        <Select options={choices} />
      </Form.Item>
      <Form.Item name="startDate" label={t('dialog.from')} extra={t('dialog.fromWon')}>
        <DateField min={deal.restartDate || deal.closeDate} />
      </Form.Item>
      <Form.Item noStyle shouldUpdate={(before, now) => before.schemeId !== now.schemeId}>
        {({ getFieldValue }) => <ReasonField required={disputed || getFieldValue('schemeId') !== deal.proposedSchemeId} />}
      </Form.Item>
    </FormDialog>
  );
}

export function SendBackDialog({ deal, onClose }: Props) {
  const { t } = useTranslation('performance');
  return (
    <FormDialog<{ reason: string }>
      open
      title={t('deals.sendBack')}
      draftKey={`deal-back:${deal.dealId}`}
      submitWords={t('deals.sendBack')}
      doneWords={t('dialog.sentBack')}
      onClose={onClose}
      submit={async ({ reason }) => {
        await client.POST('/v1/deals/{dealId}:decide', { ...pathOf(deal), body: { approve: false, reason, etag: deal.etag } });
        await changed();
      }}
    >
      <ReasonField />
    </FormDialog>
  );
}

interface DatedReason {
  startDate: string;
  reason: string;
}

export function ReopenDialog({ deal, onClose }: Props) {
  const { t } = useTranslation('performance');
  return (
    <FormDialog<DatedReason>
      open
      title={t('deals.reopen')}
      initialValues={{ startDate: '', reason: '' }}
      submitWords={t('deals.reopen')}
      draftKey={`deal:${deal.dealId}:reopen`}
      onClose={onClose}
      submit={async ({ startDate, reason }) => {
        await client.POST('/v1/deals/{dealId}:reopen', { ...pathOf(deal), body: { startDate, reason, etag: deal.etag } });
        await changed();
      }}
    >
      <Typography.Paragraph type="secondary">{t('dialog.reopenHint')}</Typography.Paragraph>
      <Form.Item name="startDate" label={t('dialog.from')} extra={t('dialog.fromToday')}>
        <DateField min={deal.closeDate} />
      </Form.Item>
      <ReasonField />
    </FormDialog>
  );
}

export function ReverseDialog({ deal, onClose }: Props) {
  const { t } = useTranslation('performance');
  return (
    <FormDialog<DatedReason>
      open
      danger
      title={t('deals.reverse')}
      initialValues={{ startDate: '', reason: '' }}
      submitWords={t('deals.reverse')}
      draftKey={`deal:${deal.dealId}:reverse`}
      onClose={onClose}
      submit={async ({ startDate, reason }) => {
        await client.POST('/v1/deals/{dealId}:reverse', { ...pathOf(deal), body: { startDate, reason, etag: deal.etag } });
        await changed();
      }}
    >
      <Typography.Paragraph type="secondary">{t('dialog.reverseHint')}</Typography.Paragraph>
      <Form.Item name="startDate" label={t('dialog.from')} extra={t('dialog.fromBeginning')}>
        <DateField min={deal.closeDate} />
      </Form.Item>
      <ReasonField />
    </FormDialog>
  );
}

export function CancelDialog({ deal, onClose }: Props) {
  const { t } = useTranslation('performance');
  return (
    <FormDialog<object>
      open
      danger
      title={t('deals.cancel')}
      submitWords={t('deals.cancel')}
      onClose={onClose}
      submit={async () => {
        await client.POST('/v1/deals/{dealId}:cancel', { ...pathOf(deal), body: { etag: deal.etag } });
        await changed();
      }}
    >
      <Typography.Paragraph>{t('dialog.cancelHint')}</Typography.Paragraph>
    </FormDialog>
  );
}

const LINKED_KINDS = ['OBJECT_KIND_ACCOUNT', 'OBJECT_KIND_CONTRACT', 'OBJECT_KIND_FEE_FLOW'] as const;
type Linked = Deal['objects'][number];
const KEY_PATTERN = /^[a-z0-9][a-z0-9_.-]{0,39}\/[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;

/** Accounts, contracts and fees that came of the deal: its shares are theirs. */
export function LinkDialog({ deal, onClose }: Props) {
  const { t } = useTranslation('performance');
  const choices = useNamedChoices();
  return (
    <FormDialog<{ objects: Linked[] }>
      open
      title={t('deals.link')}
      initialValues={{ objects: deal.objects }}
      draftKey={`deal:${deal.dealId}:objects`}
      onClose={onClose}
      submit={async ({ objects }) => {
        await client.POST('/v1/deals/{dealId}:linkObjects', { ...pathOf(deal), body: { objects, etag: deal.etag } });
        await changed();
      }}
    >
      <Typography.Paragraph type="secondary">{t('dialog.linkHint')}</Typography.Paragraph>
      <Form.List name="objects">
        {(fields, { add, remove }) => (
          <Flex vertical gap={8} className="form-note">
            {fields.map((field) => (
              <Flex key={field.key} gap={8} align="flex-start">
                <Form.Item name={[field.name, 'kind']} noStyle>
                  <Select aria-label={t('claims.object')} className="role-field" options={choices(LINKED_KINDS)} />
                </Form.Item>
                <Form.Item
                  name={[field.name, 'objectKey']}
                  className="grow-field"
                  rules={[{ required: true, pattern: KEY_PATTERN, message: t('dialog.objectKey') }]}
                >
                  <Input aria-label={t('claims.number')} placeholder="core/8801000000048001" />
                </Form.Item>
                <Button
                  type="text"
                  icon={<MinusCircleOutlined />}
                  aria-label={t('form.removeRow')}
                  onClick={() => remove(field.name)}
                />
              </Flex>
            ))}
            <Button icon={<PlusOutlined />} onClick={() => add({ kind: 'OBJECT_KIND_ACCOUNT', objectKey: '' })}>
              {t('dialog.addObject')}
            </Button>
          </Flex>
        )}
      </Form.List>
    </FormDialog>
  );
}
