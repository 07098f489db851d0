import type { AccessToken, GetTokenOptions, TokenCredential } from '@azure/core-auth';
import { rememberTokens } from '../src/credential';

const minute = 60_000;
const scope = 'https://graph.microsoft.com/.default';

/** Issues numbered tokens that live an hour; can be told to refuse. */
function issuer() {
  const asked: { scopes: string | string[]; options: GetTokenOptions | undefined }[] = [];
  const state = { now: 0, refuse: false };
  const credential: TokenCredential = {
    async getToken(scopes, options): Promise<AccessToken> {
      asked.push({ scopes, options });
      await Promise.resolve();
      if (state.refuse) {
        throw new Error('refused');
      }
      return { token: `t${asked.length}`, expiresOnTimestamp: state.now + 60 * minute };
    },
  };
  return { asked, state, credential: rememberTokens(credential, () => state.now) };
}

it('asks once for an audience, also when many ask at the same time', async () => {
  const { asked, credential } = issuer();
  const tokens = await Promise.all([1, 2, 3].map(() => credential.getToken(scope)));
  expect(tokens.map((token) => token?.token)).toEqual(['t1', 't1', 't1']);
  expect(asked).toHaveLength(1);
});

it('takes a scope and a list of it alone for the same', async () => {
  const { asked, credential } = issuer();
  await credential.getToken(scope);
  await expect(credential.getToken([scope])).resolves.toMatchObject({ token: 't1' });
  await expect(credential.getToken([scope, scope])).resolves.toMatchObject({ token: 't2' });
  expect(asked).toHaveLength(2);
});

it('asks for each audience', async () => {
  const { asked, credential } = issuer();
  await credential.getToken(scope);
  await credential.getToken('https://management.azure.com/.default');
  expect(asked).toHaveLength(2);
});

it('renews a token that has five minutes left, once', async () => {
  const { asked, state, credential } = issuer();
  await credential.getToken(scope);
  state.now = 55 * minute - 1;
  await credential.getToken(scope);
  expect(asked).toHaveLength(1);
  state.now = 55 * minute;
  await Promise.all([credential.getToken(scope), credential.getToken(scope)]);
  expect(asked).toHaveLength(2);
});

it('does not remember a refusal', async () => {
  const { state, credential } = issuer();
  state.refuse = true;
  await expect(credential.getToken(scope)).rejects.toThrow('refused');
  state.refuse = false;
  await expect(credential.getToken(scope)).resolves.toMatchObject({ token: 't2' });
});

it('hands a claims challenge through', async () => {
  const { asked, credential } = issuer();
  await credential.getToken(scope);
  await credential.getToken(scope, { claims: '{}' });
  expect(asked[1]?.options).toEqual({ claims: '{}' });
});

it('does not let the first caller’s abort end the look-up for the others', async () => {
  const { asked, credential } = issuer();
  await credential.getToken(scope, { abortSignal: AbortSignal.abort() });
  expect(asked[0]?.options?.abortSignal).toBeUndefined();
});
