import { useQuery } from '@tanstack/react-query';
import { Card, Col, Flex, Row, Table, Tag, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { capabilitiesOf, useAccess } from '../../../access/access';
import { useFormats } from '../../../design/formats';
import { Page } from '../../../design/Page';
import { Loaded, PartialState } from '../../../design/States';
import { useServiceName } from '../names';
import { BankCalendar } from './BankCalendar';
import { BusinessDate } from './BusinessDate';
import '../administration.css';

const FRESH_MILLISECONDS = 10_000;

/** Whether the deployment serves, what it consists of, and its business date. */
export default function HealthPage() {
  const { t } = useTranslation('administration');
  const formats = useFormats();
  const { has, may } = useAccess();
  const name = useServiceName();
  const capabilities = useQuery({
    queryKey: ['/v1/capabilities'],
    queryFn: capabilitiesOf,
    refetchInterval: FRESH_MILLISECONDS,
  });
  const seen = capabilities.dataUpdatedAt ? formats.instant(new Date(capabilities.dataUpdatedAt).toISOString()) : '';
  const dated = has('integration') && may('integration.calendar.read');
  return (
    <Page title={t('workbench:nav.health')} note={seen && t('health.seen', { time: seen })}>
      <Loaded query={capabilities} rows={6}>
        {({ services, version }) => {
          const down = services.filter((service) => service.placement !== 'absent' && service.state !== 'SERVING');
          return (
            <>
              {down.length > 0 && (
                <PartialState words={t('health.down', { names: down.map((each) => name(each.name)).join('、') })} />
              )}
              <Row gutter={[16, 16]}>
                <Col xs={24} xl={dated ? 14 : 24}>
                  <Card size="small" title={t('health.services')} extra={t('health.version', { version })}>
                    <Services services={services} />
                  </Card>
                </Col>
                {dated && (
                  <Col xs={24} xl={10}>
                    <Flex vertical gap={16}>
                      <BusinessDate />
                      <BankCalendar />
                    </Flex>
                  </Col>
                )}
              </Row>
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

type Service = Awaited<ReturnType<typeof capabilitiesOf>>['services'][number];

function Services({ services }: { services: Service[] }) {
  const { t } = useTranslation('administration');
  const name = useServiceName();
  return (
    <Table<Service>
      size="small"
      aria-label={t('health.services')}
      rowKey="name"
      pagination={false}
      dataSource={services}
      columns={[
        {
          title: t('service'),
          render: (_, service) => (
            <Flex vertical>
              <span>{name(service.name)}</span>
              <Typography.Text type="secondary" className="identifier">
                {service.name}
              </Typography.Text>
            </Flex>
          ),
        },
        { title: t('health.placement'), render: (_, service) => t(`health.placements.${service.placement}`) },
        { title: t('workbench:field.state'), render: (_, service) => <ServiceState service={service} /> },
      ]}
    />
  );
}

function ServiceState({ service }: { service: Service }) {
  const { t } = useTranslation('administration');
  if (service.placement === 'absent') return <Tag>{t('health.absent')}</Tag>;
  if (service.state === 'SERVING') return <Tag color="success">{t('health.serving')}</Tag>;
  return <Tag color="error">{t('health.notServing')}</Tag>;
}
