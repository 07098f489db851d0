import { DEFAULT_ALERT_SETTINGS } from '../../src/alerts/alert-settings';
import type { PlannedRun, Planning } from '../../src/alerts/plan-alerts';
import type { Change } from '../../src/audit/compare';
import type { Exception } from '../../src/audit/exception';
import type { Finding } from '../../src/audit/finding';
import type { PendingAlert } from '../../src/storage/alerts';
import {
  aBlindFinding,
  anotherSecret,
  aSecretFinding,
  aWorkspaceFinding,
  inDays,
  NOW,
  opened,
  resolved,
  SALES,
  TENANT,
  worsened,
} from './changes';
import { aPlannedRun, aPlanning, memoryBefore, NOTHING_OPEN, planAlerts } from './planning';

const TEAM = ['team@example.com', 'night-shift@example.com'];

function theMail(changes: readonly Change[], run = aPlannedRun()) {
  const { alerts } = planAlerts(changes, run, aPlanning({ memory: memoryBefore(changes), administrators: TEAM }));
  expect(alerts).toHaveLength(1);
  return alerts[0]!;
}

describe('what is told', () => {
  it.each([
    ['a problem that opened', opened(aSecretFinding())],
    ['a problem that got worse', worsened(aSecretFinding(), 'medium')],
    ['a problem that is resolved', resolved(aSecretFinding())],
    ['a source that cannot be read any more', opened(aBlindFinding('some-check', ['groups']))],
    ['a source that can be read again', resolved(aBlindFinding('some-check', ['groups']))],
  ])('%s', (_, change) => {
    expect(theMail([change]).to).toEqual(TEAM);
  });

  it.each<[string, Change]>([
    ['a problem as it was', { ...opened(aSecretFinding()), kind: 'unchanged' }],
    ['a problem that could not be looked at', { ...opened(aSecretFinding()), kind: 'unconfirmed' }],
    ['a blindness as it was', { ...opened(aBlindFinding('c', ['groups'])), kind: 'unchanged' }],
    ['a blindness whose check became more severe', worsened(aBlindFinding('c', ['groups']), 'low')],
    ['a finding of severity info', opened(aSecretFinding({ severity: 'info' }))],
    ['a resolved finding of severity info', resolved(aSecretFinding({ severity: 'info' }))],
  ])('is not %s', (_, change) => {
    const planning = aPlanning({ memory: memoryBefore([change]) });
    expect(planAlerts([change], aPlannedRun(), planning).alerts).toEqual([]);
  });

  it('leaves the quiet changes out of a mail that has others', () => {
    const mail = theMail([
      opened(aSecretFinding()),
      { ...opened(aWorkspaceFinding()), kind: 'unchanged' },
      opened(anotherSecret(2, { severity: 'info', message: 'Merely informing.' })),
    ]);
    expect(mail.plainText).not.toContain('managed identity');
    expect(mail.plainText).not.toContain('Merely informing');
  });

  it('is nothing without a change, or without anybody to tell', () => {
    expect(planAlerts([], aPlannedRun(), aPlanning()).alerts).toEqual([]);
    const nobody = aPlanning({ administrators: [] });
    expect(planAlerts([opened(aSecretFinding())], aPlannedRun(), nobody)).toMatchObject({
      alerts: [],
      memory: nobody.memory,
    });
  });
});

