import { readFileSync } from 'node:fs';
import { INSTANCE_MEGABYTES, type AuditFigures, type Round } from '../../bench/measure-audit';
import type { ColdStart } from '../../bench/measure-load';
import { goalsOf, renderGoals } from '../../bench/render';

const MEGABYTE = 1e6;

function round(floor: number, published: number, megabytes: number): Round {
  const common = { processorMilliseconds: 0, peakMemoryBytes: megabytes * MEGABYTE };
  return {
    floor: { ...common, milliseconds: floor, requests: 0, bytes: 0 },
    audit: { ...common, milliseconds: published, events: [], loaded: [] },
    read: 0,
    published,
  };
}

const audit: AuditFigures = {
  atOnce: [round(100, 150, 300)],
  delayed: [round(100, 150, 300)],
  roomy: round(100, 150, 900).audit,
  requests: [{ name: 'all', made: 102, least: 100, because: '' }],
  loaded: [],
};

function load(http: number, timer: number): ColdStart {
  const of = (name: string, milliseconds: number) => ({
    name,
    files: [],
    samples: [{ milliseconds, processorMilliseconds: milliseconds }],
  });
  return { http: of('http', http), httpWithIdentity: of('identity', timer), timer: of('timer', timer), node: [1] };
}

function missed(figures: Partial<AuditFigures>, start = load(50, 100)): readonly string[] {
  return goalsOf({ ...audit, ...figures }, start)
    .filter(({ met }) => !met)
    .map(({ title, found }) => `${title}: ${found}`);
}

it('are met at their limits', () => {
  expect(missed({})).toEqual([]);
});

it('judge the middle one of the rounds, each by its own floor', () => {
  expect(missed({ delayed: [round(100, 100, 1), round(200, 300, 1), round(10, 90, 1)] })).toEqual([]);
  expect(missed({ delayed: [round(100, 160, 1), round(200, 320, 1), round(10, 1, 1)] })).toEqual([
    'audit, of the floor at 100 ms an answer: 1.60 x',
  ]);
});

it('ask nothing of an audit against services that answer at once', () => {
  expect(missed({ atOnce: [round(100, 900, 300)] })).toEqual([]);
});

it('judge the round that took the most memory', () => {
  expect(missed({ atOnce: [round(100, 100, 301), round(100, 100, 200)] })).toEqual([
    'peak memory of an audit on an instance of 2048 MB: 301 MB',
  ]);
  expect(missed({ delayed: [round(100, 100, 200), round(100, 100, 301)] })).toEqual([
    'peak memory of an audit on an instance of 2048 MB: 301 MB',
  ]);
});

it('are missed past their limits', () => {
  const requests = [{ name: 'all', made: 103, least: 100, because: '' }];
  expect(missed({ requests }, load(51, 100))).toEqual([
    'requests beyond the least possible: 3.0 %',
    'cold load, HTTP of timer: 0.51 x',
  ]);
});

it('are shown with what was found', () => {
  expect(renderGoals(goalsOf(audit, load(51, 100)))).toMatch(/cold load, HTTP of timer +0\.51 x +<= 0\.50 x +MISSED$/);
});

it('are asked of the instance that the templates deploy', () => {
  expect(readFileSync('infra/function-app.bicep', 'utf8')).toContain(`instanceMemoryMB: ${INSTANCE_MEGABYTES}\n`);
});
