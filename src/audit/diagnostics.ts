/** What diagnostic settings carry, and where to. */
import type { DiagnosticSetting } from '../inventory/model';

/** The settings that send this log category to a Log Analytics workspace; category names are compared without case. */
export function carriersOf(category: string, settings: readonly DiagnosticSetting[]): readonly DiagnosticSetting[] {
  const name = category.toLowerCase();
  return settings.filter(
    ({ logAnalyticsId, allLogs, categories }) =>
      logAnalyticsId !== null && (allLogs || categories.some((one) => one.toLowerCase() === name)),
  );
}

/** The Log Analytics workspace that a missing category would best go to: one that others go to already. */
export function logAnalyticsOf(settings: readonly DiagnosticSetting[]): string | null {
  return settings.find(({ logAnalyticsId }) => logAnalyticsId !== null)?.logAnalyticsId ?? null;
}
