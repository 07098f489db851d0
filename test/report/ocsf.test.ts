import fc from 'fast-check';
import type { ShownFinding } from '../../src/audit/exceptions';
import { renderOcsf } from '../../src/report/ocsf';
import type { ShownReport } from '../../src/report/shown-report';
import { guid, SUBSCRIPTION, TENANT } from '../fixtures/facts';
import { AN_EXCEPTION, anUnevaluatedFinding, aShownFinding, aShownReport, aSubject } from '../fixtures/shown-reports';
import { ocsfProblems } from './ocsf-schema';

type Event = Readonly<Record<string, unknown>>;

/** All of them valid. */
function eventsOf(findings: readonly ShownFinding[], change: Partial<ShownReport> = {}): readonly Event[] {
  const events = JSON.parse(renderOcsf(aShownReport({ findings, ...change }))) as Event[];
  expect(events.flatMap(ocsfProblems)).toEqual([]);
  return events;
}
const eventOf = (change: Partial<ShownFinding>) => eventsOf([aShownFinding(change)])[0]!;

/** Failed sign-ins that a detection found. */
const aDetection = (change: Partial<ShownFinding> = {}) =>
  aShownFinding({
    checkId: 'brute-force-success',
    evidence: {
      technique: 'T1110.001',
      techniqueAfter: 'T1078',
      addresses: ['203.0.113.7', '2001:db8::1', 'and 5 more'],
      principals: ['ana@contoso.example'],
      count: 12,
      firstSeen: '2026-02-28T22:10:00.000Z',
      lastSeen: '2026-02-28T23:00:00.000Z',
    },
    ...change,
  });

it('is an array, also where nothing was found', () => {
  expect(eventsOf([])).toEqual([]);
});

describe('a finding about the configuration', () => {
  it('is a compliance finding with all that is known', () => {
    const finding = aShownFinding();
    expect(eventsOf([finding])).toEqual([
      {
        activity_id: 2,
        activity_name: 'Update',
        category_uid: 2,
        category_name: 'Findings',
        class_uid: 2003,
        class_name: 'Compliance Finding',
        type_uid: 200302,
        type_name: 'Compliance Finding: Update',
        severity_id: 4,
        severity: 'High',
        time: Date.UTC(2026, 2, 1, 2, 1),
        message: 'Secret “ci” expires in 3 days.',
        metadata: {
          version: '1.5.0',
          profiles: ['cloud'],
          product: {
            name: 'Synapse authentication auditor',
            vendor_name: 'Synapse authentication auditor',
            version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
            lang: 'en',
          },
          uid: `20260301T020000Z-00000000/${finding.fingerprint}`,
          correlation_uid: '20260301T020000Z-00000000',
          event_code: 'secret-expiry',
          tenant_uid: TENANT,
        },
        cloud: {
          provider: 'Azure',
          account: { uid: TENANT, type_id: 99, type: 'Microsoft Entra tenant' },
          org: { uid: TENANT },
        },
        finding_info: {
          uid: finding.fingerprint,
          title: 'Secrets are rotated before they expire',
          desc: 'Secret “ci” expires in 3 days.',
          types: ['secret-expiry'],
          first_seen_time: Date.UTC(2026, 1, 20, 2),
          last_seen_time: Date.UTC(2026, 2, 1, 2, 1),
          src_url: finding.subject.link,
          analytic: {
            uid: 'secret-expiry',
            name: 'Secrets are rotated before they expire',
            type_id: 1,
            type: 'Rule',
          },
        },
        status_id: 1,
        status: 'New',
        status_code: 'fail',
        resources: [{ uid: 's-1', name: 'Nightly loader / ci', type: 'secret' }],
        remediation: {
          desc: 'Add a new one:\naz ad app credential reset --append',
          references: ['https://learn.microsoft.com/entra/identity-platform/howto-create-service-principal-portal'],
        },
        compliance: {
          control: 'Secrets are rotated before they expire',
          desc: 'A pipeline that signs in with an expired secret stops.',
          standards: ['Synapse authentication auditor'],
          requirements: ['secret-expiry'],
          status_id: 3,
          status: 'Fail',
          status_detail: 'Secret “ci” expires in 3 days.',
          checks: [
            {
              uid: 'secret-expiry',
              name: 'Secrets are rotated before they expire',
              standards: ['Synapse authentication auditor'],
              status_id: 3,
              status: 'Fail',
              severity_id: 4,
              severity: 'High',
            },
          ],
        },
        unmapped: { evidence: finding.evidence, scope: TENANT },
      },
    ]);
  });

  it.each([
    ['critical', 5, 'Critical'],
    ['high', 4, 'High'],
    ['medium', 3, 'Medium'],
    ['low', 2, 'Low'],
    ['info', 1, 'Informational'],
  ] as const)('of severity %s is %i', (severity, id, caption) => {
    expect(eventOf({ severity })).toMatchObject({
      severity_id: id,
      severity: caption,
      compliance: { checks: [{ severity_id: id, severity: caption }] },
    });
  });

  it('is one of the subscription that its subject is in', () => {
    const id = `/Subscriptions/${SUBSCRIPTION}/resourceGroups/r/providers/Microsoft.Synapse/workspaces/w`;
    expect(eventOf({ subject: { ...aSubject(id), kind: 'workspace' } })).toMatchObject({
      cloud: { account: { uid: SUBSCRIPTION, type_id: 13, type: 'Azure Subscription' }, org: { uid: TENANT } },
      resources: [{ uid: id, type: 'workspace' }],
    });
  });

  it('of a check that the report does not describe goes by its id', () => {
    const event = eventOf({ checkId: 'gone' });
    expect(event).toMatchObject({ finding_info: { title: 'gone' }, compliance: { control: 'gone' } });
    expect(event['remediation']).toEqual({ desc: 'Add a new one:\naz ad app credential reset --append' });
  });

  it('offers no link but an https one', () => {
    const event = eventOf({ subject: { ...aSubject('s'), link: 'javascript:alert(1)' } });
    expect(event['finding_info']).not.toHaveProperty('src_url');
  });
});

