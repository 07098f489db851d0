/** `npm run diagnose`: why a run failed, by the text of its error, without any access to a tenant. */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { Finding } from '../audit/finding';
import { diagnoseRun, diagnoseText, type Answer } from '../diagnosis/by-report';

export const USAGE = `usage: npm run diagnose -- "TEXT OF THE ERROR" [--report FILE] [--workspace NAME] [--json]
       npm run diagnose -- --run ID --report FILE [--workspace NAME] [--json]
       … | npm run --silent diagnose

  TEXT            the error, best all of it; without it standard input is read
  --report FILE   go by the open findings of this report (the JSON of GET /api/report)
  --run ID        explain a run that failed, which the report has a finding of
  --workspace X   leave out findings of other workspaces
  --json          the answer as JSON

exit code: 0 answered, 1 no finding of the report holds the run, 2 called wrongly or a file cannot be read`;

/** UTF-16 units of standard input that are read: far more than is looked at. */
const MAX_INPUT = 1_048_576;

export interface DiagnoseIo {
  /** `undefined`: somebody sits at the terminal, and nothing will come. */
  readonly input: AsyncIterable<unknown> | undefined;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly now: Date;
}

/** @returns the exit code */
export async function diagnose(args: readonly string[], io: DiagnoseIo): Promise<number> {
  let answer: Answer | undefined;
  let isJson: boolean;
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: {
        report: { type: 'string' },
        run: { type: 'string' },
        workspace: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
      allowPositionals: true,
    });
    if (values.help) {
      io.out(`${USAGE}\n`);
      return 0;
    }
    isJson = values.json;
    const findings = values.report === undefined ? null : await readFindings(values.report);
    const { run, workspace = null } = values;
    if (run === undefined) {
      const text = positionals.length > 0 ? positionals.join(' ') : await readInput(io.input);
      if (text.trim() === '') {
        throw new Error('There is no text of an error.');
      }
      answer = diagnoseText(text, { now: io.now, findings, workspace });
    } else if (findings === null || positionals.length > 0) {
      throw new Error('--run takes --report FILE, as only a report knows runs, and no text.');
    } else {
      answer = diagnoseRun(run, findings, workspace);
    }
  } catch (error) {
    io.err(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}\n`);
    return 2;
  }
  if (answer === undefined) {
    io.err('No open finding of the report holds that run. Give the text of its error instead.\n');
    return 1;
  }
  io.out(isJson ? `${JSON.stringify(answer, null, 2)}\n` : `${answer.answer}\n`);
  return 0;
}

async function readInput(input: DiagnoseIo['input']): Promise<string> {
  let text = '';
  for await (const chunk of input ?? []) {
    text += String(chunk);
    if (text.length >= MAX_INPUT) {
      break;
    }
  }
  return text;
}

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]);
const finding = z.looseObject({
  fingerprint: z.string(),
  checkId: z.string(),
  status: z.string(),
  subject: z.looseObject({ id: z.string(), kind: z.string(), name: z.string() }),
  message: z.string(),
  remediation: z.string(),
  scope: z.string(),
  evidence: z.record(z.string(), scalar),
});

/** @throws where the file is none, or no report */
async function readFindings(file: string): Promise<readonly Finding[]> {
  const parsed = z.looseObject({ findings: z.array(finding) }).safeParse(JSON.parse(await readFile(file, 'utf8')));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(
      `--report: ${file} is no report: ${issue?.path.map(String).join('.') ?? ''} ${issue?.message ?? ''}`,
    );
  }
  const open = parsed.data.findings.filter(({ status }) => status === 'fail' || status === 'notEvaluated');
  return open as unknown as readonly Finding[];
}
