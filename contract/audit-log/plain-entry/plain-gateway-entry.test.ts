import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CONTINUATION_ENTRY, REQUEST_ENTRY } from '../gateway-entries.ts'
import { changeEntry, ENTRY_CHANGES, ODD } from '../leg-entry/testing.ts'
import { SAMPLE_REQUEST, SAMPLE_SPLIT } from '../testing.ts'
import { isPlainContinuationEntry, isPlainRequestEntry } from './plain-gateway-entry.ts'

const [LEG] = SAMPLE_REQUEST.legs
const [, PART] = SAMPLE_SPLIT
const { tokenHash: _, caller: __, ...withoutCaller } = { ...LEG }

/** Requests of all forms: complete, of nobody, of both versions, and with what may be missing. */
const REQUESTS = [
  SAMPLE_REQUEST,
  SAMPLE_SPLIT[0],
  { ...SAMPLE_REQUEST, traceId: 'a'.repeat(32), question: { statement: 'a'.repeat(64) } },
  {
    ...SAMPLE_REQUEST,
    operation: { ...SAMPLE_REQUEST.operation, isKept: true, name: null, variables: null, cost: null },
  },
  { ...SAMPLE_SPLIT[0], actor: null, grounds: null, operation: null, coordinates: [] },
  { ...SAMPLE_REQUEST, legs: [{ ...LEG, country: null, access: null, records: null, receipt: null, caller: null }] },
]

/** Continuations of all forms: of a country, of none, and of version 1. */
const CONTINUATIONS = [
  PART,
  { ...PART, country: null, seq: null, legs: [withoutCaller], coordinates: SAMPLE_REQUEST.coordinates },
  (() => {
    const { country: ___, seq: ____, ...first } = { ...PART, v: 1 } as Record<string, unknown>
    return first
  })(),
]

/** Lists the places of all values in an entry, as numbers of members. */
function pathsIn(value: unknown): readonly (readonly number[])[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap((each, at) => [[at], ...pathsIn(each).map((path) => [at, ...path])])
}

const KINDS = [
  { kind: 'request', forms: REQUESTS, schema: REQUEST_ENTRY, isPlain: isPlainRequestEntry },
  { kind: 'continuation', forms: CONTINUATIONS, schema: CONTINUATION_ENTRY, isPlain: isPlainContinuationEntry },
] as const

describe.each(KINDS)('the quick look at a $kind', ({ forms, schema, isPlain }) => {
  it('accepts the usual forms', () => {
    expect(forms.map((form) => isPlain(form))).toEqual(forms.map(() => true))
    expect(forms.map((form) => schema.safeParse(form).success)).toEqual(forms.map(() => true))
  })

  it('accepts nothing that the schema refuses, whatever is changed in an entry', () => {
    const seen = { accepted: 0, refused: 0 }
    fc.assert(
      fc.property(
        fc.constantFrom<unknown>(...forms),
        fc.array(ENTRY_CHANGES, { minLength: 1, maxLength: 2 }),
        (form, all) => {
          const value = changeEntry(form, all)
          if (!isPlain(value)) {
            seen.refused += 1
            return
          }
          seen.accepted += 1
          expect(schema.safeParse(value).data).toEqual(value)
        },
      ),
      { numRuns: 6_000 },
    )
    expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(100)
  })

  it('accepts nothing that the schema refuses, whatever stands in the place of any one value', () => {
    for (const form of forms) {
      for (const path of pathsIn(form)) {
        for (const value of ODD) {
          const changed = changeEntry(form, [{ path, value, does: 'put' }])
          if (isPlain(changed)) expect(schema.safeParse(changed).success, `${path}: ${value}`).toBe(true)
        }
      }
    }
  })

  it('accepts a continuation with a country and its number only together', () => {
    for (const v of [1, 2, 3])
      for (const country of [undefined, null, 'HN'])
        for (const seq of [undefined, null, 0, 1]) {
          const value = JSON.parse(JSON.stringify({ ...PART, v, country, seq }))
          if (isPlainContinuationEntry(value)) expect(CONTINUATION_ENTRY.safeParse(value).success).toBe(true)
        }
  })

  it('accepts nothing of another kind, and nothing that is no object', () => {
    const others = [null, 1, 'request', [], {}, ...KINDS.flatMap((each) => (each.forms === forms ? [] : each.forms))]
    expect(others.filter((value) => isPlain(value))).toEqual([])
  })
})
