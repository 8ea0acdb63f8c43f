import { CheckCircleFilled, ClockCircleOutlined, CloseCircleFilled } from '@ant-design/icons';
import { Card, Flex, Steps, Tag, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAccess } from '../../../access/access';
import { useBilingual } from '../../../design/bilingual';
import { useFormats } from '../../../design/formats';
import { useNamed } from '../../../design/Named';
import type { Deal, Member, Split } from './deals';
import { membersFor } from './splits';

const STEP: Partial<Record<Deal['state'], number>> = { DEAL_STATE_OPEN: 0, DEAL_STATE_PROPOSED: 1, DEAL_STATE_DECIDED: 3 };

/** How far the deal has come, what is proposed, and what each member says to it. */
export function Team({ deal, splits }: { deal: Deal; splits: Split[] }) {
  const { t } = useTranslation('performance');
  const { personId } = useAccess();
  const step = STEP[deal.state];
  const answered = deal.members.every((member) => member.answer !== 'MEMBER_ANSWER_UNSPECIFIED');
  return (
    <Card className="team">
      {step !== undefined && (
        <Steps
          size="small"
          className="deal-steps"
          current={step === 1 && answered ? 2 : step}
          status={deal.state === 'DEAL_STATE_DECIDED' ? 'finish' : 'process'}
          items={['open', 'answers', 'decision', 'shared'].map((key) => ({ title: t(`step.${key}`) }))}
        />
      )}
      <Proposal deal={deal} splits={splits} />
      <ul className="members" aria-label={t('deals.team')}>
        {membersFor(deal, personId).map((member) => (
          <MemberCard key={member.personId} deal={deal} member={member} own={member.personId === personId} />
        ))}
      </ul>
    </Card>
  );
}

function Proposal({ deal, splits }: { deal: Deal; splits: Split[] }) {
  const { t } = useTranslation('performance');
  const bilingual = useBilingual();
  const formats = useFormats();
  const split = splits.find((each) => each.schemeId === deal.proposedSchemeId);
  const proposer = deal.members.find((member) => member.personId === deal.proposerPersonId);
  const words = deal.state === 'DEAL_STATE_DECIDED' ? 'step.decidedBy' : 'step.proposedBy';
  return (
    <>
      {split && (
        <Typography.Paragraph className="proposal">
          {t(words, {
            scheme: bilingual(split.displayName),
            version: deal.proposedVersionNumber,
            name: proposer?.displayName || t('step.leader'),
            time: formats.instant(deal.proposeTime),
          })}
        </Typography.Paragraph>
      )}
      {deal.state === 'DEAL_STATE_OPEN' && deal.leaderNote && (
        <Typography.Paragraph type="warning">{t('step.sentBack', { note: deal.leaderNote })}</Typography.Paragraph>
      )}
      {deal.restartDate ? (
        <Typography.Paragraph type="secondary">
          {t('step.restart', { date: formats.date(deal.restartDate) })}
        </Typography.Paragraph>
      ) : null}
    </>
  );
}

function MemberCard({ deal, member, own }: { deal: Deal; member: Member; own: boolean }) {
  const { t } = useTranslation('performance');
  const named = useNamed();
  const formats = useFormats();
  const agreed = deal.terms?.agreedParts.find((part) => part.personId === member.personId);
  const involvement = member.involvementBasisPoints ?? 10_000;
  return (
    <li className={own ? 'member member-own' : 'member'}>
      <Flex justify="space-between" gap={8} align="center">
        <strong>{member.displayName || t('deals.somebody')}</strong>
        {own && <Tag color="blue">{t('schemes.me')}</Tag>}
      </Flex>
      <Typography.Text type="secondary">
        {named(member.role)}
        {involvement < 10_000 && ` · ${t('deals.involved', { share: formats.basisPoints(involvement) })}`}
        {agreed && ` · ${t('deals.agreed', { share: formats.basisPoints(agreed.basisPoints) })}`}
      </Typography.Text>
      {deal.proposedSchemeId && <Answer member={member} />}
    </li>
  );
}

function Answer({ member }: { member: Member }) {
  const { t } = useTranslation('performance');
  const named = useNamed();
  const formats = useFormats();
  if (member.answer === 'MEMBER_ANSWER_UNSPECIFIED') {
    return (
      <Typography.Text type="secondary">
        <ClockCircleOutlined aria-hidden /> {t('step.unanswered')}
      </Typography.Text>
    );
  }
  const accepted = member.answer === 'MEMBER_ANSWER_ACCEPTED';
  return (
    <>
      <Typography.Text type={accepted ? 'success' : 'danger'}>
        {accepted ? <CheckCircleFilled aria-hidden /> : <CloseCircleFilled aria-hidden />} {named(member.answer)}{' '}
        <Typography.Text type="secondary">{formats.instant(member.answerTime)}</Typography.Text>
      </Typography.Text>
      {member.objection && <Typography.Text className="objection">{member.objection}</Typography.Text>}
    </>
  );
}
