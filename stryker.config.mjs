/**
 * Mutation tests of the pure parts: does a test fail when the code is wrong? `run-audit.ts` and `prepare-publication.ts`
 * are not among them, as they only call others; their tests run them over sockets.
 */
export default {
  mutate: [
    'src/checks/*.ts',
    '!src/checks/index.ts',
    'src/audit/*.ts',
    '!src/audit/{run-audit,prepare-publication}.ts',
  ],
  plugins: ['@stryker-mutator/jest-runner', './scripts/mutation-ignorer.mjs'],
  ignorers: ['prose'],
  testRunner: 'jest',
  concurrency: 2,
  jest: { configFile: 'jest.mutation.config.cjs' },
  coverageAnalysis: 'perTest',
  // Jest keeps a little of each run, and a process of many runs gets slower and slower.
  maxTestRunnerReuse: 60,
  incremental: true,
  incrementalFile: 'build/mutation/incremental.json',
  ignoreStatic: false,
  reporters: ['clear-text', 'progress', 'html', 'json'],
  htmlReporter: { fileName: 'build/mutation/report.html' },
  jsonReporter: { fileName: 'build/mutation/report.json' },
  tempDirName: 'build/mutation/tmp',
  // On a busy machine a slow test must not count as one that noticed.
  timeoutMS: 30_000,
  thresholds: { high: 95, low: 85, break: 85 },
};
