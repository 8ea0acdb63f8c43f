import { Button, Card, Descriptions, Flex, Form, Input, Tag, Timeline, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { useAccess } from '../../../access/access';
import { api, client, refresh } from '../../../api/client';
import { useBilingual } from '../../../design/bilingual';
import { FormDialog, Required } from '../../../design/FormDialog';
import { useFormats } from '../../../design/formats';
import { Named, NamedTag, useNamed } from '../../../design/Named';
import { Page } from '../../../design/Page';
import { Loaded } from '../../../design/States';
import { RelationshipManagerSelect } from '../../../design/selects';
import { LogContactButton } from '../../contacts/LogContact';
import '../schedule.css';
import { usePersonName } from '../people';
import { CompleteTask } from './CompleteTask';
import { EditTask } from './EditTask';
import { AFFECTED, isOpen, isPressing, STATE_TONES, sourceOf, type Task } from './task';
import { useTaskActs } from './useTaskActs';

/** One task: what is to be done, for whom, what came of it, and what happened to it. */
export default function TaskPage() {
  const { taskId = '' } = useParams();
  const query = api.useQuery('get', '/v1/tasks/{taskId}', { params: { path: { taskId } } });
  return <Loaded query={query}>{(task) => <TaskInFull task={task} />}</Loaded>;
}

function TaskInFull({ task }: { task: Task }) {
  const { t } = useTranslation('schedule');
  const formats = useFormats();
  const bilingual = useBilingual();
  const { may } = useAccess();
  return (
    <Page
      title={bilingual(task.title)}
      note={
        <Flex gap={8} align="center" wrap>
          <NamedTag value={task.state} tone={STATE_TONES[task.state]} />
          {isPressing(task) && (
            <NamedTag value={task.priority} tone={task.priority === 'TASK_PRIORITY_URGENT' ? 'error' : 'warning'} />
          )}
          {task.dueDate && (
            <Typography.Text type={task.overdue ? 'danger' : 'secondary'}>
              {t(task.overdue ? 'tasks.wasDue' : 'tasks.dueOn', { date: formats.dateLong(task.dueDate) })}
            </Typography.Text>
          )}
        </Flex>
      }
      actions={may('activity.task.update') && <Acts task={task} />}
    >
      <div className="schedule-two-columns">
        <Flex vertical gap={16}>
          <Card title={t('tasks.toDo')}>
            {task.description ? (
              <Typography.Paragraph className="schedule-written">{task.description}</Typography.Paragraph>
            ) : (
              <Typography.Text type="secondary">{t('tasks.noDescription')}</Typography.Text>
            )}
            {task.campaignId && <CampaignScript campaignId={task.campaignId} />}
          </Card>
          {task.state === 'TASK_STATE_DONE' && (
            <Card title={t('tasks.outcome')}>
              <Flex gap={8} align="center" wrap>
                <NamedTag value={task.result} tone="success" />
                <Tag color={task.onTime ? 'success' : 'warning'}>{t(task.onTime ? 'tasks.onTime' : 'tasks.tooLate')}</Tag>
              </Flex>
              {task.outcome && <Typography.Paragraph className="schedule-written">{task.outcome}</Typography.Paragraph>}
            </Card>
          )}
          <Steps taskId={task.taskId} />
        </Flex>
        <Card>
          <Facts task={task} />
        </Card>
      </div>
    </Page>
  );
}

function CampaignScript({ campaignId }: { campaignId: string }) {
  const { t } = useTranslation('schedule');
  const { data } = api.useQuery('get', '/v1/campaigns/{campaignId}', { params: { path: { campaignId } } });
  if (!data) return null;
  return (
    <>
      <Typography.Title level={2} className="schedule-card-part">
        {t('tasks.script')}
      </Typography.Title>
      <Typography.Paragraph className="schedule-written">{data.script || t('tasks.noScript')}</Typography.Paragraph>
      <Link to={`/work/campaigns/${campaignId}`}>{data.displayName}</Link>
    </>
  );
}

function Facts({ task }: { task: Task }) {
  const { t } = useTranslation('schedule');
  const named = useNamed();
  const formats = useFormats();
  const nameOf = usePersonName();
  const source = sourceOf(task);
  const items = [
    { key: 'kind', label: t('tasks.kind'), children: named(task.kind) },
    {
      key: 'customer',
      label: t('form.customer'),
      children: task.customerName && <Link to={`/customers/${task.customerId}`}>{task.customerName}</Link>,
    },
    { key: 'owner', label: t('tasks.owner'), children: task.ownerName },
    { key: 'priority', label: t('tasks.priority'), children: named(task.priority) },
    { key: 'by', label: t('tasks.givenBy'), children: nameOf(task.dispatcherPersonId) },
    { key: 'source', label: t('tasks.source'), children: source && <Link to={source}>{t('tasks.showSource')}</Link> },
    {
      key: 'reminded',
      label: t('tasks.remindedTimes'),
      children: task.reminderCount > 0 && t('tasks.times', { count: task.reminderCount }),
    },
    { key: 'made', label: t('tasks.madeOn'), children: formats.instant(task.createTime) },
    { key: 'finished', label: t('tasks.finishedOn'), children: task.finishTime && formats.instant(task.finishTime) },
  ].filter(({ children }) => children);
  return <Descriptions column={1} size="small" items={items} />;
}

type Open = 'complete' | 'edit' | 'reassign' | 'cancel';

function Acts({ task }: { task: Task }) {
  const { t } = useTranslation('schedule');
  const { personId, leads, may } = useAccess();
  const { start, reopen, remind } = useTaskActs();
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const mine = task.ownerPersonId === personId;
  // Who gave it, or is in charge of its unit: the gateway knows best, and says so.
  const inCharge = leads || task.dispatcherPersonId === personId || (mine && !task.dispatcherPersonId && !task.source);
  const others = may('activity.task.dispatch') && !mine;
  if (!isOpen(task)) {
    return (
      (mine || inCharge) && (
        <Button loading={reopen.isPending} onClick={() => reopen.mutate(task)}>
          {t('tasks.reopen')}
        </Button>
      )
    );
  }
  return (
    <>
      {(mine || inCharge) && (
        <Button type="primary" onClick={() => setOpen('complete')}>
          {t('tasks.complete')}
        </Button>
      )}
      {mine && task.state === 'TASK_STATE_OPEN' && (
        <Button loading={start.isPending} onClick={() => start.mutate(task)}>
          {t('tasks.start')}
        </Button>
      )}
      {mine && task.customerName && (
        <LogContactButton type="default" customer={{ customerId: task.customerId, displayName: task.customerName }} />
      )}
      {inCharge && <Button onClick={() => setOpen('edit')}>{t('tasks.edit')}</Button>}
      {may('activity.task.dispatch') && <Button onClick={() => setOpen('reassign')}>{t('tasks.reassign')}</Button>}
      {others && (
        <Button loading={remind.isPending} onClick={() => remind.mutate(task)}>
          {t('tasks.remind')}
        </Button>
      )}
      {inCharge && (
        <Button danger onClick={() => setOpen('cancel')}>
          {t('tasks.cancel')}
        </Button>
      )}
      {open === 'complete' && <CompleteTask task={task} onClose={close} />}
      {open === 'edit' && <EditTask task={task} onClose={close} />}
      {open === 'reassign' && <Reassign task={task} onClose={close} />}
      {open === 'cancel' && <Cancel task={task} onClose={close} />}
    </>
  );
}

function Reassign({ task, onClose }: { task: Task; onClose: () => void }) {
  const { t } = useTranslation('schedule');
  const { scopePath } = useAccess();
  const submit = async ({ ownerPersonId }: { ownerPersonId: string }) => {
    await client.POST('/v1/tasks/{taskId}:reassign', {
      params: { path: { taskId: task.taskId }, header: { 'If-Match': `"${task.etag}"` } },
      body: { ownerPersonId },
    });
    await refresh(...AFFECTED);
  };
  return (
    <FormDialog<{ ownerPersonId: string }>
      open
      title={t('tasks.reassign')}
      doneWords={t('tasks.reassigned')}
      submit={submit}
      onClose={onClose}
    >
      <Required name="ownerPersonId" label={t('tasks.to')}>
        <RelationshipManagerSelect organisationPath={scopePath} />
      </Required>
    </FormDialog>
  );
}

function Cancel({ task, onClose }: { task: Task; onClose: () => void }) {
  const { t } = useTranslation('schedule');
  const submit = async ({ reason }: { reason?: string }) => {
    await client.POST('/v1/tasks/{taskId}:cancel', {
      params: { path: { taskId: task.taskId }, header: { 'If-Match': `"${task.etag}"` } },
      body: { reason: reason ?? '' },
    });
    await refresh(...AFFECTED);
  };
  return (
    <FormDialog<{ reason?: string }>
      open
      danger
      title={t('tasks.cancel')}
      submitWords={t('tasks.cancel')}
      doneWords={t('tasks.cancelled')}
      draftKey={`task:${task.taskId}:cancel`}
      submit={submit}
      onClose={onClose}
    >
      <Form.Item name="reason" label={t('contacts.reason')}>
        <Input.TextArea rows={2} maxLength={500} />
      </Form.Item>
    </FormDialog>
  );
}

function Steps({ taskId }: { taskId: string }) {
  const { t } = useTranslation('schedule');
  const formats = useFormats();
  const nameOf = usePersonName();
  const query = api.useQuery('get', '/v1/tasks/{taskId}/steps', { params: { path: { taskId }, query: { pageSize: 200 } } });
  return (
    <Card title={t('tasks.steps')}>
      <Loaded query={query} rows={2}>
        {({ steps }) => (
          <Timeline
            items={steps.map((step) => ({
              key: step.taskStepId,
              content: (
                <>
                  <Named value={step.kind} />
                  {step.kind === 'TASK_STEP_KIND_REASSIGNED' && ` → ${nameOf(step.ownerPersonId)}`}
                  <br />
                  <Typography.Text type="secondary">
                    {[step.personId ? nameOf(step.personId) : t('tasks.byService'), formats.instant(step.createTime)]
                      .filter(Boolean)
                      .join(' · ')}
                  </Typography.Text>
                </>
              ),
            }))}
          />
        )}
      </Loaded>
    </Card>
  );
}
