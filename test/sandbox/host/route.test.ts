import { compareRoutes, matchRoute, parseRoute } from '../../../sandbox/host/route';

describe('a route', () => {
  it.each([
    ['api/report', '/api/report', {}],
    ['api/report', '/API/Report/', {}],
    ['api/report/{runId}', '/api/report/7', { runId: '7' }],
    ['api/report/{runId}', '/api/report/a%2Fb', { runId: 'a/b' }],
    ['api/report/{runId?}', '/api/report', {}],
    ['api/{kind}/{id?}', '/api/report/7', { kind: 'report', id: '7' }],
    ['', '/', {}],
  ])('%s fits %s', (template, path, parameters) => {
    expect(matchRoute(parseRoute(template), path)).toEqual(parameters);
  });

  it.each([
    ['api/report', '/api/reports'],
    ['api/report', '/api'],
    ['api/report', '/api/report/7'],
    ['api/report/{runId}', '/api/report'],
    ['api/report/{runId}', '/api/report//'],
    ['api/report', '//api/report'],
  ])('%s does not fit %s', (template, path) => {
    expect(matchRoute(parseRoute(template), path)).toBeUndefined();
  });

  it('does not guess what a badly encoded path means', () => {
    expect(() => matchRoute(parseRoute('api/{id}'), '/api/%ZZ')).toThrow(URIError);
  });

  it.each(['api/{id:int}', 'api/{*rest}', 'api/v{version}', 'api/{id=1}'])(
    '%s is refused, not half understood',
    (t) => {
      expect(() => parseRoute(t)).toThrow(`of the route "${t}"`);
    },
  );

  it('with a literal is tried before one with a parameter', () => {
    const templates = ['report/{runId?}', 'report/{runId}', 'report/{runId}/diff', 'report/diff', 'report'];
    const sorted = templates.map(parseRoute).sort(compareRoutes);
    expect(sorted).toEqual(
      ['report', 'report/diff', 'report/{runId}', 'report/{runId}/diff', 'report/{runId?}'].map(parseRoute),
    );
  });
});
