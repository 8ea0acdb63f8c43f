import type { ReactNode } from 'react';

interface Props {
  type?: 'secondary' | 'warning' | 'danger';
  strong?: boolean;
  className?: string;
  children: ReactNode;
}

/**
 * Words in a tone, as Ant Design's `Typography.Text` has them. That one brings an editor and text fields with it: what stands on
 * the first screen takes this.
 */
export function Text({ type, strong, className, children }: Props) {
  const classes = ['text', type && `text-${type}`, className].filter(Boolean).join(' ');
  return strong ? <strong className={classes}>{children}</strong> : <span className={classes}>{children}</span>;
}
