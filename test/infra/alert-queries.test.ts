/** The alert rules' queries over rows as the app's own log lines make them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAnalyzer, type TableDeclaration } from '../../sandbox/kql/language';
import { runQuery } from '../../sandbox/kql/run-query';
import { rowOf, type Value } from '../../sandbox/kql/values';
import { logTo, type Log } from '../../src/log';
import { loggedEvents } from './logged-events';

const FOLDER = join(__dirname, '../../infra/queries');
const NOW = new Date('2026-03-03T12:00:00Z');

/** The columns that are asked for: https://learn.microsoft.com/azure/azure-monitor/reference/tables-index */
const TABLES: readonly TableDeclaration[] = [
  {
    name: 'AppTraces',
    columns: columns({ datetime: 'TimeGenerated', string: 'Message OperationName OperationId', int: 'SeverityLevel' }),
  },
  {
    name: 'AppRequests',
    columns: columns({ datetime: 'TimeGenerated', string: 'OperationName ResultCode', bool: 'Success' }),
  },
  { name: 'AppExceptions', columns: columns({ datetime: 'TimeGenerated', string: 'OperationName OuterMessage' }) },
];
const analyze = createAnalyzer(TABLES);

function columns(byType: Readonly<Record<string, string>>) {
  return Object.entries(byType).flatMap(([type, names]) => names.split(' ').map((name) => ({ name, type })));
}

type Row = Readonly<Record<string, Value>>;

function textOf(query: string): string {
  return readFileSync(join(FOLDER, `${query}.kql`), 'utf8');
}

function run(query: string, rows: Readonly<Record<string, readonly Row[]>>): Row[] {
  const tableOf = (name: string) => {
    const declared = TABLES.find((each) => each.name === name);
    return declared && { ...declared, rows: (rows[name] ?? []).map((row) => asDeclared(declared, row)) };
  };
  const result = runQuery(textOf(query), { analyze, tableOf }, NOW);
  return result.rows.map((row) => Object.fromEntries(result.columns.map(({ name }, at) => [name, row[at] ?? null])));
}

function asDeclared(table: TableDeclaration, row: Row) {
  return rowOf(
    table.columns,
    table.columns.map(({ name }) => row[name] ?? null),
  );
}

/** A moment so many hours ago. */
const ago = (hours: number) => new Date(NOW.getTime() - hours * 3_600_000);

/** What Application Insights makes of what the app logs, so many hours ago. */
function trace(hours: number, write: (log: Log) => void, operation = 'nightly-audit', id = String(hours)): Row {
  let row: Row = {};
  const at = (SeverityLevel: number) => (Message: unknown) => {
    row = {
      TimeGenerated: ago(hours),
      Message: String(Message),
      SeverityLevel,
      OperationName: operation,
      OperationId: id,
    };
  };
  write(logTo({ info: at(1), warn: at(2), error: at(3) }));
  return row;
}

const files = readdirSync(FOLDER).map((file) => file.replace(/\.kql$/, ''));

describe.each(files)('%s', (query) => {
  const text = textOf(query).replace(/^\s*\/\/.*$/gm, '');
  const events = loggedEvents();
  const named = [...text.matchAll(/"([a-z]+(?: [a-z]+)+) ?"/g)].map(([, event = '']) => event);

  test('is one that Kusto takes', () => {
    expect(analyze(textOf(query)).diagnostics).toEqual([]);
  });

  test('goes by events that the app logs', () => {
    expect(named).not.toEqual([]);
    expect(named.filter((event) => event !== 'failed with' && !events.has(event))).toEqual([]);
  });

  test('goes by fields that these events have', () => {
    const fields = new Set(named.flatMap((event) => [...(events.get(event)?.fields ?? [])]));
    const asked = [...text.matchAll(/Fields\.(\w+)/g)].map(([, field = '']) => field);
    expect(asked.filter((field) => !fields.has(field))).toEqual([]);
  });

  test('looks no further back than its rule', () => {
    const rules = readFileSync(join(FOLDER, '../alert-rules.bicep'), 'utf8');
    const [, window = ''] = new RegExp(`name: '${query}'[^}]*window: 'PT?(\\w+)'`).exec(rules) ?? [];
    const hours = (span: string) => Number.parseInt(span) * (/d/i.test(span) ? 24 : 1);
    const spans = [...text.matchAll(/ago\((\d+[hd])\)/g)].map(([, span = '']) => hours(span));
    expect(spans.length).toBeGreaterThan(0);
    expect(Math.max(...spans)).toBeLessThanOrEqual(hours(window));
  });
});

test('no event of an error escapes both queries', () => {
  const ofErrors = [...loggedEvents()].filter(([, { levels }]) => levels.has('error')).map(([event]) => event);
  expect(ofErrors.length).toBeGreaterThan(5);
  const silent = ofErrors.filter((event) => {
    const AppTraces = [
      trace(0.5, (log) => {
        log.error(event, { message: 'why' });
      }),
    ];
    return run('failed-deliveries', { AppTraces }).length + run('function-errors', { AppTraces }).length !== 1;
  });
  expect(silent).toEqual([]);
});

