/**
 * Reads everything that the checks need, the inventory and the logs of what in it concerns Synapse, and judges it. What
 * earlier audits left comes in, and what this one finds goes out: nothing is stored here.
 */
import type { Period } from '../inventory/model';
import type { SignInWatch } from '../inventory/sign-ins';
import type { Inventory } from '../inventory/sources';
import type { Log } from '../log';
import {
  COMPARED_SOURCES,
  compareWithBaseline,
  DRIFT_CHECK,
  driftOptions,
  periodOfChanges,
  type Baseline,
} from './baseline';
import type { Check } from './check';
import type { ChosenChecks } from './choose-checks';
import { sourcesOf } from './evaluate';
import type { Finding } from './finding';
import { judgeAsRead } from './judge-as-read';
import type { ReadingServices } from './reading-services';
import { isSignInCheck, neededBy, usesLogs } from './sign-in-checks';
import { signInWatch, WATCH_SOURCES } from './sign-in-watch';
import { judgedPeriod, periodsAfter, type ReadUntil } from './sign-in-window';

export interface Reading {
  readonly services: ReadingServices;
  readonly chosen: ChosenChecks;
  /** Start of the audit. */
  readonly now: Date;
  /** Ends all reading. */
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Is given the findings of each check as soon as it is judged. */
  readonly onJudged?: (findings: readonly Finding[]) => void;
}

/** What earlier audits left. */
export interface Known {
  /** `null`: there is none. */
  readonly baseline: Baseline | null;
  readonly readUntil: ReadUntil;
}

export interface Judged {
  readonly inventory: Inventory;
  readonly watch: SignInWatch;
  readonly findings: readonly Finding[];
  readonly baseline: Baseline;
  /** Of which the sign-ins were judged; `null`: no check of theirs is on. */
  readonly signInPeriod: Period | null;
}

export async function readAndJudge(
  { services, chosen: { checks, options }, now, signal, log, onJudged }: Reading,
  known: Known,
): Promise<Judged> {
  const needed = neededBy(checks);
  const periodOf = periodsAfter(known.readUntil, now);
  const reading = await services.collect(needed.inventory, periodOfChanges(known.baseline, now), signal, log);
  // Logs are read as soon as it is known whose: settings that only checks ask for take longer.
  const watched = reading.of(WATCH_SOURCES).then(async (part) => {
    const watch = signInWatch(part, { ...services, now });
    const logs = await services.collectLogs(needed.logs, { watch, periodOf }, signal, log);
    return {
      logs,
      signIns: { period: judgedPeriod(logs, periodOf, now), watch, trustedNetworks: services.trustedNetworks },
    };
  });
  const { acceptAfterDays } = driftOptions.parse(options[DRIFT_CHECK] ?? {});
  const compared = reading
    .of(COMPARED_SOURCES)
    .then((part) => compareWithBaseline(known.baseline, part, { now, acceptAfterDays }));

  const context = { ...services, now, options };
  const groundsFor = async (check: Check) => {
    const part = reading.of(sourcesOf(check));
    if (check.usesDrift === true) {
      const [inventory, { drift }, { logs, signIns }] = await Promise.all([part, compared, watched]);
      return { inventory: { ...inventory, ...logs }, context: { ...context, drift, signIns } };
    }
    if (usesLogs(check)) {
      const [inventory, { logs, signIns }] = await Promise.all([part, watched]);
      return { inventory: { ...inventory, ...logs }, context: { ...context, signIns } };
    }
    return { inventory: await part, context };
  };

  const [tenant, { baseline }, { logs, signIns }, findings] = await Promise.all([
    reading.whole(),
    compared,
    watched,
    judgeAsRead(checks, groundsFor, onJudged),
  ]);
  const { period, watch } = signIns;
  return {
    inventory: { ...tenant, ...logs },
    watch,
    findings,
    baseline,
    signInPeriod: checks.some(isSignInCheck) ? period : null,
  };
}
