/** The first step of a rule: the text that it begins with. */
import type { SourceRow } from '../sources/source.ts'
import { cleanText } from './clean-text.ts'
import type { TextRule } from './mapping.ts'

/** The numbers of a row, by the columns within which it is counted: see {@link numberKey}. */
export type RowNumbers = ReadonlyMap<string, number>

/** The texts of a rule in a row: none for an empty value, several for several columns. */
export type ReadTexts = (row: SourceRow, numbers: RowNumbers) => readonly string[]

/** The key of {@link RowNumbers} for the columns within which rows are counted. */
export function numberKey(within: readonly string[]): string {
  return JSON.stringify(within)
}

/** Compiles the first step of a rule. `isList`: whether the columns of a `columns` rule stay apart. */
export function compileText(rule: TextRule, isList: boolean): ReadTexts {
  if (rule.kind === 'column') {
    const { column } = rule
    return (row) => toList(cleanText(row[column]))
  }
  if (rule.kind === 'columns') {
    const { columns, join } = rule
    return (row) => {
      const texts = columns.map((column) => cleanText(row[column])).filter((text) => text !== null)
      return isList || texts.length < 2 ? texts : [texts.join(join)]
    }
  }
  const parts = rule.parts.map((part) => (part.kind === 'number' ? { ...part, key: numberKey(part.within) } : part))
  return (row, numbers) => {
    let text = ''
    for (const part of parts) {
      if (part.kind === 'literal') text += part.text
      else {
        const value = part.kind === 'column' ? cleanText(row[part.column]) : String(numbers.get(part.key) ?? '')
        // Half of a number is not a number: a template whose column is empty gives nothing.
        if (value === null) return []
        text += value
      }
    }
    return toList(cleanText(text))
  }
}

function toList(text: string | null): readonly string[] {
  return text === null ? [] : [text]
}

/** Lists the columns that a rule reads. */
export function columnsOf(rule: TextRule): readonly string[] {
  if (rule.kind === 'column') return [rule.column]
  if (rule.kind === 'columns') return rule.columns
  return rule.parts.flatMap((part) => {
    if (part.kind === 'column') return [part.column]
    return part.kind === 'number' ? part.within : []
  })
}
