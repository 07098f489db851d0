// A Functions app with one function for each thing that the local host must get right. FIXTURE makes it misbehave.
const { app, output } = require('@azure/functions');

if (process.env.FIXTURE === 'throws while loading') {
  throw new Error('The setting TENANT is missing.');
}
if (process.env.FIXTURE === 'uses a blob trigger') {
  app.storageBlob('blobs', { path: 'blobs', connection: 'AzureWebJobsStorage', handler: () => undefined });
}

if (process.env.FIXTURE === 'uses a log hook') {
  app.hook.log(() => undefined);
}

if (process.env.FIXTURE === 'cannot start') {
  app.hook.appStart(() => {
    throw new Error('The setting TENANT is wrong.');
  });
  return;
}
if (process.env.FIXTURE === 'has no functions') {
  return;
}

const json = (jsonBody) => ({ jsonBody });

app.http('echo', {
  route: 'echo/{name?}',
  methods: ['GET', 'POST', 'PUT'],
  authLevel: 'anonymous',
  handler: async (request, context) => {
    context.log('echo was asked');
    context.debug('not for everybody');
    return json({
      method: request.method,
      path: new URL(request.url).pathname,
      params: request.params,
      query: Object.fromEntries(request.query),
      greeting: request.headers.get('x-greeting'),
      body: await request.text(),
    });
  },
});
app.http('literal', { route: 'echo/literal', authLevel: 'anonymous', handler: () => json('the literal route') });
app.http('nothing', { authLevel: 'anonymous', handler: () => undefined });
app.http('teapot', {
  authLevel: 'anonymous',
  handler: () => ({ status: 418, headers: { 'x-kind': 'teapot', etag: '"1"' }, body: new Uint8Array([1, 2, 3]) }),
});
app.http('guarded', { authLevel: 'function', handler: () => json('let in') });
app.http('throws', {
  authLevel: 'anonymous',
  handler: () => {
    throw new Error('thrown on purpose');
  },
});
app.http('stalls', { authLevel: 'anonymous', handler: () => new Promise(() => undefined) });
let terminate;
const terminated = new Promise((resolve) => {
  terminate = resolve;
});
app.hook.appStart(() => console.log('the app has started'));
app.hook.appTerminate(terminate);
app.http('lasts', { authLevel: 'anonymous', handler: () => terminated.then(() => undefined) });
app.http('rejects', {
  authLevel: 'anonymous',
  handler: () => {
    void Promise.reject(new Error('nobody waits for me'));
    return json('answered');
  },
});

const timers = { succeeds: [], retries: [] };
app.timer('succeeds', {
  schedule: '%SCHEDULE%',
  handler: (timer) => {
    timers.succeeds.push(timer);
  },
});
app.timer('fails', {
  schedule: '0 0 0 1 1 *',
  handler: () => {
    throw new Error('the timer failed');
  },
});
app.timer('retries', {
  schedule: '0 0 0 1 1 *',
  retry: { strategy: 'fixedDelay', maxRetryCount: 2, delayInterval: 0 },
  handler: (timer, context) => {
    timers.retries.push(context.retryContext ?? null);
    if (timers.retries.length < 3) {
      throw new Error('not yet');
    }
  },
});
let release;
app.timer('waits', {
  schedule: '0 0 0 1 1 *',
  handler: () =>
    new Promise((resolve) => {
      release = resolve;
    }),
});
app.http('release', {
  authLevel: 'anonymous',
  handler: () => {
    release();
    return json('released');
  },
});

const work = output.storageQueue({ queueName: 'work', connection: 'AzureWebJobsStorage' });
const received = [];
app.http('enqueue', {
  methods: ['POST'],
  authLevel: 'anonymous',
  extraOutputs: [work],
  handler: async (request, context) => {
    context.extraOutputs.set(work, await request.json());
    return { status: 202 };
  },
});
app.storageQueue('worker', {
  queueName: 'work',
  connection: 'AzureWebJobsStorage',
  handler: (message, context) => {
    received.push({ message, dequeueCount: context.triggerMetadata.dequeueCount });
    context.log('worked');
    if (message === 'poison') {
      throw new Error('cannot digest this');
    }
  },
});

app.http('seen', { authLevel: 'anonymous', handler: () => json({ timers, received }) });
