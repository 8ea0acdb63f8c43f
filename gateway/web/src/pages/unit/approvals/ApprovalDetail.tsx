import { Typography } from 'antd';
import type { ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { addressOf } from '../../../shell/resources';
import { useKindWords } from './ApprovalList';
import { MonthClosingDetail, ProductVersionDetail, SchemeDetail, SignalRuleDetail } from './bankDetails';
import { ErasureDetail, HandOverDetail } from './customerDetails';
import { ClaimDetail, DealDetail, ObjectionDetail } from './resultDetails';
import { WorkReportDetail } from './WorkReportDetail';
import type { Waiting } from './waiting';

export interface DetailProps {
  id: string;
  waiting: Waiting;
  /** The caller asked for it: he sees it, and others decide. */
  own: boolean;
  onDecided: () => void;
}

const DETAILS: Record<string, ComponentType<DetailProps>> = {
  claim: ClaimDetail,
  deal_split: DealDetail,
  erasure: ErasureDetail,
  hand_over: HandOverDetail,
  month_closing: MonthClosingDetail,
  objection: ObjectionDetail,
  product_version: ProductVersionDetail,
  scheme: SchemeDetail,
  signal_rule: SignalRuleDetail,
  work_report: WorkReportDetail,
};

/** What is to be decided, as far as one must know it; the rest stands on its own page. */
export function ApprovalDetail({ waiting, own, onDecided }: { waiting: Waiting; own: boolean; onDecided: () => void }) {
  const { t } = useTranslation('unit');
  const kindWords = useKindWords();
  const Detail = DETAILS[waiting.kind];
  const address = addressOf(waiting.resource);
  const [, id = ''] = waiting.resource.split('/');
  return (
    <section aria-label={t('approvals.decision')}>
      <Typography.Title level={2} className="unit-detail-title">
        {kindWords(waiting.kind)}
        {address && (
          <Link to={address} className="unit-detail-link">
            {t('approvals.whole')}
          </Link>
        )}
      </Typography.Title>
      {Detail ? <Detail id={id} waiting={waiting} own={own} onDecided={onDecided} /> : t('approvals.elsewhere')}
    </section>
  );
}