describe('no finished audit', () => {
  const published = (hours: number, audit: string) =>
    trace(hours, (log) => {
      log.info('report published', { runId: 'x', audit, overall: 'clean' });
    });

  test.each<[string, readonly Row[], number]>([
    ['nothing was logged at all', [], 1],
    ['the last full one is 25 hours old', [published(25, 'full')], 0],
    ['the last full one is 27 hours old', [published(27, 'full')], 1],
    ['there were only audits of sign-ins', [published(1, 'signIns'), published(2, 'signIns')], 1],
    [
      'another line holds the words',
      [
        trace(1, (log) => {
          log.info('a report published {"audit":"full"}', {});
        }),
      ],
      1,
    ],
  ])('%s', (_name, AppTraces, rows) => {
    expect(run('no-finished-audit', { AppTraces })).toHaveLength(rows);
  });
});

describe('failed deliveries', () => {
  const deferred = (hours: number, alertId = 'a') =>
    trace(hours, (log) => {
      log.warn('alert deferred', { alertId, notBefore: 'later', message: 'no answer' });
    });

  test('tells what was given up, with the reason', () => {
    const AppTraces = [
      trace(1, (log) => {
        log.error('alert refused for good', { alertId: 'a', message: 'No such "sender" {x}.' });
      }),
      trace(1, (log) => {
        log.error('alerts not delivered', { message: 'No storage.' });
      }),
      trace(1, (log) => {
        log.info('alert sent', { alertId: 'b', channel: 'mail', recipients: 1 });
      }),
      trace(7, (log) => {
        log.error('alert refused for good', { alertId: 'old', message: 'x' });
      }),
    ];
    expect(run('failed-deliveries', { AppTraces })).toEqual([
      expect.objectContaining({
        Event: 'alert refused for good',
        AlertId: 'a',
        Reason: 'No such "sender" {x}.',
        Times: 1,
      }),
      expect.objectContaining({ Event: 'alerts not delivered', AlertId: '', Reason: 'No storage.' }),
    ]);
  });

  test('tells what was put off four times, not what was three times', () => {
    const three = [deferred(1), deferred(2), deferred(3), deferred(4, 'another')];
    expect(run('failed-deliveries', { AppTraces: three })).toEqual([]);
    expect(run('failed-deliveries', { AppTraces: [...three, deferred(5)] })).toMatchObject([
      { AlertId: 'a', Times: 4 },
    ]);
  });
});

describe('function errors', () => {
  const request = (OperationName: string, Success: boolean, ResultCode: string): Row => ({
    TimeGenerated: ago(0.5),
    OperationName,
    Success,
    ResultCode,
  });

  test('are told by function, with how often', () => {
    const AppRequests = [
      request('nightly-audit', false, '0'),
      request('nightly-audit', false, '0'),
      request('report', true, '200'),
      { ...request('report', false, '500'), TimeGenerated: ago(2) },
    ];
    expect(run('function-errors', { AppRequests })).toMatchObject([
      { Source: 'nightly-audit', Reason: 'failed with 0', Times: 2 },
    ]);
  });

  test('are not that the status is unhealthy, but that it cannot be told', () => {
    expect(run('function-errors', { AppRequests: [request('status', false, '503')] })).toEqual([]);
    expect(run('function-errors', { AppRequests: [request('status', false, '500')] })).toHaveLength(1);
  });

  test('are also what keeps the app from starting', () => {
    const AppExceptions = [
      { TimeGenerated: ago(0.5), OperationName: '', OuterMessage: 'One setting is wrong' },
      { TimeGenerated: ago(0.5), OperationName: 'nightly-audit', OuterMessage: 'told by its request' },
    ];
    expect(run('function-errors', { AppExceptions })).toMatchObject([
      { Source: 'host', Reason: 'One setting is wrong' },
    ]);
  });

  test('are not warnings', () => {
    const AppTraces = [
      trace(0.5, (log) => {
        log.warn('mails are off', { missing: 'MAIL_SENDER' });
      }),
    ];
    expect(run('function-errors', { AppTraces })).toEqual([]);
  });
});

describe('lost permission', () => {
  const read = (hours: number, forbidden: number, source = 'users', operation = 'nightly-audit') =>
    trace(
      hours,
      (log) => {
        log.info('source collected', { source, count: 1, forbidden });
      },
      operation,
    );

  test.each<[string, readonly Row[], number]>([
    ['it was read and is refused now', [read(26, 0), read(2, 1)], 1],
    ['more of it is refused than before', [read(26, 1), read(2, 2)], 1],
    ['it was refused all along', [read(26, 1), read(2, 1)], 0],
    ['it was refused and is read again', [read(26, 1), read(2, 0)], 0],
    ['it was read long ago', [read(50, 0), read(2, 1)], 0],
    ['another source was read', [read(26, 0, 'groups'), read(2, 1)], 0],
    ['an audit of another kind had less to read', [read(3, 0, 'users', 'sign-in-audit'), read(2, 1)], 0],
    ['one audit tells it in two lines', [read(26, 1), read(26, 0), read(2, 0), read(2, 1)], 0],
  ])('%s', (_name, AppTraces, rows) => {
    expect(run('lost-permission', { AppTraces })).toHaveLength(rows);
  });
});
