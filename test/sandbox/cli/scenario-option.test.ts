import { takeScenario } from '../../../sandbox/cli/scenario-option';

it.each([
  [['--scenario', 'healthy'], 'healthy', []],
  [['--format', 'json', '--scenario=healthy', '--check', 'a'], 'healthy', ['--format', 'json', '--check', 'a']],
  [['--scenario', './a b.json', '--quiet', '--scenario', 'contoso', 'x'], 'contoso', ['--quiet', 'x']],
  [['--fail-on', 'low'], '', ['--fail-on', 'low']],
])('takes the last scenario out of %j', (args, scenario, rest) => {
  expect(takeScenario(args)).toEqual({ scenario, rest });
});

it.each([[['--scenario']], [['--scenario=']], [['--scenario', '--quiet']]])('refuses %j', (args) => {
  expect(() => takeScenario(args)).toThrow('--scenario: expected the name of a scenario, or the path of a JSON file.');
});
