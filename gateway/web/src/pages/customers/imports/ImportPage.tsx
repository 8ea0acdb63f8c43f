import { useMutation } from '@tanstack/react-query';
import { Alert, App, Button, Card, Flex, Steps } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { api, client, refresh } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { isOver, OperationProgress, useOperation } from '../../../design/OperationProgress';
import { Page } from '../../../design/Page';
import { Loaded } from '../../../design/States';
import '../customers.css';
import { ColumnMapping } from './ColumnMapping';
import { ImportRows } from './ImportRows';
import { ImportStateTag } from './ImportStateTag';
import { type Import, isUnderWay } from './import';
import { useImportSteps } from './useImportSteps';

const POLL_MILLISECONDS = 1_000;

/** One import: its columns, the check's preview, the run, and taking it back. It can be left and found again at each step. */
export default function ImportPage() {
  const { t } = useTranslation('customers');
  const { importId = '' } = useParams();
  const asked = api.useQuery(
    'get',
    '/v1/imports/{importId}',
    { params: { path: { importId } } },
    { refetchInterval: ({ state }) => (state.data && isUnderWay(state.data.state) ? POLL_MILLISECONDS : false) },
  );
  return (
    <Loaded query={asked} rows={8}>
      {(made) => (
        <Page title={made.fileName} tab={made.fileName} note={t('imports.title')} actions={<ImportStateTag state={made.state} />}>
          <Wizard made={made} />
        </Page>
      )}
    </Loaded>
  );
}

/** What was seen of the import before is out of date: its rows too. */
const settled = () => refresh('/v1/imports', '/v1/operations', '/v1/customers');

function Wizard({ made }: { made: Import }) {
  const { t } = useTranslation('customers');
  const steps = useImportSteps();
  const [mapping, setMapping] = useState(false);
  const { data: operation } = useOperation('customer', made.operationId || undefined);
  const over = isOver(operation ?? undefined);
  useEffect(() => {
    if (over) void settled();
  }, [over]);
  const underWay = isUnderWay(made.state);
  const choosing = made.state === 'IMPORT_STATE_UPLOADING' || mapping;
  const step = choosing ? 1 : made.state === 'IMPORT_STATE_CHECKED' || made.state === 'IMPORT_STATE_CHECKING' ? 2 : 3;
  return (
    <Flex vertical gap={16}>
      <Card>
        <Flex vertical gap={20}>
          <Steps size="small" current={step} items={steps} />
          {made.fault && <Alert type="error" showIcon title={t('imports.unreadable')} description={made.fault} />}
          {underWay && <OperationProgress operation={operation} label={t(`imports.doing.${made.state}`)} />}
          {operation?.state === 'OPERATION_STATE_FAILED' && !underWay && (
            <Alert type="error" showIcon title={t('imports.failed')} description={operation.message} />
          )}
          {choosing && !underWay && !made.fault && <ColumnMapping made={made} onChecked={() => setMapping(false)} />}
          {!choosing && !underWay && (
            <Acts made={made} resultPath={operation?.resultPath ?? ''} onMapAgain={() => setMapping(true)} />
          )}
        </Flex>
      </Card>
      {!choosing && <ImportRows made={made} />}
    </Flex>
  );
}

function Acts({ made, resultPath, onMapAgain }: { made: Import; resultPath: string; onMapAgain: () => void }) {
  const { t } = useTranslation('customers');
  const { modal } = App.useApp();
  const words = useRefusalWords();
  const params = { path: { importId: made.importId } };
  const running = useMutation({
    mutationFn: () => client.POST('/v1/imports/{importId}:run', { params, body: {} }),
    onSuccess: settled,
  });
  const undoing = useMutation({
    mutationFn: () => client.POST('/v1/imports/{importId}:undo', { params, body: {} }),
    onSuccess: settled,
  });
  const takes = (made.counts?.created ?? 0) + (made.counts?.updated ?? 0);
  const error = running.error ?? undoing.error;
  const askUndo = () =>
    modal.confirm({ title: t('imports.undoAsked'), content: t('imports.undoHint'), onOk: () => undoing.mutateAsync() });
  return (
    <Flex vertical gap={12}>
      {error && <Alert type="error" showIcon title={words(error)} />}
      <Flex wrap gap={8} align="center">
        {made.state === 'IMPORT_STATE_CHECKED' && (
          <>
            <Button type="primary" loading={running.isPending} disabled={!takes} onClick={() => running.mutate()}>
              {t('imports.run', { count: takes })}
            </Button>
            <Button onClick={onMapAgain}>{t('imports.mapAgain')}</Button>
            {!takes && <span>{t('imports.nothingToTake')}</span>}
          </>
        )}
        {made.state === 'IMPORT_STATE_DONE' && (
          <>
            <Link to="/customers?order=create_time%20desc">
              <Button type="primary">{t('imports.toList')}</Button>
            </Link>
            {resultPath && (made.counts?.refused ?? 0) > 0 && <Button href={resultPath}>{t('imports.refusedFile')}</Button>}
            <Button danger loading={undoing.isPending} onClick={askUndo}>
              {t('imports.undo')}
            </Button>
          </>
        )}
        {made.state === 'IMPORT_STATE_UNDONE' && (
          <Alert
            type="info"
            showIcon
            title={t('imports.undone', { undone: made.counts?.undone ?? 0, kept: made.counts?.kept ?? 0 })}
          />
        )}
      </Flex>
    </Flex>
  );
}
