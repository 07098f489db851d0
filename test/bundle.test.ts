/** What an HTTP function reads in a cold start: the entry file of the app, and the parts that it loads at once. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Metafile {
  readonly outputs: Readonly<
    Record<
      string,
      {
        readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>>;
        readonly imports: readonly { readonly path: string; readonly kind: string }[];
      }
    >
  >;
}

const root = join(__dirname, '..');
/** Minified bytes by source file. */
let loaded: ReadonlyMap<string, number>;

beforeAll(() => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/build.mjs', '--metafile'], { cwd: root });
  expect([status, String(stderr)]).toEqual([0, '']);
  const { outputs } = JSON.parse(readFileSync(join(root, 'build/main.meta.json'), 'utf8')) as Metafile;
  const files = new Set(['dist/main.js']);
  for (const file of files) {
    for (const { path, kind } of outputs[file]?.imports ?? []) {
      if (kind === 'import-statement' && path in outputs) {
        files.add(path);
      }
    }
  }
  loaded = new Map(
    [...files].flatMap((file) =>
      Object.entries(outputs[file]?.inputs ?? {}).map(([path, { bytesInOutput }]) => [path, bytesInOutput] as const),
    ),
  );
}, 60_000);

it.each([
  ['clients of Azure but that of tables', /@azure\/(arm-|identity|monitor-|communication-|core-xml)/],
  ['checks and collectors', /src\/(checks|inventory\/(collectors|azure))\//],
  ['renderers', /src\/report\/(csv|ocsf|sarif|text|html\/)/],
  ['the description of the API, and of what it answers', /docs\/openapi|src\/http\/schemas\/(?!queries)/],
  ['the languages of zod', /zod\/.*\/locales\/(?!en\.)/],
])('are not: %s', (_, path) => {
  expect([...loaded.keys()].filter((file) => path.test(file))).toEqual([]);
});

it('is small', () => {
  const bytes = [...loaded.values()].reduce((sum, one) => sum + one, 0);
  expect(bytes).toBeGreaterThan(100_000);
  expect(bytes).toBeLessThan(550_000);
});
