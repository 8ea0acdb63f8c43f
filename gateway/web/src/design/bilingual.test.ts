import { describe, expect, it } from 'vitest';
import { inLanguage } from './bilingual';

describe('names in two languages', () => {
  it('are read in one', () => {
    expect(inLanguage('Outlets and queues 网点与排队', 'zh')).toBe('网点与排队');
    expect(inLanguage('Outlets and queues 网点与排队', 'en')).toBe('Outlets and queues');
    expect(inLanguage('初步接触 First contact', 'zh')).toBe('初步接触');
    expect(inLanguage('初步接触 First contact', 'en')).toBe('First contact');
    expect(inLanguage('U 型 40/20/40 U-shaped', 'zh')).toBe('U 型 40/20/40');
    expect(inLanguage('U 型 40/20/40 U-shaped', 'en')).toBe('U-shaped');
  });
  it('stay as they are where they have but one', () => {
    expect(inLanguage('存款', 'en')).toBe('存款');
    expect(inLanguage('理财 A', 'zh')).toBe('理财 A');
    expect(inLanguage('Cards', 'zh')).toBe('Cards');
    expect(inLanguage('回访 eac8d35c', 'en')).toBe('回访 eac8d35c');
    expect(inLanguage('续签合同 HT-2026', 'en')).toBe('续签合同 HT-2026');
  });
});
