/** The command as npm runs it: in a process of its own, without a terminal. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ADMINISTRATOR_CLIENT_ID } from '../../sandbox/azure/azure';
import type { Sandbox } from '../../sandbox/azure/server';
import { startTestSandbox } from '../setup/start-test-sandbox';
import { AUDITOR, EVERYTHING, scenarioOf, SUBSCRIPTION } from './permission-scenario';

const ROOT = join(__dirname, '../..');

describe('the process', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    execFileSync(process.execPath, ['scripts/build.mjs', 'src/permissions/main.ts'], { cwd: ROOT });
    sandbox = await startTestSandbox(scenarioOf({ ...EVERYTHING, synapse: {} }));
  });
  afterAll(() => sandbox.close());

  const call = async (...args: string[]) => {
    const child = spawn(process.execPath, [join(ROOT, 'build/src/permissions/main.js'), ...args], {
      env: {
        PATH: process.env['PATH'],
        ...sandbox.environment,
        NODE_EXTRA_CA_CERTS: sandbox.caFile,
        AZURE_CLIENT_ID: ADMINISTRATOR_CLIENT_ID,
        AUDITOR_PRINCIPAL_ID: AUDITOR,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [output, errors] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, output, errors };
  };

  test('shows the plan and changes nothing without --yes, as nobody can be asked there', async () => {
    const { code, output, errors } = await call('grant');
    expect(errors).toBe('');
    expect(output).toMatch(
      /To be done:\n {2}1\. Synapse: assign the role Synapse Artifact User in workspace fabrikam-orders\n/,
    );
    expect(output).toMatch(/\nNothing was changed: nobody agreed to the plan\./);
    expect(code).toBe(4);
    expect(sandbox.requests().filter(({ method }) => method === 'PUT')).toEqual([]);
  });

  test('ends as soon as it knows that it cannot run, whatever else it was waiting for', async () => {
    const waiting = { service: 'arm', path: '^/subscriptions', status: 429, retryAfterSeconds: 3600, times: 'always' };
    sandbox.load(scenarioOf(EVERYTHING, { faults: [waiting] }));
    expect(await call('verify', '--principal', SUBSCRIPTION)).toMatchObject({
      code: 3,
      errors: expect.stringMatching(/^The tenant has no service principal with the object id .*\n$/),
    });
  });

  test('says in one line on standard error why it cannot run', async () => {
    expect(await call('grant', '--principal', 'me')).toEqual({
      code: 3,
      output: '',
      errors: '--principal: expected a GUID, found "me".\n',
    });
  });
});
