import { theme } from 'antd';
import { useMemo } from 'react';
import { type Appearance, SERIES, useAppearance } from '../../../design/theme';
import type { Palette } from './timelineOption';

const SEVERITY: Record<Appearance, [string, string, string]> = {
  light: ['#d8a928', '#d9650a', '#a8281a'],
  dark: ['#c9ab4e', '#ef9a4a', '#f0786a'],
};
const FLOWS: Record<Appearance, [string, string]> = { light: ['#0d7a62', '#b93424'], dark: ['#4dbb9f', '#f0786a'] };
const BANDS: Record<Appearance, [string, string]> = {
  light: ['rgba(29, 95, 168, 0.045)', 'rgba(85, 96, 107, 0.06)'],
  dark: ['rgba(106, 169, 233, 0.07)', 'rgba(255, 255, 255, 0.04)'],
};

/** The chart's colours in the present appearance. */
export function usePalette(): Palette {
  const look = useAppearance();
  const { token } = theme.useToken();
  return useMemo(() => {
    const series = SERIES[look];
    const [rises, falls] = FLOWS[look];
    const [band, future] = BANDS[look];
    const at = (index: number) => series[index] ?? token.colorText;
    return {
      balance: { deposit: at(0), term: at(2), wealth: at(1), loan: at(3) },
      severity: SEVERITY[look],
      mark: {
        contact: at(0),
        complaint: SEVERITY[look][2],
        voice: at(2),
        sales: at(4),
        task: at(6),
        coverage: at(3),
        account: at(7),
      },
      ground: token.colorBgContainer,
      rises,
      falls,
      text: token.colorText,
      weak: token.colorTextSecondary,
      line: token.colorBorderSecondary,
      band,
      future,
    };
  }, [look, token]);
}
