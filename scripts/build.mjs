/**
 * Bundles the app and the tools around it. Prints nothing but errors, exits non-zero on any.
 *
 *   node scripts/build.mjs              the app: src/main.ts -> dist/main.js and the parts it loads when needed
 *   node scripts/build.mjs --sandbox    also the tools of sandbox/, src/cli/, bench/ and scripts/ -> build/
 *   node scripts/build.mjs --metafile   also build/main.meta.json: which file adds how many bytes to the app
 *   node scripts/build.mjs FILE...      only these tools, and not the app
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build, transform } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What stands in the page of the report, style and script, is text to the app; each is made small. */
const pageTexts = {
  name: 'page-texts',
  setup({ onLoad }) {
    onLoad({ filter: /src[\\/]report[\\/].*(?:\.css|\.client\.js)$/ }, async ({ path }) => {
      const loader = path.endsWith('.css') ? 'css' : 'js';
      const { code } = await transform(readFileSync(path, 'utf8'), { loader, minify: true, target: 'es2022' });
      return { contents: code, loader: 'text' };
    });
  },
};

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  loader: { '.kql': 'text' },
  plugins: [pageTexts],
  sourcemap: true,
  logLevel: 'error',
  write: false,
};

/**
 * What only an audit needs stands in files of its own, so that the HTTP functions do not even parse it. esbuild splits ES
 * modules only: they are bundled as such, and each file is then made CommonJS, which loads faster and without experiments.
 */
async function buildApp() {
  const { outputFiles, metafile } = await build({
    ...common,
    entryPoints: ['src/main.ts'],
    outdir: 'dist',
    format: 'esm',
    splitting: true,
    chunkNames: '[name]-[hash]',
    minify: true,
    // The ES modules of packages can be tree-shaken: a quarter less to load in a cold start.
    mainFields: ['module', 'main'],
    external: ['@azure/functions-core'],
    plugins: [...common.plugins, loadXmlLate],
    legalComments: 'linked',
    sourcemap: 'inline',
    metafile: true,
  });
  const files = await Promise.all(outputFiles.map((file) => (file.path.endsWith('.js') ? toCommonJs(file) : [file])));
  // The entry file comes last: whoever finds it finds its parts.
  return { metafile, outputFiles: files.flat().sort((a, b) => isEntry(a) - isEntry(b)) };
}

/**
 * Tables are JSON; the XML library of their client, a quarter of what an HTTP function would load, is for service properties
 * only. It is loaded should Table Storage ever answer in XML.
 */
const loadXmlLate = {
  name: 'load-xml-late',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@azure\/core-xml$/ }, ({ importer }) =>
      importer.includes('data-tables') ? { path: 'core-xml', namespace: 'late' } : undefined,
    );
    onLoad({ filter: /^core-xml$/, namespace: 'late' }, () => ({
      resolveDir: root,
      contents: `
        export const parseXML = async (...input) => (await import('@azure/core-xml')).parseXML(...input);
        export const stringifyXML = () => { throw new Error('The app sends no XML.'); };`,
    }));
  },
};

async function toCommonJs({ path, text }) {
  const { code, map } = await transform(text, {
    format: 'cjs',
    platform: common.platform,
    target: common.target,
    minify: true,
    sourcemap: 'external',
    sourcefile: basename(path),
    supported: { 'dynamic-import': false },
  });
  return [
    { path, contents: `${code}//# sourceMappingURL=${basename(path)}.map\n` },
    { path: `${path}.map`, contents: map },
  ];
}

function isEntry({ path }) {
  return Number(basename(path) === 'main.js');
}

function buildTools(entryPoints) {
  return build({
    ...common,
    entryPoints,
    outdir: 'build',
    outbase: '.',
    plugins: [...common.plugins, leavePackagesOutside],
  });
}

/** Tools load packages from node_modules. Those that are ES modules only go inside: older Node 20 cannot require them. */
const leavePackagesOutside = {
  name: 'leave-packages-outside',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === 'entry-point' || isBuiltin(path) || isModuleOnly(path) ? undefined : { path, external: true },
    );
  },
};

function isModuleOnly(specifier) {
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  const manifest = join(root, 'node_modules', name, 'package.json');
  if (!existsSync(manifest)) {
    return false;
  }
  const { type, exports = {} } = JSON.parse(readFileSync(manifest, 'utf8'));
  return type === 'module' && !JSON.stringify(exports).includes('"require"');
}

function allTools() {
  const files = ['bench', 'scripts'].flatMap((directory) =>
    existsSync(join(root, directory))
      ? readdirSync(join(root, directory), { recursive: true }).map((name) => join(directory, name))
      : [],
  );
  return [
    'sandbox/start.ts',
    'sandbox/start-live.ts',
    'sandbox/mail-preview.ts',
    'sandbox/audit.ts',
    'src/cli/main.ts',
    'sandbox/host/main.ts',
    ...files,
  ].filter((file) => file.endsWith('.ts'));
}

/** Each file appears whole or not at all, so that a host may be started while another build runs. */
function replaceFile(path, contents) {
  const draft = `${path}.${process.pid}.draft`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(draft, contents);
  renameSync(draft, path);
}

const AN_HOUR = 3_600_000;

/** Parts of earlier builds. Those of the last hour stay: a host that was started with them may not have loaded them yet. */
function removeOutdated(directory, current) {
  const kept = new Set(current.map(({ path }) => path));
  for (const path of readdirSync(directory).map((name) => join(directory, name))) {
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (!kept.has(path) && age > AN_HOUR) {
      rmSync(path, { force: true });
    }
  }
}

// With handlers a signal waits for the file being written, so that no draft stays behind.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

try {
  const { values: options, positionals } = parseArgs({
    options: { sandbox: { type: 'boolean' }, metafile: { type: 'boolean' } },
    allowPositionals: true,
  });
  const tools = options.sandbox ? allTools() : positionals;
  const [app, built] = await Promise.all([
    positionals.length === 0 ? buildApp() : undefined,
    tools.length > 0 ? buildTools(tools) : undefined,
  ]);
  for (const { path, contents } of [...(app?.outputFiles ?? []), ...(built?.outputFiles ?? [])]) {
    replaceFile(path, contents);
  }
  if (app !== undefined) {
    removeOutdated(join(root, 'dist'), app.outputFiles);
  }
  if (options.metafile && app !== undefined) {
    replaceFile(join(root, 'build/main.meta.json'), JSON.stringify(app.metafile));
  }
} catch (error) {
  // esbuild has printed its own errors, with the place of each.
  if (!Array.isArray(error.errors)) {
    console.error(error.message);
  }
  process.exitCode = 1;
}
