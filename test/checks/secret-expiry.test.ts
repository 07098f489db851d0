import secretExpiry from '../../src/checks/secret-expiry';
import type { Credential } from '../../src/inventory/model';
import type { Inventory } from '../../src/inventory/sources';
import {
  aCertificate,
  aDataset,
  aGroup,
  aLinkedService,
  anApplication,
  anAzureRoleAssignment,
  aPipeline,
  aPrincipalsLinkedService,
  aSecret,
  aServicePrincipal,
  aSynapseRoleAssignment,
  aTrigger,
  aUser,
  aWorkspace,
  aWorkspaceIdentity,
  DAY,
  guid,
  inDays,
  NOW,
} from '../fixtures/facts';
import { anInventory, flat, judge, judgeOne, run, type FlatVerdict, type SomeFacts } from '../fixtures/judge';

/** A principal that Synapse uses, with these secrets on its application. */
function inUse(...credentials: Credential[]): SomeFacts {
  return {
    applications: [anApplication({ credentials })],
    servicePrincipals: [aServicePrincipal()],
    workspaces: [aWorkspace()],
    synapseRoleAssignments: [aSynapseRoleAssignment()],
  };
}

function judged(credential: Credential): FlatVerdict {
  return judgeOne(secretExpiry, inUse(credential));
}

describe('a secret of a principal that Synapse uses', () => {
  test.each([
    [30, 1, 'pass', null],
    [30, 0, 'fail', 'low'],
    [14, 1, 'fail', 'low'],
    [14, 0, 'fail', 'medium'],
    [7, 1, 'fail', 'medium'],
    [7, 0, 'fail', 'high'],
    [1, 1, 'fail', 'high'],
    [1, 0, 'fail', 'critical'],
    [0, 0, 'fail', 'critical'],
    [-40, 0, 'fail', 'critical'],
  ])('that ends in %d days and %d ms: %s, %s', (days, ms, status, severity) => {
    const verdict = judged(aSecret({ endsAt: inDays(days, ms) }));
    expect([verdict.status, verdict.severity]).toEqual([status, severity]);
  });

  test('is named, with its end and what follows', () => {
    expect(judged(aSecret({ endsInDays: 6 })).message).toBe(
      'Secret “ci-2026” of application “Nightly loader” expires in 6 days (2026-11-28). From then on every sign-in with it fails (AADSTS7000222). The principal has roles that concern 1 workspace: “contoso”.',
    );
    expect(judged(aSecret({ endsInDays: -3 })).message).toBe(
      'Secret “ci-2026” of application “Nightly loader” expired 3 days ago (2026-11-19). Since then every sign-in with it fails (AADSTS7000222). The principal has roles that concern 1 workspace: “contoso”.',
    );
    expect(judged(aSecret({ endsInDays: 300 })).message).toBe(
      'Secret “ci-2026” of application “Nightly loader” expires in 300 days (2027-09-18).',
    );
  });

  test.each([
    [1, -1, 'expires in less than a day (2026-11-23)'],
    [0, 1, 'expires in less than a day (2026-11-22). From then on every sign-in'],
    [0, 0, 'expired less than a day ago (2026-11-22). Since then every sign-in'],
    [-1, 1, 'expired less than a day ago (2026-11-21)'],
    [-1, 0, 'expired 1 day ago (2026-11-21)'],
  ])('that ends in %d days and %d ms %s', (days, ms, words) => {
    expect(judged(aSecret({ endsAt: inDays(days, ms) })).message).toContain(words);
  });

  test('has evidence that tells who is affected', () => {
    expect(judged(aSecret({ endsAt: inDays(6, 1) })).evidence).toEqual({
      keyId: guid(1001),
      appId: guid(102),
      endsAt: '2026-11-28T03:00:00.001Z',
      daysLeft: 6,
      owners: ['Ada Lovelace'],
      disabled: false,
      usedBySynapse: true,
      workspaces: ['contoso'],
      roles: ['Synapse Contributor on workspaces/contoso'],
      linkedServices: [],
      pipelines: [],
      triggers: [],
      allPipelinesKnown: true,
      replacedBy: null,
    });
  });

  test('has negative days left once it has expired', () => {
    expect(judged(aSecret({ endsAt: inDays(0, -1) })).evidence['daysLeft']).toBe(-1);
  });

  test('is rotated by commands with its own ids', () => {
    expect(judged(aSecret({ endsInDays: 6 })).remediation.split('\n')).toEqual([
      'Add a new credential beside the old one:',
      `az ad app credential reset --id ${guid(102)} --append --display-name rotated-2026-11-22`,
      'Put it wherever the old one is read (Key Vault, linked services, release pipelines), first in the linked services of “contoso”, and see that sign-ins succeed. Then remove the old one:',
      `az ad app credential delete --id ${guid(102)} --key-id ${guid(1001)}`,
    ]);
  });

  test('has a subject that renaming does not change', () => {
    const { subject } = judged(aSecret());
    expect(subject).toEqual({
      id: `${guid(101)}/${guid(1001)}`,
      kind: 'secret',
      name: 'Nightly loader / ci-2026',
      link: `https://portal.azure.com/#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/Credentials/appId/${guid(102)}`,
    });
    expect(judged(aSecret({ displayName: 'renamed' })).subject.id).toBe(subject.id);
  });

  test('never puts a display name into a command', () => {
    const { remediation } = judged(aSecret({ endsInDays: 6, displayName: '$(reboot)' }));
    expect(remediation).not.toContain('reboot');
  });

  test('without an end passes, and says so', () => {
    const verdict = judged(aSecret({ endsAt: null }));
    expect(verdict.status).toBe('pass');
    expect(verdict.message).toBe('Secret “ci-2026” of application “Nightly loader” never expires.');
    expect(verdict.evidence).toMatchObject({ endsAt: null, daysLeft: null });
  });

  test('without a name is told by its key id', () => {
    const unnamed = [
      aSecret({ displayName: null, endsInDays: 6 }),
      aSecret({ displayName: null, endsInDays: 6, keyId: guid(1003) }),
    ];
    const verdicts = judge(secretExpiry, inUse(...unnamed));
    expect(verdicts.map(({ subject }) => subject.id)).toEqual([
      `${guid(101)}/${guid(1001)}`,
      `${guid(101)}/${guid(1003)}`,
    ]);
    expect(verdicts[1]?.message).toContain(`Secret without a name (key id ${guid(1003)}) of application`);
    expect(verdicts[1]?.subject.name).toBe(`Nightly loader / key id ${guid(1003)}`);
  });

  test('follows the options', () => {
    const facts = inUse(aSecret({ endsInDays: 45 }));
    expect(judgeOne(secretExpiry, facts, { options: { lowWithinDays: 60 } }).severity).toBe('low');
    expect(judgeOne(secretExpiry, facts, { options: { lowWithinDays: 60, mediumWithinDays: 45 } }).severity).toBe(
      'medium',
    );
  });
});

