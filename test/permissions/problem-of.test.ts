import { AzureRequestError } from '../../src/inventory/azure/azure-request-error';
import { answerOf, problemOf } from '../../src/permissions/problem-of';

const sdkError = (statusCode: number, bodyAsText?: string) =>
  Object.assign(new Error('unused'), { statusCode, response: { bodyAsText } });

describe('the problem of an error', () => {
  test.each<[string, unknown, string]>([
    ['our client', new AzureRequestError('PUT /x', 403, 'Unauthorized', 'No right'), '403 Unauthorized: No right.'],
    [
      'an SDK',
      sdkError(409, '{"error":{"code":"RoleAssignmentExists","message":"It exists."}}'),
      '409 RoleAssignmentExists: It exists.',
    ],
    ['an SDK without a code', sdkError(502, 'Bad gateway'), '502: Bad gateway.'],
    ['an SDK without a body', sdkError(500), '500: no explanation.'],
    [
      'no answer at all',
      Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
      'connect ECONNREFUSED.',
    ],
    ['no Error', 'torn', 'torn.'],
    [
      'a service that writes to terminals',
      new AzureRequestError('PUT /x', 400, 'X', 'a\u001b[31mb\nc'),
      '400 X: a [31mb c.',
    ],
  ])('is told of %s', (_, error, told) => {
    expect(problemOf(error)).toBe(told);
  });

  test('is an answer only where a service answered', () => {
    expect(answerOf(new Error('no'))).toBeUndefined();
    expect(answerOf(undefined)).toBeUndefined();
    expect(answerOf(sdkError(404, '{"error":{"code":"NotFound","message":"m"}}'))).toEqual({
      status: 404,
      code: 'NotFound',
      message: 'm',
    });
  });
});
