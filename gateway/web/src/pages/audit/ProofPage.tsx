import type { Schema } from '@rm-workbench/client';
import { Alert, Button, Card, Progress, Table, Tag, Typography } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ServiceName, useAccess } from '../../access/access';
import { client } from '../../api/client';
import { useRefusalWords } from '../../api/refusals';
import { useFormats } from '../../design/formats';
import { Page } from '../../design/Page';
import { useServiceName } from '../administration/names';
import '../administration/administration.css';

interface Proof {
  state: 'waiting' | 'running' | 'proven' | 'failed';
  report?: Schema<'operations.v1.VerifyAuditTrailResponse'>;
  error?: unknown;
  seconds?: number;
  at?: string;
}

type Proofs = Partial<Record<ServiceName, Proof>>;

/** Recomputes the seals of each service's trail, one service after the other. */
export default function ProofPage() {
  const { t } = useTranslation(['audit', 'administration']);
  const { services } = useAccess();
  const { proofs, prove } = useProofs();
  const all = Object.values(proofs);
  const under = all.filter(({ state }) => state === 'waiting' || state === 'running').length;
  const done = all.length - under;
  return (
    <Page
      title={t('workbench:nav.auditProof')}
      note={t('proof.note')}
      actions={
        <Button type="primary" loading={under > 0} onClick={() => void prove(services)}>
          {t('proof.all')}
        </Button>
      }
    >
      <Verdict proofs={proofs} services={services} />
      <Card size="small">
        {under > 0 && (
          <Progress
            className="form-note"
            percent={Math.round((done / all.length) * 100)}
            format={() => `${done} / ${all.length}`}
            aria-label={t('proof.all')}
          />
        )}
        <ProofTable services={services} proofs={proofs} onProve={(service) => void prove([service])} />
      </Card>
    </Page>
  );
}

/** What was proven in this visit. Trails are long: they are gone through in turn. */
function useProofs() {
  const [proofs, setProofs] = useState<Proofs>({});
  const busy = useRef(Promise.resolve());
  const set = (service: ServiceName, proof: Proof) => setProofs((before) => ({ ...before, [service]: proof }));
  const proveOne = async (service: ServiceName) => {
    set(service, { state: 'running' });
    const begun = performance.now();
    try {
      const { data } = await client.GET('/v1/operations/{service}/auditTrail:verify', { params: { path: { service } } });
      const ended = { seconds: (performance.now() - begun) / 1000, at: new Date().toISOString() };
      set(service, data ? { state: 'proven', report: data, ...ended } : { state: 'failed' });
    } catch (error) {
      set(service, { state: 'failed', error });
    }
  };
  const prove = (services: ServiceName[]) => {
    for (const service of services) {
      set(service, { state: 'waiting' });
      busy.current = busy.current.then(() => proveOne(service));
    }
    return busy.current;
  };
  return { proofs, prove };
}

function Verdict({ proofs, services }: { proofs: Proofs; services: ServiceName[] }) {
  const { t } = useTranslation(['audit', 'administration']);
  const formats = useFormats();
  const reports = services.map((service) => proofs[service]?.report);
  if (reports.some((report) => report && !report.intact)) {
    return <Alert className="partial" type="error" showIcon title={t('proof.broken')} description={t('proof.brokenHint')} />;
  }
  if (!reports.every(Boolean)) return null;
  const sealed = reports.reduce((sum, report) => sum + Number(report?.sealedRecords), 0);
  return <Alert className="partial" type="success" showIcon title={t('proof.intact', { number: formats.number(sealed) })} />;
}

interface TableProps {
  services: ServiceName[];
  proofs: Proofs;
  onProve: (service: ServiceName) => void;
}

function ProofTable({ services, proofs, onProve }: TableProps) {
  const { t } = useTranslation(['audit', 'administration']);
  const formats = useFormats();
  const name = useServiceName();
  const count = (value: string | undefined) => (value === undefined ? '—' : formats.number(value));
  return (
    <Table<{ service: ServiceName; proof: Proof | undefined }>
      size="small"
      aria-label={t('workbench:nav.auditProof')}
      rowKey="service"
      pagination={false}
      scroll={{ x: 'max-content' }}
      dataSource={services.map((service) => ({ service, proof: proofs[service] }))}
      columns={[
        { title: t('administration:service'), render: (_, { service }) => name(service) },
        { title: t('proof.result'), render: (_, { proof }) => <ProofResult proof={proof} /> },
        { title: t('proof.sealedRecords'), align: 'end', render: (_, { proof }) => count(proof?.report?.sealedRecords) },
        { title: t('proof.unsealedRecords'), align: 'end', render: (_, { proof }) => count(proof?.report?.unsealedRecords) },
        { title: t('proof.seals'), align: 'end', render: (_, { proof }) => count(proof?.report?.seals) },
        { title: t('proof.head'), render: (_, { proof }) => <ChainHead proof={proof} /> },
        {
          title: t('proof.at'),
          render: (_, { proof }) =>
            proof?.at
              ? `${formats.time(proof.at)} · ${t('proof.seconds', { seconds: formats.number(proof.seconds ?? 0, 1) })}`
              : '—',
        },
        {
          title: t('administration:actions'),
          render: (_, { service, proof }) => (
            <Button
              size="small"
              disabled={proof?.state === 'waiting' || proof?.state === 'running'}
              aria-label={t('proof.oneOf', { name: name(service) })}
              onClick={() => onProve(service)}
            >
              {t('proof.one')}
            </Button>
          ),
        },
      ]}
    />
  );
}

function ProofResult({ proof }: { proof: Proof | undefined }) {
  const { t } = useTranslation(['audit', 'administration']);
  const words = useRefusalWords();
  if (!proof) return <Tag>{t('proof.notYet')}</Tag>;
  if (proof.state === 'waiting') return <Tag>{t('proof.waiting')}</Tag>;
  if (proof.state === 'running') return <Tag color="processing">{t('proof.running')}</Tag>;
  if (!proof.report) return <Typography.Text type="danger">{words(proof.error)}</Typography.Text>;
  if (proof.report.intact) return <Tag color="success">{t('proof.holds')}</Tag>;
  return (
    <>
      <Tag color="error">{t('proof.faulty')}</Tag>
      <span className="identifier">{proof.report.fault}</span>
    </>
  );
}

/** The hash at the chain's end: noted elsewhere, it proves later that nothing was cut off. */
function ChainHead({ proof }: { proof: Proof | undefined }) {
  const head = proof?.report?.chainHead;
  if (!head) return <>—</>;
  return (
    <Typography.Text className="identifier" copyable={{ text: head }} title={head}>
      {`${head.slice(0, 12)}…${head.slice(-8)}`}
    </Typography.Text>
  );
}