describe('a secret that was replaced', () => {
  const old = aSecret({ endsInDays: 3, startedDaysAgo: 360 });
  const fresh = aSecret({ keyId: guid(1003), displayName: 'ci-2027', endsInDays: 300, startedDaysAgo: 2 });
  const judgedBeside = (credential: Credential, other: Credential): FlatVerdict => {
    const [verdict] = judge(secretExpiry, inUse(credential, other));
    return flat(verdict!);
  };

  test.each([3, -3])('is only to be removed (%d days left)', (endsInDays) => {
    const verdict = judgedBeside(aSecret({ endsInDays, startedDaysAgo: 360 }), fresh);
    expect([verdict.status, verdict.severity]).toEqual(['fail', 'low']);
    expect(verdict.message).toContain(
      'It is replaced: secret “ci-2027” is valid until 2027-09-18. Remove the old one once its last user has switched.',
    );
    expect(verdict.evidence['replacedBy']).toBe(guid(1003));
    expect(verdict.remediation.split('\n')).toEqual([
      'See in the sign-in log whether the old credential is still used, and switch who uses it:',
      `AADServicePrincipalSignInLogs | where ServicePrincipalCredentialKeyId == "${guid(1001)}"`,
      'Then remove it:',
      `az ad app credential delete --id ${guid(102)} --key-id ${guid(1001)}`,
    ]);
  });

  test('may be replaced by one on the service principal, or by one without end', () => {
    const facts = inUse(old);
    const servicePrincipals = [aServicePrincipal({ credentials: [{ ...fresh, endsAt: null }] })];
    const [verdict] = judge(secretExpiry, { ...facts, servicePrincipals });
    expect(verdict).toMatchObject({ severity: 'low' });
    expect(verdict?.message).toContain('secret “ci-2027” has no end.');
  });

  test('is not replaced by one that is due itself', () => {
    expect(judgedBeside(old, { ...fresh, endsAt: inDays(30) }).severity).toBe('high');
  });

  test('is not replaced by a certificate', () => {
    expect(judgeOne(secretExpiry, inUse(old, aCertificate({ startedDaysAgo: 2 }))).severity).toBe('high');
  });

  test('leaves one that is not due alone', () => {
    expect(judgedBeside({ ...old, endsAt: inDays(31) }, fresh).status).toBe('pass');
  });
});

