import { LogoutOutlined, SettingOutlined } from '@ant-design/icons';
import { Avatar, Button, Dropdown, Flex } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import type { Me } from '../access/access';
import { Text } from '../design/Text';
import { signOut } from '../session/session';

export function PersonMenu({ me }: { me: Me }) {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const name = me.person?.displayName ?? '';
  const post = me.posts[0];
  // A role's name holds both languages: English, then Chinese.
  const words = post?.roleDisplayName.split(/ (?=\p{Script=Han})/u) ?? [];
  const role = i18n.language === 'zh' ? (words[1] ?? words[0]) : words[0];
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: [
          { key: 'account', icon: <SettingOutlined />, label: t('shell.account'), onClick: () => void navigate('/account') },
          { type: 'divider' },
          { key: 'out', icon: <LogoutOutlined />, label: t('shell.signOut'), onClick: () => void signOut() },
        ],
      }}
    >
      <Button type="text" className="person">
        <Avatar size={28} aria-hidden className="person-avatar">
          {name.slice(0, 1)}
        </Avatar>
        <Flex vertical align="start" className="person-words">
          <Text strong>{name}</Text>
          <Text type="secondary" className="person-post">
            {[role, post?.organisationUnitDisplayName].filter(Boolean).join(' · ')}
          </Text>
        </Flex>
      </Button>
    </Dropdown>
  );
}
