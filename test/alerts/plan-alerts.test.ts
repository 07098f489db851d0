import { planAlerts } from '../../src/alerts/plan-alerts';
import type { Change } from '../../src/audit/compare';
import {
  aBlindFinding,
  anotherSecret,
  aRun,
  aSecretFinding,
  aWorkspaceFinding,
  inDays,
  opened,
  resolved,
  SALES,
  TENANT,
  worsened,
} from './changes';

const TEAM = ['team@example.com', 'night-shift@example.com'];

function theMail(changes: readonly Change[], run = aRun()) {
  const alerts = planAlerts(changes, run, TEAM);
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
    expect(planAlerts([change], aRun(), TEAM)).toEqual([]);
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
    expect(planAlerts([], aRun(), TEAM)).toEqual([]);
    expect(planAlerts([opened(aSecretFinding())], aRun(), [])).toEqual([]);
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

describe('the first run', () => {
  it('sends one digest of everything', () => {
    const changes = [opened(aSecretFinding()), opened(aWorkspaceFinding()), opened(aBlindFinding('c', ['groups']))];
    const { plainText } = theMail(changes, aRun({ baseRunId: null }));
    expect(plainText).toContain('It is the first: listed is how things stand.');
    expect(plainText).not.toContain('new in this run');
  });
});

describe('the recipients', () => {
  const changes = [opened(aSecretFinding())];

  it('get one mail together, each once', () => {
    const [alert, ...others] = planAlerts(changes, aRun(), ['a@example.com', 'b@example.com', 'A@example.com']);
    expect(alert?.to).toHaveLength(2);
    expect(others).toEqual([]);
  });

  it('get a mail for each 50 of them, as the service takes no more in one', () => {
    const many = Array.from({ length: 101 }, (_, index) => `person${index}@example.com`);
    const alerts = planAlerts(changes, aRun(), many);
    expect(alerts.map(({ to }) => to.length)).toEqual([50, 50, 1]);
    expect(alerts.flatMap(({ to }) => to)).toEqual(many);
    expect(new Set(alerts.map(({ id }) => id)).size).toBe(3);
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
    const repeated = aRun({ runId: '20261122T030000Z-ffffffff', finishedAt: new Date('2026-11-22T03:05:00Z') });
    expect(theMail(reworded, repeated).id).toBe(id);
  });

  it.each([
    ['another base run', theMail(changes, aRun({ baseRunId: '20261122T021000Z-0a1b2c3d' }))],
    ['another tenant', theMail(changes, aRun({ tenantId: TENANT.replace('1', '9') }))],
    ['another subject', theMail([opened(anotherSecret(2)), opened(aWorkspaceFinding())])],
    ['another severity', theMail([opened(aSecretFinding({ severity: 'low' })), opened(aWorkspaceFinding())])],
    ['another kind of change', theMail([resolved(aSecretFinding()), opened(aWorkspaceFinding())])],
    ['other recipients', planAlerts(changes, aRun(), ['else@example.com'])[0]!],
  ])('differs for %s', (_, alert) => {
    expect(alert.id).not.toBe(id);
  });
});

it('the subject names the workspaces that are concerned', () => {
  expect(theMail([opened(aWorkspaceFinding({ scope: SALES }))]).subject).toContain('synw-sales');
});
