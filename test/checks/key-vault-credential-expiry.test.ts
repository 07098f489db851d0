import expiry from '../../src/checks/key-vault-credential-expiry';
import type { KeyVaultItem, LinkedService, Workspace } from '../../src/inventory/model';
import {
  aDataset,
  aKeyVaultSecret,
  aLinkedService,
  aPipeline,
  aPrincipalsLinkedService,
  aTrigger,
  aVaultLinkedService,
  aWorkspace,
  aWorkspaceCredential,
  DAY,
  inDays,
  NOW,
  PORTAL,
  TENANT,
  theItems,
  VAULT_HOST,
  VAULT_ID,
} from '../fixtures/facts';
import { anInventory, judge, judgeOne, run, type FlatVerdict, type SomeFacts } from '../fixtures/judge';

type ItemChanges = Parameters<typeof aKeyVaultSecret>[0];
const services = (...more: LinkedService[]) => [aVaultLinkedService(), aPrincipalsLinkedService(), ...more];
const FACTS: SomeFacts = { workspaces: [aWorkspace()], linkedServices: services() };
const withSecrets = (...items: KeyVaultItem[]): SomeFacts => ({ ...FACTS, keyVaultSecrets: [theItems(...items)] });

function judged(changes: ItemChanges = {}, facts: SomeFacts = {}, options: unknown = {}): FlatVerdict {
  return judgeOne(expiry, { ...withSecrets(aKeyVaultSecret(changes)), ...facts }, { options });
}

test('passes a secret that is valid for long', () => {
  expect(judged()).toEqual({
    status: 'pass',
    severity: null,
    remediation: '',
    subject: {
      id: `${VAULT_ID}/secrets/loader`,
      kind: 'secret',
      name: 'contoso-kv / loader',
      link: `${PORTAL}/#@${TENANT}/resource${VAULT_ID}/secrets`,
    },
    message: 'Secret “loader” in key vault “contoso-kv” expires in 300 days (2027-09-18).',
    evidence: {
      vaultId: VAULT_ID,
      name: 'loader',
      state: 'enabled',
      startsAt: inDays(-60).toISOString(),
      endsAt: inDays(300).toISOString(),
      daysLeft: 300,
      olderVersions: 'not evaluated',
      usedBy: ['contoso/orders'],
      pinnedBy: [],
      linkedServices: ['contoso/orders'],
      pipelines: [],
      triggers: [],
      allPipelinesKnown: true,
    },
  });
});

test.each([
  [30, 1, null],
  [30, 0, 'low'],
  [14, 1, 'low'],
  [14, 0, 'medium'],
  [7, 1, 'medium'],
  [7, 0, 'high'],
  [1, 1, 'high'],
  [1, 0, 'critical'],
  [0, 0, 'critical'],
  [-3, 0, 'critical'],
])('with %i days and %i ms left the severity is %s', (days, ms, severity) => {
  expect(judged({ endsAt: inDays(days, ms) }).severity).toBe(severity);
});

test('the steps are options', () => {
  expect(judged({ endsInDays: 40 }, {}, { lowWithinDays: 45 }).severity).toBe('low');
});

test('says what an ended secret means, and how to store the next one', () => {
  const verdict = judged({ endsInDays: -3 });
  expect(verdict.message).toBe(
    'Secret “loader” in key vault “contoso-kv” expired 3 days ago (2026-11-19). Key Vault goes on handing it out after that, but by its date what it opens takes it no longer. It is used by “orders”; no pipeline depends on it.',
  );
  expect(verdict.remediation).toContain(
    'az keyvault secret set --vault-name contoso-kv --name loader --file new-secret.txt --expires',
  );
});

test.each(['application/x-pkcs12', 'application/x-pem-file'])('a secret of type %s is a certificate', (contentType) => {
  const verdict = judged({ endsInDays: 5, contentType });
  expect(verdict).toMatchObject({ severity: 'high', subject: { kind: 'certificate' } });
  expect(verdict.message).toMatch(/^Certificate “loader”.*but sign-ins with it fail/);
  expect(verdict.remediation).toContain('az keyvault certificate show --vault-name contoso-kv --name loader');
});

