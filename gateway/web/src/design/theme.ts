import { type ThemeConfig, theme } from 'antd';
import { useSyncExternalStore } from 'react';

export type Appearance = 'light' | 'dark';

const CHOICE = 'workbench-appearance';
const system = window.matchMedia('(prefers-color-scheme: dark)');
const phone = window.matchMedia('(max-width: 767px)');
const listeners = new Set<() => void>();
system.addEventListener('change', () => tell());

function tell(): void {
  document.documentElement.dataset.appearance = appearance();
  for (const listener of listeners) listener();
}

/** Chosen here before, else the system's. */
export function appearance(): Appearance {
  const chosen = localStorage.getItem(CHOICE);
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return system.matches ? 'dark' : 'light';
}

export function choose(chosen: Appearance): void {
  localStorage.setItem(CHOICE, chosen);
  tell();
}

// System fonts: nothing is loaded from elsewhere, and Chinese stands in the face that the reader knows.
const FONTS =
  "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, 'PingFang SC', 'Hiragino Sans GB', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif";

/** Colours of series and states that differ in lightness too, so that they are told apart without colour vision (after Okabe and Ito). */
export const SERIES: Record<Appearance, string[]> = {
  light: ['#1d5fa8', '#d97706', '#0f8a70', '#a8558a', '#6a5acd', '#b5442d', '#5b7083', '#8a7a00'],
  dark: ['#6aa9e9', '#f2b35c', '#5cc9ae', '#d997bf', '#a99bf0', '#ec8a74', '#a3b6c7', '#d6c64f'],
};

/** What fingers meet is larger than what a pointer meets. */
const TOUCHED = { controlHeight: 40, controlHeightSM: 40, controlHeightLG: 44 };

function themeOf(look: Appearance, touched: boolean): ThemeConfig {
  const dark = look === 'dark';
  return {
    algorithm: dark ? theme.darkAlgorithm : theme.defaultAlgorithm,
    cssVar: { key: 'workbench' },
    hashed: false,
    token: {
      colorPrimary: dark ? '#5b9be0' : '#1d5fa8',
      colorInfo: dark ? '#5b9be0' : '#1d5fa8',
      colorSuccess: dark ? '#4dbb9f' : '#0d7a62',
      colorWarning: dark ? '#eeb04f' : '#9c5204',
      colorError: dark ? '#f0786a' : '#b93424',
      colorLink: dark ? '#6aa9e9' : '#1a5799',
      // Darker or lighter still under the pointer: the library's own is too pale to read.
      colorLinkHover: dark ? '#8bbcf0' : '#123f70',
      colorLinkActive: dark ? '#8bbcf0' : '#123f70',
      colorTextSecondary: dark ? '#a9b3bd' : '#55606b',
      colorTextTertiary: dark ? '#98a2ad' : '#646e79',
      colorTextDescription: dark ? '#a9b3bd' : '#5b6570',
      colorTextPlaceholder: dark ? '#8d97a2' : '#68727d',
      // Soft grounds of tags and notes: what is derived from dark colours is muddy.
      colorPrimaryBg: dark ? '#1c2c3e' : '#e8f0f9',
      colorInfoBg: dark ? '#1c2c3e' : '#e8f0f9',
      colorSuccessBg: dark ? '#14302a' : '#e5f4ee',
      colorWarningBg: dark ? '#33270f' : '#fdf2e0',
      colorErrorBg: dark ? '#381c18' : '#fdecea',
      colorInfoBorder: dark ? '#2b4763' : '#b8d0ea',
      colorSuccessBorder: dark ? '#235346' : '#a9d9c6',
      colorWarningBorder: dark ? '#5c4617' : '#f0d09a',
      colorErrorBorder: dark ? '#69342d' : '#f3bfb7',
      colorBgLayout: dark ? '#10151b' : '#f4f6f8',
      colorBgContainer: dark ? '#171e26' : '#ffffff',
      colorBgElevated: dark ? '#1d2630' : '#ffffff',
      motion: !window.matchMedia('(prefers-reduced-motion: reduce)').matches,
      borderRadius: 6,
      fontFamily: FONTS,
      fontSize: 14,
      ...(touched ? TOUCHED : {}),
    },
    components: {
      Button: dark ? { primaryColor: '#0b1622', dangerColor: '#1c0b08', solidTextColor: '#0b1622' } : {},
      Layout: {
        headerBg: dark ? '#171e26' : '#ffffff',
        siderBg: dark ? '#171e26' : '#ffffff',
        headerHeight: 56,
        headerPadding: '0 16px',
      },
      Menu: {
        itemBg: 'transparent',
        itemSelectedBg: dark ? '#1c2c3e' : '#e8f0f9',
        itemSelectedColor: dark ? '#7db4ef' : '#1d5fa8',
        subMenuItemSelectedColor: dark ? '#7db4ef' : '#1d5fa8',
        subMenuItemBg: 'transparent',
        activeBarBorderWidth: 0,
      },
      // Small words on soft grounds: darker in the light, lighter in the dark, than the same colour on white or black.
      Tag: {
        colorInfo: dark ? '#7db4ef' : '#1a5799',
        colorSuccess: dark ? '#5cc9ae' : '#0b6b56',
        colorWarning: dark ? '#eeb04f' : '#944c00',
        colorError: dark ? '#f79a8f' : '#a82d1e',
        // Seen on the page's ground too.
        defaultBg: dark ? '#26313c' : '#e9edf1',
      },
      Segmented: { trackBg: dark ? '#222c36' : '#e9edf1' },
      // Also on what lies over the page, whose ground is lighter in the dark.
      Tabs: dark ? { itemSelectedColor: '#7db4ef', itemHoverColor: '#8bbcf0', itemActiveColor: '#8bbcf0' } : {},
      Table: { cellPaddingBlock: 10, cellPaddingInline: 12, headerBg: dark ? '#1b232c' : '#f7f9fb' },
      Card: { headerFontSize: 15, headerHeight: 48, ...(touched ? { bodyPadding: 16, headerPadding: 16 } : {}) },
    },
  };
}

const THEMES: Record<'desk' | 'phone', Record<Appearance, ThemeConfig>> = {
  desk: { light: themeOf('light', false), dark: themeOf('dark', false) },
  phone: { light: themeOf('light', true), dark: themeOf('dark', true) },
};

export function useAppearance(): Appearance {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, appearance);
}

export function useDesign(): { theme: ThemeConfig } {
  const look = useAppearance();
  const touched = useSyncExternalStore(onWidth, () => phone.matches);
  return { theme: THEMES[touched ? 'phone' : 'desk'][look] };
}

function onWidth(listener: () => void): () => void {
  phone.addEventListener('change', listener);
  return () => phone.removeEventListener('change', listener);
}

document.documentElement.dataset.appearance = appearance();
