import { Flex, Typography } from 'antd';
import type { ReactNode } from 'react';

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
      <Typography.Text strong className="notice-title">
        {title}
      </Typography.Text>
      <Typography.Text type="secondary">{words}</Typography.Text>
      {action}
      {children}
    </Flex>
  );
}