test('fails a secret that is not there', () => {
  const verdict = judgeOne(expiry, withSecrets(aKeyVaultSecret({ name: 'other' })));
  expect(verdict).toMatchObject({
    status: 'fail',
    severity: 'critical',
    subject: { id: `${VAULT_ID}/secrets/loader`, kind: 'secret', name: 'contoso-kv / loader' },
    evidence: { name: 'loader', state: 'missing', startsAt: null, endsAt: null, daysLeft: null },
  });
  expect(verdict.message).toContain('is not there. Every connection that needs it fails. It is used by “orders”');
  expect(verdict.remediation).toContain('az keyvault secret recover --vault-name contoso-kv --name loader');
});

test('fails a secret that is disabled, whatever its dates', () => {
  const verdict = judged({ enabled: false, endsInDays: 5 });
  expect(verdict).toMatchObject({ severity: 'critical', evidence: { state: 'disabled' } });
  expect(verdict.message).toContain('is disabled. Every connection that needs it fails.');
  expect(verdict.remediation).toContain('set-attributes --vault-name contoso-kv --name loader --enabled true');
});

test('fails a secret that is not valid yet', () => {
  const verdict = judged({ startsAt: new Date(NOW.getTime() + 1), endsAt: null });
  expect(verdict).toMatchObject({ status: 'fail', severity: 'medium' });
  expect(verdict.message).toContain('is not valid before 2026-11-22. Key Vault hands it out all the same');
  expect(verdict.remediation).toContain(
    'az keyvault secret set-attributes --vault-name contoso-kv --name loader --not-before 2026-11-22T03:00:00Z',
  );
  expect(judged({ startsAt: NOW }).status).toBe('pass');
});

test('an end that is near comes before a start that is not yet', () => {
  expect(judged({ startsAt: inDays(1), endsInDays: 5 })).toMatchObject({ severity: 'high' });
});

test('advises an end where there is none', () => {
  const verdict = judged({ endsAt: null, startsAt: null });
  expect(verdict).toMatchObject({ status: 'fail', severity: 'info', evidence: { endsAt: null, daysLeft: null } });
  expect(verdict.message).toContain('has no end date. When what it stands for ends, nobody is told before.');
  expect(verdict.remediation).toContain('set-attributes --vault-name contoso-kv --name loader --expires');
});

describe('what depends on a secret', () => {
  const load: SomeFacts = {
    pipelines: [aPipeline({ datasets: ['orders'] })],
    datasets: [aDataset()],
    triggers: [aTrigger()],
  };

  test('are pipelines, with the first one that may stop after its end', () => {
    const verdict = judged({ endsInDays: 5 }, load);
    expect(verdict.message).toContain(
      'It is used by “orders”; 1 pipeline may stop, first “load” at 02:00 UTC by trigger “nightly”.',
    );
    expect(verdict.evidence).toMatchObject({ pipelines: ['contoso/load'], triggers: ['contoso/nightly'] });
  });

  test.each([
    ['after its end, where that is to come', { endsAt: inDays(5, DAY / 2) }, '16:00'],
    ['from now on, where it is past', { endsAt: inDays(-5, DAY / 2) }, '04:00'],
    ['from now on, where it is missing or disabled for good', { endsAt: null, enabled: false }, '04:00'],
  ])('the first start is the first %s', (_, changes, time) => {
    const triggers = [aTrigger({ daily: { times: ['04:00', '16:00'], timeZone: 'UTC' } })];
    expect(judged(changes, { ...load, triggers }).message).toContain(`first “load” at ${time} UTC`);
  });

  test.each(['pipelines', 'datasets', 'triggers'] as const)('may be more where %s could not be read', (source) => {
    const facts = { ...withSecrets(aKeyVaultSecret({ endsInDays: 5 })), ...load };
    const verdict = judgeOne(expiry, facts, { incomplete: [source] });
    expect(verdict.message).toMatch(/at least 1 pipeline may stop\.$/);
    expect(verdict.evidence['allPipelinesKnown']).toBe(false);
  });

  test('may be more where something is run whose use nobody reads', () => {
    const pipelines = [aPipeline({ datasets: ['orders'] }), aPipeline({ name: 'notebook', runsUnread: true })];
    expect(judged({ endsInDays: 5 }, { ...load, pipelines }).message).toContain('at least 1 pipeline');
    const none = judged({ endsInDays: 5 }, { pipelines: pipelines.slice(1) });
    expect(none.message).toContain('which pipelines depend on it could not all be told');
  });

  test('are linked services that use a credential with the secret', () => {
    const credential = aWorkspaceCredential({
      name: 'login',
      kind: 'servicePrincipal',
      keyVaultReferences: [{ linkedService: 'vault', secretName: 'Loader', secretVersion: null }],
    });
    const user = aLinkedService({ name: 'bank', credential: 'login' });
    const verdict = judged(
      { endsInDays: 5 },
      { linkedServices: [aVaultLinkedService(), user], workspaceCredentials: [credential] },
    );
    expect(verdict.evidence).toMatchObject({ usedBy: ['contoso/login'], linkedServices: ['contoso/bank'] });
    expect(verdict.message).toContain('It is used by “login”');
  });
});

