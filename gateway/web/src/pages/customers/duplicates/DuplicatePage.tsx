import { useMutation } from '@tanstack/react-query';
import { App, Button, Card, Flex, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { useAccess } from '../../../access/access';
import { api, client, refresh } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { Named } from '../../../design/Named';
import { Page } from '../../../design/Page';
import { ReasonDialog } from '../../../design/ReasonDialog';
import { Loaded, PartialState } from '../../../design/States';
import { useRelationshipManagerNames } from '../../../design/selects';
import type { Customer } from '../customer';
import '../customers.css';
import { Comparison } from './Comparison';
import type { Candidate } from './candidate';
import { CandidateReasons, LikenessTag } from './Likeness';
import { MergeChoice } from './MergeChoice';
import { MergeRecord } from './MergeRecord';

/** Two records that may be one customer's: side by side, merged or told apart. */
export default function DuplicatePage() {
  const { t } = useTranslation('customers');
  const { candidateId = '' } = useParams();
  const asked = api.useQuery('get', '/v1/duplicateCandidates/{candidateId}', { params: { path: { candidateId } } });
  return (
    <Loaded query={asked} rows={10}>
      {(candidate) =>
        candidate.firstCustomer && candidate.secondCustomer ? (
          <Review candidate={candidate} first={candidate.firstCustomer} second={candidate.secondCustomer} />
        ) : (
          <PartialState words={t('duplicates.gone')} />
        )
      }
    </Loaded>
  );
}

function Review({ candidate, first, second }: { candidate: Candidate; first: Customer; second: Customer }) {
  const { t } = useTranslation('customers');
  const { may } = useAccess();
  const open = candidate.state === 'DUPLICATE_STATE_OPEN';
  const merged = candidate.state === 'DUPLICATE_STATE_MERGED';
  const survivorId = first.mergedIntoCustomerId === second.customerId ? second.customerId : first.customerId;
  return (
    <Page
      title={t('duplicates.compareTitle', { first: first.displayName, second: second.displayName })}
      actions={open && <Decisions candidate={candidate} />}
    >
      <Flex vertical gap={16}>
        <Card size="small">
          <Flex wrap gap="8px 16px" align="center">
            <LikenessTag score={candidate.score} />
            <CandidateReasons reasons={candidate.reasons} />
            {!open && (
              <Tag color={merged ? 'success' : 'default'}>
                <Named value={candidate.state} />
              </Tag>
            )}
            {candidate.dismissReason && <span>{t('duplicates.dismissedFor', { reason: candidate.dismissReason })}</span>}
            <Assigned personId={candidate.assignedPersonId} />
          </Flex>
        </Card>
        {open && may('customer.record.merge') ? (
          <MergeChoice first={first} second={second} />
        ) : (
          <Card size="small">
            <Comparison first={first} second={second} />
          </Card>
        )}
        {merged && may('customer.record.merge') && <MergeRecord customerId={survivorId} />}
      </Flex>
    </Page>
  );
}

function Assigned({ personId }: { personId: string }) {
  const { t } = useTranslation('customers');
  const access = useAccess();
  const name = useRelationshipManagerNames()(personId);
  if (!personId) return null;
  return <span>{personId === access.personId ? t('duplicates.withMe') : t('duplicates.withOther', { name })}</span>;
}

function Decisions({ candidate }: { candidate: Candidate }) {
  const { t } = useTranslation('customers');
  const { personId } = useAccess();
  const { message } = App.useApp();
  const words = useRefusalWords();
  const [dismissing, setDismissing] = useState(false);
  const path = { candidateId: candidate.candidateId };
  const mine = candidate.assignedPersonId === personId;
  const assigning = useMutation({
    mutationFn: () =>
      client.POST('/v1/duplicateCandidates/{candidateId}:assign', {
        params: { path },
        body: { personId: mine ? '' : personId, etag: candidate.etag },
      }),
    onSuccess: () => refresh('/v1/duplicateCandidates'),
    onError: (error) => void message.error(words(error)),
  });
  const dismiss = async (reason: string) => {
    await client.POST('/v1/duplicateCandidates/{candidateId}:dismiss', {
      params: { path },
      body: { reason, etag: candidate.etag },
    });
    await refresh('/v1/duplicateCandidates');
  };
  return (
    <>
      <Button onClick={() => assigning.mutate()} loading={assigning.isPending}>
        {t(mine ? 'duplicates.giveBack' : 'duplicates.take')}
      </Button>
      <Button onClick={() => setDismissing(true)}>{t('duplicates.dismiss')}</Button>
      {dismissing && (
        <ReasonDialog
          title={t('duplicates.dismissTitle')}
          hint={t('duplicates.dismissHint')}
          draftKey={`duplicate-dismiss-${candidate.candidateId}`}
          doneWords={t('duplicates.dismissed')}
          submit={dismiss}
          onClose={() => setDismissing(false)}
        />
      )}
    </>
  );
}
