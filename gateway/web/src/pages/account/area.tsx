import { UserOutlined } from '@ant-design/icons';
import type { Area } from '../area';

/** One's own account: password, second factor, sessions. It stands in the person's menu, not in the navigation. */
export const accountArea: Area = {
  name: 'account',
  icon: <UserOutlined />,
  pages: [{ path: 'account', needs: [], load: () => import('./AccountPage') }],
};
