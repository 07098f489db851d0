/**
 * Why a run failed: the causes that the error leaves open, each held against what is known of the tenant. Where nothing
 * is known a cause is `possible`, with where to look; it is never more than the evidence.
 */
import { LOG_SOURCES, SOURCES } from '../inventory/sources';
import { blindFindings, judgeByFindings } from './by-findings';
import { applicationsIn, openCase, signInsOf, type Case } from './case';
import { CAUSES, type CauseDescription, type CauseId } from './causes';
import type { Cause, Diagnosis, DiagnosisSource, Failure, Knowledge, NotLookedAt, RuledOut } from './diagnosis';
import { CERTAINTIES, type Certainty, type Suspicion } from './error-catalogue';
import { recognise, type Recognised } from './recognise';
import type { Seen } from './rule';
import { RULES } from './rules';

const MAX_CAUSES = 5;
const MAX_ENTRIES = 8;
const MAX_LENGTH = 1_000;

/** What no audit reads, whatever its identity may. */
const NEVER_LOOKED_AT: Readonly<Partial<Record<CauseId, string>>> = {
  'storage-firewall': 'Firewalls of storage accounts are not read',
  'sql-user-missing': 'Users in databases are not read: only T-SQL tells',
  'sql-firewall': 'Firewalls of SQL servers other than the workspace’s own are not read',
  'self-hosted-runtime': 'Self-hosted integration runtimes are not read',
  'storage-role-missing': 'Access control lists in a data lake are not read',
};

export function explain(failure: Failure, known: Knowledge): Diagnosis {
  const first = openCase(failure, recognise(failure.text, failure.errorCodes), known);
  const logged = loggedCode(first);
  const one =
    logged === null
      ? first
      : openCase(failure, recognise(`${failure.text} AADSTS${logged}`, failure.errorCodes), known);
  const { error } = one;
  const suspicions = suspicionsOf(error);
  const judged = suspicions.map((suspicion) => judge(one, suspicion, logged !== null));
  const causes = shown(ranked(judged.flatMap((found) => (found !== null && 'cause' in found ? [found.cause] : []))));
  const basis = Object.keys(known.sources).length > 0 ? 'inventory' : known.findings !== null ? 'report' : 'errorAlone';
  const isKnown = error.kinds.length > 0;
  const [cause] = causes;
  return {
    basis,
    isAuthentication: isKnown ? suspicions.length > 0 : null,
    errors: error.kinds
      .slice(0, MAX_ENTRIES)
      .map(({ id, title, certain, open, source }) => ({ id, title, certain, open, source })),
    codes: [...error.entraCodes.map((code) => `AADSTS${code}`), ...error.sqlCodes.map((code) => `SQL ${code}`)].slice(
      0,
      MAX_ENTRIES,
    ),
    named: {
      activity: error.activity,
      applicationIds: error.applicationIds.slice(0, MAX_ENTRIES),
      principalIds: error.principalIds.slice(0, MAX_ENTRIES),
      tenantIds: error.tenantIds.slice(0, MAX_ENTRIES),
      hosts: error.hosts.slice(0, MAX_ENTRIES),
    },
    causes,
    ruledOut: judged.flatMap((found) => (found !== null && 'ruledOut' in found ? [found.ruledOut] : [])),
    couldNotLookAt: notLookedAt(
      one,
      basis,
      suspicions.map(([id]) => id),
      causes,
    ),
    remedy: cause?.remedy ?? WITHOUT_CAUSE[isKnown ? (suspicions.length > 0 ? 'ruledOut' : 'harmless') : 'unknown'],
    clipped: failure.text.length > first.error.text.length,
  };
}

const WITHOUT_CAUSE = {
  ruledOut:
    'Everything that this error is known to come of was ruled out: look at the error itself, and at what could not be looked at.',
  harmless:
    'This is no failure of authentication. Run the pipeline again; if it fails again, look at the activity’s input and output.',
  unknown:
    'The error is not known here. Look at the failed activity’s error in Synapse Studio under Monitor > Pipeline runs, and paste its whole text.',
} as const;

/** The number that the sign-in log has of the moment, where the error itself tells none. */
function loggedCode(one: Case): string | null {
  if (
    one.error.entraCodes.length > 0 ||
    !one.error.kinds.some(({ frame, area }) => frame === true && area === 'entra')
  ) {
    return null;
  }
  const results = applicationsIn(one).flatMap(({ appId }) => signInsOf(one, appId).map(({ result }) => result));
  const [code, ...more] = new Set(results);
  return code !== undefined && more.length === 0 && /^\d{4,8}$/.test(code) ? code : null;
}

