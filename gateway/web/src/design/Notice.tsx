import { Flex } from 'antd';
import type { ReactNode } from 'react';
import { Text } from './Text';

interface Props {
  icon: ReactNode;
  title: string;
  words: string;
  action?: ReactNode;
  children?: ReactNode;
}

/** What stands in place of a page's content: why it is not there, and what to do. */
export function Notice({ icon, title, words, action, children }: Props) {
  return (
    <Flex vertical align="center" gap={12} className="notice">
      <span className="notice-icon" aria-hidden>
        {icon}
      </span>
      <Text strong className="notice-title">
        {title}
      </Text>
      <Text type="secondary">{words}</Text>
      {action}
      {children}
    </Flex>
  );
}
