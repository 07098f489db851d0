/** What the command prints. Pure; names of the tenant are shown without anything that acts in a terminal. */
import { singleLine } from '../alerts/safe-text';
import type { Check } from '../audit/check';
import { counted } from '../audit/wording';
import type { Cloud } from '../clouds';
import type { Outcome } from './apply-steps';
import { blindedBy, type Blinded } from './blinded-by';
import { conclusionOf, exitCodeOf, type Run } from './conclusion';
import { commandOf, describeStep, whoMay } from './describe-step';
import type { Excess } from './find-excess';
import type { Missing, Place } from './find-missing';
import type { Granted } from './granted';
import { neededIn } from './needed';
import type { NotLookedAt } from './not-looked-at';
import type { Action } from './options';
import type { Plan, Step } from './plan';

export function renderIdentity({ principal, subscriptions, workspaces }: Granted): string {
  const list = (names: readonly string[]): string => names.join(', ') || 'none';
  return lines([
    `Identity: ${shown(principal.name)} (${principal.id})`,
    `Subscriptions: ${list(subscriptions.map(({ id, name }) => `${shown(name)} (${id})`))}`,
    `Synapse workspaces: ${list(workspaces.map(({ name }) => shown(name)))}`,
  ]);
}

/** @param logWorkspaceIds those that a setting names; which subscription they are in it does not say */
export function renderNote(logWorkspaceIds: readonly string[]): string {
  return logWorkspaceIds.length === 0
    ? ''
    : lines([
        '',
        `LOG_ANALYTICS_WORKSPACE_IDS names ${counted(logWorkspaceIds.length, 'workspace')}: what is said here goes for those in the subscriptions above. For others see infra/README.md.`,
      ]);
}

export function renderMissing(missing: readonly Missing[], checks: readonly Check[]): string {
  return lines(
    byPlace(missing).flatMap(([place, ofPlace]) => {
      const [first] = ofPlace;
      const isAll =
        first !== undefined && ofPlace.length > 1 && ofPlace.length === neededIn(first.permission.system).length;
      const names = ofPlace.map(({ permission }) => permission.name);
      const blinded = ofPlace.map(({ permission }) => blindedBy(permission, checks));
      return [
        '',
        `Missing: ${first?.permission.system ?? ''}, ${describePlace(place)}`,
        ...(isAll
          ? [`  everything: ${names.join(', ')}`, ...consequences(together(blinded))]
          : ofPlace.flatMap((each, index) => [`  ${each.permission.name}`, ...consequences(blinded[index] ?? NONE)])),
      ];
    }),
  );
}

/** What the identity has and does not need. */
export function renderExcess(excess: readonly Excess[]): string {
  return lines(
    excess.flatMap(({ system, name, place }) => [
      '',
      `More than it needs: ${system}, ${describePlace(place)}`,
      `  ${shown(name)}`,
    ]),
  );
}

export function renderNotLookedAt(places: readonly NotLookedAt[]): string {
  return lines(
    places.flatMap(({ where, problem, whoCan }) => [
      '',
      `Not looked at: ${where}`,
      `  ${problem}`,
      `  Run this again signed in as ${whoCan}.`,
    ]),
  );
}

/** What will be done, before it is done; for `verify`, what would have to be. */
export function renderPlan(action: Action, { steps, impossible }: Plan, cloud: Cloud): string {
  const head = action === 'verify' ? 'To be done, by npm run permissions -- grant, or by hand:' : 'To be done:';
  return lines([
    ...(steps.length === 0 ? [] : ['', head]),
    ...steps.flatMap((step, index) => [
      `  ${index + 1}. ${describeStep(step)}`,
      ...(action === 'verify' ? byHand(step, cloud) : []),
    ]),
    ...impossible.flatMap((problem) => ['', `Cannot be done: ${shown(problem)}`]),
  ]);
}

export function renderOutcome(outcome: Outcome): string {
  const what = describeStep(outcome.step);
  return outcome.status === 'failed'
    ? lines([`  failed: ${what}`, `    ${outcome.problem}`])
    : lines([`  done: ${what}${outcome.wasThere ? ' (was so already)' : ''}`]);
}

/** What is left to an administrator. */
export function renderFailures(outcomes: readonly Outcome[], cloud: Cloud): string {
  const failed = outcomes.filter(({ status }) => status === 'failed');
  return failed.length === 0
    ? ''
    : lines([
        '',
        'What failed somebody else can do by hand:',
        ...failed.flatMap(({ step }) => [`  ${describeStep(step)}`, ...byHand(step, cloud)]),
      ]);
}

/** Everything of a run, for programs. The shape is documented in `docs/permissions-script.md`. */
export function renderJson(run: Run, granted: Granted, checks: readonly Check[], cloud: Cloud): string {
  const { action, missing, excess, notLookedAt, plan, outcomes } = run;
  const stateOf = (step: Step) => {
    const outcome = outcomes?.find((each) => each.step === step);
    return outcome === undefined
      ? { status: 'planned' }
      : outcome.status === 'failed'
        ? { status: 'failed', problem: outcome.problem }
        : { status: 'done' };
  };
  return `${JSON.stringify(
    {
      action,
      exitCode: exitCodeOf(run),
      conclusion: conclusionOf(run),
      principal: granted.principal,
      subscriptions: granted.subscriptions.map(({ id, name }) => ({ id, name })),
      workspaces: granted.workspaces.map(({ name }) => name),
      missing: missing.map(({ permission, place }) => ({
        permission: permission.name,
        grantedIn: permission.system,
        place,
        sources: [...permission.requiredBy, ...permission.completes],
        ...blindedBy(permission, checks),
      })),
      excess: excess.map(({ system: grantedIn, name: permission, place }) => ({ permission, grantedIn, place })),
      notLookedAt,
      steps: plan.steps.map((step) => ({
        what: describeStep(step),
        ...stateOf(step),
        whoMay: whoMay(step),
        command: commandOf(step, cloud),
      })),
      impossible: plan.impossible,
    },
    null,
    2,
  )}\n`;
}

const NONE: Blinded = { blind: [], lessTold: [] };

function consequences({ blind, lessTold }: Blinded): string[] {
  return [
    ...(blind.length === 0 ? [] : [`    blind without it: ${blind.join(', ')}`]),
    ...(lessTold.length === 0 ? [] : [`    say less without it: ${lessTold.join(', ')}`]),
  ];
}

function together(all: readonly Blinded[]): Blinded {
  const blind = new Set(all.flatMap((each) => each.blind));
  const lessTold = new Set(all.flatMap((each) => each.lessTold).filter((id) => !blind.has(id)));
  return { blind: [...blind].sort(), lessTold: [...lessTold].sort() };
}

function byPlace(missing: readonly Missing[]): [Place, Missing[]][] {
  const places = new Map<string, [Place, Missing[]]>();
  for (const each of missing) {
    const key = JSON.stringify(each.place);
    const [place, known] = places.get(key) ?? [each.place, []];
    places.set(key, [place, [...known, each]]);
  }
  return [...places.values()];
}

function describePlace(place: Place): string {
  switch (place.kind) {
    case 'tenant':
      return 'the tenant';
    case 'subscription':
      return `subscription ${shown(place.name)} (${place.id})`;
    case 'workspace':
      return `workspace ${shown(place.name)}`;
  }
}

function byHand(step: Step, cloud: Cloud): string[] {
  return [`     as ${whoMay(step)}:`, `     ${commandOf(step, cloud)}`];
}

function shown(text: string): string {
  return singleLine(text, 300);
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('');
}
