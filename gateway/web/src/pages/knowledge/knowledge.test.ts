import { describe, expect, it, vi } from 'vitest';

vi.mock('../../api/client', () => ({ refresh: () => undefined }));

import { piecesOf } from './knowledge';

const said = (text: string, query: string) =>
  piecesOf(text, query)
    .map((piece) => (piece.found ? `[${piece.text}]` : piece.text))
    .join('');

describe('highlights', () => {
  it('stand on every word of the query, in whichever case', () => {
    expect(said('大额存单转让流程', '存单 流程')).toBe('大额[存单]转让[流程]');
    expect(said('LPR and lpr', 'lpr')).toBe('[LPR] and [lpr]');
    expect(said('(a+b)', 'a+b')).toBe('([a+b])');
    expect(said('存单', '')).toBe('存单');
  });
});
