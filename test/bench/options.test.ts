import { parseBenchOptions } from '../../bench/options';
import { UsageError } from '../../sandbox/cli/usage-error';

it('audits 5,000 applications and 200 workspaces in four rounds where nothing is said', () => {
  expect(parseBenchOptions([])).toEqual({
    sizes: { applications: 5000, workspaces: 200 },
    rounds: 4,
    parts: ['audit', 'detections', 'http'],
    reportOnly: false,
  });
});

it('takes sizes, rounds, one part and --report-only', () => {
  const args = ['--applications', '0', '--workspaces=1', '--rounds', '2', '--only', 'detections', '--report-only'];
  expect(parseBenchOptions(args)).toEqual({
    sizes: { applications: 0, workspaces: 1 },
    rounds: 2,
    parts: ['detections'],
    reportOnly: true,
  });
});

it.each([
  [['--rounds', '0'], '--rounds must be a whole number from 1 to 999999, not "0".'],
  [['--workspaces', '1e3'], '--workspaces must be a whole number from 1 to 999999, not "1e3".'],
  [['--only', 'lunch'], '--only must be one of audit, detections, http, not "lunch".'],
  [['--fast'], "Unknown option '--fast'"],
])('%j is answered with what is wrong, and the usage', (args, problem) => {
  expect(() => parseBenchOptions(args)).toThrow(UsageError);
  expect(() => parseBenchOptions(args)).toThrow(problem);
  expect(() => parseBenchOptions(args)).toThrow('usage: npm run bench');
});
