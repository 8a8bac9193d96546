/** Turns a rule into a function from a row to a value of the contract. Rules are compiled once for a run, because a run reads millions of rows. */
import type { FieldType } from '../../contract/records/record-kind.ts'
import type { SourceRow } from '../sources/source.ts'
import { foldText, isStorable } from './clean-text.ts'
import { type Cell, NOW, type ReadRule, type ValueRule } from './mapping.ts'
import { compileText, type RowNumbers } from './read-text.ts'
import { compileForm, listTexts, Refused, type RuleContext } from './value-forms.ts'

/** The value of a field in a row, or why there is none. */
export type ReadField = (row: SourceRow, numbers: RowNumbers) => Cell | Refused

/** What a text becomes by `values`: undefined if they do not have it. */
type LookUp = (text: string) => Cell | undefined

/** Compiles the rule of a field. A value that is empty is null, also in a field that the contract requires: the row's reader refuses that. */
export function compileRule(type: FieldType, rule: ValueRule, context: RuleContext): ReadField {
  if (rule.kind === 'constant') {
    const value = rule.value === NOW ? context.startedAt : rule.value
    return () => value
  }
  const isList = type.kind === 'list'
  const texts = compileText(rule.text, isList)
  const take = compileSteps(rule)
  const item = compileItem(type, rule, context)
  const whenEmpty = rule.default === NOW ? context.startedAt : rule.default
  const unknown = compileOtherwise(rule, whenEmpty)
  const refusedPattern = new Refused(context.say('reason.pattern', { source: rule.pattern?.source ?? '' }))
  const refusedText = new Refused(context.say('reason.notText'))

  const readOne = (text: string): Cell | Refused => {
    if (!isStorable(text)) return refusedText
    const taken = take(text)
    return taken === null ? unknown(text, refusedPattern) : item(taken, unknown, whenEmpty)
  }
  if (!isList) {
    return (row, numbers) => {
      const [text] = texts(row, numbers)
      return text === undefined ? whenEmpty : readOne(text)
    }
  }
  return (row, numbers) => {
    const pieces = split(texts(row, numbers), rule.split)
    if (pieces.length === 0) return whenEmpty
    const items: string[] = []
    for (const piece of pieces) {
      const value = readOne(piece)
      if (value instanceof Refused) return value
      for (const each of asItems(value)) if (!items.includes(each)) items.push(each)
    }
    return items.length === 0 ? whenEmpty : items
  }
}

type Unknown = (text: string, refused: Refused) => Cell | Refused

function compileOtherwise({ otherwise, values }: ReadRule, whenEmpty: Cell): Unknown {
  switch (otherwise.kind) {
    case 'use':
      return () => otherwise.value
    case 'default':
      // What differs from a known value only in accents or case is probably that value, and its default may be a looser one.
      return (text, refused) => (values !== null && findNear(values, text) !== undefined ? refused : whenEmpty)
    default:
      return (_, refused) => refused
  }
}

/** `pattern` and `replace`. Null if the text does not match the pattern. */
function compileSteps({ pattern, replace }: ReadRule): (text: string) => string | null {
  if (pattern === null && replace.length === 0) return (text) => text
  const expression = pattern === null ? null : new RegExp(pattern.source, 'u')
  return (text) => {
    let taken = text
    if (expression !== null && pattern !== null) {
      const match = expression.exec(text)
      if (match === null) return null
      taken = match.groups?.[pattern.take]?.trim() ?? ''
    }
    for (const [from, to] of replace) taken = taken.replaceAll(from, to)
    return taken.trim()
  }
}

/** `values`, and then the form of the type. */
function compileItem(
  type: FieldType,
  rule: ReadRule,
  context: RuleContext,
): (text: string, unknown: Unknown, whenEmpty: Cell) => Cell | Refused {
  const form = compileForm(type, rule, context)
  const lookUp = compileLookUp(rule)
  const { values } = rule
  const passesOn = values === null || rule.otherwise.kind === 'keep' || hasForm(type, rule)
  return (text, unknown, whenEmpty) => {
    const known = lookUp(text)
    if (known !== undefined) return known
    if (text === '') return whenEmpty
    if (!passesOn) return unknown(text, notListed(values, text, context))
    const value = form(text)
    return value instanceof Refused ? unknown(text, value) : value
  }
}

function notListed(values: ReadonlyMap<string, Cell> | null, text: string, { say }: RuleContext): Refused {
  const near = values === null ? undefined : findNear(values, text)
  if (near !== undefined) return new Refused(say('reason.nearMiss', { known: near }))
  return new Refused(say('reason.notListed', { known: listTexts([...(values?.keys() ?? [])], say) }))
}

function findNear(values: ReadonlyMap<string, Cell>, text: string): string | undefined {
  const folded = foldText(text)
  for (const known of values.keys()) if (foldText(known) === folded) return known
  return undefined
}

/**
 * Whether a type has a form of its own beside `values`, so that `values` only names exceptions: `00/00/0000` among dates. Texts have none, and words,
 * codes of the ICCS and of subdivisions are only what the mapping says.
 */
export function hasForm(type: FieldType, { countries }: Pick<ReadRule, 'countries'>): boolean {
  const { kind } = type.kind === 'list' ? type.of : type
  return (
    kind === 'date' ||
    kind === 'moment' ||
    kind === 'whole' ||
    kind === 'id' ||
    kind === 'reference' ||
    (kind === 'country' && countries !== null)
  )
}

function compileLookUp({ values, isFolded }: ReadRule): LookUp {
  if (values === null) return () => undefined
  if (!isFolded) return (text) => values.get(text)
  const folded = new Map([...values].map(([text, value]) => [foldText(text), value]))
  return (text) => folded.get(foldText(text))
}

function split(texts: readonly string[], separator: string | null): readonly string[] {
  if (separator === null) return texts
  return texts.flatMap((text) => text.split(separator)).flatMap((piece) => (piece.trim() === '' ? [] : [piece.trim()]))
}

function asItems(value: Cell): readonly string[] {
  if (value === null) return []
  return typeof value === 'object' ? value : [String(value)]
}
