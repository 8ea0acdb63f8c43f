import { useMutation } from '@tanstack/react-query';
import { Alert, App, Button, Card, Flex, Form, Input, Modal, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client, refresh } from '../../../api/client';
import { useRefusalWords } from '../../../api/refusals';
import type { Person } from './PeoplePage';

type Direction = 'link' | 'unlink';

/** Joins a person to an account at the bank's single sign-on, or parts them. */
export function FederatedIdentity({ person }: { person: Person }) {
  const { t } = useTranslation('administration');
  const [direction, setDirection] = useState<Direction>();
  return (
    <Card size="small" title={t('federated.title')}>
      <Flex wrap justify="space-between" align="center" gap={12}>
        <Typography.Text type="secondary">{t('federated.hint')}</Typography.Text>
        <Flex gap={8}>
          <Button size="small" onClick={() => setDirection('link')}>
            {t('federated.link')}
          </Button>
          <Button size="small" onClick={() => setDirection('unlink')}>
            {t('federated.unlink')}
          </Button>
        </Flex>
      </Flex>
      {direction && <FederatedForm person={person} direction={direction} onClose={() => setDirection(undefined)} />}
    </Card>
  );
}

function FederatedForm({ person, direction, onClose }: { person: Person; direction: Direction; onClose: () => void }) {
  const { t } = useTranslation('administration');
  const { message } = App.useApp();
  const words = useRefusalWords();
  const [form] = Form.useForm<{ issuer: string; subject: string }>();
  const path = { personId: person.personId };
  const linking = direction === 'link';
  const acting = useMutation<unknown, Error, { issuer: string; subject: string }>({
    mutationFn: ({ issuer, subject }) =>
      linking
        ? client.POST('/v1/people/{personId}:linkFederatedIdentity', { params: { path }, body: { issuer, subject } })
        : client.POST('/v1/people/{personId}:unlinkFederatedIdentity', { params: { path }, body: { issuer } }),
    onSuccess: () => {
      void message.success(t(linking ? 'federated.linked' : 'federated.unlinked'));
      onClose();
      return refresh('/v1/people');
    },
  });
  const title = t(linking ? 'federated.link' : 'federated.unlink');
  return (
    <Modal
      open
      title={title}
      okText={title}
      cancelText={t('workbench:action.cancel')}
      okButtonProps={{ loading: acting.isPending }}
      onOk={form.submit}
      onCancel={onClose}
    >
      {acting.error && <Alert className="form-note" type="error" showIcon title={words(acting.error)} />}
      <Form form={form} layout="vertical" onFinish={acting.mutate}>
        <Form.Item
          name="issuer"
          label={t('federated.issuer')}
          extra={t('federated.issuerHint')}
          rules={[{ required: true, type: 'url', message: t('federated.issuerHint') }]}
        >
          <Input autoFocus maxLength={255} />
        </Form.Item>
        {linking && (
          <Form.Item
            name="subject"
            label={t('federated.subject')}
            extra={t('federated.subjectHint')}
            rules={[{ required: true, pattern: /^[\x20-\x7e]{1,255}$/, message: t('federated.subjectHint') }]}
          >
            <Input maxLength={255} />
          </Form.Item>
        )}
      </Form>
    </Modal>
  );
}
