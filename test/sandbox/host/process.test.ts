import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buildHost, endHosts, runHost } from './run-host';

describe('the process of the local host', () => {
  beforeAll(buildHost);
  afterAll(endHosts);

  it('says what it is, and what can be called', async () => {
    const host = await runHost();
    host.child.kill('SIGTERM');
    await host.ended;
    expect(host.output()).toContain("Local host for development and tests, not Azure's Functions host.");
    expect(host.output()).toContain(`echo: GET, POST, PUT ${host.url}/api/echo/{name?}`);
    expect(host.output()).toMatch(/succeeds: timer 0 0 0 1 1 \*, next at \d{4}-01-01T00:00:00.000Z/);
    expect(host.output()).toContain('worker: queue work');
    expect(host.output()).toContain('the app has started');
  });

  it('ends with the message alone when the app throws while it is loaded', async () => {
    const host = await runHost({ environment: { FIXTURE: 'throws while loading' } });
    expect(await host.ended).toBe(1);
    expect(host.errors()).toBe('The setting TENANT is missing.');
  });

  it('shows the stack as well when it is verbose', async () => {
    const host = await runHost({ args: ['--verbose'], environment: { FIXTURE: 'throws while loading' } });
    expect(await host.ended).toBe(1);
    expect(host.output()).toMatch(/The setting TENANT is missing\.\n\s+at /);
  });

  it.each([
    ['a setting of a binding is not set', { SCHEDULE: '' }, 'The timer succeeds: The setting SCHEDULE is not set.'],
    ['a schedule is none', { SCHEDULE: 'nightly' }, /^The timer succeeds: "nightly" is no schedule\. Expected .*$/],
    [
      'storage is not named',
      { AzureWebJobsStorage: '' },
      'The queue binding of worker: The setting AzureWebJobsStorage is not set: the local host needs a connection string there.',
    ],
    [
      'a binding is not known',
      { FIXTURE: 'uses a blob trigger' },
      'The local host does not have the binding "blobTrigger" (in) of the function blobs.',
    ],
    ['the app cannot start', { FIXTURE: 'cannot start' }, 'The setting TENANT is wrong.'],
    ['the app has no functions', { FIXTURE: 'has no functions' }, /main\.js registers no function\.$/],
    ['a hook is not known', { FIXTURE: 'uses a log hook' }, 'The local host does not have the hook "log".'],
  ])('ends with one line when %s', async (_, environment, message) => {
    const host = await runHost({ environment });
    expect(await host.ended).toBe(1);
    expect(host.errors()).toMatch(message);
  });

  it('ends with one line when there is no app', async () => {
    const host = await runHost({ app: join(__dirname) });
    expect(await host.ended).toBe(1);
    expect(host.errors()).toBe(
      `${join(__dirname, 'host.json')} does not exist: --app must name the directory of a Functions app.`,
    );
  });

  it('ends with one line when the port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const host = await runHost({ args: ['--port', String(port)] });
    other.close();
    expect(await host.ended).toBe(1);
    expect(host.errors()).toBe(`Port ${port} is in use. Name another one with --port.`);
  });

  it.each([
    ['--unknown', "Unknown option '--unknown'"],
    ['--port=x', '--port must be a number from 0 to 65535, not "x".'],
  ])('ends with exit code 2 and its usage for %s', async (argument, message) => {
    const host = await runHost({ args: [argument] });
    expect(await host.ended).toBe(2);
    expect(host.output()).toContain(message);
    expect(host.output()).toContain('usage: ');
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends cleanly by %s', async (signal) => {
    const host = await runHost();
    host.child.kill(signal);
    expect(await host.ended).toBe(0);
  });

  it('abandons a function that goes on when it is stopped, even twice', async () => {
    const host = await runHost();
    const answer = fetch(`${host.url}/api/stalls`);
    await host.printed(/Executing stalls/);
    host.child.kill('SIGINT');
    host.child.kill('SIGINT');
    await expect(answer).rejects.toThrow();
    expect(await host.ended).toBe(0);
    expect(host.output()).toContain('Abandoned: stalls.');
  });

  it('tells the app that it stops, and lets functions finish', async () => {
    const host = await runHost();
    const answer = fetch(`${host.url}/api/lasts`);
    await host.printed(/Executing lasts/);
    host.child.kill('SIGTERM');
    expect((await answer).status).toBe(204);
    expect(await host.ended).toBe(0);
    expect(host.output()).not.toContain('Abandoned');
  });

  it('ends when its parent is gone', async () => {
    const host = await runHost();
    const exit = once(host.child, 'exit');
    host.child.disconnect();
    expect(await exit).toEqual([0, null]);
  });

  it('ends with an error when a function exceeds functionTimeout, since nothing else stops the function', async () => {
    const host = await runHost({ app: join(__dirname, 'impatient-app') });
    const answer = await fetch(`${host.url}/api/stalls`);
    expect(answer.status).toBe(500);
    expect(await host.ended).toBe(1);
    expect(host.output()).toContain('It ran longer than functionTimeout of host.json (1000 ms).');
    expect(host.output()).toContain('A function exceeded functionTimeout and cannot be stopped: the host ends.');
  });

  it('ends with one line when a promise is rejected that nobody waits for', async () => {
    const host = await runHost();
    await Promise.allSettled([fetch(`${host.url}/api/rejects`)]);
    expect(await host.ended).toBe(1);
    expect(host.errors()).toBe('Unhandled rejection: nobody waits for me');
  });
});
