import type { FieldSpec } from '../../contract/records/record-kind.ts'
import { type ColumnPlan, NOW, type ReadRule, type ValueRule } from './mapping.ts'
import { columnRule } from './read-rule.ts'

/**
 * What fills a field that the mapping does not name.
 * @param before the fields of the record that were read already.
 * @param since the column that says when a row changed; null if the feed has none.
 * @returns null if nothing does, or what loads the rows.
 */
export function standardRule(
  { standard }: FieldSpec,
  before: readonly ColumnPlan[],
  since: string | null,
  country: string,
): ValueRule | null {
  if (standard === undefined || standard === 'minor') return null
  if (standard === 'own-country') return { kind: 'constant', value: country }
  if (standard === 'changed') {
    if (since === null) return { kind: 'constant', value: NOW }
    // A row that was never changed often has no time of a change.
    return { ...columnRule({ kind: 'column', column: since }), default: NOW }
  }
  return standard === 'names' ? joinNames(before) : { kind: 'constant', value: standard.value }
}

/** The whole name from its parts, if these are plain columns: a part that a rule changes would be missing in it, or stand in it unchanged. */
function joinNames(before: readonly ColumnPlan[]): ValueRule | null {
  const parts = before.filter(({ field }) => field === 'givenNames' || field === 'surnames')
  const columns = parts.flatMap(({ rule }) => {
    if (rule.kind !== 'read') return []
    if (rule.text.kind === 'columns') return rule.text.columns
    return rule.text.kind === 'column' ? [rule.text.column] : []
  })
  if (parts.some(({ rule }) => rule.kind === 'read' && isChanged(rule))) return null
  return columns.length === 0 ? null : columnRule({ kind: 'columns', columns, join: ' ' })
}

function isChanged({ text, pattern, values, replace }: ReadRule): boolean {
  return text.kind === 'template' || pattern !== null || values !== null || replace.length > 0
}
