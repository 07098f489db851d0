import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/**
 * The design's one direction, as rules: pure folders do no I/O, read no clock and no environment, and imports point
 * down only. See docs/architecture.md.
 */
const PURE = [
  'src/checks/**',
  'src/audit/**',
  'src/diagnosis/**',
  'src/alerts/plan-*.ts',
  'src/alerts/render-*.ts',
  'src/alerts/routing.ts',
  'src/alerts/news.ts',
  'src/alerts/overdue.ts',
  'src/alerts/failing-alerts.ts',
  'src/alerts/recipients.ts',
  'src/alerts/expiry-steps.ts',
  'src/report/**',
  ...[
    'needed',
    'granted',
    'blinded-by',
    'find-excess',
    'find-missing',
    'plan',
    'describe-step',
    'not-looked-at',
    'conclusion',
    'render',
  ].map((name) => `src/permissions/${name}.ts`),
  'src/inventory/model.ts',
  'src/inventory/sources.ts',
];
/** These conduct, by what they share in audit.ts; the next two need node:crypto, which is pure. */
const CONDUCTOR = ['audit', 'run-audit', 'prepare-publication', 'full-audit', 'sign-in-audit'].map(
  (name) => `src/audit/${name}.ts`,
);
/** What the page of the report runs is text to the app. */
const IN_BROWSER = ['src/report/html/*.client.js'];
const HASHING = ['src/audit/finding.ts', 'src/audit/run-id.ts'];

const impureGlobals = ['process', 'fetch', 'setTimeout', 'setInterval', 'performance', 'console'].map((name) => ({
  name,
  message: 'This folder is pure: what it needs comes in as a parameter.',
}));
const clock = [
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'Time is a parameter here.',
  },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Time is a parameter here.' },
  {
    selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
    message: 'Chance has no place in a pure module.',
  },
];
const noSdk = { group: ['@azure/*'], message: 'This folder is pure: no SDKs.' };
const noNode = { group: ['node:*'], message: 'This folder is pure: no I/O.' };
const upwards = (...folders) => ({
  group: folders.map((folder) => `**/${folder}`).concat(folders.map((folder) => `**/${folder}/**`)),
  message: 'Imports point down only: functions -> run-audit -> checks, inventory types, storage, alerts.',
});

export default tseslint.config(
  { ignores: ['dist', 'build', 'coverage', 'node_modules', 'test/**/fixture-app/**'] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Settings and JSON have names that are no identifiers; tsc insists on brackets for index signatures.
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      // An empty header or name counts as absent; `??` would let it through.
      '@typescript-eslint/prefer-nullish-coalescing': 'off',
      'no-control-regex': 'off',
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: PURE,
    ignores: [...CONDUCTOR, ...IN_BROWSER],
    rules: {
      'no-restricted-globals': ['error', ...impureGlobals],
      'no-restricted-syntax': ['error', ...clock],
      'no-restricted-imports': [
        'error',
        {
          patterns: [noSdk, noNode, upwards('functions', 'storage', 'collectors', 'http', 'services', 'app-services')],
        },
      ],
    },
  },
  {
    files: HASHING,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            noSdk,
            { group: ['node:*', '!node:crypto'], message: 'Hashing only.' },
            upwards('functions', 'storage', 'collectors', 'http', 'services', 'app-services'),
          ],
        },
      ],
    },
  },
  {
    files: ['src/checks/**'],
    ignores: ['src/checks/index.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            noSdk,
            noNode,
            upwards('functions', 'storage', 'alerts', 'collectors', 'http', 'services', 'settings', 'run-audit'),
            { group: ['./*'], message: 'A check stands alone; what checks share lives in src/audit.' },
          ],
        },
      ],
    },
  },
  {
    files: ['src/inventory/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [upwards('functions', 'storage', 'alerts', 'checks', 'http', 'services', 'audit')] },
      ],
    },
  },
  {
    files: ['src/inventory/**'],
    ignores: ['src/inventory/azure/logs.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            upwards('functions', 'storage', 'alerts', 'checks', 'http', 'services', 'audit'),
            { group: ['@azure/monitor-*'], message: 'Alone logs.ts knows this package: docs/decisions/0010.' },
          ],
        },
      ],
    },
  },
  {
    files: ['src/inventory/azure/logs.ts', 'test/inventory/logs.test.ts'],
    rules: {
      '@typescript-eslint/no-deprecated': [
        'error',
        { allow: [{ from: 'package', package: '@azure/monitor-query', name: 'LogsQueryClient' }] },
      ],
    },
  },
  {
    files: ['src/storage/**', 'src/alerts/**'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [upwards('functions', 'http', 'services', 'collectors')] }],
    },
  },
  {
    // Alone to know the outdated client package and the mail package.
    files: ['src/**'],
    ignores: [
      'src/alerts/communication-mailer.ts',
      'src/inventory/**',
      'src/credential.ts',
      'src/checks/**',
      'src/audit/**',
      'src/storage/**',
      'src/alerts/**',
    ],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['@azure/arm-*', '@azure/communication-*', '@azure/identity', '@azure/monitor-*'],
              allowTypeImports: true,
              message: 'SDKs are loaded lazily, by inventory/ and alerts/ only.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['sandbox/**', 'bench/**', 'scripts/**', 'test/**'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs', '**/*.js'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        module: 'writable',
        require: 'readonly',
        __dirname: 'readonly',
      },
    },
    rules: { '@typescript-eslint/no-require-imports': 'off', 'no-console': 'off' },
  },
  {
    files: IN_BROWSER,
    languageOptions: {
      globals: Object.fromEntries(
        ['addEventListener', 'document', 'getSelection', 'location', 'navigator', 'setInterval', 'setTimeout'].map(
          (name) => [name, 'readonly'],
        ),
      ),
    },
  },
);
