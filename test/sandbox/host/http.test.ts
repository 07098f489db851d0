import { once } from 'node:events';
import { connect } from 'node:net';
import { buildHost, endHosts, runHost, type RunningHost } from './run-host';

describe('an HTTP function on the local host', () => {
  let host: RunningHost;

  beforeAll(async () => {
    buildHost();
    host = await runHost();
  });
  afterAll(async () => {
    host.child.kill('SIGTERM');
    await host.ended;
    endHosts();
  });

  const get = (path: string, init?: RequestInit) => fetch(`${host.url}${path}`, init);

  /** Sends bytes that no HTTP client would send, and returns the first line of the answer. */
  async function send(bytes: string): Promise<string> {
    const { port } = new URL(host.url);
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(bytes));
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    return chunk.toString().split('\r\n')[0] ?? '';
  }

  it('receives method, address, parameters, query and headers', async () => {
    const response = await get('/api/echo/a%20b?x=1&y=%C3%A9', { headers: { 'x-greeting': 'hello' } });
    expect(await response.json()).toEqual({
      method: 'GET',
      path: '/api/echo/a%20b',
      params: { name: 'a b' },
      query: { x: '1', y: 'é' },
      greeting: 'hello',
      body: '',
    });
  });

  it('receives a body', async () => {
    const response = await get('/api/echo', { method: 'PUT', body: 'some text' });
    expect(await response.json()).toMatchObject({ method: 'PUT', body: 'some text' });
  });

  it('receives a repeated query key joined, as in Azure', async () => {
    expect(await (await get('/api/echo?a=1&a=2')).json()).toMatchObject({ query: { a: '1,2' } });
  });

  it('is found without an optional parameter and in any letter case', async () => {
    expect(await (await get('/API/Echo/')).json()).toMatchObject({ params: {} });
  });

  it('goes before another one when its route is more exact', async () => {
    expect(await (await get('/api/echo/literal')).json()).toBe('the literal route');
  });

  it('answers HEAD like GET, without the body', async () => {
    const response = await get('/api/echo', { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(0);
    expect(await response.text()).toBe('');
  });

  it('answers with its own status, headers and bytes', async () => {
    const response = await get('/api/teapot');
    expect(response.status).toBe(418);
    expect(response.headers.get('x-kind')).toBe('teapot');
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([1, 2, 3]);
  });

  it('answers 204 when it returns nothing and 500 when it throws', async () => {
    expect((await get('/api/nothing')).status).toBe(204);
    const failed = await get('/api/throws');
    expect(failed.status).toBe(500);
    expect(await failed.text()).toBe('');
    await host.printed(/error host: Executed throws: failed after \d+ ms \(.*\): thrown on purpose/);
  });

  it('logs under its own name, and what is for debugging only on request', async () => {
    await get('/api/echo');
    await host.printed(/information echo: echo was asked/);
    expect(host.output()).not.toContain('not for everybody');
  });

  it.each(['/api/unknown', '/echo', '/api/echo/a/b', '/unknown'])('is not found at %s', async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  it('is not found by a method that it does not allow', async () => {
    expect((await get('/api/echo', { method: 'DELETE' })).status).toBe(404);
    expect(await send('PROPFIND /api/echo HTTP/1.1\r\nhost: x\r\n\r\n')).toBe('HTTP/1.1 404 Not Found');
  });

  it.each([
    ['a path that is not encoded', 'GET /api/echo/%ZZ HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['a path that is not UTF-8', 'GET /api/echo/%ff HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['a host that is none', 'GET /api/echo HTTP/1.1\r\nhost: a b\r\n\r\n'],
    ['an address of another host', 'GET http://example.com/ HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['an unknown method', 'BREW /api/echo HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['noise', '\u0016\u0003\u0001\r\n\r\n'],
  ])('does not see %s', async (_, bytes) => {
    expect(await send(bytes)).toBe('HTTP/1.1 400 Bad Request');
  });

  it('does not see a body larger than Azure allows', async () => {
    expect(await send('POST /api/echo HTTP/1.1\r\nhost: x\r\ncontent-length: 104857601\r\n\r\nabc')).toBe(
      'HTTP/1.1 413 Payload Too Large',
    );
  });

  it('still answers after all of that', async () => {
    expect((await get('/')).status).toBe(200);
    expect(await (await get('/admin/host/status')).json()).toMatchObject({ state: 'Running' });
  });
});

describe('a host with a key', () => {
  let host: RunningHost;

  beforeAll(async () => {
    buildHost();
    host = await runHost({ args: ['--key', 'open sesame'] });
  });
  afterAll(async () => {
    host.child.kill('SIGTERM');
    await host.ended;
    endHosts();
  });

  it.each(['/api/guarded', '/admin/host/status'])('refuses %s without it, or with another one', async (path) => {
    expect((await fetch(`${host.url}${path}`)).status).toBe(401);
    expect((await fetch(`${host.url}${path}?code=guess`)).status).toBe(401);
  });

  it('takes it as header and as query parameter', async () => {
    const byHeader = await fetch(`${host.url}/api/guarded`, { headers: { 'x-functions-key': 'open sesame' } });
    const byQuery = await fetch(`${host.url}/api/guarded?code=open%20sesame`);
    expect([byHeader.status, byQuery.status]).toEqual([200, 200]);
  });

  it('does not ask for it where a function is anonymous', async () => {
    expect((await fetch(`${host.url}/api/echo`)).status).toBe(200);
  });
});
