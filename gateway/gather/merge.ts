/**
 * Merges the countries' values of an EVERY field into one (`@merge`, istmo.graphql). Pure.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Outcome } from '../../contract/outcome.ts'
import type { AnswerError } from '../types/answer-error.ts'
import type { Page } from '../types/leg.ts'
import type { MergeRule, MergeSpec, ObjectMerge, OutcomesKey } from '../types/merge.ts'
import { type CountryPart, mergeConnection } from './merge-connection.ts'

/** A merged EVERY field, with an error for each place where the countries disagree. Paths begin below the field. */
export interface Merged {
  readonly value: Record<string, unknown>
  readonly answerErrors: readonly AnswerError[]
}

/**
 * Merges the parts of one EVERY field.
 * @param parts one for each country that the field concerns, sorted by country code.
 * @param page null for a field that is not a connection.
 * @param hasMoreRows whether a connection had rows behind those of the page that are not in the parts any more (first-rows.ts).
 */
export function mergeParts(
  spec: MergeSpec,
  parts: readonly CountryPart[],
  page: Page | null,
  hasMoreRows = false,
): Merged {
  const answerErrors: AnswerError[] = []
  const value =
    spec.kind === 'CONNECTION' && page !== null
      ? mergeConnection(spec, parts, page, hasMoreRows)
      : mergeObject(spec as ObjectMerge, parts, [], answerErrors)
  for (const key of spec.typename) value[key] = spec.typeName
  for (const key of spec.outcomes) value[key.key] = formatOutcomes(parts, key)
  return { value, answerErrors }
}

function formatOutcomes(parts: readonly CountryPart[], { fields }: OutcomesKey): Record<string, unknown>[] {
  const keys = [...fields]
  return parts.map(({ country, outcome }) => {
    const entry: Record<string, unknown> = {}
    for (const [key, name] of keys) define(entry, key, outcomeField(name, country, outcome))
    return entry
  })
}

function outcomeField(name: string, country: string, { reach, code }: Outcome): unknown {
  if (name === 'country') return country
  if (name === 'reach') return reach
  if (name === 'code') return code
  return name === '__typename' ? 'CountryOutcome' : null
}

/** Gives an object a member of its own, whatever its name. */
function define(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') target[key] = value
  else Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
}

function mergeObject(
  spec: ObjectMerge,
  parts: readonly CountryPart[],
  path: readonly string[],
  answerErrors: AnswerError[],
): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const key of spec.typename) result[key] = spec.typeName
  for (const field of spec.fields) {
    const pathBelow = [...path, field.key]
    const values = parts.map((part) => ({ ...part, value: part.value?.[field.key] ?? null }))
    if (typeof field.rule !== 'string') {
      result[field.key] = mergeObject(field.rule as ObjectMerge, values as CountryPart[], pathBelow, answerErrors)
      continue
    }
    const merged = mergeValues(field.rule, values)
    result[field.key] = merged.value
    if (merged.disagree) {
      answerErrors.push({ code: 'COUNTRIES_DISAGREE', country: null, coordinate: field.coordinate, path: pathBelow })
    }
  }
  return result
}

interface CountryValue {
  readonly outcome: Outcome
  readonly value: unknown
}

/**
 * Merges plain values by a rule. A value is missing if its country's outcome is not ANSWERED, or if it is null.
 * @returns `disagree` is true if the rule is `EQUAL` and the values differ; then `value` is null.
 */
export function mergeValues(
  rule: MergeRule,
  parts: readonly CountryValue[],
): { readonly value: unknown; readonly disagree: boolean } {
  const values = parts
    .filter(({ outcome, value }) => outcome.reach === 'ANSWERED' && value !== null)
    .map(({ value }) => value)
  const isMissing = values.length < parts.length
  switch (rule) {
    case 'JOIN':
      return agreed(values.flat())
    case 'ALL':
      if (values.includes(false)) return agreed(false)
      return agreed(isMissing || values.length === 0 ? null : true)
    case 'ANY':
      if (values.includes(true)) return agreed(true)
      return agreed(isMissing ? null : false)
    case 'SUM':
      return agreed(isMissing ? null : values.reduce<number>((sum, value) => sum + Number(value), 0))
    case 'EQUAL': {
      const [first = null] = values
      return values.every((value) => isDeepStrictEqual(value, first)) ? agreed(first) : { value: null, disagree: true }
    }
  }
}

function agreed(value: unknown): { readonly value: unknown; readonly disagree: boolean } {
  return { value, disagree: false }
}
