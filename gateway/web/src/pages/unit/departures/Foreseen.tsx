import type { Schema } from '@rm-workbench/client';
import { Card, Flex, Table, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, client } from '../../../api/client';
import { Amount } from '../../../design/Amount';
import { useFormats } from '../../../design/formats';
import { KeysetTable } from '../../../design/KeysetTable';
import { NamedTag } from '../../../design/Named';
import { EmptyState, Loaded } from '../../../design/States';

type Departure = Schema<'analytics.v1.Departure'>;
type Calibration = Schema<'analytics.v1.DepartureCalibration'>;

/** Who left, what was foreseen and what went; and how far such foresight can be trusted. */
export function Foreseen({ unit }: { unit: string }) {
  const { t } = useTranslation('unit');
  const calibration = api.useQuery('get', '/v1/departureCalibration', {});
  return (
    <div className="unit-columns">
      <Card size="small" title={t('departures.left')}>
        <Departures unit={unit} />
      </Card>
      <Card size="small" title={t('departures.calibration')}>
        <Loaded query={calibration} rows={6}>
          {(data) => <Calibrated calibration={data} />}
        </Loaded>
      </Card>
    </div>
  );
}

function Departures({ unit }: { unit: string }) {
  const { t } = useTranslation('unit');
  const formats = useFormats();
  return (
    <KeysetTable<Departure>
      queryKey={['/v1/departures', unit]}
      load={async (pageToken, signal) => {
        const query = { organisationPath: unit, pageSize: 100, pageToken };
        const { data } = await client.GET('/v1/departures', { params: { query }, signal });
        return { rows: data?.departures ?? [], nextPageToken: data?.nextPageToken ?? '' };
      }}
      rowKey={(departure) => departure.departureId}
      label={t('departures.left')}
      height={420}
      empty={<EmptyState words={t('departures.nobodyLeft')} />}
      columns={[
        { title: t('person'), dataIndex: 'personName', width: 120 },
        { title: t('departures.leftOn'), dataIndex: 'leftDate', width: 120, render: formats.date },
        { title: t('state'), dataIndex: 'state', width: 100, render: (state: string) => <NamedTag value={state} /> },
        {
          title: t('departures.expectedShort'),
          key: 'expected',
          width: 120,
          align: 'right',
          render: (_, row) => (
            <>
              <Amount money={row.expectedLoss} />
              <div className="unit-small">
                {formats.moneyShort(row.lowLoss)} – {formats.moneyShort(row.highLoss)}
              </div>
            </>
          ),
        },
        { title: t('departures.went'), key: 'lost', width: 120, align: 'right', render: (_, row) => <Amount money={row.lost} /> },
      ]}
      card={(row) => (
        <Card size="small" title={row.personName} extra={<NamedTag value={row.state} />}>
          <Flex wrap gap="4px 16px">
            <span>{formats.date(row.leftDate)}</span>
            <span>
              {t('departures.expectedShort')} <Amount money={row.expectedLoss} />
            </span>
            <span>
              {t('departures.went')} <Amount money={row.lost} />
            </span>
          </Flex>
        </Card>
      )}
    />
  );
}

function Calibrated({ calibration }: { calibration: Calibration }) {
  const { t } = useTranslation('unit');
  const formats = useFormats();
  const known = calibration.departureCount > 0;
  return (
    <Flex vertical gap={16}>
      <dl className="unit-facts">
        <dt>{t('departures.keepRate')}</dt>
        <dd>
          {t('departures.rateWithin', {
            rate: formats.basisPoints(calibration.keepRateBasisPoints),
            deviation: formats.basisPoints(calibration.keepRateDeviationBasisPoints),
          })}
        </dd>
        <dt>{t('departures.measured')}</dt>
        <dd>
          {known
            ? t('departures.measuredOf', { count: calibration.departureCount, within: calibration.withinCount })
            : t('departures.noneMeasured')}
        </dd>
        {known && (
          <>
            <dt>{t('departures.expectedAgainst')}</dt>
            <dd>
              <Amount money={calibration.expectedLoss} /> → <Amount money={calibration.lost} />
            </dd>
          </>
        )}
      </dl>
      {known && (
        <Table
          aria-label={t('departures.bands')}
          size="small"
          pagination={false}
          rowKey="fromBasisPoints"
          dataSource={calibration.bands.filter((band) => band.customerCount > 0)}
          columns={[
            {
              title: <Tooltip title={t('departures.dependenceHint')}>{t('departures.band')}</Tooltip>,
              key: 'band',
              render: (_, band) => `${band.fromBasisPoints / 100}–${band.toBasisPoints / 100}%`,
            },
            { title: t('departures.customersShort'), dataIndex: 'customerCount', align: 'right' },
            { title: t('departures.gone'), dataIndex: 'goneCount', align: 'right' },
            {
              title: t('departures.expectedShort'),
              dataIndex: 'expectedBasisPoints',
              align: 'right',
              render: formats.basisPoints,
            },
            { title: t('departures.went'), dataIndex: 'lostBasisPoints', align: 'right', render: formats.basisPoints },
          ]}
        />
      )}
    </Flex>
  );
}