describe('a secret of a principal that nothing in Synapse uses', () => {
  const unused = (credential: Credential, changes: SomeFacts = {}): SomeFacts => ({
    ...inUse(credential),
    synapseRoleAssignments: [],
    ...changes,
  });

  test.each([
    [30, 'info'],
    [14, 'low'],
    [7, 'medium'],
    [1, 'high'],
    [-1, 'high'],
  ])('ranks one step lower (%d days left: %s)', (endsInDays, severity) => {
    const verdict = judgeOne(secretExpiry, unused(aSecret({ endsInDays })));
    expect(verdict.severity).toBe(severity);
    expect(verdict.message).toContain(
      'Nothing in Synapse uses the principal, as far as its roles and the linked services tell.',
    );
    expect(verdict.evidence).toMatchObject({ usedBySynapse: false, workspaces: [], roles: [] });
    expect(verdict.remediation).not.toContain('linked services of');
  });

  test('also where it was replaced', () => {
    const old = aSecret({ endsInDays: 3, startedDaysAgo: 360 });
    const fresh = aSecret({ keyId: guid(1003), startedDaysAgo: 2 });
    const facts = { ...inUse(old, fresh), synapseRoleAssignments: [] };
    expect(judge(secretExpiry, facts)[0]).toMatchObject({ severity: 'info' });
  });

  test('does not, where a group gives it a role', () => {
    const verdict = judgeOne(
      secretExpiry,
      unused(aSecret({ endsInDays: 7 }), {
        synapseRoleAssignments: [aSynapseRoleAssignment({ principalId: guid(301) })],
        groups: [aGroup({ servicePrincipalIds: [guid(103)], users: [aUser()] })],
      }),
    );
    expect(verdict.severity).toBe('high');
    expect(verdict.evidence['roles']).toEqual(['Synapse Contributor on workspaces/contoso through group “Loaders”']);
  });

  test('does not, where it has an Azure role on a workspace’s subscription', () => {
    const facts = unused(aSecret({ endsInDays: 7 }), { azureRoleAssignments: [anAzureRoleAssignment()] });
    expect(judgeOne(secretExpiry, facts).severity).toBe('high');
  });

  test('does, where the application was never signed in to this tenant', () => {
    const facts = unused(aSecret({ endsInDays: 7 }), { servicePrincipals: [] });
    expect(judgeOne(secretExpiry, facts).severity).toBe('medium');
  });
});

describe('whose secrets count', () => {
  test('a service principal’s own, with its own commands and page', () => {
    const servicePrincipal = aServicePrincipal({ credentials: [aSecret({ endsInDays: 6 })] });
    const verdict = judgeOne(secretExpiry, { servicePrincipals: [servicePrincipal] });
    expect(verdict.message).toContain('of service principal “Nightly loader”');
    expect(verdict.subject.id).toBe(`${guid(103)}/${guid(1001)}`);
    expect(verdict.subject.link).toContain(`/ManagedAppMenuBlade/~/Overview/objectId/${guid(103)}/appId/${guid(102)}`);
    expect(verdict.remediation).toContain(`az ad sp credential reset --id ${guid(103)} --append`);
    expect(verdict.remediation).toContain(`az ad sp credential delete --id ${guid(103)} --key-id ${guid(1001)}`);
    expect(verdict.evidence['owners']).toEqual([]);
  });

  test('one that stands on application and service principal counts once', () => {
    const servicePrincipals = [aServicePrincipal({ credentials: [aSecret()] })];
    expect(judge(secretExpiry, { ...inUse(aSecret()), servicePrincipals })).toHaveLength(1);
  });

  test('certificates and managed identities do not', () => {
    const servicePrincipals = [aWorkspaceIdentity({ credentials: [aSecret({ endsInDays: 1 })] })];
    const applications = [anApplication({ credentials: [aCertificate({ endsInDays: 1 })] })];
    expect(judge(secretExpiry, { applications, servicePrincipals })).toEqual([]);
  });

  test('those of a disabled principal do, and it is said', () => {
    const verdict = judgeOne(secretExpiry, {
      ...inUse(aSecret({ endsInDays: 6 })),
      servicePrincipals: [aServicePrincipal({ enabled: false })],
    });
    expect(verdict).toMatchObject({ status: 'fail', severity: 'high', evidence: { disabled: true } });
  });
});

