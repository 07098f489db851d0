import { formatLogLine, parseLogLine } from '../../../sandbox/host/log';

describe('a line of the log', () => {
  const time = new Date('2026-03-01T01:02:03.004Z');
  const entry = { level: 'warning', source: 'nightly-audit', message: 'Graph: 429, waiting' };

  it('names time, level and source', () => {
    expect(formatLogLine(time, entry)).toBe('2026-03-01T01:02:03.004Z warning nightly-audit: Graph: 429, waiting');
  });

  it('can be read back', () => {
    expect(parseLogLine(formatLogLine(time, entry))).toEqual(entry);
    expect(parseLogLine('    the second line of a message')).toBeUndefined();
  });

  it('holds nothing that could steer a terminal, and cannot be forged by a line break', () => {
    const message = 'app \u001b[2J\u202egnp.exe\r\n2026-03-01T01:02:03.004Z error host: forged';
    expect(formatLogLine(time, { ...entry, message })).toBe(
      '2026-03-01T01:02:03.004Z warning nightly-audit: app [2Jgnp.exe\n    2026-03-01T01:02:03.004Z error host: forged',
    );
  });
});
