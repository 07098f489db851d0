import { MONTH, type TrafficOptions } from '../../sandbox/traffic/traffic';

/** The tests use other seeds, so that nothing is fitted to this one. */
export const BENCHMARK: TrafficOptions = { ...MONTH, seed: 20_260, until: new Date('2026-03-01T00:00:00Z') };

/** Far longer than in production, as each takes the simulated service seconds; what this changes is tested. */
export const HOURS_BETWEEN_AUDITS = 24;