describe('the order', () => {
  it('is by what stops soonest, within that by severity', () => {
    const text = theMail([
      opened(aWorkspaceFinding({ message: 'A failing' })),
      opened(anotherSecret(1, { message: 'B low, within a day', severity: 'low', evidence: { endsAt: inDays(1) } })),
      opened(anotherSecret(2, { message: 'D in 6 days', evidence: { endsAt: inDays(6) } })),
      opened(anotherSecret(3, { message: 'C in 5 days', evidence: { endsAt: inDays(5) } })),
      worsened(
        anotherSecret(4, { message: 'E critical, in 9 days', severity: 'critical', evidence: { endsAt: inDays(9) } }),
        'low',
      ),
    ]).plainText;
    const positions = ['A failing', 'B low', 'C in 5 days', 'D in 6 days', 'E critical, in'].map((m) =>
      text.indexOf(m),
    );
    expect(positions).not.toContain(-1);
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
  });

  it('does not depend on the order of the changes', () => {
    const twin = aWorkspaceFinding({ fingerprint: 'twin', message: 'Another of the same check and name.' });
    const changes = [
      opened(aSecretFinding()),
      opened(aWorkspaceFinding()),
      opened(twin),
      resolved(anotherSecret(3)),
      opened(aBlindFinding('check-a', ['groups'])),
      opened(aBlindFinding('check-b', ['users'])),
    ];
    expect(theMail([...changes].reverse())).toEqual(theMail(changes));
  });
});

describe('one refused permission', () => {
  const checks = ['check-a', 'check-b', 'check-c'];
  const refused = checks.flatMap((check) => [
    opened(aBlindFinding(check, ['synapseRoleAssignments'], 'synw-sales')),
    opened(aBlindFinding(check, ['synapseRoleAssignments'], 'synw-hr')),
  ]);

  it('is one entry that names the scopes, the checks and what to grant', () => {
    const { plainText } = theMail(refused);
    const flat = plainText.replace(/\s+/g, ' ');
    expect(flat.match(/could not be read/g)).toHaveLength(1);
    expect(flat).toContain('Where: workspace synw-hr, workspace synw-sales');
    expect(flat).toContain('Not judged: check-a, check-b, check-c');
    expect(flat).toContain("Grant the auditor's identity Synapse User (Microsoft.Synapse/workspaces/read)");
  });

  it('stays apart from another source, and from another reason', () => {
    const other = { ...aBlindFinding('check-d', ['groups']), because: 'throttled' as const };
    const { plainText } = theMail([...refused, opened(other), opened(aBlindFinding('check-e', ['groups']))]);
    expect(plainText.replace(/\s+/g, ' ').match(/could not be read/g)).toHaveLength(3);
  });

  it('is explained by the finding that misses nothing else', () => {
    const both = { ...aBlindFinding('check-a', ['groups', 'synapseRoleAssignments']), message: 'Both were refused.' };
    const one = { ...aBlindFinding('check-b', ['synapseRoleAssignments']), message: 'Only roles were refused.' };
    const flat = theMail([opened(both), opened(one)]).plainText.replace(/\s+/g, ' ');
    expect(flat).toMatch(/Synapse role assignments could not be read .*?Reason: Only roles were refused/);
  });

  it('is explained by what is said of it, not of another source before', () => {
    const both = {
      ...aBlindFinding('check-a', ['groups', 'synapseRoleAssignments']),
      message: 'Groups could not be read: 403 A. Synapse role assignments could not be read: 403 B.',
    };
    const flat = theMail([opened(both)]).plainText.replace(/\s+/g, ' ');
    expect(flat).toContain('Reason: Synapse role assignments could not be read: 403 B.');
  });

  it('names the whole tenant where the source is read for all of it', () => {
    const { plainText } = theMail([opened(aBlindFinding('check-a', ['groups']))]);
    expect(plainText).toContain('Where: the tenant\n');
    expect(plainText).not.toContain('Portal:');
  });

  it('comes in the order of what it blinds: first the severe, then the many', () => {
    const flat = theMail([
      opened({ ...aBlindFinding('check-a', ['groups']), severity: 'low' }),
      opened({ ...aBlindFinding('check-b', ['users']), severity: 'low' }),
      opened({ ...aBlindFinding('check-c', ['users']), severity: 'low' }),
      opened({ ...aBlindFinding('check-d', ['applications']), severity: 'low' }),
      opened({ ...aBlindFinding('check-e', ['applications']), severity: 'critical' }),
    ]).plainText.replace(/\s+/g, ' ');
    const titles = [...flat.matchAll(/\[Permission missing\] (\w+)/g)].map(([, title]) => title);
    expect(titles).toEqual(['Applications', 'Users', 'Groups']);
  });

  it('is told with the day it was first missed when it is granted', () => {
    const [younger, older] = ['check-a', 'check-b'].map((check) => resolved(aBlindFinding(check, ['groups'])));
    const { plainText } = theMail([younger!, { ...older!, firstSeen: inDays(-30) }]);
    expect(plainText).toContain('Unread since: 2026-10-23');
  });

  it('is told when it is granted', () => {
    const { plainText, subject } = theMail([resolved(aBlindFinding('check-a', ['synapseRoleAssignments']))]);
    expect(plainText).toContain('RECOVERED');
    expect(subject).toContain('1 source readable again');
  });
});

