import type { ValueRule } from './mapping.ts'
import { columnsOf } from './read-text.ts'

/** Lists the columns of a source that a rule reads, each once, in the order in which the rule names them. */
export function readColumnsOf(rule: ValueRule): readonly string[] {
  return rule.kind === 'constant' ? [] : [...new Set(columnsOf(rule.text))]
}