describe('a finding over time', () => {
  const seen = (firstSeen: string) => eventOf({ firstSeen });

  it('is created by the run that saw it first, and updated by later ones', () => {
    expect(seen('2026-03-01T02:00:00.000Z')).toMatchObject({ activity_id: 1, type_uid: 200301 });
    expect(seen('2026-03-01T01:59:59.999Z')).toMatchObject({ activity_id: 2, type_uid: 200302 });
  });

  it('that was not evaluated is a warning with its reason, and no pass', () => {
    expect(eventsOf([anUnevaluatedFinding()])).toMatchObject([
      {
        activity_id: 2,
        status_id: 1,
        severity_id: 3,
        compliance: { status_id: 2, status: 'Warning' },
        finding_info: { data_sources: ['applications'] },
        unmapped: { because: 'forbidden' },
      },
    ]);
  });

  it('that passes is closed', () => {
    const event = eventOf({ status: 'pass', severity: 'info', remediation: '' });
    expect(event).toMatchObject({ activity_id: 3, status_id: 4, status: 'Resolved', compliance: { status_id: 1 } });
    expect(event).not.toHaveProperty('remediation');
  });

  it('that has no subject is closed, too', () => {
    expect(eventOf({ status: 'notApplicable', severity: 'info' })).toMatchObject({
      activity_id: 3,
      status_id: 99,
      status: 'Not applicable',
      compliance: { status_id: 99, status: 'Not applicable' },
    });
  });

  it.each([aShownFinding(), anUnevaluatedFinding(), aDetection()])('that is accepted is suppressed', (finding) => {
    expect(eventsOf([{ ...finding, exception: AN_EXCEPTION }])).toMatchObject([
      { status_id: 3, status: 'Suppressed', comment: 'it moves', unmapped: { exception: AN_EXCEPTION } },
    ]);
  });
});

