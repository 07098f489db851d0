/** Loads modules of the built app in a process that never did, and says how long that took. */
import { createRequire } from 'node:module';
import { provideCore } from '../../sandbox/host/core';
import { answerParent } from '../answer-parent';

export interface LoadQuestion {
  /** In this order. */
  readonly files: readonly string[];
}

export interface LoadTimes {
  readonly milliseconds: number;
  /** Processor time of the whole process, its helper threads included. */
  readonly processorMilliseconds: number;
}

const load = createRequire(__filename);

// Azure's language worker has loaded these before any app: it talks to its host over gRPC, which is HTTP/2.
load('node:http2');
load('node:crypto');

function measure({ files }: LoadQuestion): Promise<LoadTimes> {
  provideCore(() => undefined);
  const startedAt = performance.now();
  const before = process.cpuUsage();
  for (const file of files) {
    load(file);
  }
  const { user, system } = process.cpuUsage(before);
  return Promise.resolve({
    milliseconds: performance.now() - startedAt,
    processorMilliseconds: (user + system) / 1000,
  });
}

export const answers = { measure };
answerParent(answers);
