const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * These wait for many processes, or for each write of a long job. In a new clone nobody knows yet how long a file takes, and
 * one of them that begins last is waited for by all.
 */
const LONG = [
  'alerts/crash',
  'alerts/delivery-at-scale',
  'sandbox/start',
  'storage/publication',
  'inventory/collect-inventory',
  'inventory/sign-ins',
  'functions/functions',
  'cli/audit-command',
];

const isLong = ({ path }) => LONG.some((name) => path.replaceAll('\\', '/').endsWith(`/test/${name}.test.ts`));

module.exports = class extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
};
