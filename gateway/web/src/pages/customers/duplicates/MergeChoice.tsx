import { useMutation, useQuery } from '@tanstack/react-query';
import { Alert, App, Button, Card, Checkbox, Flex, Form, Input, Radio } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client, refresh } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import { Loaded } from '../../../design/States';
import type { Customer } from '../customer';
import { Comparison } from './Comparison';
import { CHOSEN_FIELDS, type ChosenField, fieldValue } from './candidate';
import { MergeOutcome } from './MergeOutcome';

interface Asked {
  reason: string;
  acknowledged?: boolean;
}

/** Chooses which record stands for both and what it takes from the other, shows what comes of it, and merges. */
export function MergeChoice({ first, second }: { first: Customer; second: Customer }) {
  const { t } = useTranslation('customers');
  const { message } = App.useApp();
  const words = useRefusalWords();
  const [survivor, setSurvivor] = useState<'first' | 'second'>('first');
  const [taken, setTaken] = useState<ReadonlySet<ChosenField>>(new Set());
  const [stays, goes] = survivor === 'first' ? [first, second] : [second, first];
  const takeFromMerged = [...taken].join(',');
  const preview = useQuery({
    queryKey: ['/v1/customers:previewMerge', stays.customerId, goes.customerId, takeFromMerged, stays.etag, goes.etag],
    queryFn: async () =>
      (
        await client.POST('/v1/customers/{survivorCustomerId}:previewMerge', {
          params: { path: { survivorCustomerId: stays.customerId } },
          body: { mergedCustomerId: goes.customerId, takeFromMerged },
        })
      ).data,
  });
  const differs = preview.data?.notes.some(({ kind }) => kind === 'MERGE_NOTE_KIND_IDENTIFIERS_DIFFER') ?? false;
  const merging = useMutation({
    mutationFn: ({ reason, acknowledged = false }: Asked) =>
      client.POST('/v1/customers/{survivorCustomerId}:merge', {
        params: { path: { survivorCustomerId: stays.customerId } },
        body: {
          mergedCustomerId: goes.customerId,
          takeFromMerged,
          reason,
          survivorEtag: stays.etag,
          mergedEtag: goes.etag,
          acknowledgeIdentifiersDiffer: acknowledged,
        },
      }),
    onSuccess: () => {
      void message.success(t('merge.done'));
      return refresh('/v1/duplicateCandidates', '/v1/customers');
    },
  });
  const survives = (which: 'first' | 'second') => {
    if (which === survivor) return;
    setSurvivor(which);
    // The values that were chosen stay chosen: they are now the other record's.
    setTaken(
      new Set(CHOSEN_FIELDS.filter((field) => fieldValue(first, field) !== fieldValue(second, field) && !taken.has(field))),
    );
  };
  const take = (field: ChosenField, takes: boolean) => {
    const next = new Set(taken);
    if (takes) next.add(field);
    else next.delete(field);
    setTaken(next);
  };
  const label = (customer: Customer) => `${customer.displayName} ${customer.customerNumber}`;
  return (
    <>
      <Card size="small" title={t('merge.choose')}>
        <Flex vertical gap={12}>
          <div>
            <span id="survivor">{t('merge.survivor')} </span>
            <Radio.Group
              aria-labelledby="survivor"
              options={[
                { value: 'first', label: label(first) },
                { value: 'second', label: label(second) },
              ]}
              value={survivor}
              onChange={(event) => survives(event.target.value as 'first' | 'second')}
            />
          </div>
          <Comparison first={first} second={second} choosing={{ survivor, taken, onTake: take }} />
        </Flex>
      </Card>
      <Card size="small" title={t('merge.preview')}>
        <Loaded query={preview}>{(outcome) => (outcome ? <MergeOutcome outcome={outcome} /> : null)}</Loaded>
        {merging.error && <Alert className="form-note" type="error" showIcon title={words(merging.error)} />}
        <Form<Asked> layout="vertical" onFinish={(asked) => merging.mutate(asked)} className="merge-form">
          <Form.Item
            name="reason"
            label={t('merge.reason')}
            rules={[{ required: true, whitespace: true, message: t('workbench:field.required') }]}
          >
            <Input maxLength={200} />
          </Form.Item>
          {differs && (
            <Form.Item
              name="acknowledged"
              valuePropName="checked"
              rules={[
                {
                  validator: (_, value) => (value ? Promise.resolve() : Promise.reject(new Error(t('merge.acknowledgeNeeded')))),
                },
              ]}
            >
              <Checkbox>{t('merge.acknowledge')}</Checkbox>
            </Form.Item>
          )}
          <Button type="primary" htmlType="submit" loading={merging.isPending} disabled={!preview.data}>
            {t('merge.submit')}
          </Button>
        </Form>
      </Card>
    </>
  );
}