/** Each cause once, as sure as the surest of the errors has it, in the order of the catalogue. */
function suspicionsOf({ kinds }: Recognised): readonly Suspicion[] {
  const order = [...CERTAINTIES, 'onlyIfSeen'];
  const bases = new Map<CauseId, Suspicion[1]>();
  for (const [cause, certainty] of kinds.flatMap(({ causes }) => causes)) {
    const known = bases.get(cause);
    bases.set(cause, known !== undefined && order.indexOf(known) <= order.indexOf(certainty) ? known : certainty);
  }
  return [...bases];
}

/** A cause, whether the tenant shows it, and whether it is one that nothing but the tenant could show. */
interface Found {
  readonly cause: Cause & { readonly isSeen: boolean; readonly isPrecise: boolean };
}

function judge(one: Case, [id, said]: Suspicion, isFromLog: boolean): Found | { readonly ruledOut: RuledOut } | null {
  const byRule = RULES[id]?.(one) ?? null;
  const judgement = byRule ?? judgeByFindings(one, id, said);
  if (judgement !== null && 'ruledOut' in judgement) {
    return { ruledOut: { id, title: CAUSES[id].title, why: clip(judgement.ruledOut) } };
  }
  // That a sign-in failed at the same time is no proof that it was this one.
  const base = isFromLog && said === 'certain' ? 'likely' : said;
  if (judgement === null) {
    return base === 'onlyIfSeen' ? null : { cause: { ...causeOf(id, base, null), isPrecise: false } };
  }
  const certainty = asSureAs(
    one,
    judgement.seen.certainty ?? (base === 'onlyIfSeen' ? 'possible' : base),
    judgement.seen,
  );
  return { cause: { ...causeOf(id, certainty, judgement.seen), isPrecise: said === 'onlyIfSeen' } };
}

/** What is true of a linked service explains the failure for certain only where it can have come through nothing else. */
function asSureAs({ isWhole }: Case, certainty: Certainty, { about }: Seen): Certainty {
  return certainty === 'certain' && about !== undefined && !isWhole ? 'likely' : certainty;
}

function causeOf(id: CauseId, certainty: Certainty, seen: Seen | null): Omit<Found['cause'], 'isPrecise'> {
  const description: CauseDescription = CAUSES[id];
  return {
    id,
    certainty,
    sentence: clip(seen?.sentence ?? description.title),
    evidenceFor: (seen?.evidenceFor ?? []).slice(0, MAX_ENTRIES).map(clip),
    evidenceAgainst: (seen?.evidenceAgainst ?? []).slice(0, MAX_ENTRIES).map(clip),
    look: certainty === 'certain' && seen !== null ? '' : description.look,
    remedy: (seen?.remedy ?? description.remedy).join('\n').slice(0, 4 * MAX_LENGTH),
    source: description.source,
    about: seen?.about ?? null,
    isSeen: seen !== null && seen.evidenceFor.length > 0,
  };
}

/** The surest first; of equally sure ones what only the tenant could show, what it shows, what the catalogue has first. */
function ranked(causes: readonly Found['cause'][]): readonly Found['cause'][] {
  return causes.toSorted(
    (a, b) =>
      CERTAINTIES.indexOf(a.certainty) - CERTAINTIES.indexOf(b.certainty) ||
      Number(b.isPrecise) - Number(a.isPrecise) ||
      Number(b.isSeen) - Number(a.isSeen),
  );
}

/** Beside one that is certain others are of interest only where something speaks for them. */
function shown(causes: readonly Found['cause'][]): readonly Cause[] {
  const isSettled = causes[0]?.certainty === 'certain';
  return causes
    .filter((cause, index) => index === 0 || !isSettled || cause.isSeen)
    .slice(0, MAX_CAUSES)
    .map(({ isSeen: _seen, isPrecise: _precise, ...cause }) => cause);
}

function notLookedAt(
  one: Case,
  basis: Diagnosis['basis'],
  suspected: readonly CauseId[],
  causes: readonly Cause[],
): readonly NotLookedAt[] {
  if (suspected.length === 0) {
    return [];
  }
  const never = causes.flatMap(({ id }) => NEVER_LOOKED_AT[id] ?? []).map((what) => ({ what, permission: null }));
  if (basis === 'errorAlone') {
    return [{ what: 'The tenant: this goes by the error alone', permission: null }];
  }
  const missed =
    basis === 'inventory'
      ? [...one.missed].map((source) => ({ what: SOURCES[source].title, permission: permissionFor(source) }))
      : blindFindings(one, suspected).map(({ message, remediation }) => ({
          what: clip(message),
          permission: clip(remediation),
        }));
  return [...missed.slice(0, 2 * MAX_ENTRIES), ...never];
}

/** Logs are missing for want of an export more often than of a permission. */
function permissionFor(source: DiagnosisSource): string {
  const logs: readonly string[] = LOG_SOURCES;
  return logs.includes(source)
    ? 'the sign-in logs of Entra ID in Log Analytics, and Log Analytics Reader there'
    : `${SOURCES[source].permission} (${SOURCES[source].grantedIn})`;
}

function clip(text: string): string {
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH)}…`;
}
