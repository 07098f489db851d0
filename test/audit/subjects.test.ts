import { inWorkspace, servicePrincipalSubject, userSubject, workspaceSubject } from '../../src/audit/subjects';
import { aServicePrincipal, aUser, aWorkspace, guid, PORTAL, TENANT } from '../fixtures/facts';

const place = { portal: PORTAL, tenantId: TENANT };

test('subjects have the provider’s key as id and a page of the portal as link', () => {
  expect(workspaceSubject(aWorkspace(), place)).toEqual({
    id: aWorkspace().id,
    kind: 'workspace',
    name: 'contoso',
    link: `${PORTAL}/#@${TENANT}/resource${aWorkspace().id}`,
  });
  expect(servicePrincipalSubject(aServicePrincipal(), place)).toMatchObject({
    id: guid(103),
    kind: 'servicePrincipal',
    name: 'Nightly loader',
  });
  expect(userSubject(aUser(), place)).toMatchObject({ id: guid(201), kind: 'user', name: 'Ada Lovelace' });
});

test('the same principal is another subject in another workspace', () => {
  const subject = userSubject(aUser(), place);
  expect(inWorkspace(subject, aWorkspace())).toEqual({ ...subject, id: `${aWorkspace().id}/principals/${guid(201)}` });
});
