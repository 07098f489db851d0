import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { diagnose } from '../../src/cli/diagnose';
import { guid, NOW } from '../fixtures/facts';
import { aFinding } from '../storage/stored-things';

const directory = mkdtempSync(join(tmpdir(), 'diagnose-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const EXPIRED = `AADSTS7000222: The provided client secret keys for app '${guid(102)}' are expired.`;
const secret = aFinding({
  subject: { id: `${guid(101)}/${guid(1001)}`, kind: 'secret', name: 'Nightly loader / ci' },
  evidence: { appId: guid(102), endsAt: '2020-01-01T00:00:00.000Z', daysLeft: -5 },
  message: 'Secret “ci” of application “Nightly loader” has expired.',
});
const ofRun = aFinding({
  checkId: 'pipeline-authentication-failure',
  evidence: { cause: 'secret-expired', certainty: 'certain', because: 'secret “ci” has expired', runIds: ['run-1'] },
});

function reportFile(content: unknown): string {
  const file = join(directory, `report-${Math.random()}.json`);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

async function run(args: readonly string[], input?: readonly string[]) {
  const written = { out: '', err: '' };
  async function* chunks() {
    yield* input ?? [];
    await Promise.resolve();
  }
  const code = await diagnose(args, {
    input: input === undefined ? undefined : chunks(),
    out: (text) => (written.out += text),
    err: (text) => (written.err += text),
    now: NOW,
  });
  return { code, ...written };
}

test('a text gets the general answer, marked as such', async () => {
  const { code, out, err } = await run([EXPIRED]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^Cause: the client secret of the service principal has expired\.\n/);
  expect(out).toContain('This is general advice, by the error alone');
});

test('words need no quotes, and standard input is read where there are none', async () => {
  const first = await run(EXPIRED.split(' '));
  expect(await run([], [EXPIRED.slice(0, 9), EXPIRED.slice(9)])).toEqual(first);
});

test('with a report it goes by its findings', async () => {
  const file = reportFile({ findings: [secret, aFinding({ status: 'pass' })] });
  const { out } = await run([EXPIRED, '--report', file]);
  expect(out).toContain(`Open finding: ${secret.message}`);
  expect(out).toContain('It goes by the open findings of the latest report.');
});

test('a run is looked up in the report', async () => {
  const file = reportFile({ findings: [secret, ofRun] });
  expect((await run(['--run', 'RUN-1', '--report', file])).out).toMatch(/^Cause: secret “ci” has expired\.\n/);
  expect(await run(['--run', 'run-2', '--report', file])).toMatchObject({ code: 1, out: '' });
});

test('the answer is JSON where that is asked for', async () => {
  expect(JSON.parse((await run([EXPIRED, '--json'])).out)).toMatchObject({
    basis: 'errorAlone',
    codes: ['AADSTS7000222'],
  });
});

test.each([
  [[], 'no text of an error'],
  [[' '], 'no text of an error'],
  [['--nonsense'], "Unknown option '--nonsense'"],
  [['--run', 'x'], '--run takes --report FILE'],
  [['x', '--report', 'there-is-no-such-file'], 'ENOENT'],
])('%j is called wrongly, and the usage follows', async (args, problem) => {
  const { code, out, err } = await run(args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(problem);
  expect(err).toContain('usage: npm run diagnose');
});

test.each([['{'], [{ findings: 7 }], [{ findings: [{ ...secret, evidence: { x: { y: 1 } } }] }], [[]]])(
  'a file that is no report is refused: %j',
  async (content) => {
    expect(await run(['x', '--report', reportFile(content)])).toMatchObject({ code: 2, out: '' });
  },
);

test('the usage can be asked for', async () => {
  expect(await run(['--help'])).toMatchObject({ code: 0, out: expect.stringContaining('exit code: 0 answered') });
});

test('the command is built and reads as much of standard input as it needs, whatever it is', async () => {
  const node = promisify(execFile);
  await node(process.execPath, ['scripts/build.mjs', 'src/cli/diagnose-main.ts']);
  const pending = node(process.execPath, ['build/src/cli/diagnose-main.js', '--json']);
  // The command ends before it has read all of it.
  pending.child.stdin?.on('error', () => undefined);
  pending.child.stdin?.end(Buffer.concat([Buffer.from(EXPIRED), Buffer.alloc(3_000_000, '\u0000ÿ\n')]));
  expect(JSON.parse((await pending).stdout)).toMatchObject({ clipped: true, codes: ['AADSTS7000222'] });
});
