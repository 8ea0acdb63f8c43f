// What holds for the bank: months that are closed, schemes, versions of products, rules of signs.
import { Flex, Tag } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api, client } from '../../../api/client';
import { useBilingual } from '../../../design/bilingual';
import { useFormats } from '../../../design/formats';
import { Named } from '../../../design/Named';
import { Loaded } from '../../../design/States';
import { addressOfMonth } from '../../performance/months/months';
import type { DetailProps } from './ApprovalDetail';
import { Decision } from './Decision';
import { Facts } from './Facts';

/** A month is closed on its own page: with the totals before one's eyes on which one puts one's name. */
export function MonthClosingDetail({ waiting }: DetailProps) {
  const { t } = useTranslation('unit');
  const formats = useFormats();
  return (
    <Elsewhere
      address={addressOfMonth(waiting.parameters.monthDate ?? '')}
      facts={[
        [t('results.month'), formats.month(waiting.parameters.monthDate)],
        [t('approvals.askedOn'), formats.instant(waiting.createTime)],
      ]}
    />
  );
}

/** A scheme is decided on its own page, which shows what changes. */
export function SchemeDetail({ id, waiting }: DetailProps) {
  const { t } = useTranslation('unit');
  const formats = useFormats();
  const bilingual = useBilingual();
  return (
    <Elsewhere
      address={`/performance/schemes/${id}`}
      facts={[
        [t('approvals.scheme'), bilingual(waiting.parameters.displayName ?? '')],
        [t('approvals.category'), <Named key="kind" value={waiting.parameters.kind} />],
        [t('approvals.askedOn'), formats.instant(waiting.createTime)],
      ]}
    />
  );
}

function Elsewhere({ address, facts }: { address: string; facts: [label: string, content: ReactNode][] }) {
  const { t } = useTranslation('unit');
  return (
    <Flex vertical gap={16}>
      <Facts facts={facts} />
      <p>
        {t('approvals.elsewhere')} <Link to={address}>{t('approvals.thither')}</Link>
      </p>
    </Flex>
  );
}

export function ProductVersionDetail({ id, waiting, own, onDecided }: DetailProps) {
  const { t, i18n } = useTranslation('unit');
  const formats = useFormats();
  const params = { path: { productVersionId: id } };
  const version = api.useQuery('get', '/v1/productVersions/{productVersionId}', { params });
  return (
    <Loaded query={version}>
      {(data) => (
        <Flex vertical gap={16}>
          <Facts
            facts={[
              [
                t('results.product'),
                `${(i18n.language === 'zh' ? data.displayName : data.englishName) || data.displayName} ${data.productCode}`,
              ],
              [t('approvals.version'), formats.number(data.versionNumber)],
              [t('approvals.category'), <Named key="category" value={data.category} />],
              [t('approvals.from'), formats.date(data.startDate)],
              [t('approvals.until'), data.endDate && formats.date(data.endDate)],
              [t('approvals.author'), data.authorName],
              [t('approvals.why'), data.note],
            ]}
          />
          <FormulaList
            formulas={(data.definition?.sources ?? []).flatMap((source) => source.formulas)}
            label={t('approvals.formulas')}
          />
          {!own && (
            <Decision
              resource={waiting.resource}
              silent
              approveWords={t('approvals.publish')}
              approve={() => client.POST('/v1/productVersions/{productVersionId}:publish', { params, body: { etag: data.etag } })}
              reject={(decisionNote) =>
                client.POST('/v1/productVersions/{productVersionId}:reject', { params, body: { decisionNote, etag: data.etag } })
              }
              onDecided={onDecided}
            />
          )}
        </Flex>
      )}
    </Loaded>
  );
}

interface Formula {
  measure: string;
  chineseWords: string;
  englishWords: string;
}

function FormulaList({ formulas, label }: { formulas: Formula[]; label: string }) {
  const { i18n } = useTranslation();
  return (
    <dl className="unit-facts" aria-label={label}>
      {formulas.map((formula) => (
        <div key={`${formula.measure} ${formula.englishWords}`} className="unit-fact">
          <dt>
            <Named value={formula.measure} />
          </dt>
          <dd>{i18n.language === 'zh' ? formula.chineseWords : formula.englishWords}</dd>
        </div>
      ))}
    </dl>
  );
}

export function SignalRuleDetail({ id, waiting, own, onDecided }: DetailProps) {
  const { t, i18n } = useTranslation('unit');
  const formats = useFormats();
  const params = { path: { signalRuleVersionId: id } };
  const version = api.useQuery('get', '/v1/signalRuleVersions/{signalRuleVersionId}', { params });
  const chinese = i18n.language === 'zh';
  return (
    <Loaded query={version}>
      {(data) => (
        <Flex vertical gap={16}>
          <Facts
            facts={[
              [t('warnings.sign'), chinese ? data.definition?.chineseName : data.definition?.englishName],
              [t('approvals.version'), formats.number(data.versionNumber)],
              [t('approvals.condition'), chinese ? data.definition?.chineseCondition : data.definition?.englishCondition],
              [t('approvals.advice'), chinese ? data.definition?.chineseAdvice : data.definition?.englishAdvice],
              [t('state'), data.definition?.disabled && <Tag color="warning">{t('approvals.disabled')}</Tag>],
              [t('approvals.author'), data.authorName],
              [t('approvals.why'), data.note],
            ]}
          />
          {!own && (
            <Decision
              resource={waiting.resource}
              silent
              approve={() =>
                client.POST('/v1/signalRuleVersions/{signalRuleVersionId}:approve', { params, body: { etag: data.etag } })
              }
              reject={(decisionNote) =>
                client.POST('/v1/signalRuleVersions/{signalRuleVersionId}:reject', {
                  params,
                  body: { decisionNote, etag: data.etag },
                })
              }
              onDecided={onDecided}
            />
          )}
        </Flex>
      )}
    </Loaded>
  );
}
