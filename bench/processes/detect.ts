/** Audits the generated month through the real clients, and compares what it finds with what was planted. */
import { createCredential } from '../../src/credential';
import { azureConnector } from '../../src/inventory/azure/clients';
import { readSettings } from '../../src/settings';
import { auditSettingsOf } from '../../sandbox/traffic/audit-settings';
import { blindSpotsFound, scoreFindings } from '../../sandbox/traffic/score';
import { createTraffic } from '../../sandbox/traffic/traffic';
import { watchOf } from '../../sandbox/traffic/watch';
import { answerParent } from '../answer-parent';
import { auditMonth, type MonthAudited } from '../detections/audit-month';
import { auditorOf, SIGN_IN_CHECKS } from '../detections/audit-traffic';
import { BENCHMARK, HOURS_BETWEEN_AUDITS } from '../detections/benchmark-month';

export interface DetectionScore {
  readonly checkId: string;
  readonly planted: number;
  readonly found: number;
  /** Names of attacks. */
  readonly missed: readonly string[];
  /** What each says, and the name of the look-alike it fell for. */
  readonly falseAlarms: readonly { readonly message: string; readonly lookAlike: string | undefined }[];
  readonly precision: number;
  readonly recall: number;
}

export interface Detected extends Omit<MonthAudited, 'findings'> {
  readonly scores: readonly DetectionScore[];
  readonly lookAlikes: number;
  /** Names of attacks that nobody expects to be found, and whether they were. */
  readonly blindSpots: readonly { readonly name: string; readonly found: boolean }[];
}

async function run(): Promise<Detected> {
  const settings = readSettings(process.env);
  const azure = azureConnector(settings.cloud, createCredential(settings.identityClientId, process.env));
  const traffic = createTraffic(BENCHMARK);
  const auditor = auditorOf(watchOf(traffic), auditSettingsOf(traffic));
  const { findings, ...figures } = await auditMonth(auditor, traffic, HOURS_BETWEEN_AUDITS, () => azure);
  const seen = new Set(blindSpotsFound(traffic.plants, findings));
  const ids = SIGN_IN_CHECKS.map(({ id }) => id);
  return {
    ...figures,
    lookAlikes: traffic.plants.filter(({ kind }) => kind === 'lookAlike').length,
    blindSpots: traffic.plants
      .filter(({ kind }) => kind === 'blindSpot')
      .map((plant) => ({ name: plant.name, found: seen.has(plant) })),
    scores: scoreFindings(ids, traffic.plants, findings).map(({ missed, falseAlarms, ...score }) => ({
      ...score,
      missed: missed.map(({ name }) => name),
      falseAlarms: falseAlarms.map(({ finding, lookAlike }) => ({
        message: finding.message,
        lookAlike: lookAlike?.name,
      })),
    })),
  };
}

export const answers = { run };
answerParent(answers);
