import { EditOutlined, EyeOutlined, PlusOutlined } from '@ant-design/icons';
import type { Schema } from '@rm-workbench/client';
import { Button, Card, Flex, Tag, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useAccess } from '../../../access/access';
import { api } from '../../../api/client';
import { Named } from '../../../design/Named';
import { EmptyState, Loaded } from '../../../design/States';
import type { Customer } from '../customer';
import { EditKeyPerson } from './EditKeyPerson';
import { RevealKeyPerson } from './RevealKeyPerson';

export type KeyPerson = Schema<'customer.v1.KeyPerson'>;

const TONES: Record<string, string> = {
  DECISION_ROLE_DECIDER: 'blue',
  DECISION_ROLE_ADVOCATE: 'green',
  DECISION_ROLE_OPPONENT: 'red',
};

/** The people of a company whom the bank deals with, and their part in what it decides. */
export function KeyPersons({ customer }: { customer: Customer }) {
  const { t } = useTranslation('customer');
  const { may } = useAccess();
  const [edited, setEdited] = useState<KeyPerson | 'new'>();
  const [revealed, setRevealed] = useState<KeyPerson>();
  const { customerId } = customer;
  const query = api.useQuery('get', '/v1/customers/{customerId}/keyPersons', { params: { path: { customerId } } });
  return (
    <Card
      title={t('keyPerson.title')}
      extra={
        may('customer.relation.update') && (
          <Button size="small" icon={<PlusOutlined />} onClick={() => setEdited('new')}>
            {t('workbench:action.add')}
          </Button>
        )
      }
    >
      <Loaded query={query} isEmpty={({ keyPersons }) => !keyPersons.length} empty={<EmptyState words={t('keyPerson.none')} />}>
        {({ keyPersons }) => (
          <ul className="person-cards">
            {keyPersons.map((person) => (
              <li key={person.keyPersonId}>
                <PersonCard
                  person={person}
                  {...(may('customer.relation.update') ? { onEdit: () => setEdited(person) } : {})}
                  {...(may('customer.pii.read') ? { onReveal: () => setRevealed(person) } : {})}
                />
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {edited && (
        <EditKeyPerson
          customerId={customerId}
          {...(edited === 'new' ? {} : { person: edited })}
          onClose={() => setEdited(undefined)}
        />
      )}
      {revealed && <RevealKeyPerson person={revealed} onClose={() => setRevealed(undefined)} />}
    </Card>
  );
}

function PersonCard({ person, onEdit, onReveal }: { person: KeyPerson; onEdit?: () => void; onReveal?: () => void }) {
  const { t } = useTranslation('customer');
  return (
    <Flex vertical gap={4}>
      <Flex justify="space-between" gap={8}>
        <span>
          {person.personCustomerId ? (
            <Link to={`/customers/${person.personCustomerId}`}>{person.displayName}</Link>
          ) : (
            <Typography.Text strong>{person.displayName}</Typography.Text>
          )}{' '}
          <Typography.Text type="secondary">{person.position}</Typography.Text>
        </span>
        <Flex gap={4}>
          {onReveal && person.contactPoints.length > 0 && (
            <Button
              type="text"
              size="small"
              icon={<EyeOutlined />}
              aria-label={`${t('reveal.action')} ${person.displayName}`}
              onClick={onReveal}
            />
          )}
          {onEdit && (
            <Button
              type="text"
              size="small"
              icon={<EditOutlined />}
              aria-label={`${t('workbench:action.edit')} ${person.displayName}`}
              onClick={onEdit}
            />
          )}
        </Flex>
      </Flex>
      <Flex wrap gap="2px 12px" align="center">
        {person.decisionRole !== 'DECISION_ROLE_UNSPECIFIED' && (
          <Tag color={TONES[person.decisionRole] ?? 'default'} variant="filled">
            <Named value={person.decisionRole} />
          </Tag>
        )}
        {person.contactPoints.map((point) => (
          <Typography.Text key={point.kind + point.value} type="secondary" className="customer-digits">
            {point.value}
          </Typography.Text>
        ))}
      </Flex>
      {person.birthday && (
        <Typography.Text type="secondary">
          {t('keyPerson.birthday')} {person.birthday.replace(/^--/, '')}
        </Typography.Text>
      )}
      {person.preferences && <Typography.Text type="secondary">{person.preferences}</Typography.Text>}
    </Flex>
  );
}
