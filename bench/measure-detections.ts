/** What the detections find of a generated month, and what judging costs. */
import { inNewChild } from './child';
import type { Detected } from './processes/detect';
import type { Judged } from './processes/judge';
import { BENCHMARK } from './detections/benchmark-month';

export interface JudgedRows {
  readonly rows: number;
  /** Each in a fresh process. */
  readonly checks: readonly Judged[];
  readonly floor: readonly Judged[];
}

export interface DetectionFigures {
  readonly month: Detected;
  /** Rows in the logs. */
  readonly loggedRows: number;
  readonly judged: readonly JudgedRows[];
}

/** The goal is for the second; the others show how the cost grows. */
export const JUDGED_ROWS: readonly number[] = [50_000, 100_000, 200_000];

const ROUNDS = 3;

export async function measureDetections(signal: AbortSignal): Promise<DetectionFigures> {
  const { month, loggedRows } = await inNewChild('traffic', {}, signal, async (traffic) => {
    const { rows, caFile, environment } = await traffic.ask('start');
    const settings = {
      ...environment,
      NODE_EXTRA_CA_CERTS: caFile,
      AzureWebJobsStorage: 'UseDevelopmentStorage=true',
    };
    const detected = await inNewChild('detect', settings, signal, (child) => child.ask('run'));
    return { month: detected, loggedRows: rows };
  });
  const judged: JudgedRows[] = [];
  for (const rows of JUDGED_ROWS) {
    judged.push({
      rows,
      checks: await measureJudging(rows, 'checks', signal),
      floor: await measureJudging(rows, 'floor', signal),
    });
  }
  return { month, loggedRows, judged };
}

async function measureJudging(rows: number, what: 'checks' | 'floor', signal: AbortSignal): Promise<readonly Judged[]> {
  const samples: Judged[] = [];
  while (samples.length < ROUNDS) {
    const question = { rows, seed: BENCHMARK.seed, what };
    samples.push(await inNewChild('judge', {}, signal, (child) => child.ask('measure', question)));
  }
  return samples;
}
