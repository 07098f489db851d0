import { secretUsers } from '../../src/audit/key-vault-references';
import {
  aLinkedService,
  aPrincipalsLinkedService,
  aVaultLinkedService,
  aWorkspaceCredential,
  VAULT_HOST,
} from '../fixtures/facts';

const REFERENCE = { linkedService: 'vault', secretName: 'loader', secretVersion: null };

test('a linked service takes its secret from the vault that its reference names, in any case', () => {
  const service = aPrincipalsLinkedService({ keyVaultReferences: [{ ...REFERENCE, linkedService: 'VAULT' }] });
  expect(secretUsers([aVaultLinkedService(), service], [])).toEqual([
    {
      kind: 'linkedService',
      readFrom: service.readFrom,
      name: 'orders',
      linkedServices: [service],
      reference: { ...REFERENCE, linkedService: 'VAULT' },
      vault: VAULT_HOST,
    },
  ]);
});

test('one with several secrets is there for each', () => {
  const service = aPrincipalsLinkedService({ keyVaultReferences: [REFERENCE, { ...REFERENCE, secretName: 'b' }] });
  expect(secretUsers([service], []).map(({ reference }) => reference.secretName)).toEqual(['loader', 'b']);
});

test('a credential takes its secret for the linked services that use it', () => {
  const credential = aWorkspaceCredential({ name: 'Login', kind: 'servicePrincipal', keyVaultReferences: [REFERENCE] });
  const user = aLinkedService({ credential: 'login' });
  const [found, ...more] = secretUsers([aVaultLinkedService(), user, aLinkedService({ name: 'other' })], [credential]);
  expect(more).toEqual([]);
  expect(found).toMatchObject({
    kind: 'workspaceCredential',
    name: 'Login',
    linkedServices: [user],
    vault: VAULT_HOST,
  });
});

test('a credential of a workspace without linked services has a vault that is not there', () => {
  const credential = aWorkspaceCredential({ keyVaultReferences: [REFERENCE] });
  expect(secretUsers([], [credential])).toMatchObject([{ linkedServices: [], vault: null }]);
});

test.each([
  ['is not there', []],
  ['is decided by an expression', [aVaultLinkedService({ target: null })]],
  ['is that of another workspace', [aVaultLinkedService({ readFrom: '/other' })]],
  ['is no vault', [aLinkedService({ name: 'vault' })]],
])('a vault that %s is none', (_, services) => {
  expect(secretUsers([aPrincipalsLinkedService(), ...services], [])).toMatchObject([{ vault: null }]);
});
