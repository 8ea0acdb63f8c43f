import { Flex } from 'antd';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Text } from './Text';

interface Props {
  title: ReactNode;
  /** What the browser's tab says, where the title is more than a text. */
  tab?: string;
  /** A line under the title: as of when, of whom, how many. */
  note?: ReactNode;
  /** What can be done here; the first one is the main one. */
  actions?: ReactNode;
  children: ReactNode;
}

/** A page's frame: one heading, its actions, its content. */
export function Page({ title, tab, note, actions, children }: Props) {
  const { t } = useTranslation();
  const said = tab ?? (typeof title === 'string' ? title : '');
  useEffect(() => {
    document.title = said ? `${said} · ${t('product')}` : t('product');
  }, [said, t]);
  return (
    <div className="page-frame">
      <Flex wrap gap="8px 16px" align="center" justify="space-between" className="page-head">
        <div className="page-heading">
          <h1 className="page-title">{title}</h1>
          {note && <Text type="secondary">{note}</Text>}
        </div>
        {actions && (
          <Flex wrap gap={8}>
            {actions}
          </Flex>
        )}
      </Flex>
      {children}
    </div>
  );
}
