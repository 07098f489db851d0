import type { DiagnosisSource } from '../../src/diagnosis/diagnosis';
import { openCase } from '../../src/diagnosis/case';
import { recognise } from '../../src/diagnosis/recognise';
import { explain } from '../../src/diagnosis/explain';
import {
  aDataset,
  aLinkedService,
  anApplication,
  aPipeline,
  aPrincipalsLinkedService,
  aSecret,
  aWorkspaceCredential,
  guid,
} from '../fixtures/facts';
import type { SomeFacts } from '../fixtures/judge';
import { failureOf, HEALTHY, knowledgeOf } from './cases/case';

const NO_NUMBER = 'failed to get access token by using service principal';

function way(text: string, changes: SomeFacts = {}, unread: readonly DiagnosisSource[] = [], pipeline = 'load') {
  const one = { name: '', text, expected: null, pipeline, tenant: { ...HEALTHY, ...changes }, unread };
  const { steps, isWhole } = openCase(failureOf(one), recognise(text), knowledgeOf(one));
  return { paths: steps.map(({ path }) => path), isWhole };
}

test('it leads over datasets and linked services to what those need', () => {
  expect(way('Kaboom').paths).toEqual([
    'pipeline “load” > dataset “orders” > linked service “orders”',
    'pipeline “load” > dataset “files” > linked service “lake”',
    'pipeline “load” > dataset “orders” > linked service “orders” > linked service “vault”',
  ]);
});

test.each([
  ['a linked service', "linked service 'lake'", 'lake'],
  ['its host', 'https://contosolake.dfs.core.windows.net/x', 'lake'],
  ['the vault', "on key vault 'contoso-kv;location=x'", 'vault'],
  ['a client id', `client application '${guid(102)}'`, 'orders'],
])('what the error names is meant, and nothing else: %s', (_, text, name) => {
  const { paths, isWhole } = way(text);
  expect(paths).toEqual([expect.stringContaining(`linked service “${name}”`)]);
  expect(isWhole).toBe(true);
});

test('else what fits the kind of error', () => {
  expect(way(NO_NUMBER)).toEqual({ paths: [expect.stringContaining('“orders”')], isWhole: true });
  expect(way('AuthorizationPermissionMismatch').paths).toEqual([expect.stringContaining('“lake”')]);
});

test('a host that no linked service has is none of theirs, unless an expression decides where one connects', () => {
  const text = 'AuthorizationPermissionMismatch https://elsewhere.blob.core.windows.net';
  expect(way(text)).toEqual({ paths: [], isWhole: false });
  const linkedServices = [aLinkedService({ target: null }), aPrincipalsLinkedService()];
  expect(way(text, { linkedServices })).toEqual({ paths: [expect.stringContaining('“lake”')], isWhole: false });
});

test('pipelines that it starts belong to it, round in circles, too', () => {
  const pipelines = [
    aPipeline({ pipelines: ['Child', 'gone'] }),
    aPipeline({ name: 'child', pipelines: ['load'], datasets: ['files'] }),
  ];
  expect(way('Kaboom', { pipelines }).paths).toEqual(['pipeline “child” > dataset “files” > linked service “lake”']);
});

test('the vault of a workspace’s credential belongs to it', () => {
  const workspaceCredentials = [
    aWorkspaceCredential({
      kind: 'servicePrincipal',
      identityId: null,
      servicePrincipalId: guid(102),
      keyVaultReferences: [{ linkedService: 'vault', secretName: 'x', secretVersion: null }],
    }),
  ];
  const linkedServices = [
    aLinkedService({ credential: 'Loader', signIn: { method: 'credential', evidence: [] } }),
    ...HEALTHY.linkedServices!.filter(({ name }) => name === 'vault'),
  ];
  const pipelines = [aPipeline({ linkedServices: ['lake'] })];
  expect(way('Kaboom', { workspaceCredentials, linkedServices, pipelines }).paths[1]).toBe(
    'pipeline “load” > linked service “lake” > credential “Loader” > linked service “vault”',
  );
});

describe('it is not the whole way', () => {
  test.each([
    ['the pipeline is not known', {}, [], 'other'],
    ['it runs a notebook', { pipelines: [aPipeline({ datasets: ['orders'], runsUnread: true })] }, [], 'load'],
    ['datasets could not be read', {}, ['datasets'], 'load'],
  ] satisfies readonly (readonly [string, SomeFacts, readonly DiagnosisSource[], string])[])(
    'where %s',
    (_, changes, unread, pipeline) => {
      expect(way(NO_NUMBER, changes, unread, pipeline).isWhole).toBe(false);
    },
  );

  test('and then nothing about a linked service is certain', () => {
    const applications = [anApplication({ credentials: [aSecret({ endsInDays: -1 })] })];
    const certaintyOf = (runsUnread: boolean) => {
      const tenant = { ...HEALTHY, applications, pipelines: [aPipeline({ datasets: ['orders'], runsUnread })] };
      const one = { name: '', text: NO_NUMBER, expected: null, pipeline: 'load', tenant };
      return explain(failureOf(one), knowledgeOf(one)).causes[0];
    };
    expect(certaintyOf(false)).toMatchObject({ id: 'secret-expired', certainty: 'certain' });
    expect(certaintyOf(true)).toMatchObject({ id: 'secret-expired', certainty: 'likely' });
  });
});

test('a dataset of another workspace is none of it', () => {
  const datasets = [aDataset({ readFrom: 'another' })];
  expect(way('Kaboom', { datasets }).paths).toEqual([]);
});
