import {
  blastRadius,
  dependentsOf,
  firstStart,
  NO_CONSEQUENCES,
  type BlastFacts,
  type BlastRadius,
} from '../../src/audit/blast-radius';
import type { Trigger } from '../../src/inventory/model';
import {
  aDataset,
  aLinkedService,
  aPipeline,
  aPrincipalsLinkedService,
  aTrigger,
  aWorkspace,
  aWorkspaceCredential,
  guid,
  NOW,
} from '../fixtures/facts';

const APP = guid(102);

/** One linked service that signs in as the application, with a secret; a pipeline on a dataset of it; a trigger. */
const facts: BlastFacts = {
  workspaces: [aWorkspace()],
  linkedServices: [aPrincipalsLinkedService(), aLinkedService()],
  workspaceCredentials: [],
  datasets: [aDataset()],
  pipelines: [aPipeline({ datasets: ['orders'] })],
  triggers: [aTrigger()],
};

const radiusOf = (changes: Partial<BlastFacts> = {}): BlastRadius =>
  blastRadius({ ...facts, ...changes })(APP, 'secret');
const names = (items: readonly { readonly name: string }[]): string[] => items.map(({ name }) => name);

describe('what stops with a principal', () => {
  test('is its linked services, the pipelines on their datasets and the triggers of those', () => {
    const trigger = aTrigger();
    expect(radiusOf()).toEqual({
      workspaces: ['contoso'],
      linkedServices: [{ workspace: 'contoso', name: 'orders' }],
      pipelines: [{ workspace: 'contoso', name: 'load' }],
      triggers: [{ workspace: 'contoso', name: 'nightly', trigger }],
      runsUnread: false,
    });
  });

  test('is nothing where no linked service signs in as it', () => {
    const radius = blastRadius(facts);
    expect(radius(guid(999), 'secret')).toBe(NO_CONSEQUENCES);
    expect(radius(APP, 'certificate')).toBe(NO_CONSEQUENCES);
  });

  test('by certificate is told apart from by secret', () => {
    const signIn = { method: 'servicePrincipalCertificate', evidence: [] } as const;
    const radius = blastRadius({ ...facts, linkedServices: [aPrincipalsLinkedService({ signIn })] });
    expect(names(radius(APP, 'certificate').linkedServices)).toEqual(['orders']);
    expect(radius(APP, 'secret')).toBe(NO_CONSEQUENCES);
  });

  test('includes a linked service that signs in by a credential of its workspace, and of no other', () => {
    const other = aWorkspace({ name: 'fabrikam' });
    const byCredential = { signIn: { method: 'credential', evidence: [] }, credential: 'Loader' } as const;
    const { linkedServices } = radiusOf({
      workspaces: [aWorkspace(), other],
      linkedServices: [aLinkedService(byCredential), aLinkedService({ ...byCredential, readFrom: other.id })],
      workspaceCredentials: [
        aWorkspaceCredential({ kind: 'servicePrincipal', identityId: null, servicePrincipalId: APP }),
      ],
    });
    expect(linkedServices).toEqual([{ workspace: 'contoso', name: 'lake' }]);
  });

  test('includes linked services that need one of them, themselves or through another', () => {
    const { linkedServices, pipelines } = radiusOf({
      linkedServices: [
        aPrincipalsLinkedService(),
        aLinkedService({ name: 'cluster', dependsOn: ['ORDERS'] }),
        aLinkedService({ name: 'on demand', dependsOn: ['cluster'] }),
        aLinkedService({ name: 'elsewhere', dependsOn: ['vault'] }),
      ],
      pipelines: [aPipeline({ linkedServices: ['on demand'] })],
    });
    expect(names(linkedServices)).toEqual(['orders', 'cluster', 'on demand']);
    expect(names(pipelines)).toEqual(['load']);
  });

  test('includes pipelines that name the linked service themselves, or start one that does, each once', () => {
    const { pipelines } = radiusOf({
      pipelines: [
        aPipeline({ name: 'outer', pipelines: ['middle', 'load'] }),
        aPipeline({ name: 'middle', pipelines: ['Load', 'outer'] }),
        aPipeline({ linkedServices: ['Orders'], datasets: ['orders'] }),
        aPipeline({ name: 'unrelated', linkedServices: ['lake'] }),
      ],
    });
    expect(names(pipelines).sort()).toEqual(['load', 'middle', 'outer']);
  });

  test('leaves triggers out that are stopped, or start something else', () => {
    const { triggers } = radiusOf({
      triggers: [aTrigger({ started: false }), aTrigger({ name: 'other', pipelines: ['unrelated'] })],
    });
    expect(triggers).toEqual([]);
  });

  test('keeps workspaces apart, however alike their names are', () => {
    const other = aWorkspace({ name: 'fabrikam' });
    const { workspaces, pipelines, triggers } = radiusOf({
      workspaces: [other, aWorkspace()],
      pipelines: [...facts.pipelines, aPipeline({ readFrom: other.id, datasets: ['orders'] })],
      triggers: [aTrigger({ readFrom: other.id })],
    });
    expect(workspaces).toEqual(['contoso']);
    expect(pipelines).toEqual([{ workspace: 'contoso', name: 'load' }]);
    expect(triggers).toEqual([]);
  });

  test('names workspaces as people wrote them', () => {
    const shouting = aWorkspace({ name: 'CONTOSO', id: aWorkspace().id });
    expect(radiusOf({ workspaces: [shouting] }).pipelines).toEqual([{ workspace: 'CONTOSO', name: 'load' }]);
  });

  test('is joined over workspaces', () => {
    const other = aWorkspace({ name: 'adventure' });
    const { workspaces, linkedServices } = radiusOf({
      workspaces: [aWorkspace(), other],
      linkedServices: [aPrincipalsLinkedService(), aPrincipalsLinkedService({ readFrom: other.id })],
    });
    expect(workspaces).toEqual(['adventure', 'contoso']);
    expect(linkedServices.map(({ workspace }) => workspace)).toEqual(['contoso', 'adventure']);
  });

  test('may be more where another pipeline of the workspace runs what was not read', () => {
    const unread = aPipeline({ name: 'notebooks', runsUnread: true });
    expect(radiusOf({ pipelines: [...facts.pipelines, unread] }).runsUnread).toBe(true);
    expect(radiusOf({ pipelines: [...facts.pipelines, aPipeline({ name: 'copies' })] }).runsUnread).toBe(false);
    const known = aPipeline({ datasets: ['orders'], runsUnread: true });
    expect(radiusOf({ pipelines: [known] }).runsUnread).toBe(false);
    const elsewhere = { ...unread, readFrom: aWorkspace({ name: 'fabrikam' }).id };
    expect(radiusOf({ pipelines: [elsewhere] }).runsUnread).toBe(false);
  });

  test('is found for a large tenant without scanning it for each application', () => {
    const workspaces = Array.from({ length: 200 }, (_, i) => aWorkspace({ name: `w${i}` }));
    const in200 = <T>(make: (readFrom: string, i: number) => T): T[] => workspaces.map(({ id }, i) => make(id, i));
    let reads = 0;
    const counting = in200((readFrom, i) => aPrincipalsLinkedService({ readFrom, servicePrincipalId: guid(i) })).map(
      (linkedService) =>
        Object.defineProperty({ ...linkedService }, 'servicePrincipalId', {
          get: () => {
            reads += 1;
            return linkedService.servicePrincipalId;
          },
        }),
    );
    const of = blastRadius({
      ...facts,
      workspaces,
      linkedServices: counting,
      datasets: in200((readFrom) => aDataset({ readFrom })),
      pipelines: in200((readFrom) => aPipeline({ readFrom, datasets: ['orders'] })),
      triggers: in200((readFrom) => aTrigger({ readFrom })),
    });
    const found = Array.from({ length: 5000 }, (_, i) => of(guid(i), 'secret')).flatMap(({ pipelines }) => pipelines);
    expect(found).toHaveLength(200);
    expect(reads).toBe(200);
  });
});

