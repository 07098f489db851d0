import type { Check } from '../audit/check';
const checks: readonly Check[] = [];
export default checks;
