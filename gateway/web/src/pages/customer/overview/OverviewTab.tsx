import { Col, Flex, Row } from 'antd';
import { useAccess } from '../../../access/access';
import type { Customer } from '../customer';
import { HoldingSummary } from './HoldingSummary';
import { LatestHappenings } from './LatestHappenings';
import { OpenWork } from './OpenWork';
import { Profile } from './Profile';
import { WarningCard } from './WarningCard';

/** What one wants to know before calling: what the customer has, what is open, what presses, who it is. */
export function OverviewTab({ customer }: { customer: Customer }) {
  const { may } = useAccess();
  return (
    <Flex vertical gap={16}>
      {may('analytics.warning.read') && <WarningCard customer={customer} />}
      {may('customer.holding.read') && <HoldingSummary customer={customer} />}
      <Row gutter={[16, 16]}>
        <Col xs={24} lg={15}>
          <Flex vertical gap={16}>
            <OpenWork customer={customer} />
            {may('analytics.timeline.read') && <LatestHappenings customer={customer} />}
          </Flex>
        </Col>
        <Col xs={24} lg={9}>
          <Profile customer={customer} />
        </Col>
      </Row>
    </Flex>
  );
}