describe('the first start', () => {
  const started = (...triggers: Trigger[]): BlastRadius =>
    radiusOf({
      triggers,
      pipelines: [aPipeline({ datasets: ['orders'] }), aPipeline({ name: 'close', pipelines: ['load'] })],
    });
  const evening = aTrigger({ name: 'evening', pipelines: ['close'], daily: { times: ['22:30'], timeZone: 'UTC' } });

  test('is the next one after the moment, today before tomorrow', () => {
    // It is three in the morning.
    expect(firstStart(started(aTrigger(), evening), NOW)).toEqual({
      pipeline: 'close',
      trigger: 'evening',
      time: '22:30',
      timeZone: 'UTC',
    });
    expect(firstStart(started(evening, aTrigger()), new Date('2026-11-22T23:00:00Z'))?.trigger).toBe('nightly');
  });

  test('may be at the very minute', () => {
    const atThree = aTrigger({ name: 'three', daily: { times: ['03:00'], timeZone: 'UTC' } });
    expect(firstStart(started(atThree, evening), NOW)?.trigger).toBe('three');
  });

  test('is of a pipeline in the workspace of the trigger', () => {
    const other = aWorkspace({ name: 'fabrikam' });
    const radius = radiusOf({
      workspaces: [aWorkspace(), other],
      linkedServices: [aPrincipalsLinkedService(), aPrincipalsLinkedService({ readFrom: other.id })],
      pipelines: [
        aPipeline({ name: 'load', linkedServices: ['orders'] }),
        aPipeline({ name: 'Load', readFrom: other.id, linkedServices: ['orders'] }),
      ],
      triggers: [aTrigger({ readFrom: other.id })],
    });
    expect(firstStart(radius, NOW)?.pipeline).toBe('Load');
  });

  test('in another time zone is known only where there is no other', () => {
    const local = aTrigger({ daily: { times: ['02:00'], timeZone: 'W. Europe Standard Time' } });
    expect(firstStart(started(local), NOW)).toMatchObject({ time: '02:00', timeZone: 'W. Europe Standard Time' });
    expect(firstStart(started(local, evening), NOW)).toBeNull();
    const twice = aTrigger({ daily: { times: ['02:00', '14:00'], timeZone: 'W. Europe Standard Time' } });
    expect(firstStart(started(twice), NOW)).toBeNull();
  });

  test('is unknown where a trigger does not run daily, and where there is none', () => {
    expect(firstStart(started(aTrigger({ daily: null }), evening), NOW)).toBeNull();
    expect(firstStart(started(), NOW)).toBeNull();
  });
});

test('what depends on linked services is told for all of them together, workspace by workspace', () => {
  const elsewhere = { readFrom: '/workspaces/second' };
  const both = [aPrincipalsLinkedService(), aPrincipalsLinkedService(elsewhere)];
  const dependents = dependentsOf({
    ...facts,
    pipelines: [...facts.pipelines, aPipeline({ ...elsewhere, name: 'other' })],
  });
  expect(dependents(both)).toMatchObject({
    workspaces: ['contoso', 'second'],
    linkedServices: [
      { workspace: 'contoso', name: 'orders' },
      { workspace: 'second', name: 'orders' },
    ],
    pipelines: [{ workspace: 'contoso', name: 'load' }],
  });
  expect(dependents([])).toEqual(NO_CONSEQUENCES);
});