it('a check that threw is told by its own name', () => {
  const { plainText } = theMail([
    opened({ ...aBlindFinding('some-check', []), because: 'checkThrew', message: 'The check some-check failed: oops' }),
  ]);
  expect(plainText).toContain('The check some-check failed');
  expect(plainText).toContain('oops');
});

describe('the recipients', () => {
  const changes = [opened(aSecretFinding())];

  it('get one mail together, each once', () => {
    const administrators = ['a@example.com', 'b@example.com', 'A@example.com'];
    const [alert, ...others] = planAlerts(changes, aPlannedRun(), aPlanning({ administrators })).alerts;
    expect(alert?.to).toHaveLength(2);
    expect(others).toEqual([]);
  });

  it('get a mail for each 50 of them, as the service takes no more in one', () => {
    const many = Array.from({ length: 101 }, (_, index) => `person${index}@example.com`);
    const { alerts } = planAlerts(changes, aPlannedRun(), aPlanning({ administrators: many }));
    expect(alerts.map(({ to }) => to.length)).toEqual([50, 50, 1]);
    expect(alerts.flatMap(({ to }) => to)).toEqual(many);
    expect(new Set(alerts.map(({ id }) => id)).size).toBe(3);
  });
});

describe('the webhook', () => {
  const changes = [opened(aSecretFinding())];
  const planned = (how: Partial<Planning>) =>
    planAlerts(changes, aPlannedRun(), aPlanning({ hasWebhook: true, ...how })).alerts;

  it('gets what administrators get, under an id of its own', () => {
    const [mail, post, ...others] = planned({});
    expect(others).toEqual([]);
    expect(mail).toMatchObject({ channel: 'mail', to: ['team@example.com'] });
    expect(post).toMatchObject({ channel: 'webhook', to: [], subject: mail?.subject, urgency: mail?.urgency });
    expect(post?.id).not.toBe(mail?.id);
  });

  it('gets it once, however many mails it takes', () => {
    const administrators = Array.from({ length: 120 }, (_, index) => `team${index}@example.com`);
    expect(planned({ administrators }).map(({ channel }) => channel)).toEqual(['mail', 'mail', 'mail', 'webhook']);
  });

  it('gets it where mails are off, and nobody is mailed then', () => {
    expect(planned({ administrators: [] }).map(({ channel }) => channel)).toEqual(['webhook']);
  });
});

