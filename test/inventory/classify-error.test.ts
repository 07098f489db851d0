import { RestError } from '@azure/core-rest-pipeline';
import {
  AzureRequestError,
  describeErrorBody,
  IncompleteAnswerError,
} from '../../src/inventory/azure/azure-request-error';
import { classifyError } from '../../src/inventory/classify-error';
import type { Scope } from '../../src/inventory/sources';

const workspace: Scope = { kind: 'workspace', id: '/x', name: 'sales' };
const classify = (error: unknown) => classifyError('synapseRoleAssignments', workspace, error);
const answered = (status: number, code = '', message = 'why') => new AzureRequestError('GET /x', status, code, message);

describe('what a failed read becomes', () => {
  it.each([
    ['403', answered(403, 'Unauthorized'), 'forbidden'],
    ['401', answered(401, 'AuthenticationFailed'), 'forbidden'],
    ['429', answered(429), 'throttled'],
    ['503', answered(503), 'throttled'],
    ['500', answered(500), 'failed'],
    ['404', answered(404), 'failed'],
    ['a workspace firewall', answered(403, 'ClientIpAddressNotAuthorized'), 'unreachable'],
    ['an SDK error', new RestError('Forbidden', { statusCode: 403, code: 'AuthorizationFailed' }), 'forbidden'],
    ['no such host', Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }), 'unreachable'],
    [
      'a certificate nobody trusts',
      Object.assign(new Error('x'), { code: 'UNABLE_TO_VERIFY_CERT_SIGNATURE' }),
      'unreachable',
    ],
    ['no licence for it', answered(400, 'AadPremiumLicenseRequired'), 'unlicensed'],
    ['no licence for a log', answered(403, 'Authentication_RequestFromNonPremiumTenantOrB2CTenant'), 'unlicensed'],
    ['an abort', new DOMException('stopped', 'AbortError'), 'cancelled'],
    ['less than needed', new IncompleteAnswerError('truncated', 'Half.'), 'truncated'],
    ['a defect', new TypeError('x is not a function'), 'failed'],
    ['something thrown that is no error', 'oops', 'failed'],
  ])('%s', (_case, error, because) => {
    expect(classify(error)).toMatchObject({ because });
  });

  it('names scope, reason and the missing permission', () => {
    expect(classify(answered(403, 'Unauthorized', 'The principal lacks it.')).message).toBe(
      'Synapse role assignments of workspace sales could not be read: 403 Unauthorized: The principal lacks it. Missing permission: Synapse User (Microsoft.Synapse/workspaces/read) (Synapse RBAC).',
    );
  });

  it('says what is to be thought of a licence that is missing, by what it is missing for', () => {
    expect(classify(answered(400, 'AadPremiumLicenseRequired')).message).toMatch(
      /nobody can activate such a role either\.$/,
    );
    expect(classify(answered(403, 'Authentication_RequestFromNonPremiumTenantOrB2CTenant')).message).toMatch(
      /no licence for it, or Directory\.Read\.All is missing/,
    );
  });

  it('says what to do about a firewall instead of naming a permission', () => {
    const { message } = classify(answered(403, 'ClientIpAddressNotAuthorized'));
    expect(message).toContain('private endpoint');
    expect(message).not.toContain('Missing permission');
  });

  it('keeps long and broken texts short and on one line', () => {
    const { message } = classify(answered(400, 'Bad', `line\r\nline ${'x'.repeat(5000)}`));
    expect(message.length).toBeLessThan(1000);
    expect(message).not.toMatch(/[\r\n]/);
  });
});

describe('an error body', () => {
  it.each([
    ['{"error":{"code":"A","message":"b"}}', { code: 'A', message: 'b' }],
    ['{"code":"A","message":"b"}', { code: 'A', message: 'b' }],
    ['{"error":{"code":"A","message":"b","innererror":{"message":"c"}}}', { code: 'A', message: 'b: c' }],
    ['{"error":{"code":"A","message":"b","innererror":{"date":"c"}}}', { code: 'A', message: 'b' }],
    ['<html>no</html>', { code: '', message: '<html>no</html>' }],
    ['', { code: '', message: 'no explanation' }],
    ['null', { code: '', message: 'no explanation' }],
    ['{"error":"x"}', { code: '', message: 'no explanation' }],
  ])('%s is read', (text, expected) => {
    expect(describeErrorBody(text)).toEqual(expected);
  });
});
