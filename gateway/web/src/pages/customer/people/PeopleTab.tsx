import { Col, Flex, Row } from 'antd';
import { type Customer, isOrganisation } from '../customer';
import { Groups } from './Groups';
import { KeyPersons } from './KeyPersons';
import { RelationGraph } from './RelationGraph';
import { Relations } from './Relations';

/** Who belongs to the customer: those it is related to, the people who decide there, and the groups it stands in. */
export function PeopleTab({ customer }: { customer: Customer }) {
  return (
    <Row gutter={[16, 16]}>
      <Col xs={24} xl={14}>
        <Flex vertical gap={16}>
          <Relations customer={customer} />
          {isOrganisation(customer) && <KeyPersons customer={customer} />}
        </Flex>
      </Col>
      <Col xs={24} xl={10}>
        <Flex vertical gap={16}>
          <RelationGraph customer={customer} />
          <Groups customer={customer} />
        </Flex>
      </Col>
    </Row>
  );
}
