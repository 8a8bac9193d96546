import { AREAS, type Check } from './check.ts'
import { CASE_COUNT_CHECKS } from './checks/case-counts.ts'
import { DUAL_CRIMINALITY_CHECKS } from './checks/dual-criminality.ts'
import { ENTITY_CHECKS } from './checks/entities.ts'
import { ENTITY_BATCH_CHECKS } from './checks/entity-batches.ts'
import { FILTER_CHECKS } from './checks/filters.ts'
import { HIDDEN_RECORD_CHECKS } from './checks/hidden-records.ts'
import { ICCS_CHECKS } from './checks/iccs-classes.ts'
import { LIST_ORDER_CHECKS } from './checks/list-order.ts'
import { LIST_PAGE_CHECKS } from './checks/list-pages.ts'
import { LIST_SIZE_CHECKS } from './checks/list-sizes.ts'
import { LOAD_CHECKS } from './checks/load.ts'
import { PROTECTED_CHECKS } from './checks/protected.ts'
import { QUESTION_CHECKS } from './checks/questions.ts'
import { QUOTA_CHECKS } from './checks/quotas.ts'
import { RECEIPT_CHECKS } from './checks/receipts.ts'
import { RECORD_CHECKS } from './checks/records.ts'
import { REQUEST_CHECKS } from './checks/requests.ts'
import { ROW_CHECKS } from './checks/rows.ts'
import { RULE_CHECKS } from './checks/rules.ts'
import { SEARCH_CHECKS } from './checks/search.ts'
import { TOKEN_CHECKS } from './checks/tokens.ts'

/** Every check, in the order of the report. */
export const CHECKS: readonly Check[] = [
  ...[
    RECORD_CHECKS,
    ENTITY_CHECKS,
    ENTITY_BATCH_CHECKS,
    LIST_ORDER_CHECKS,
    LIST_PAGE_CHECKS,
    LIST_SIZE_CHECKS,
    FILTER_CHECKS,
    SEARCH_CHECKS,
    PROTECTED_CHECKS,
  ],
  ...[
    ROW_CHECKS,
    HIDDEN_RECORD_CHECKS,
    CASE_COUNT_CHECKS,
    DUAL_CRIMINALITY_CHECKS,
    ICCS_CHECKS,
    RULE_CHECKS,
    TOKEN_CHECKS,
  ],
  ...[QUESTION_CHECKS, QUOTA_CHECKS, REQUEST_CHECKS, RECEIPT_CHECKS, LOAD_CHECKS],
].flat()

/**
 * Chooses the checks that names stand for: ids such as `entities.order`, or parts such as `entities`. Without names, all.
 * @returns null if a name stands for none.
 */
export function chooseChecks(names: readonly string[]): readonly Check[] | null {
  if (names.length === 0) return CHECKS
  const isKnown = (name: string): boolean => AREAS.some((area) => area === name) || CHECKS.some(({ id }) => id === name)
  if (!names.every(isKnown)) return null
  return CHECKS.filter(({ id }) => names.some((name) => id === name || id.startsWith(`${name}.`)))
}