describe('the id', () => {
  const changes = [opened(aSecretFinding()), opened(aWorkspaceFinding())];
  const id = theMail(changes).id;

  it('is a UUID', () => {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('is the same for a run repeated after a crash, later and in other words', () => {
    const reworded = [opened(aWorkspaceFinding()), opened(aSecretFinding({ message: 'Reworded.' }))];
    const repeated = aPlannedRun({ runId: '20261122T030000Z-ffffffff', finishedAt: new Date('2026-11-22T03:05:00Z') });
    expect(theMail(reworded, repeated).id).toBe(id);
  });

  it.each([
    ['another base run', theMail(changes, aPlannedRun({ baseRunId: '20261122T021000Z-0a1b2c3d' }))],
    ['another tenant', theMail(changes, aPlannedRun({ tenantId: TENANT.replace('1', '9') }))],
    ['another subject', theMail([opened(anotherSecret(2)), opened(aWorkspaceFinding())])],
    ['another severity', theMail([opened(aSecretFinding({ severity: 'low' })), opened(aWorkspaceFinding())])],
    ['another kind of change', theMail([resolved(aSecretFinding()), opened(aWorkspaceFinding())])],
    [
      'other recipients',
      planAlerts(changes, aPlannedRun(), aPlanning({ administrators: ['else@example.com'] })).alerts[0]!,
    ],
  ])('differs for %s', (_, alert) => {
    expect(alert.id).not.toBe(id);
  });
});

it('the subject names the workspaces that are concerned', () => {
  expect(theMail([opened(aWorkspaceFinding({ scope: SALES }))]).subject).toContain('synw-sales');
});

/** Runs one after the other, each with the memory of the one before; a run's changes are given as they are compared. */
function nights(changesOf: (night: number) => readonly Change[], planning: Partial<Planning> = {}) {
  let memory = planning.memory === undefined ? NOTHING_OPEN : planning.memory;
  return (night: number, run: Partial<PlannedRun> = {}) => {
    const startedAt = new Date(NOW.getTime() + night * DAY);
    const baseRunId = `run before night ${night}`;
    const plan = planAlerts(
      changesOf(night),
      aPlannedRun({ startedAt, finishedAt: startedAt, baseRunId, ...run }),
      aPlanning({ ...planning, memory }),
    );
    memory = plan.memory;
    return plan.alerts;
  };
}
const DAY = 86_400_000;
const unchanged = (finding: Finding): Change => ({ kind: 'unchanged', finding, firstSeen: NOW.toISOString() });
const textOf = (alerts: readonly PendingAlert[]) => alerts.map(({ plainText }) => plainText).join('\n');
const counts = (told: readonly (readonly PendingAlert[])[]) => told.map((alerts) => alerts.length);

describe('the end of a credential', () => {
  /** As severe on all days, so that steps alone are news. */
  const ending = (days: number) => aSecretFinding({ evidence: { endsAt: inDays(days) } });

  it('is told once for each step', () => {
    const run = nights((night) => [night === 0 ? opened(ending(31)) : unchanged(ending(31))]);
    const told = Array.from({ length: 35 }, (_, night) => night).filter((night) => run(night).length > 0);
    expect(told).toEqual([0, 1, 17, 24, 30, 31]);
  });

  it.each([
    ['a day before the step', 15, 0],
    ['at the step', 16, 1],
  ])('is told from the step on: %s', (_, night, mails) => {
    const run = nights((day) => [day === 0 ? opened(ending(30)) : unchanged(ending(30))]);
    run(0);
    expect(run(night - 0.001)).toHaveLength(0);
    expect(run(night)).toHaveLength(mails);
  });

  it('is told once, by its worst step, after nights that were missed', () => {
    const run = nights((night) => [night === 0 ? opened(ending(30)) : unchanged(ending(30))]);
    run(0);
    expect(run(29.5)).toHaveLength(1);
    expect(run(29.6)).toEqual([]);
  });

  it('is told once where severity and step change together', () => {
    const run = nights((night) => [
      night === 0
        ? opened({ ...ending(20), severity: 'low' })
        : { ...unchanged({ ...ending(20), severity: 'medium' }), kind: 'worsened', from: 'low' },
    ]);
    expect(counts([run(0), run(6), run(7)])).toEqual([1, 1, 0]);
  });

  it('is told at the steps that the settings say', () => {
    const settings = { ...DEFAULT_ALERT_SETTINGS, steps: [3] };
    const run = nights((night) => [night === 0 ? opened(ending(10)) : unchanged(ending(10))], { settings });
    expect(counts([0, 3, 6, 7, 9, 11].map((night) => run(night)))).toEqual([1, 0, 0, 1, 0, 0]);
  });

  it('is told again when it was renewed in place and is due again', () => {
    const run = nights((night) => [night === 0 ? opened(ending(-1)) : unchanged(ending(night < 2 ? -1 : 8))]);
    expect(counts([0, 1, 2, 3, 7].map((night) => run(night)))).toEqual([1, 0, 1, 0, 1]);
  });

  it('is not told of one that a newer one has replaced', () => {
    const replaced = aSecretFinding({ severity: 'low', evidence: { endsAt: inDays(2), replacedBy: 'newer' } });
    const run = nights((night) => [night === 0 ? opened(replaced) : unchanged(replaced)]);
    expect(counts([0, 1, 2, 3].map((night) => run(night)))).toEqual([1, 0, 0, 0]);
  });

  it('is told with its recovery once, and anew when it comes again', () => {
    const by: readonly Change[][] = [
      [opened(ending(6))],
      [resolved(ending(6))],
      [],
      [opened(ending(6))],
      [resolved(ending(6))],
    ];
    const run = nights((night) => by[night] ?? []);
    expect(counts([0, 1, 2, 3, 4, 5].map((night) => run(night)))).toEqual([1, 1, 0, 1, 1, 0]);
  });
});

describe('a problem', () => {
  const problem = aWorkspaceFinding();

  it('that was never told is not told when it is resolved', () => {
    expect(nights(() => [resolved(problem)])(0)).toEqual([]);
  });

  it('below the severity that is told is told when it becomes so severe', () => {
    const settings = { ...DEFAULT_ALERT_SETTINGS, minSeverity: 'high' as const };
    const mild = { ...problem, severity: 'medium' as const };
    const run = nights((night) => [night === 0 ? opened(mild) : worsened(problem, 'medium')], { settings });
    expect(counts([run(0), run(1)])).toEqual([0, 1]);
  });

  it('that could not be looked at is not told again when it can', () => {
    const run = nights((night) => [
      night === 0 ? opened(problem) : { ...unchanged(problem), kind: night === 1 ? 'unconfirmed' : 'unchanged' },
    ]);
    expect(counts([run(0), run(1), run(2)])).toEqual([1, 0, 0]);
  });

  it('that gets milder for a night is not told when it is as severe as before', () => {
    const severities = ['high', 'low', 'high', 'low', 'low', 'low', 'high'] as const;
    const run = nights((night) => {
      const finding = { ...problem, severity: severities[night]! };
      const before = severities[night - 1];
      return [
        night === 0
          ? opened(finding)
          : before === 'low' && finding.severity === 'high'
            ? worsened(finding, 'low')
            : unchanged(finding),
      ];
    });
    expect(counts(severities.map((_, night) => run(night)))).toEqual([1, 0, 0, 0, 0, 0, 1]);
  });

  it('of a check that is off is forgotten', () => {
    const run = nights((night) => (night === 1 ? [] : [opened(problem)]));
    expect(counts([run(0), run(1), run(2)])).toEqual([1, 0, 1]);
  });
});

describe('an exception', () => {
  const problem = aWorkspaceFinding();
  const until = (days: number): Exception => ({
    id: 'e1',
    match: { checkId: problem.checkId },
    reason: 'A known risk.',
    author: 'Ada',
    createdAt: inDays(-1),
    until: inDays(days),
  });

  it('silences what is open, and its recovery', () => {
    const run = nights((night) => [night === 0 ? opened(problem) : resolved(problem)], { exceptions: [until(9)] });
    expect(counts([run(0), run(1)])).toEqual([0, 0]);
  });

  it('makes what outlasts it told once, whether it was told before or not', () => {
    const run = nights((night) => [night === 0 ? opened(problem) : unchanged(problem)], { exceptions: [until(2)] });
    expect(counts([0, 1, 2, 3].map((night) => run(night)))).toEqual([0, 0, 1, 0]);
    const told = nights(() => [unchanged(problem)], {
      exceptions: [until(2)],
      memory: memoryBefore([unchanged(problem)]),
    });
    expect(counts([0, 1, 2, 3].map((night) => told(night)))).toEqual([0, 0, 1, 0]);
  });

  it('silences blindness', () => {
    const blind = aBlindFinding('c', ['groups']);
    const exceptions = [{ ...until(9), match: { checkId: 'c' } }];
    const run = nights((night) => [night === 0 ? opened(blind) : unchanged(blind)], { exceptions });
    expect(counts([run(0), run(1), run(2)])).toEqual([0, 0, 0]);
  });
});

describe('a security event', () => {
  const event = aWorkspaceFinding({ checkId: 'failed-login-burst', fingerprint: 'burst', severity: 'high' });
  const HOURLY = { isWhole: false, checkIds: ['failed-login-burst'] };
  const hours = (changesOf: (hour: number) => readonly Change[], planning: Partial<Planning> = {}) => {
    const run = nights((night) => changesOf(Math.round(night * 24)), planning);
    return (hour: number) => run(hour / 24, HOURLY);
  };

  it('is told at once, and not while it goes on, nor when it is over', () => {
    const run = hours((hour) => [hour === 0 ? opened(event) : hour < 30 ? unchanged(event) : resolved(event)]);
    expect(counts([0, 1, 25, 30].map((hour) => run(hour)))).toEqual([1, 0, 0, 0]);
  });

  it('that comes again within the quiet time is told when that is over, if it still goes on', () => {
    const by: Readonly<Record<number, Change>> = { 0: opened(event), 1: resolved(event), 3: opened(event) };
    const run = hours((hour) => [by[hour] ?? unchanged(event)]);
    expect(counts([0, 1, 3, 4, 23, 24, 25].map((hour) => run(hour)))).toEqual([1, 0, 0, 0, 0, 1, 0]);
  });

  it('that comes again after the quiet time is told', () => {
    const by: Readonly<Record<number, readonly Change[]>> = {
      0: [opened(event)],
      1: [resolved(event)],
      25: [opened(event)],
    };
    const run = hours((hour) => by[hour] ?? []);
    expect(counts([0, 1, 2, 25].map((hour) => run(hour)))).toEqual([1, 0, 0, 1]);
  });

  it('that comes again more severe breaks the quiet', () => {
    const worse = { ...event, severity: 'critical' as const };
    const by: Readonly<Record<number, Change>> = { 0: opened(event), 1: resolved(event), 2: opened(worse) };
    const run = hours((hour) => [by[hour]!]);
    expect(counts([0, 1, 2].map((hour) => run(hour)))).toEqual([1, 0, 1]);
  });

  it('leaves the quiet to the settings', () => {
    const by: Readonly<Record<number, Change>> = { 0: opened(event), 1: resolved(event), 3: opened(event) };
    const run = hours((hour) => [by[hour]!], { settings: { ...DEFAULT_ALERT_SETTINGS, quietHours: 2 } });
    expect(counts([0, 1, 3].map((hour) => run(hour)))).toEqual([1, 0, 1]);
  });

  it('is judged by runs that leave what the night told alone', () => {
    const secret = aSecretFinding();
    const run = nights((night) => (night === 0 ? [opened(secret)] : night === 1 ? [unchanged(secret)] : []));
    expect(run(0)).toHaveLength(1);
    expect(run(0.5, HOURLY)).toEqual([]);
    expect(run(1)).toEqual([]);
  });
});

describe('blindness', () => {
  const blind = aBlindFinding('c', ['groups']);
  const other = aBlindFinding('d', ['groups'], 'synw-hr');

  it('is told after two runs, then daily, then when it is over', () => {
    const run = nights((night) => [night === 0 ? opened(blind) : night < 4 ? unchanged(blind) : resolved(blind)]);
    expect(counts([0, 1, 2, 3, 4, 5].map((night) => run(night)))).toEqual([0, 1, 1, 1, 1, 0]);
  });

  it('of one run is never told', () => {
    const run = nights((night) => (night === 0 ? [opened(blind)] : night === 1 ? [resolved(blind)] : []));
    expect(counts([run(0), run(1), run(2)])).toEqual([0, 0, 0]);
  });

  it('is counted by source, whatever the scope and the reason', () => {
    const run = nights((night) => [
      night === 0 ? opened(blind) : resolved(blind),
      ...(night === 1 ? [opened({ ...other, because: 'throttled' as const })] : []),
    ]);
    expect(run(0)).toEqual([]);
    const told = textOf(run(1));
    expect(told).toContain('CANNOT BE READ');
    expect(told).not.toContain('RECOVERED');
  });

  it('is not counted by a run that did not look', () => {
    const HOURLY = { isWhole: false, checkIds: ['failed-login-burst'] };
    const by: Readonly<Record<number, Change>> = { 0: opened(blind), 1: unchanged(blind) };
    const run = nights((night) => (by[night] ? [by[night]] : []));
    expect(counts([run(0), run(0.2, HOURLY), run(0.4, HOURLY), run(1)])).toEqual([0, 0, 0, 1]);
  });

  it('that nobody can mend but by a licence is told once', () => {
    const unlicensed = { ...blind, because: 'unlicensed' as const };
    const run = nights((night) => [night === 0 ? opened(unlicensed) : unchanged(unlicensed)]);
    expect(counts([0, 1, 2, 3].map((night) => run(night)))).toEqual([0, 1, 0, 0]);
  });
});

describe('the first mail of a tenant', () => {
  const many = Array.from({ length: 300 }, (_, index) => anotherSecret(index));
  const blind = aBlindFinding('c', ['groups']);

  it('is one digest of all that is open, also of what this run did not judge', () => {
    const run = nights((night) => (night === 0 ? [opened(blind), ...many.map(opened)] : []), {
      memory: null,
      carried: [{ finding: aWorkspaceFinding({ severity: 'critical' }), firstSeen: inDays(-3) }],
    });
    const [mail, ...others] = run(0);
    expect(others).toEqual([]);
    expect(mail?.to).toEqual(['team@example.com']);
    expect(textOf([mail!])).toContain('managed identity');
    expect(textOf([mail!])).toContain('CANNOT BE READ');
  });

  it('is followed by what changes, and by nothing of what it said', () => {
    const finding = aWorkspaceFinding();
    const by: readonly Change[][] = [
      [opened(finding)],
      [unchanged(finding)],
      [worsened({ ...finding, severity: 'critical' }, 'high')],
      [resolved(finding)],
    ];
    const run = nights((night) => by[night] ?? [], { memory: null });
    expect(counts([0, 1, 2, 3].map((night) => run(night)))).toEqual([1, 0, 1, 1]);
  });

  it('comes when mails are switched on, however long the tenant has been audited', () => {
    const off = planAlerts(
      [opened(aWorkspaceFinding())],
      aPlannedRun(),
      aPlanning({ memory: null, administrators: [] }),
    );
    expect(off).toMatchObject({ alerts: [], memory: null });
    const on = planAlerts([unchanged(aWorkspaceFinding())], aPlannedRun(), aPlanning({ memory: off.memory }));
    expect(on.alerts).toHaveLength(1);
  });
});

it('forgets what is over, so that the memory stays small', () => {
  const changes = [opened(aSecretFinding()), opened(aWorkspaceFinding()), opened(aBlindFinding('c', ['groups']))];
  const first = planAlerts(changes, aPlannedRun(), aPlanning());
  const second = planAlerts(
    changes.map((change) => ({ ...change, kind: 'resolved' })),
    aPlannedRun(),
    aPlanning({ memory: first.memory }),
  );
  expect(Object.keys(first.memory?.problems ?? {})).toHaveLength(2);
  expect(second.memory).toMatchObject({ problems: {}, blindness: {} });
});
