/** An inventory of which parts are known before the rest. */
import type { Inventory, LogSource, SourceName } from './sources';

export interface InventoryReading {
  /** Once these are read, whatever else is not yet. */
  of(sources: readonly SourceName[]): Promise<Inventory>;
  /** Once everything is read. */
  whole(): Promise<Inventory>;
}

/** Sources that are read, or being read. */
export type Reading = {
  [S in Exclude<SourceName, LogSource>]: Inventory[S] | Promise<Inventory[S] | undefined> | undefined;
};

/** @param reading by source; what is `undefined` is not in the inventory */
export function readingOf(reading: Partial<Reading>): InventoryReading {
  const of = async (sources: readonly SourceName[]): Promise<Inventory> => {
    const read = await Promise.all(
      sources.map(async (source) => [source, await reading[source as keyof Reading]] as const),
    );
    return Object.fromEntries(read.filter(([, scopes]) => scopes !== undefined));
  };
  return { of, whole: () => of(Object.keys(reading) as SourceName[]) };
}
