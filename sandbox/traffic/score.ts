/** What an audit found of what was planted, and what it should not have said. */
import type { Finding } from '../../src/audit/finding';
import type { Plant } from './plant';

export interface Score {
  readonly checkId: string;
  /** Attacks that this check must find. */
  readonly planted: number;
  readonly found: number;
  readonly missed: readonly Plant[];
  /** Failing findings that nothing explains, with the look-alike it fell for where it is one. */
  readonly falseAlarms: readonly { readonly finding: Finding; readonly lookAlike: Plant | undefined }[];
  /** Share of its alarms that are about an attack, and of the attacks that it found; 1 where there are none. */
  readonly precision: number;
  readonly recall: number;
}

/** @param findings of any number of audits; the same finding counts once */
export function scoreFindings(
  checkIds: readonly string[],
  plants: readonly Plant[],
  findings: readonly Finding[],
): Score[] {
  const alarms = [
    ...new Map(
      findings.filter(({ status }) => status === 'fail').map((finding) => [finding.fingerprint, finding]),
    ).values(),
  ].map((finding) => ({ finding, text: textOf(finding) }));
  return checkIds.map((checkId) => {
    const own = alarms.filter(({ finding }) => finding.checkId === checkId);
    const attacks = plants.filter(({ kind, checkIds: expected }) => kind === 'attack' && expected.includes(checkId));
    const missed = attacks.filter((attack) => !own.some(({ text }) => isAbout(attack, text)));
    const explained = [
      ...attacks,
      ...plants.filter(({ kind, mayAlsoFind }) => kind === 'blindSpot' || mayAlsoFind.includes(checkId)),
    ];
    const falseAlarms = own
      .filter(({ text }) => !explained.some((plant) => isAbout(plant, text)))
      .map(({ finding, text }) => ({
        finding,
        lookAlike: plants.find((plant) => plant.kind === 'lookAlike' && isAbout(plant, text)),
      }));
    return {
      checkId,
      planted: attacks.length,
      found: attacks.length - missed.length,
      missed,
      falseAlarms,
      precision: share(own.length - falseAlarms.length, own.length),
      recall: share(attacks.length - missed.length, attacks.length),
    };
  });
}

/** Those of the attacks nobody expects to be found that some finding is about. */
export function blindSpotsFound(plants: readonly Plant[], findings: readonly Finding[]): readonly Plant[] {
  const texts = findings.filter(({ status }) => status === 'fail').map(textOf);
  return plants.filter((plant) => plant.kind === 'blindSpot' && texts.some((text) => isAbout(plant, text)));
}

function isAbout({ keys }: Plant, text: string): boolean {
  return keys.some((key) => text.includes(key));
}

function share(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole;
}

/** Where a finding may name whom it is about. */
function textOf({ subject, evidence }: Finding): string {
  return JSON.stringify([subject.id, evidence]).toLowerCase();
}
