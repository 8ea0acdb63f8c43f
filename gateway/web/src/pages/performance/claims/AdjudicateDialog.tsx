import { Form, Input, Radio, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, client } from '../../../api/client';
import { FormDialog } from '../../../design/FormDialog';
import { DateField } from '../../../design/fields';
import { claimsChanged, type Objection, WHOLE_BASIS_POINTS } from './claims';
import { type PartRow, PartsFields, partsOf } from './PartsFields';

interface Values {
  state: 'OBJECTION_STATE_UPHELD' | 'OBJECTION_STATE_DISMISSED';
  finding: string;
  startDate: string;
  parts: PartRow[];
}

const FINDING_LENGTH_MAX = 1000;

/** Finds whether an objection is right; where it is about what counts already, says whose it is from a day on. */
export function AdjudicateDialog({ objection, onClose }: { objection: Objection; onClose: () => void }) {
  const { t } = useTranslation('performance');
  const claim = api.useQuery(
    'get',
    '/v1/claims/{claimId}',
    { params: { path: { claimId: objection.claimId } } },
    { enabled: objection.claimId !== '' },
  );
  // A claim that waits is rejected, and nothing is divided anew.
  const divides = claim.data?.state !== 'CLAIM_STATE_PENDING';
  const known = [
    ...(claim.data?.parts ?? []).map((part) => ({ personId: part.personId, displayName: part.personName })),
    { personId: objection.objectorPersonId, displayName: objection.objectorName },
  ];
  return (
    <FormDialog<Values>
      open
      width={720}
      title={t('objections.adjudicate')}
      initialValues={{
        state: 'OBJECTION_STATE_DISMISSED',
        startDate: '',
        parts: [{ personId: objection.objectorPersonId, percent: 100 } as PartRow],
      }}
      draftKey={`adjudication:${objection.objectionId}`}
      submitWords={t('objections.adjudicate')}
      onClose={onClose}
      submit={async ({ state, finding, startDate, parts }) => {
        const anew = state === 'OBJECTION_STATE_UPHELD' && divides;
        await client.POST('/v1/objections/{objectionId}:adjudicate', {
          params: { path: { objectionId: objection.objectionId } },
          body: {
            state,
            finding,
            etag: objection.etag,
            ...(anew ? { startDate: startDate ?? '', kind: 'CLAIM_KIND_RATIO', parts: partsOf(parts, 'CLAIM_KIND_RATIO') } : {}),
          },
        });
        await claimsChanged();
      }}
    >
      <Typography.Paragraph type="secondary">
        {t(divides ? 'objections.dividesHint' : 'objections.rejectsHint')}
      </Typography.Paragraph>
      <Form.Item name="state" label={t('objections.outcome')}>
        <Radio.Group
          options={[
            { value: 'OBJECTION_STATE_UPHELD', label: t('objections.uphold') },
            { value: 'OBJECTION_STATE_DISMISSED', label: t('objections.dismiss') },
          ]}
        />
      </Form.Item>
      <Form.Item noStyle shouldUpdate={(before, now) => before.state !== now.state}>
        {({ getFieldValue }) =>
          divides &&
          getFieldValue('state') === 'OBJECTION_STATE_UPHELD' && (
            <>
              <Form.Item name="startDate" label={t('objections.newFrom')}>
                <DateField />
              </Form.Item>
              <PartsFields known={known} kind="CLAIM_KIND_RATIO" free={WHOLE_BASIS_POINTS} />
            </>
          )
        }
      </Form.Item>
      <Form.Item
        name="finding"
        label={t('objections.finding')}
        rules={[{ required: true, whitespace: true, message: t('dialog.reasonNeeded') }]}
      >
        <Input.TextArea rows={4} maxLength={FINDING_LENGTH_MAX} showCount />
      </Form.Item>
    </FormDialog>
  );
}
