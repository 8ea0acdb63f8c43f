import { Flex, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { Named } from '../../../design/Named';
import { type Candidate, SCORE_CERTAIN } from './candidate';

/** How alike two records are, in figures and words. */
export function LikenessTag({ score }: { score: number }) {
  const { t } = useTranslation('customers');
  const certain = score >= SCORE_CERTAIN;
  return (
    <Tag color={certain ? 'error' : 'warning'}>
      {t(certain ? 'duplicates.certain' : 'duplicates.likely')} {score}
    </Tag>
  );
}

/** What speaks for one customer, and what against it. */
export function CandidateReasons({ reasons }: { reasons: Candidate['reasons'] }) {
  return (
    <Flex wrap gap={4}>
      {reasons.map(({ kind, points }) => (
        <Tag key={kind} color={points < 0 ? 'default' : 'processing'}>
          <Named value={kind} /> {points > 0 ? `+${points}` : points}
        </Tag>
      ))}
    </Flex>
  );
}
