import { readFileSync } from 'node:fs';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';

const FILE = require.resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');

/** What the public schema of SARIF 2.1.0 finds wrong. */
export function sarifProblems(log: unknown): readonly string[] {
  return validate(log) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

const validate = (() => {
  // It calls itself draft 4, and uses nothing that draft 7 reads otherwise; its patterns are none under the flag `u`.
  const { $schema: _, id: __, ...schema } = JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, unknown>;
  return addFormats(new Ajv({ strict: false, allErrors: true, unicodeRegExp: false })).compile(schema);
})();
