import { AlertOutlined } from '@ant-design/icons';
import type { Schema } from '@rm-workbench/client';
import { Button, Card, Flex, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api } from '../../../api/client';
import { Amount } from '../../../design/Amount';
import { useSaid } from '../../../design/bilingual';
import { useFormats } from '../../../design/formats';
import { NamedTag } from '../../../design/Named';
import type { Customer } from '../customer';
import { SeverityTag } from '../timeline/SeverityTag';

type Warning = Schema<'analytics.v1.Warning'>;

/** The open warning, with what it rests on and what to do; nothing where there is none. */
export function WarningCard({ customer }: { customer: Customer }) {
  const { data } = api.useQuery('get', '/v1/warnings', {
    params: { query: { customerId: customer.customerId, pageSize: 5 } },
  });
  const open = data?.warnings.find((warning) => warning.state !== 'WARNING_STATE_CLOSED');
  return open ? <OpenWarning warning={open} /> : null;
}

function OpenWarning({ warning }: { warning: Warning }) {
  const { t } = useTranslation('customer');
  const formats = useFormats();
  const said = useSaid();
  return (
    <Card className="warning-card" size="small">
      <Flex wrap gap="12px 32px" justify="space-between">
        <Flex vertical gap={8} flex="1 1 420px">
          <Flex wrap gap={8} align="center">
            <AlertOutlined className="warning-sign" />
            <Typography.Text strong>{t('warning.title')}</Typography.Text>
            <SeverityTag severity={warning.severity} />
            <NamedTag value={warning.state} tone={warning.overdue ? 'error' : 'processing'} />
            {warning.dueDate && (
              <Typography.Text type={warning.overdue ? 'danger' : 'secondary'}>
                {t(warning.overdue ? 'warning.late' : 'warning.due', { date: formats.date(warning.dueDate) })}
              </Typography.Text>
            )}
          </Flex>
          <ul className="customer-evidence">
            {warning.signals.slice(0, 4).map((signal) => (
              <li key={signal.signalCode}>{said(signal)}</li>
            ))}
          </ul>
        </Flex>
        <Flex vertical gap={8} flex="1 1 320px">
          <Typography.Text strong>{t('warning.steps')}</Typography.Text>
          <ol className="customer-evidence">
            {warning.nextSteps.slice(0, 3).map((step) => (
              <li key={step.code}>{said(step)}</li>
            ))}
          </ol>
        </Flex>
        <Flex vertical gap={4} align="flex-end" className="warning-figures">
          <Typography.Text type="secondary">{t('warning.atRisk')}</Typography.Text>
          <span className="customer-figure">
            <Amount money={warning.valueAtRisk} />
          </span>
          {warning.probability && (
            <Typography.Text type="secondary">
              {t('warning.probability', { percent: formats.percent(warning.probability, 0) })}
            </Typography.Text>
          )}
          <Link to={`/warnings/${warning.warningId}`}>
            <Button size="small">{t('warning.work')}</Button>
          </Link>
        </Flex>
      </Flex>
    </Card>
  );
}
