import { parseOptions, USAGE } from '../../src/cli/options';
import { SEVERITIES } from '../../src/audit/finding';
import { FORMATS } from '../../src/report/formats';

const SUBSCRIPTION = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee';

it('is an audit of everything, as text, that fails from high up, where nothing is said', () => {
  expect(parseOptions([])).toEqual({
    help: false,
    quiet: false,
    format: 'text',
    failOn: 'high',
    checks: [],
    subscriptions: [],
    output: undefined,
  });
});

it('takes everything at once, and checks and subscriptions more than once', () => {
  const other = SUBSCRIPTION.replace('a', 'b');
  const args = [
    '--format=sarif',
    '--fail-on',
    'info',
    '--check',
    'a',
    '--check',
    'b',
    '--quiet',
    '--output',
    'r.sarif',
  ];
  expect(parseOptions([...args, '--subscription', SUBSCRIPTION.toUpperCase(), '--subscription', other])).toEqual({
    help: false,
    quiet: true,
    format: 'sarif',
    failOn: 'info',
    checks: ['a', 'b'],
    subscriptions: [SUBSCRIPTION, other],
    output: 'r.sarif',
  });
});

it.each([
  [['--formt', 'json'], "Unknown option '--formt' (did you mean --format?). See npm run audit -- --help."],
  [['--xyz'], "Unknown option '--xyz'. See npm run audit -- --help."],
  [['-q'], "Unknown option '-q'. See npm run audit -- --help."],
  [['secret-expiry'], "Unexpected argument 'secret-expiry'. See npm run audit -- --help."],
  [['--output'], "Option '--output <value>' argument missing. See npm run audit -- --help."],
  [['--output='], '--output: expected the path of a file.'],
  [['--quiet=yes'], "Option '--quiet' does not take an argument. See npm run audit -- --help."],
  [['--format', 'html'], '--format: expected one of text, json, csv, ocsf, sarif, not "html".'],
  [['--fail-on', 'severe'], '--fail-on: expected one of critical, high, medium, low, info, not "severe".'],
  [['--subscription', 'mine'], '--subscription: expected the id of a subscription, a GUID, not "mine".'],
])('%j is answered in one line', (args, message) => {
  expect(() => parseOptions(args)).toThrow(expect.objectContaining({ name: 'CannotRunError', message }));
  expect(message).not.toContain('\n');
});

it('explains every option, value and exit code', () => {
  const known = ['help', 'quiet', 'format', 'fail-on', 'check', 'subscription', 'output', 'scenario'];
  for (const word of [...known.map((name) => `--${name}`), ...SEVERITIES, ...FORMATS.filter((f) => f !== 'html')]) {
    expect(USAGE).toContain(word);
  }
  expect(
    USAGE.split('\n')
      .map((line) => /^(?:exit code| {9}) {2}(\d) /.exec(line)?.[1] ?? '')
      .join(''),
  ).toBe('0123');
});