describe('when not everything could be read', () => {
  const workspace = aWorkspace();
  const other = aWorkspace({ name: 'fabrikam' });
  const facts: SomeFacts = { ...inUse(aSecret({ endsInDays: 7 })), synapseRoleAssignments: [] };

  test('a principal without known use keeps the full severity, and the evidence says what is unknown', () => {
    const inventory = anInventory(facts, [workspace, other], { synapseRoleAssignments: [other.id] });
    expect(run(secretExpiry, inventory)).toMatchObject([
      {
        status: 'fail',
        severity: 'high',
        message: expect.stringMatching(
          / Whether Synapse uses the principal is unknown: workspace fabrikam could not be read\.$/,
        ) as string,
        evidence: { usedBySynapse: 'unknown (workspace fabrikam could not be read)' },
      },
    ]);
  });

  test.each(['azureRoleAssignments', 'workspaces', 'groups', 'storageAccounts'] as const)(
    'the same without the source %s',
    (source) => {
      const findings = run(secretExpiry, anInventory(facts, [workspace], { [source]: 'everywhere' }));
      expect(findings).toMatchObject([{ status: 'fail', severity: 'high' }]);
    },
  );

  test('a source that was never asked for is as unknown as one that was refused', () => {
    const inventory: Inventory = { ...anInventory(facts, [workspace]) };
    const { groups: _, ...withoutGroups } = inventory;
    expect(run(secretExpiry, withoutGroups)).toMatchObject([
      { severity: 'high', evidence: { usedBySynapse: 'unknown (the tenant could not be read)' } },
    ]);
  });

  test('a known use is told as the least there is', () => {
    const used = { ...facts, synapseRoleAssignments: [aSynapseRoleAssignment()] };
    const inventory = anInventory(used, [workspace, other], { synapseRoleAssignments: [other.id] });
    const [finding] = run(secretExpiry, inventory);
    expect(finding?.evidence['usedBySynapse']).toBe(true);
    expect(finding?.message).toContain('roles that concern at least 1 workspace: “contoso”.');
  });

  test('with everything read the severity is one step lower', () => {
    expect(run(secretExpiry, anInventory(facts, [workspace, other]))).toMatchObject([{ severity: 'medium' }]);
  });

  test.each(['applications', 'servicePrincipals'] as const)('nothing is judged without the source %s', (source) => {
    expect(run(secretExpiry, anInventory(facts, [workspace], { [source]: 'everywhere' }))).toMatchObject([
      { status: 'notEvaluated', sources: [source] },
    ]);
  });
});

