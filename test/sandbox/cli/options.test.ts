import { readableMessage } from '../../../sandbox/cli/readable-message';
import { parseLiveOptions, parseStartOptions } from '../../../sandbox/cli/start-options';
import { UsageError } from '../../../sandbox/cli/usage-error';

describe('the command line of npm start', () => {
  it('serves contoso on port 7071 where it says nothing', () => {
    expect(parseStartOptions([])).toEqual({ once: false, scenario: 'contoso', port: 7071 });
  });

  it('takes any free port with --once, unless it names one', () => {
    expect(parseStartOptions(['--once'])).toMatchObject({ once: true, port: 0 });
    expect(parseStartOptions(['--once', '--port', '7072'])).toMatchObject({ port: 7072 });
  });

  it('names scenario, report and state', () => {
    expect(parseStartOptions(['--scenario', 'healthy', '--report=r.json', '--state', 'd'])).toMatchObject({
      scenario: 'healthy',
      report: 'r.json',
      state: 'd',
    });
  });

  it.each([
    [['--onse'], "Unknown option '--onse'"],
    [['contoso'], "Unexpected argument 'contoso'"],
    [['--port', 'http'], '--port must be a number from 0 to 65535, not "http".'],
    [['--port', '65536'], '--port must be a number'],
    [['--report'], '--report'],
  ])('%j is answered with what is wrong, and the usage', (args, problem) => {
    expect(() => parseStartOptions(args)).toThrow(UsageError);
    expect(() => parseStartOptions(args)).toThrow(problem);
    expect(() => parseStartOptions(args)).toThrow('usage: npm start -- ');
  });
});

describe('the command line of npm run start:live', () => {
  it('serves on port 7071 and keeps its state in .azurite', () => {
    expect(parseLiveOptions([])).toEqual({ port: 7071, state: '.azurite' });
  });

  it('is answered with its own usage', () => {
    expect(() => parseLiveOptions(['--once'])).toThrow('usage: npm run start:live -- ');
  });
});

describe('a line of the app, for people', () => {
  it('has its facts in words', () => {
    expect(readableMessage('source collected {"source":"users","count":3,"last":null}')).toBe(
      'source collected: source users, count 3, last null',
    );
  });

  it.each(['no facts', 'broken {"a":', 'not {a fact}'])('stays as it is: %s', (message) => {
    expect(readableMessage(message)).toBe(message);
  });
});