describe('a version that is pinned', () => {
  const pinned = (name: string) =>
    aPrincipalsLinkedService({
      name,
      keyVaultReferences: [{ linkedService: 'vault', secretName: 'loader', secretVersion: 'abc' }],
    });

  test('is not evaluated, where nobody takes the newest', () => {
    const verdict = judged({ endsInDays: -3 }, { linkedServices: [aVaultLinkedService(), pinned('orders')] });
    expect(verdict).toMatchObject({ status: 'fail', severity: 'low', evidence: { pinnedBy: ['contoso/orders'] } });
    expect(verdict.message).toContain('is used in fixed versions only, whose dates cannot be seen');
    expect(verdict.message).toMatch(/not evaluated\. It is used by/);
    expect(verdict.remediation).toContain('az keyvault secret list-versions --vault-name contoso-kv --name loader');
  });

  test('is in the evidence, where others take the newest', () => {
    const verdict = judged({ endsInDays: -3 }, { linkedServices: services(pinned('stock')) });
    expect(verdict).toMatchObject({ severity: 'critical', evidence: { pinnedBy: ['contoso/stock'] } });
  });

  test('is missing with the secret', () => {
    const facts = { ...withSecrets(), linkedServices: [aVaultLinkedService(), pinned('orders')] };
    expect(judgeOne(expiry, facts)).toMatchObject({ severity: 'critical', evidence: { state: 'missing' } });
  });
});

test('judges a secret once, however many use it, and none that nothing uses', () => {
  const facts = {
    ...withSecrets(aKeyVaultSecret(), aKeyVaultSecret({ name: 'forgotten', endsInDays: -400 })),
    linkedServices: services(aPrincipalsLinkedService({ name: 'stock' })),
  };
  expect(judgeOne(expiry, facts).evidence['usedBy']).toEqual(['contoso/orders', 'contoso/stock']);
});

test('tells vaults apart', () => {
  const vault = { host: 'other-kv.vault.azure.net', id: '/other-kv', name: 'other-kv' };
  const facts = { ...FACTS, keyVaultSecrets: [{ vault, items: [] }, theItems(aKeyVaultSecret())] };
  expect(judgeOne(expiry, facts)).toMatchObject({ status: 'pass', evidence: { vaultId: VAULT_ID } });
});

test('names are compared without case', () => {
  const verdict = judged({ name: 'LOADER', id: `${VAULT_ID}/secrets/loader` });
  expect(verdict).toMatchObject({ status: 'pass', subject: { id: `${VAULT_ID}/secrets/loader` } });
  expect(verdict.message).toContain('Secret “LOADER”');
});