describe('what stops with a secret', () => {
  /** A principal without roles, which a linked service signs in as; a pipeline and a trigger depend on that. */
  const stopping = (credential: Credential, changes: SomeFacts = {}): SomeFacts => ({
    ...inUse(credential),
    synapseRoleAssignments: [],
    linkedServices: [aPrincipalsLinkedService()],
    datasets: [aDataset()],
    pipelines: [aPipeline({ datasets: ['orders'] })],
    triggers: [aTrigger()],
    ...changes,
  });
  const due = aSecret({ endsInDays: 6 });
  const messageOf = (changes: SomeFacts = {}): string => judgeOne(secretExpiry, stopping(due, changes)).message;

  test('is told with the first start after its end', () => {
    const verdict = judgeOne(secretExpiry, stopping(due));
    expect(verdict.message).toBe(
      'Secret “ci-2026” of application “Nightly loader” expires in 6 days (2026-11-28). From then on every sign-in with it fails (AADSTS7000222). 1 linked service depends on it: “orders”; 1 pipeline stops, first “load” at 02:00 UTC by trigger “nightly”.',
    );
    expect(verdict.evidence).toMatchObject({
      usedBySynapse: true,
      workspaces: ['contoso'],
      linkedServices: ['contoso/orders'],
      pipelines: ['contoso/load'],
      triggers: ['contoso/nightly'],
      allPipelinesKnown: true,
    });
    expect(verdict.remediation).toContain(', first in the linked services “orders” of “contoso”, and see');
  });

  test('makes the principal one that Synapse uses', () => {
    expect(judgeOne(secretExpiry, stopping(due)).severity).toBe('high');
    expect(judgeOne(secretExpiry, stopping(due, { linkedServices: [] })).severity).toBe('medium');
  });

  test('also where the application has no service principal that could hold roles', () => {
    expect(judgeOne(secretExpiry, stopping(due, { servicePrincipals: [] })).severity).toBe('high');
  });

  test('counts from now where the secret has expired', () => {
    const twoOClockPassed = [aTrigger(), aTrigger({ name: 'noon', daily: { times: ['12:00'], timeZone: 'UTC' } })];
    const expired = aSecret({ endsInDays: -3 });
    expect(judgeOne(secretExpiry, stopping(expired, { triggers: twoOClockPassed })).message).toContain(
      '1 pipeline stops, first “load” at 12:00 UTC by trigger “noon”.',
    );
  });

  test.each([
    ['its end, where that is to come', inDays(5, DAY / 2), '16:00'],
    ['now, where that is past', inDays(-5, DAY / 2), '04:00'],
  ])('the first start is the first after %s', (_, endsAt, time) => {
    const triggers = [aTrigger({ daily: { times: ['04:00', '16:00'], timeZone: 'UTC' } })];
    const { message } = judgeOne(secretExpiry, stopping(aSecret({ endsAt }), { triggers }));
    expect(message).toContain(`first “load” at ${time} UTC`);
  });

  test('is told with all workspaces, in order', () => {
    const second = aWorkspace({ name: 'adventure' });
    const facts = stopping(due, {
      workspaces: [aWorkspace(), second],
      synapseRoleAssignments: [aSynapseRoleAssignment()],
      linkedServices: [aPrincipalsLinkedService({ readFrom: second.id })],
    });
    expect(judgeOne(secretExpiry, facts).evidence['workspaces']).toEqual(['adventure', 'contoso']);
  });

  test('is told after the roles, in numbers', () => {
    const synapseRoleAssignments = [aSynapseRoleAssignment()];
    const linkedServices = ['a', 'b'].map((name) => aPrincipalsLinkedService({ name }));
    const pipelines = ['x', 'y'].map((name) => aPipeline({ name, linkedServices: ['b'] }));
    expect(messageOf({ synapseRoleAssignments, linkedServices, pipelines })).toContain(
      'concern 1 workspace: “contoso”. 2 linked services depend on it: “a”, “b”; 2 pipelines stop.',
    );
  });

  test('is nothing more where no pipeline uses the linked service', () => {
    expect(messageOf({ pipelines: [] })).toContain('depends on it: “orders”; no pipeline uses them.');
  });

  test('may be, where the linked service may hold another valid secret', () => {
    const other = aSecret({ keyId: guid(1003), startedDaysAgo: 90, endsInDays: 200 });
    const facts = { ...stopping(due), applications: [anApplication({ credentials: [due, other] })] };
    expect(judge(secretExpiry, facts)[0]?.message).toContain(
      '1 linked service depends on this secret or another one of the principal: “orders”; 1 pipeline may stop, first',
    );
  });

  test.each<[string, Partial<Credential>, boolean]>([
    ['has expired', { endsAt: inDays(-1) }, false],
    ['ends now', { endsAt: NOW }, false],
    ['ends in a millisecond', { endsAt: inDays(0, 1) }, true],
    ['never ends', { endsAt: null }, true],
    ['begins in a millisecond', { startsAt: inDays(0, 1) }, false],
    ['begins now', { startsAt: NOW }, true],
    ['began at an unknown time', { startsAt: null }, true],
  ])('is told of another secret that %s, if it is valid', (_, changes, isValid) => {
    // It replaces nothing, as it ends no later.
    const other = aSecret({ keyId: guid(1003), startedDaysAgo: 90, endsInDays: 5, ...changes });
    const facts = { ...stopping(due), applications: [anApplication({ credentials: [due, other] })] };
    const options = { lowWithinDays: 1000, mediumWithinDays: 14 };
    const [verdict] = judge(secretExpiry, facts, { options });
    expect(verdict?.message).toContain(
      isValid
        ? 'depends on this secret or another one of the principal: “orders”; 1 pipeline may stop'
        : 'depends on it: “orders”; 1 pipeline stops',
    );
  });

  test('depends still on one that was replaced', () => {
    const fresh = aSecret({ keyId: guid(1003), startedDaysAgo: 2 });
    const facts = { ...stopping(due), applications: [anApplication({ credentials: [due, fresh] })] };
    const [verdict] = judge(secretExpiry, facts);
    expect(verdict).toMatchObject({ severity: 'low' });
    expect(verdict?.message).toContain('“orders”; 1 pipeline depends on them.');
    const pipelines = ['x', 'y'].map((name) => aPipeline({ name, linkedServices: ['orders'] }));
    expect(judge(secretExpiry, { ...facts, pipelines })[0]?.message).toContain('2 pipelines depend on them.');
  });

  test('is nothing where linked services use a certificate, but the principal is used', () => {
    const signIn = { method: 'servicePrincipalCertificate', evidence: [] } as const;
    const verdict = judgeOne(secretExpiry, stopping(due, { linkedServices: [aPrincipalsLinkedService({ signIn })] }));
    expect(verdict.severity).toBe('high');
    expect(verdict.message).toContain('Linked services sign in as the principal with a certificate instead: “orders”.');
    expect(verdict.evidence).toMatchObject({ usedBySynapse: true, workspaces: ['contoso'], linkedServices: [] });
  });

  test('is at least what is known where a notebook may use more', () => {
    const pipelines = [aPipeline({ datasets: ['orders'] }), aPipeline({ name: 'spark', runsUnread: true })];
    const verdict = judgeOne(secretExpiry, stopping(due, { pipelines }));
    expect(verdict.message).toContain('“orders”; at least 1 pipeline stops.');
    expect(verdict.evidence['allPipelinesKnown']).toBe(false);
    expect(messageOf({ pipelines: [pipelines[1]!] })).toContain('which pipelines use them could not all be told.');
  });

  test.each(['pipelines', 'datasets', 'triggers'] as const)(
    'is at least what is known without the source %s, which changes no severity',
    (source) => {
      const pipelines = [aPipeline({ linkedServices: ['orders'] })];
      const workspaces = [aWorkspace(), aWorkspace({ name: 'fabrikam' })];
      const inventory = anInventory(stopping(due, { pipelines }), workspaces, { [source]: [workspaces[1]!.id] });
      const [finding] = run(secretExpiry, inventory);
      expect(finding?.severity).toBe('high');
      expect(finding?.message).toContain('; at least 1 pipeline stops.');
      const unused = anInventory(stopping(due, { linkedServices: [] }), workspaces, { [source]: 'everywhere' });
      expect(run(secretExpiry, unused)).toMatchObject([{ severity: 'medium' }]);
    },
  );

  test.each(['linkedServices', 'workspaceCredentials'] as const)(
    'keeps the full severity without the source %s',
    (source) => {
      const inventory = anInventory(stopping(due, { linkedServices: [] }), [aWorkspace()], { [source]: 'everywhere' });
      expect(run(secretExpiry, inventory)).toMatchObject([
        { severity: 'high', evidence: { usedBySynapse: 'unknown (workspace contoso could not be read)' } },
      ]);
    },
  );

  test('is at least what linked services are known', () => {
    const other = aWorkspace({ name: 'fabrikam' });
    const inventory = anInventory(stopping(due), [aWorkspace(), other], { linkedServices: [other.id] });
    expect(run(secretExpiry, inventory)[0]?.message).toContain('At least 1 linked service depends on it: “orders”;');
  });

  test('is not told of linked services that sign in otherwise', () => {
    expect(messageOf({ linkedServices: [aLinkedService()] })).not.toContain('linked service depends');
  });
});

test('lists in the evidence stay small', () => {
  const owner = { id: guid(201), name: 'x', mail: null, enabled: null };
  const owners = Array.from({ length: 25 }, (_, i) => ({ ...owner, name: `Owner ${i}` }));
  const { evidence } = judgeOne(secretExpiry, { applications: [anApplication({ owners, credentials: [aSecret()] })] });
  expect(evidence['owners']).toHaveLength(21);
  expect(evidence['owners']).toContain('and 5 more');
});

test('the same facts give a worse verdict as time passes, about the same subject', () => {
  const facts = inUse(aSecret({ endsInDays: 31 }));
  const later = judgeOne(secretExpiry, facts, { now: inDays(30) });
  expect(judgeOne(secretExpiry, facts, { now: NOW }).status).toBe('pass');
  expect(later.severity).toBe('critical');
  expect(later.subject).toEqual(judgeOne(secretExpiry, facts).subject);
});
