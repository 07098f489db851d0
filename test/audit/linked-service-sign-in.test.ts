import { resolveSignIn } from '../../src/audit/linked-service-sign-in';
import {
  aLinkedService,
  aPrincipalsLinkedService,
  aUserAssignedIdentity,
  aWorkspaceCredential,
  guid,
} from '../fixtures/facts';

const byCredential = aLinkedService({
  signIn: { method: 'credential', evidence: ['credential'] },
  credential: 'Loader',
});

describe('a linked service that states nothing', () => {
  test('signs in as the workspace where its type does so by default', () => {
    expect(resolveSignIn(aLinkedService(), [])).toEqual({ method: 'systemAssignedIdentity' });
  });
  test.each(['RestService', 'SomethingNew'])('is unknown where its type (%s) does not', (type) => {
    expect(resolveSignIn(aLinkedService({ type }), [])).toEqual({ method: 'unknown' });
  });
});

describe('a linked service with a credential', () => {
  test('signs in as the identity that the credential names', () => {
    expect(resolveSignIn(byCredential, [aWorkspaceCredential()])).toEqual({
      method: 'userAssignedIdentity',
      identityId: aUserAssignedIdentity().id,
    });
  });
  test('signs in as the workspace where the credential names no identity', () => {
    expect(resolveSignIn(byCredential, [aWorkspaceCredential({ identityId: null })])).toEqual({
      method: 'systemAssignedIdentity',
    });
  });
  test('signs in as the service principal of the credential', () => {
    const principal = aWorkspaceCredential({ kind: 'servicePrincipal', servicePrincipalId: guid(102) });
    expect(resolveSignIn(byCredential, [principal])).toEqual({ method: 'servicePrincipalSecret', appId: guid(102) });
    const parameterised = { ...principal, servicePrincipalId: null };
    expect(resolveSignIn(byCredential, [parameterised])).toMatchObject({ appId: 'expression' });
  });
  test('is unknown where the credential is of another kind', () => {
    expect(resolveSignIn(byCredential, [aWorkspaceCredential({ kind: 'other' })])).toEqual({ method: 'unknown' });
  });
  test('is broken where the credential is missing', () => {
    expect(resolveSignIn(byCredential, [aWorkspaceCredential({ name: 'other' })])).toEqual({
      method: 'missingCredential',
      name: 'Loader',
    });
  });
});

test('a stated managed identity without a credential is the workspace’s own', () => {
  const stated = aLinkedService({ signIn: { method: 'managedIdentity', evidence: [] } });
  expect(resolveSignIn(stated, [])).toEqual({ method: 'systemAssignedIdentity' });
});

test('a service principal is told by its client id, or that a parameter decides it', () => {
  expect(resolveSignIn(aPrincipalsLinkedService(), [])).toEqual({ method: 'servicePrincipalSecret', appId: guid(102) });
  expect(resolveSignIn(aPrincipalsLinkedService({ servicePrincipalId: null }), [])).toMatchObject({
    appId: 'expression',
  });
});

test('any other method is what it is', () => {
  const keyed = aLinkedService({ signIn: { method: 'key', evidence: ['accountKey'] } });
  expect(resolveSignIn(keyed, [])).toEqual({ method: 'key' });
});
