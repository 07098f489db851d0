import { credentialsOf, isDisabled, principalsOf } from '../../src/audit/principals';
import { aCertificate, aSecret, aServicePrincipal, aWorkspaceIdentity, anApplication, guid } from '../fixtures/facts';

test('an application and its service principal are one principal', () => {
  const application = anApplication();
  const servicePrincipal = aServicePrincipal();
  expect(principalsOf([application], [servicePrincipal])).toEqual([
    { appId: application.appId, application, servicePrincipal },
  ]);
});

test('either may be alone: never signed in here, or registered elsewhere', () => {
  const application = anApplication({ appId: guid(901) });
  const servicePrincipal = aServicePrincipal({ appId: guid(902) });
  expect(principalsOf([application], [servicePrincipal])).toEqual([
    { appId: guid(901), application, servicePrincipal: undefined },
    { appId: guid(902), application: undefined, servicePrincipal },
  ]);
});

test('managed identities are left out', () => {
  expect(principalsOf([], [aWorkspaceIdentity({ credentials: [aCertificate()] })])).toEqual([]);
});

test('credentials of both objects count, once each, by kind', () => {
  const shared = aSecret({ keyId: guid(1) });
  const own = aSecret({ keyId: guid(2) });
  const principal = {
    appId: guid(102),
    application: anApplication({ credentials: [shared, aCertificate()] }),
    servicePrincipal: aServicePrincipal({ credentials: [shared, own] }),
  };
  const held = credentialsOf(principal, 'secret');
  expect(held.map(({ credential, holder, holderId }) => [credential.keyId, holder, holderId])).toEqual([
    [guid(1), 'application', guid(101)],
    [guid(2), 'servicePrincipal', guid(103)],
  ]);
  expect(credentialsOf(principal, 'certificate')).toHaveLength(1);
});

test.each([
  ['as its service principal is', { enabled: false }, {}, true],
  ['as Microsoft disabled the application', {}, { disabledByMicrosoft: true }, true],
  ['not at all', {}, {}, false],
])('is disabled: %s', (_, servicePrincipal, application, disabled) => {
  const principal = {
    appId: guid(102),
    application: anApplication(application),
    servicePrincipal: aServicePrincipal(servicePrincipal),
  };
  expect(isDisabled(principal)).toBe(disabled);
});
