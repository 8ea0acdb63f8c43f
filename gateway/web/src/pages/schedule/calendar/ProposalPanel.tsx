import { useMutation } from '@tanstack/react-query';
import { Alert, App, Button, DatePicker, Descriptions, Drawer, Flex, Form, Select, Tag, TimePicker } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useAccess } from '../../../access/access';
import { client } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { useFormats } from '../../../design/formats';
import { useNamedChoices } from '../../../design/Named';
import { DAY, mondayOf, today } from '../days';
import type { Proposal } from './entries';
import { settled, useMoveProposal } from './moves';

const REASONS = [
  'VISIT_DECLINE_REASON_JUST_SPOKEN',
  'VISIT_DECLINE_REASON_CUSTOMER_AWAY',
  'VISIT_DECLINE_REASON_NO_TIME',
  'VISIT_DECLINE_REASON_NOT_WANTED',
  'VISIT_DECLINE_REASON_OTHER',
] as const;
const FIRST_HOUR = 9;

/** A visit that is proposed: accept it for an hour of a day, or say why it will not be. */
export function ProposalPanel({ proposal, onClose }: { proposal: Proposal; onClose: () => void }) {
  const { t } = useTranslation('schedule');
  const { may } = useAccess();
  const formats = useFormats();
  const items = [
    {
      key: 'customer',
      label: t('form.customer'),
      children: <Link to={`/customers/${proposal.customerId}`}>{proposal.customerName}</Link>,
    },
    { key: 'day', label: t('proposal.day'), children: formats.dateLong(proposal.plannedDate) },
    { key: 'due', label: t('proposal.due'), children: formats.date(proposal.dueDate) },
    { key: 'place', label: t('form.place'), children: proposal.place },
  ].filter(({ children }) => children);
  return (
    <Drawer open size={440} onClose={onClose} title={t('calendar.proposed', { customer: proposal.customerName })}>
      <Flex vertical gap={16}>
        <Flex gap={4} wrap>
          {proposal.key && <Tag color="gold">{t('proposal.key')}</Tag>}
          {proposal.overdueDays > 0 && <Tag color="error">{t('proposal.overdue', { count: proposal.overdueDays })}</Tag>}
        </Flex>
        <Descriptions column={1} size="small" items={items} />
        {may('activity.contact.record') && (
          <>
            <Accept proposal={proposal} onClose={onClose} />
            <Decline proposal={proposal} onClose={onClose} />
          </>
        )}
      </Flex>
    </Drawer>
  );
}

function Accept({ proposal, onClose }: { proposal: Proposal; onClose: () => void }) {
  const { t } = useTranslation('schedule');
  const moving = useMoveProposal();
  const [day, setDay] = useState<Dayjs>(dayjs(proposal.plannedDate));
  const [time, setTime] = useState<Dayjs>(dayjs().hour(FIRST_HOUR).minute(0));
  const week = mondayOf(proposal.plannedDate);
  const outside = (date: Dayjs) => mondayOf(date.format(DAY)) !== week || date.format(DAY) < today();
  const accept = () => {
    const start = day.hour(time.hour()).minute(time.minute()).second(0).millisecond(0);
    moving.mutate({ proposal, moved: { allDay: false, start, end: undefined } }, { onSuccess: onClose });
  };
  return (
    <Flex gap={8} wrap align="end">
      <Form.Item label={t('proposal.onDay')} htmlFor="proposal-day" layout="vertical" className="schedule-plain-item">
        <DatePicker
          id="proposal-day"
          value={day}
          allowClear={false}
          disabledDate={outside}
          onChange={(date) => date && setDay(date)}
        />
      </Form.Item>
      <Form.Item label={t('proposal.at')} htmlFor="proposal-time" layout="vertical" className="schedule-plain-item">
        <TimePicker
          id="proposal-time"
          value={time}
          format="HH:mm"
          minuteStep={15}
          needConfirm={false}
          allowClear={false}
          onChange={(at) => at && setTime(at)}
        />
      </Form.Item>
      <Button type="primary" loading={moving.isPending} onClick={accept}>
        {t('proposal.accept')}
      </Button>
    </Flex>
  );
}

function Decline({ proposal, onClose }: { proposal: Proposal; onClose: () => void }) {
  const { t } = useTranslation('schedule');
  const { message } = App.useApp();
  const choices = useNamedChoices();
  const words = useRefusalWords();
  const declining = useMutation({
    mutationFn: ({ reason }: { reason: (typeof REASONS)[number] }) =>
      client.POST('/v1/visitProposals/{visitProposalId}:decline', {
        params: { path: { visitProposalId: proposal.visitProposalId }, header: { 'If-Match': `"${proposal.etag}"` } },
        body: { reason },
      }),
    onSuccess: () => {
      void message.success(t('proposal.declined'));
      void settled();
      onClose();
    },
  });
  return (
    <>
      {declining.error && <Alert type="error" showIcon title={words(declining.error)} />}
      <Form layout="vertical" onFinish={declining.mutate}>
        <Flex gap={8} wrap align="end">
          <Form.Item
            name="reason"
            label={t('proposal.reason')}
            rules={[{ required: true, message: t('proposal.reasonNeeded') }]}
            className="schedule-plain-item schedule-grows"
          >
            <Select options={choices(REASONS)} />
          </Form.Item>
          <Button htmlType="submit" loading={declining.isPending}>
            {t('proposal.decline')}
          </Button>
        </Flex>
      </Form>
    </>
  );
}
