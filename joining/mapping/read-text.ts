import type { SourceRow } from '../sources/source.ts'
import type { TemplatePart, TextRule, ValueRule } from './mapping.ts'

/** How texts of old databases are compared and kept. */

/** Trims a text and puts it into NFC. Returns null for an empty one: old databases write both for «nothing». */
export function cleanText(text: string | null | undefined): string | null {
  const clean = text?.normalize('NFC').trim()
  return clean === undefined || clean === '' ? null : clean
}

/** Whether PostgreSQL can keep a text, and JSON can carry it: no null character, and no half of a surrogate pair. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}

/** Folds a text for comparison: small letters without accents, and one space where there are more. `Colón` and `COLON` are then the same; `Ñ` is `n`. */
export function foldText(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/\s+/g, ' ').trim()
}

/** The first step of a rule: the text that it begins with, such as that of the template `H{year}-{#year}`. */

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

/** Lists the columns of a source that a rule reads, each once, in the order in which the rule names them. */
export function readColumnsOf(rule: ValueRule): readonly string[] {
  return rule.kind === 'constant' ? [] : [...new Set(columnsOf(rule.text))]
}

function columnsOf(rule: TextRule): readonly string[] {
  if (rule.kind === 'column') return [rule.column]
  if (rule.kind === 'columns') return rule.columns
  return rule.parts.flatMap((part) => {
    if (part.kind === 'column') return [part.column]
    return part.kind === 'number' ? part.within : []
  })
}

/** What is wrong with a template: a brace without its other half, a pair of braces with nothing in it, or no column at all. */
export type TemplateFault = 'brace' | 'empty' | 'noColumn'

/** Parses a template. `{{` and `}}` are braces themselves. */
export function parseTemplate(text: string): readonly TemplatePart[] | TemplateFault {
  const parts: TemplatePart[] = []
  let literal = ''
  for (const [piece] of text.matchAll(/\{\{|\}\}|\{[^{}]*\}|[\s\S]/gu)) {
    if (piece === '{{' || piece === '}}') literal += piece.charAt(0)
    else if (piece === '{' || piece === '}') return 'brace'
    else if (piece.length === 1 || !piece.startsWith('{')) literal += piece
    else {
      if (literal !== '') parts.push({ kind: 'literal', text: literal })
      literal = ''
      const part = toPart(piece.slice(1, -1).trim())
      if (part === null) return 'empty'
      parts.push(part)
    }
  }
  if (literal !== '') parts.push({ kind: 'literal', text: literal })
  return parts.some(({ kind }) => kind !== 'literal') ? parts : 'noColumn'
}

function toPart(inner: string): TemplatePart | null {
  if (inner === '') return null
  if (!inner.startsWith('#')) return { kind: 'column', column: inner.normalize('NFC') }
  const within = inner
    .slice(1)
    .split(',')
    .map((column) => column.trim().normalize('NFC'))
    .filter((column) => column !== '')
  return { kind: 'number', within }
}
