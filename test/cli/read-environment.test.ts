import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnvironment, warningOf } from '../../src/cli/read-environment';

describe('the environment', () => {
  let directory: string;
  let file: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'read-environment-'));
    file = join(directory, 'local.settings.json');
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  it('is itself where there is no file, without what is empty', () => {
    expect(readEnvironment({ A: '1', B: '', C: ' ', D: undefined }, file)).toEqual({ A: '1' });
  });

  it('wins over the file, but not by an empty value', () => {
    writeFileSync(file, '{"Values":{"A":"file","B":"file","C":"file"}}');
    expect(readEnvironment({ A: 'shell', B: '' }, file)).toEqual({ A: 'shell', B: 'file', C: 'file' });
  });

  it('is refused with a file that cannot be read or understood, in one line', () => {
    mkdirSync(file);
    expect(() => readEnvironment({}, file)).toThrow(
      expect.objectContaining({
        name: 'CannotRunError',
        message: expect.stringMatching(/^local\.settings\.json cannot be read: EISDIR.*\.$/),
      }),
    );
    rmSync(file, { recursive: true });
    writeFileSync(file, '{"Values":');
    expect(() => readEnvironment({}, file)).toThrow(
      expect.objectContaining({ name: 'CannotRunError', message: 'local.settings.json is not JSON.' }),
    );
  });
});

describe('names that are no settings', () => {
  const KNOWN = ['AUDIT_SUBSCRIPTIONS', 'MAIL_SENDER'];

  it('are told, with what may be meant', () => {
    expect(warningOf({ AUDIT_SUBSCRIPTION: 'x', REPORT_FOLDER: 'y', PATH: 'z', MAIL_SENDER: 'a' }, KNOWN)).toBe(
      'No setting of the auditor, and ignored: AUDIT_SUBSCRIPTION (did you mean AUDIT_SUBSCRIPTIONS?), REPORT_FOLDER.',
    );
  });

  it('are not told where there are none', () => {
    expect(warningOf({ PATH: 'z' }, KNOWN)).toBeUndefined();
  });
});