describe('what cannot be determined', () => {
  test.each([
    [
      'the secret',
      { reference: { secretName: null } },
      'Which secret linked service “orders” of workspace “contoso”',
      'an expression decides it when a pipeline runs',
    ],
    [
      'the vault',
      { target: null },
      'From which key vault linked service “orders” of workspace “contoso”',
      'the linked service “vault” names its vault by an expression, or is not there',
    ],
  ])('is said, where an expression decides %s', (_, changes: { reference?: object; target?: null }, text, why) => {
    const reference = { linkedService: 'vault', secretName: 'loader', secretVersion: null, ...changes.reference };
    const linkedServices = [
      aVaultLinkedService(changes.target === null ? { target: null } : {}),
      aPrincipalsLinkedService({ keyVaultReferences: [reference] }),
    ];
    const verdict = judgeOne(expiry, { ...withSecrets(aKeyVaultSecret()), linkedServices });
    expect(verdict).toMatchObject({
      status: 'fail',
      severity: 'low',
      subject: { id: `${aWorkspace().id}/linkedservices/orders`, kind: 'linkedService' },
      evidence: { vaultLinkedService: 'vault' },
    });
    expect(verdict.message).toContain(`${text} takes its secret cannot be determined: ${why}.`);
    expect(verdict.remediation).toContain('Name vault and secret');
  });

  test('is said of credentials as well', () => {
    const credential = aWorkspaceCredential({
      keyVaultReferences: [{ linkedService: 'vault', secretName: null, secretVersion: null }],
    });
    const [, verdict] = judge(expiry, { ...withSecrets(aKeyVaultSecret()), workspaceCredentials: [credential] });
    expect(verdict).toMatchObject({
      subject: { kind: 'workspaceCredential', name: 'loader' },
      message: expect.stringContaining('Which secret credential “loader”') as string,
    });
  });

  test('is not said of a workspace that is not known', () => {
    const linkedServices = [
      aPrincipalsLinkedService({ keyVaultReferences: [{ linkedService: 'x', secretName: null, secretVersion: null }] }),
    ];
    expect(judge(expiry, { workspaces: [], linkedServices })).toEqual([]);
  });
});

describe('the key of a workspace', () => {
  const encrypted = (changes: Partial<Workspace> = {}): Workspace =>
    aWorkspace({
      customerManagedKey: { status: 'Consistent', vault: VAULT_HOST, keyName: 'Ledger', identityId: null },
      ...changes,
    });
  const keyJudged = (changes: ItemChanges, workspaces = [encrypted()]): FlatVerdict =>
    judgeOne(expiry, {
      workspaces,
      keyVaultKeys: [theItems(aKeyVaultSecret({ id: `${VAULT_ID}/keys/ledger`, name: 'ledger', ...changes }))],
    });

  test('passes where it is valid for long', () => {
    expect(keyJudged({})).toMatchObject({
      status: 'pass',
      subject: { id: `${VAULT_ID}/keys/ledger`, kind: 'key', link: `${PORTAL}/#@${TENANT}/resource${VAULT_ID}/keys` },
      message: 'Key “ledger” in key vault “contoso-kv” expires in 300 days (2027-09-18).',
      evidence: { workspaces: ['contoso'] },
    });
  });

  test('fails where its end is near', () => {
    const verdict = keyJudged({ endsInDays: 5 }, [encrypted(), encrypted({ id: '/other', name: 'second' })]);
    expect(verdict.severity).toBe('high');
    expect(verdict.message).toContain(
      'encrypts nothing more. 2 workspaces are encrypted with it: “contoso”, “second”.',
    );
    expect(verdict.remediation).toContain('az keyvault key rotate --vault-name contoso-kv --name ledger');
  });

  test('fails where it is not valid yet, disabled, or missing', () => {
    expect(keyJudged({ startsAt: inDays(1) }).message).toContain(
      'Until then nothing can be encrypted with it. 1 workspace is',
    );
    expect(keyJudged({ enabled: false }).message).toContain('is disabled. Nothing that it protects can be opened.');
    expect(keyJudged({ name: 'other' })).toMatchObject({ severity: 'critical', subject: { kind: 'key' } });
  });

  test('is no secret of that name', () => {
    const secrets = [theItems(aKeyVaultSecret({ name: 'ledger' }))];
    expect(judge(expiry, { workspaces: [encrypted()], keyVaultSecrets: secrets })).toEqual([]);
  });
});

test('a vault that was not read is left to the runner', () => {
  expect(judge(expiry, FACTS)).toEqual([]);
  const inventory = anInventory(FACTS, [aWorkspace()], { keyVaultSecrets: [VAULT_HOST] });
  expect(run(expiry, inventory)).toMatchObject([
    { status: 'notEvaluated', subject: { kind: 'vault', id: VAULT_HOST }, sources: ['keyVaultSecrets'] },
  ]);
});

test.each(['workspaces', 'linkedServices', 'workspaceCredentials', 'keyVaultKeys'] as const)(
  'what rests on %s is not evaluated without it',
  (source) => {
    const inventory = anInventory(withSecrets(aKeyVaultSecret()), [aWorkspace()], { [source]: 'everywhere' });
    expect(run(expiry, inventory)).toContainEqual(
      expect.objectContaining({ status: 'notEvaluated', sources: [source] }) as unknown,
    );
  },
);
