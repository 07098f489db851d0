/** What holds of every check: the set guards itself. */
import { existsSync, readdirSync } from 'node:fs';
import type * as z from 'zod';
import { SEVERITIES } from '../../src/audit/finding';
import checks from '../../src/checks';
import { SOURCE_NAMES, SOURCES } from '../../src/inventory/sources';
import {
  aCertificate,
  aDeletedServicePrincipal,
  aFederatedCredential,
  aGroup,
  aKeyVault,
  aKeyVaultSecret,
  aLinkedService,
  aManagedIdentitySqlControl,
  anApplication,
  anAuditorIdentity,
  anAuditorStorage,
  aPoolAuditing,
  aPrincipalsLinkedService,
  aSecret,
  aServicePrincipal,
  aSqlAuditing,
  aUser,
  aUserAssignedIdentity,
  aVaultLinkedService,
  aWorkspace,
  aWorkspaceCredential,
  aWorkspaceIdentity,
  theItems,
  VAULT_HOST,
} from '../fixtures/facts';
import { anInventory, run, type SomeFacts } from '../fixtures/judge';
import { WATCHED_FACTS } from '../fixtures/watched';

const files = readdirSync('src/checks')
  .map((file) => file.replace(/\.ts$/, ''))
  .filter((id) => id !== 'index');

const WORKSPACE = aWorkspace({
  customerManagedKey: { status: 'Consistent', vault: VAULT_HOST, keyName: 'loader', identityId: null },
});
/** Something to judge for every check, most of it healthy. */
const FACTS: SomeFacts = {
  ...WATCHED_FACTS,
  applications: [anApplication({ credentials: [aSecret(), aCertificate()] })],
  servicePrincipals: [aServicePrincipal(), aWorkspaceIdentity()],
  deletedServicePrincipals: [aDeletedServicePrincipal()],
  users: [aUser()],
  groups: [aGroup()],
  userAssignedIdentities: [aUserAssignedIdentity()],
  sqlAuditing: [aSqlAuditing(), aPoolAuditing()],
  managedIdentitySqlControl: [aManagedIdentitySqlControl()],
  federatedCredentials: [aFederatedCredential()],
  linkedServices: [aPrincipalsLinkedService(), aVaultLinkedService(), aLinkedService()],
  workspaceCredentials: [aWorkspaceCredential()],
  keyVaults: [aKeyVault()],
  keyVaultSecrets: [theItems(aKeyVaultSecret())],
  keyVaultKeys: [theItems(aKeyVaultSecret())],
  auditorIdentity: [anAuditorIdentity()],
  auditorStorage: [anAuditorStorage()],
};

it('every file of the folder is a check, and every check is in the index once', () => {
  expect(checks.map((check) => check.id).sort()).toEqual(files.sort());
});

describe.each(checks.map((check) => [check.id, check] as const))('%s', (id, check) => {
  it('has a test', () => {
    expect(existsSync(`test/checks/${id}.test.ts`)).toBe(true);
  });

  it('has an id in kebab-case, a title that is a statement, and tells why', () => {
    expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(check.title).toMatch(/^[A-Z].*[^.]$/);
    expect(check.why.length).toBeGreaterThan(40);
  });

  it('says how to mend it and links documentation', () => {
    expect(check.remediation.length).toBeGreaterThan(0);
    expect(check.link).toMatch(/^https:\/\/learn\.microsoft\.com\//);
  });

  it('has a severity for being blind', () => {
    expect(SEVERITIES).toContain(check.severity);
  });

  it('names sources that exist, none both required and used', () => {
    for (const source of [...check.requires, ...check.uses]) {
      expect(SOURCES).toHaveProperty(source);
    }
    expect(check.uses.filter((source) => check.requires.includes(source))).toEqual([]);
  });

  it('has a default and a description for every option, and takes no unknown one', () => {
    expect(check.options.safeParse({}).success).toBe(true);
    expect(check.options.safeParse({ nonsense: 1 }).success).toBe(false);
    for (const option of Object.values(check.options.shape) as z.ZodType[]) {
      expect(option.description).toMatch(/\w/);
    }
  });

  it('reads nothing but the sources it names', () => {
    for (const finding of run(check, anInventory(FACTS, [WORKSPACE]))) {
      expect(finding).not.toHaveProperty('because');
    }
  });

  it('concludes nothing where nothing may be read but which workspaces there are, unless it needs no more', () => {
    const refused = Object.fromEntries(
      SOURCE_NAMES.filter((source) => source !== 'workspaces').map((source) => [source, 'everywhere']),
    );
    const reasons = run(check, anInventory({}, [WORKSPACE], refused)).map(({ because }) => because);
    expect(new Set(reasons)).toEqual(new Set([check.requires.join() === 'workspaces' ? undefined : 'forbidden']));
  });
});
