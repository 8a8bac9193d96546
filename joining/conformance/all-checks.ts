import type { Check } from './check.ts'
import { COUNT_CHECKS } from './checks/counts.ts'
import { FILTER_CHECKS } from './checks/filters.ts'
import { LAW_CHECKS } from './checks/law.ts'
import { LIST_CHECKS } from './checks/lists.ts'
import { LOAD_CHECKS } from './checks/load.ts'
import { PERSON_CHECKS } from './checks/persons.ts'
import { QUESTION_CHECKS } from './checks/questions.ts'
import { RECEIPT_CHECKS } from './checks/receipts.ts'
import { RECORD_CHECKS } from './checks/records.ts'
import { REQUEST_CHECKS } from './checks/requests.ts'
import { ROW_CHECKS } from './checks/rows.ts'
import { RULE_CHECKS, TOKEN_CHECKS } from './checks/rules.ts'

/** Every check, in the order of the report. */
export const CHECKS: readonly Check[] = [
  ...RECORD_CHECKS,
  ...LIST_CHECKS,
  ...FILTER_CHECKS,
  ...PERSON_CHECKS,
  ...ROW_CHECKS,
  ...COUNT_CHECKS,
  ...LAW_CHECKS,
  ...RULE_CHECKS,
  ...TOKEN_CHECKS,
  ...QUESTION_CHECKS,
  ...REQUEST_CHECKS,
  ...RECEIPT_CHECKS,
  ...LOAD_CHECKS,
]

/**
 * Chooses the checks that names stand for: ids such as `entities.order`, or parts such as `entities`. Without names, all.
 * @returns null if a name stands for none.
 */
export function chooseChecks(names: readonly string[]): readonly Check[] | null {
  if (names.length === 0) return CHECKS
  const isNamed = ({ id }: Check, name: string): boolean => id === name || id.startsWith(`${name}.`)
  if (!names.every((name) => CHECKS.some((check) => isNamed(check, name)))) return null
  return CHECKS.filter((check) => names.some((name) => isNamed(check, name)))
}
