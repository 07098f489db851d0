import { clientIdOf, fillSymbols, guidOf, keyIdOf, servicePrincipalIdOf } from '../../../sandbox/scenarios/symbolic-id';

test('a symbol is the same valid GUID every time, and different symbols are different ones', () => {
  expect(guidOf('user:ada')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(guidOf('user:ada')).toBe(guidOf('user:ada'));
  expect(guidOf('user:ada')).not.toBe(guidOf('user:ben'));
});

test('a GUID stays itself, in lower case', () => {
  expect(guidOf('6E4BF58A-B8E1-4CC3-BBF9-D73143322B78')).toBe('6e4bf58a-b8e1-4cc3-bbf9-d73143322b78');
});

test('application and service principal share the client id and have object ids of their own', () => {
  expect(clientIdOf('app:loader')).toBe(clientIdOf('sp:loader'));
  expect(servicePrincipalIdOf('app:loader')).toBe(guidOf('sp:loader'));
  expect(new Set([guidOf('app:loader'), guidOf('sp:loader'), clientIdOf('app:loader')]).size).toBe(3);
});

test('in a text, an application stands for its client id and anything else for its object id', () => {
  expect(fillSymbols('["${app:loader}","${sp:loader}","${user:ada}"]')).toBe(
    JSON.stringify([clientIdOf('app:loader'), guidOf('sp:loader'), guidOf('user:ada')]),
  );
});

test('in a text, a credential stands for its key id', () => {
  expect(fillSymbols('${key:app:loader/secret/this year}')).toBe(keyIdOf('app:loader', 'secret', 'this year'));
});