describe('what a detection found', () => {
  it('is a detection finding with its technique, its time and where it came from', () => {
    const finding = aDetection();
    const [event] = eventsOf([finding]);
    expect(event).toMatchObject({
      class_uid: 2004,
      class_name: 'Detection Finding',
      type_uid: 200402,
      is_alert: true,
      start_time: Date.UTC(2026, 1, 28, 22, 10),
      end_time: Date.UTC(2026, 1, 28, 23),
      count: 12,
      evidences: [
        { name: 'sign-ins', data: finding.evidence },
        { name: 'address', src_endpoint: { ip: '203.0.113.7' } },
        { name: 'address', src_endpoint: { ip: '2001:db8::1' } },
      ],
      finding_info: {
        attacks: [
          {
            technique: { uid: 'T1110', src_url: 'https://attack.mitre.org/techniques/T1110/' },
            sub_technique: { uid: 'T1110.001', src_url: 'https://attack.mitre.org/techniques/T1110/001/' },
          },
          { technique: { uid: 'T1078', src_url: 'https://attack.mitre.org/techniques/T1078/' } },
        ],
      },
    });
    expect(event).not.toHaveProperty('compliance');
    expect(event!['unmapped']).toEqual({ scope: TENANT });
    expect((event as { evidences: unknown[] }).evidences).toHaveLength(3);
  });

  it('is no alert while it is accepted', () => {
    expect(eventsOf([aDetection({ exception: AN_EXCEPTION })])[0]).toHaveProperty('is_alert', false);
  });

  it('is a compliance finding where it found nothing, or could not look', () => {
    expect(
      eventsOf([aDetection({ status: 'pass' }), anUnevaluatedFinding({ checkId: 'brute-force-success' })]),
    ).toMatchObject([{ class_uid: 2003 }, { class_uid: 2003 }]);
  });

  it('may lack what it rests on', () => {
    expect(
      eventsOf([aDetection({ evidence: { technique: 'unknown', count: 1.5, firstSeen: 'x', addresses: 'x' } })]),
    ).toEqual([expect.not.objectContaining({ start_time: expect.anything(), count: expect.anything() })]);
  });
});

it('is valid OCSF whatever names and messages hold', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom(
      '\ud800',
      '/subscriptions/',
      '/subscriptions//x',
      `/subscriptions/${guid(2)}`,
      '1',
      '::1',
      'https://x',
    ),
  );
  fc.assert(
    fc.property(fc.array(text, { minLength: 6, maxLength: 6 }), (texts) => {
      const [id = '', name = '', link = '', message = '', remediation = '', reason = ''] = texts;
      const change = {
        subject: { id, kind: 'secret', name, link },
        message,
        remediation,
        exception: { ...AN_EXCEPTION, reason, author: name },
      } as const;
      const findings = [
        aShownFinding(change),
        aDetection({ ...change, evidence: { technique: message, addresses: texts } }),
      ];
      expect(JSON.stringify(eventsOf(findings))).not.toMatch(/\\ud[89a-f]/i);
    }),
    { numRuns: 30 },
  );
});

describe('the schema that events are held against', () => {
  /** A valid event with another value in one place; `undefined`: with none. */
  function spoilt(path: string, value: unknown): Event {
    const event = structuredClone(eventsOf([aDetection()])[0]!);
    const names = path.split('.');
    const last = names.pop() ?? '';
    const holder = names.reduce<Record<string, unknown>>((part, name) => part[name] as Record<string, unknown>, event);
    holder[last] = value;
    return JSON.parse(JSON.stringify(event)) as Event;
  }

  it.each([
    ['a missing attribute', 'time', undefined, 'time: required'],
    ['one missing deep inside', 'metadata.product', undefined, 'metadata.product: required'],
    ['an attribute of a profile', 'metadata.profiles', [], 'cloud: unknown attribute'],
    ['an unknown one', 'evidences.1.src_endpoint.x', 1, 'evidences[1].src_endpoint.x: unknown attribute'],
    ['a value that is none of its enum', 'severity_id', 7, 'severity_id: no severity_id: 7'],
    ['a caption of another value', 'severity', 'Low', 'severity: not the caption of severity_id'],
    ['seconds', 'time', 1_772_330_460, 'time: no timestamp: 1772330460'],
    ['an object for a list', 'resources', {}, 'resources: no list'],
    ['a text for an object', 'finding_info', 'x', 'finding_info: no object'],
    ['a text for a number', 'count', '12', 'count: no integer: "12"'],
    ['no address', 'evidences.1.src_endpoint.ip', 'and 5', 'evidences[1].src_endpoint.ip: no ip: "and 5"'],
    ['none of several', 'evidences.0', { name: 'x' }, 'evidences[0].: none of actor, api,'],
    ['a type of another class', 'type_uid', 200301, 'type_uid: not class_uid * 100 + activity_id'],
    ['another version', 'metadata.version', '1.4.0', 'metadata.version: another one'],
    ['an object that is not stated', 'device', {}, 'device: device is not stated in'],
    ['another class', 'class_uid', 2001, 'class_uid: no class 2001'],
  ])('notices %s', (_, path, value, problem) => {
    expect(ocsfProblems(spoilt(path, value))).toContainEqual(expect.stringContaining(problem));
  });
});
