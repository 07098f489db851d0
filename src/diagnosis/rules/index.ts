/** What is looked at in the tenant for each cause; a cause without a rule stands on the error alone. */
import type { CauseId } from '../causes';
import { hasKind } from '../case';
import type { Rule } from '../rule';
import { IDENTITY_RULES } from './identities';
import { PRINCIPAL_RULES } from './principals';
import { ROLE_RULES } from './roles';
import { SECRET_RULES } from './secrets';
import { TARGET_RULES } from './targets';
import { vaultConditional, vaultPropagation, VAULT_RULES } from './vaults';

/** Vaults have rights of two kinds, which only their own rules know. */
const elsewhereThanIn =
  (vault: Rule, other: Rule): Rule =>
  (one) =>
    (hasKind(one, 'vault-forbidden') ? vault : other)(one);

export const RULES: Readonly<Partial<Record<CauseId, Rule>>> = {
  ...SECRET_RULES,
  ...PRINCIPAL_RULES,
  ...IDENTITY_RULES,
  ...ROLE_RULES,
  ...VAULT_RULES,
  ...TARGET_RULES,
  'role-propagation': elsewhereThanIn(vaultPropagation, ROLE_RULES['role-propagation']),
  'role-conditional': elsewhereThanIn(vaultConditional, ROLE_RULES['role-conditional']),
};
