import { SEVERITIES, type Severity } from '../../src/audit/finding';
import { conclusionOf, exitCodeOf } from '../../src/cli/exit-code';

const none = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
const report = (overall: 'clean' | 'attention' | 'incomplete', severities: Partial<typeof none> = {}) => ({
  overall,
  severities: { ...none, ...severities },
});

it.each(SEVERITIES)('is 1 for a %s finding just where the level is that or below', (severity) => {
  const codes = SEVERITIES.map((level) => exitCodeOf(report('attention', { [severity]: 1 }), level));
  const rank = SEVERITIES.indexOf(severity);
  expect(codes).toEqual(SEVERITIES.map((_, level) => (level >= rank ? 1 : 0)));
});

it.each(SEVERITIES)('is 0 for a clean report, whatever the level (%s)', (level) => {
  expect(exitCodeOf(report('clean'), level)).toBe(0);
});

it.each(SEVERITIES)('is 2 for an incomplete report, with and without findings (%s)', (level) => {
  expect(exitCodeOf(report('incomplete'), level)).toBe(2);
  expect(exitCodeOf(report('incomplete', { critical: 3 }), level)).toBe(2);
});

it.each<[ReturnType<typeof report>, Severity, string]>([
  [report('clean'), 'high', 'Exit code 0: no finding of high severity or above.'],
  [report('attention', { low: 4 }), 'medium', 'Exit code 0: no finding of medium severity or above.'],
  [report('attention', { critical: 1 }), 'critical', 'Exit code 1: 1 finding of critical severity.'],
  [report('attention', { critical: 2, high: 1, low: 9 }), 'high', 'Exit code 1: 3 findings of high severity or above.'],
  [
    report('incomplete', { high: 1 }),
    'low',
    'Exit code 2: something could not be evaluated; 1 finding of low severity or above.',
  ],
])('is told in one line (%#)', (given, level, line) => {
  expect(conclusionOf(given, level)).toBe(line);
});
