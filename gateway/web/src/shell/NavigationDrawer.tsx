import { Drawer, Flex } from 'antd';
import { Brand } from './Brand';
import { Navigation } from './Navigation';
import { LanguageButton, ThemeButton } from './Preferences';

/** The navigation of a narrow window. */
export default function NavigationDrawer({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Drawer open={open} placement="left" size={260} onClose={onClose} title={<Brand />} styles={{ body: { padding: 0 } }}>
      <Navigation onOpened={onClose} />
      <Flex gap={8} className="drawer-foot">
        <LanguageButton />
        <ThemeButton />
      </Flex>
    </Drawer>
  );
}
