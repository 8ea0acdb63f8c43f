import { Button, Flex, Form, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { useAccess } from '../../access/access';
import { api, client } from '../../api/client';
import { FormDialog, Required } from '../../design/FormDialog';
import { useFormats } from '../../design/formats';
import { NamedTag } from '../../design/Named';
import { Page } from '../../design/Page';
import { Loaded } from '../../design/States';
import { ReportView } from './ReportView';
import { REPORT_TONES, refreshReports, spanOf, type WorkReport } from './reports';
import './reports.css';

/** One report, of one's own or of somebody in one's charge. */
export default function ReportPage() {
  const { workReportId = '' } = useParams();
  const report = api.useQuery('get', '/v1/workReports/{workReportId}', { params: { path: { workReportId } } });
  return (
    <Loaded query={report} rows={10}>
      {(data) => <SingleReport report={data} />}
    </Loaded>
  );
}

function SingleReport({ report }: { report: WorkReport }) {
  const { t } = useTranslation('reports');
  const formats = useFormats();
  const title = t('of', { name: report.ownerName, span: spanOf(report, formats) });
  return (
    <Page
      tab={title}
      title={
        <Flex gap={8} wrap align="center">
          {title}
          <NamedTag value={report.state} tone={REPORT_TONES[report.state] ?? 'default'} />
        </Flex>
      }
      note={t('counted', { time: formats.instant(report.countTime) })}
      actions={<LeaderActions report={report} />}
    >
      <ReportView report={report} />
    </Page>
  );
}

type Act = 'confirm' | 'return' | 'note';

/** What those in charge do; never with one's own report. */
function LeaderActions({ report }: { report: WorkReport }) {
  const { t } = useTranslation('reports');
  const { may, personId } = useAccess();
  const [act, setAct] = useState<Act>();
  if (!may('activity.report.confirm') || report.ownerPersonId === personId) return null;
  const submitted = report.state === 'WORK_REPORT_STATE_SUBMITTED';
  const acts: Act[] = submitted ? ['confirm', 'return', 'note'] : ['note'];
  return (
    <>
      {acts.map((each) => (
        <Button key={each} type={each === 'confirm' ? 'primary' : 'default'} onClick={() => setAct(each)}>
          {t(`act.${each}`)}
        </Button>
      ))}
      {acts.map((each) => (
        <NoteDialog key={each} report={report} act={each} open={act === each} onClose={() => setAct(undefined)} />
      ))}
    </>
  );
}

interface NoteProps {
  report: WorkReport;
  act: Act;
  open: boolean;
  onClose: () => void;
}

function NoteDialog({ report, act, open, onClose }: NoteProps) {
  const { t } = useTranslation('reports');
  const params = { path: { workReportId: report.workReportId } };
  const { etag } = report;
  const submit = async ({ note = '' }: { note?: string }) => {
    if (act === 'confirm') await client.POST('/v1/workReports/{workReportId}:confirm', { params, body: { note, etag } });
    if (act === 'return') await client.POST('/v1/workReports/{workReportId}:return', { params, body: { note, etag } });
    if (act === 'note') await client.POST('/v1/workReports/{workReportId}/notes', { params, body: { text: note } });
    await refreshReports();
  };
  const field = <Input.TextArea rows={3} maxLength={1000} />;
  return (
    <FormDialog
      title={t(`act.${act}`)}
      open={open}
      onClose={onClose}
      submit={submit}
      submitWords={t(`act.${act}`)}
      doneWords={t(`acted.${act}`)}
      draftKey={`work-report-${act}:${report.workReportId}`}
    >
      {act === 'confirm' ? (
        <Form.Item name="note" label={t('noteOptional')}>
          {field}
        </Form.Item>
      ) : (
        <Required name="note" label={t('note')}>
          {field}
        </Required>
      )}
    </FormDialog>
  );
}
