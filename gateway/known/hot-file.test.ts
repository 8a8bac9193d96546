import { describe, expect, it } from 'vitest'
import type { KnownOperation } from '../types/planning.ts'
import { formatHotFile, MAX_FILE_BYTES, parseHotFile } from './hot-file.ts'

const TRUSTED = 'query Maria($x: Boolean!) { maria: person(id: "GT:1") { id @include(if: $x) } }'
const LIFTED = 'query ($v0: ID!, $v1: Boolean!) {\n  person(id: $v0) {\n    id @include(if: $v1)\n  }\n}'
const isTrusted = (text: string): boolean => text === TRUSTED

const planned = { source: LIFTED, operationName: undefined, conditions: { v1: true } }
const removedFields = new Set(['Person.names', 'Case.court'])
const trusted: KnownOperation = {
  asked: { source: TRUSTED, operationName: 'Maria', conditions: { x: true } },
  planned,
  removedFields,
}
const other: KnownOperation = { asked: { ...planned, source: 'whatever came' }, planned, removedFields }

describe('the file of a hot list', () => {
  it('has the hash of a trusted document, and the structure of another operation', () => {
    const text = formatHotFile([trusted, other], isTrusted)
    const [first, second] = JSON.parse(text).operations
    const removed = ['Case.court', 'Person.names']
    expect(first).toEqual({
      document: expect.stringMatching(/^[0-9a-f]{64}$/),
      ...{ operation: 'Maria', conditions: { x: true }, removed },
    })
    expect(second).toEqual({ text: LIFTED, conditions: { v1: true }, removed })
    expect(text).not.toContain('whatever')
  })

  it('gives back what may be in it, in the same order', () => {
    const { operations, wrong } = parseHotFile(formatHotFile([other, trusted], isTrusted), [TRUSTED], 10)
    expect(operations).toEqual([
      { asked: null, planned, removedFields: new Set(['Case.court', 'Person.names']) },
      { ...trusted, planned: null, removedFields: new Set(['Case.court', 'Person.names']) },
    ])
    expect(wrong).toBe(0)
  })

  it('leaves out a document that is not trusted any more', () => {
    const text = formatHotFile([trusted], isTrusted)
    expect(parseHotFile(text, [], 10)).toEqual({ operations: [], wrong: 0 })
    expect(formatHotFile([{ ...trusted, planned: null }], () => false)).not.toContain('document')
  })

  it.each<[string, Partial<KnownOperation>]>([
    ['an alias', { planned: { ...planned, source: '{ maria: person { id } }' } }],
    ['a name', { planned: { ...planned, operationName: 'Maria' } }],
    ['a condition that a client named', { planned: { ...planned, conditions: { maria: true } } }],
    ['nothing that is planned', { planned: null }],
  ])('leaves out an operation of nobody’s list with %s', (_, over) => {
    const text = formatHotFile([{ ...other, ...over }], isTrusted)
    expect(JSON.parse(text).operations).toEqual([])
  })

  it('is never longer than what is read', () => {
    const long = Array.from({ length: 9 }, () => ({
      ...other,
      planned: { ...planned, source: `{ ${'a '.repeat(500_000)}}` },
    }))
    // The texts have too many tokens to be looked at, so that only those of trusted documents are long.
    expect(formatHotFile(long, isTrusted).length).toBeLessThan(1_000)
    const many = Array.from({ length: 200 }, () => ({
      ...trusted,
      removedFields: new Set(Array.from({ length: 2_000 }, (_, at) => `Type.aFieldWithALongName${at}`)),
    }))
    const text = formatHotFile(many, isTrusted)
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_FILE_BYTES)
    expect(parseHotFile(text, [TRUSTED], 1_000).operations.length).toBeGreaterThan(50)
  })

  it.each([
    ['nothing', ''],
    ['half of it', formatHotFile([other], isTrusted).slice(0, 100)],
    ['no JSON', 'maria'],
    ['another value', '[]'],
    ['another form', '{ "form": 2, "operations": [] }'],
    ['another member', '{ "form": 1, "operations": [], "maria": 1 }'],
    ['lists in lists', `${'['.repeat(200_000)}${']'.repeat(200_000)}`],
  ])('that has %s is rejected without a word of it', (_, text) => {
    const read = () => parseHotFile(text, [TRUSTED], 10)
    expect(read).toThrow('expected a JSON object')
    expect(read).not.toThrow('maria')
  })

  it.each<[string, unknown]>([
    ['an alias', { text: '{ maria: person { id } }', conditions: {}, removed: [] }],
    ['a condition of somebody', { text: LIFTED, conditions: { maria: true }, removed: [] }],
    ['a removed field that is none', { text: LIFTED, conditions: {}, removed: ['maria'] }],
    ['a hash that is none', { document: 'maria', conditions: {}, removed: [] }],
    ['another member', { text: LIFTED, conditions: {}, removed: [], maria: 1 }],
    ['no object', 'maria'],
    ['no JSON value of ours', null],
  ])('counts an operation with %s as wrong, and reads the others', (_, row) => {
    const text = JSON.stringify({ form: 1, operations: [row, { text: LIFTED, conditions: { v1: true }, removed: [] }] })
    const { operations, wrong } = parseHotFile(text, [TRUSTED], 10)
    expect([operations.length, wrong]).toEqual([1, 1])
  })

  it('gives no more operations than the gateway plans, and counts the others', () => {
    const text = formatHotFile(
      Array.from({ length: 20 }, () => other),
      isTrusted,
    )
    const { operations, wrong } = parseHotFile(text, [], 5)
    expect([operations.length, wrong]).toEqual([5, 15])
  })
})
