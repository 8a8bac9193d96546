import fc from 'fast-check'
import { type DocumentNode, Kind, parse, type SelectionSetNode } from 'graphql'
import { describe, expect, it } from 'vitest'
import { IstmoError } from '../../contract/errors.ts'
import { fragmentsOf } from '../../contract/fragments.ts'
import type { Limits } from './limits.ts'
import { checkDocument, countOverlaps, measureDocument, type Size } from './read-document.ts'
import { fragmentBomb, NO_LIMITS } from './testing.ts'

/** A selection whose fragments use only fragments with a greater number, so that there are no cycles. */
function selectionSet(level: number, at: number, fragments: number): fc.Arbitrary<string> {
  const name = fc.constantFrom('a', 'b', 'c')
  const directives = fc.constantFrom('', '', ' @include(if: true)', ' @skip(if: false) @own')
  const alias = fc.constantFrom('', '', 'x: ')
  const leaf = fc.tuple(alias, name, directives).map((parts) => parts.join(''))
  const options = [leaf]
  if (at < fragments) {
    const spread = fc.tuple(fc.integer({ min: at, max: fragments - 1 }), directives)
    options.push(spread.map(([number, directive]) => `...f${number}${directive}`))
  }
  if (level > 0) {
    const below = selectionSet(level - 1, at, fragments)
    options.push(fc.tuple(alias, name, directives, below).map((parts) => parts.join('')))
    options.push(fc.tuple(directives, below).map(([directive, set]) => `...${directive}${set}`))
  }
  return fc.array(fc.oneof(...options), { minLength: 1, maxLength: 3 }).map((parts) => `{ ${parts.join(' ')} }`)
}

const documents = fc.integer({ min: 0, max: 4 }).chain((count) => {
  const fragments = Array.from({ length: count }, (_, at) =>
    selectionSet(2, at + 1, count).map((set) => `fragment f${at} on Query ${set}`),
  )
  return fc.tuple(selectionSet(2, 0, count), ...fragments).map((parts) => parse(parts.join('\n')))
})

/** The plain oracle: expands each fragment where it is used. */
function naiveSize(set: SelectionSetNode, document: DocumentNode): Size {
  const total = { fields: 0, rootFields: 0, aliases: 0, directives: 0, depth: 1 }
  for (const selection of set.selections) {
    total.directives += selection.directives?.length ?? 0
    const isField = selection.kind === Kind.FIELD
    if (isField) total.fields++
    if (isField) total.rootFields++
    if (isField && selection.alias) total.aliases++
    const below =
      isField || selection.kind === Kind.INLINE_FRAGMENT
        ? selection.selectionSet
        : fragmentOf(selection.name.value, document)
    if (!below) continue
    const size = naiveSize(below, document)
    total.fields += size.fields
    if (!isField) total.rootFields += size.rootFields
    total.aliases += size.aliases
    total.directives += size.directives
    total.depth = Math.max(total.depth, size.depth + 1)
  }
  return total
}

function fragmentOf(name: string, document: DocumentNode): SelectionSetNode | undefined {
  return fragmentsOf(document).get(name)?.selectionSet
}

/** The plain oracle of overlaps: each pair of fields with one response path. A fragment counts once in a place. */
function naiveOverlaps(sets: readonly SelectionSetNode[], document: DocumentNode): number {
  const used = new Set<string>()
  const collect = (set: SelectionSetNode): { name: string; below: SelectionSetNode | undefined }[] =>
    set.selections.flatMap((selection) => {
      if (selection.kind === Kind.FIELD) {
        return [{ name: (selection.alias ?? selection.name).value, below: selection.selectionSet }]
      }
      if (selection.kind === Kind.INLINE_FRAGMENT) return collect(selection.selectionSet)
      if (used.has(selection.name.value)) return []
      used.add(selection.name.value)
      const fragment = fragmentOf(selection.name.value, document)
      return fragment ? collect(fragment) : []
    })
  const fields = sets.flatMap(collect)
  const fragmentPairs = [...used].flatMap((_, i) => [...used].slice(i + 1)).length
  const here = fragmentPairs + fields.flatMap((a, i) => fields.slice(i + 1).filter((b) => a.name === b.name)).length
  const names = [...new Set(fields.map(({ name }) => name))]
  const below = names.map((name) => fields.filter((field) => field.name === name).flatMap((field) => field.below ?? []))
  return (
    here + below.filter((group) => group.length > 0).reduce((sum, group) => sum + naiveOverlaps(group, document), 0)
  )
}

const check = (text: string, limits: Partial<Limits>) => (): void => checkDocument(text, { ...NO_LIMITS, ...limits })

describe('the size of a document', () => {
  it('is the size that it has with its fragments expanded', () => {
    fc.assert(
      fc.property(documents, (document) => {
        for (const [definition, size] of measureDocument(document)) {
          const naive = naiveSize(definition.selectionSet, document)
          expect(size).toEqual(naive)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('counts the pairs that validation compares', () => {
    fc.assert(
      fc.property(documents, (document) => {
        const [operation] = document.definitions
        if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('expected an operation')
        const set = operation.selectionSet
        expect(countOverlaps(set, fragmentsOf(document), Infinity)).toBe(naiveOverlaps([set], document))
      }),
      { numRuns: 500 },
    )
  })
})

describe('a document at its limits is accepted', () => {
  it.each<[keyof Limits, number, string]>([
    ['tokens', 5, '{ a b c } # a comment is not a token'],
    ['depth', 3, '{ a(b: [{}]) }'],
    ['depth', 3, '{ a { ...f } } fragment f on Query { a }'],
    ['depth', 1, '{ a(b: "{{{{") }'],
    ['fields', 3, '{ ...f b ...f } fragment f on Query { a }'],
    ['rootFields', 2, '{ a { b c d } ... { e } }'],
    ['rootFields', 1, '{ a { ...f } } fragment f on A { b c d }'],
    ['aliases', 2, '{ x: a ...f } fragment f on Query { y: b }'],
    ['directives', 3, 'query ($v: Int @a) @b { c @d }'],
    ['overlaps', 1, '{ a { b } a { c } }'],
    ['overlaps', 1, '{ ...f ...g ...f } fragment f on Query { a } fragment g on Query { b }'],
    ['overlaps', 2, '{ a { ...f } } fragment f on Query { b b }'],
    ['operations', 2, 'query A { a } query B { b }'],
  ])('%s of %i: %s', (name, limit, text) => {
    expect(check(text, { [name]: limit })).not.toThrow()
    expect(check(text, { [name]: limit - 1 })).toThrow(`at most ${limit - 1} `)
  })
})

describe('a document over a limit is rejected before validation', () => {
  const many = (n: number, part: (i: number) => string): string =>
    Array.from({ length: n }, (_, i) => part(i)).join(' ')

  it.each<[string, string, Partial<Limits>, string]>([
    [
      '2^100 fields of 100 fragments',
      fragmentBomb(100),
      { fields: 1_000 },
      'at most 1000 fields after fragments are expanded; came 1024',
    ],
    [
      'a depth that would break the parser',
      '{a'.repeat(500_000),
      { depth: 30 },
      'at most 30 levels of nesting; came 31',
    ],
    ['lists that would break the parser', `{a(b:${'['.repeat(500_000)}`, { depth: 30 }, 'at most 30 levels'],
    ['aliases', `{ ${many(10_000, (i) => `a${i}: a`)} }`, { aliases: 100 }, 'at most 100 aliases; came 10000'],
    ['directives', `{ a ${'@d '.repeat(5_000)} }`, { directives: 50 }, 'at most 50 directives; came 5000'],
    [
      'pairs',
      `{ ${'a { b } '.repeat(3_000)} }`,
      { overlaps: 10_000 },
      'at most 10000 pairs of fields or fragments in one place',
    ],
    ['pairs below', `{ ${`a { ${'b '.repeat(50)} } `.repeat(50)} }`, { overlaps: 10_000 }, 'pairs of fields'],
    [
      'pairs in a fragment that is not used',
      `{ a } fragment f on Query { ${'a '.repeat(200)} }`,
      { overlaps: 100 },
      'pairs of fields',
    ],
  ])('for %s', (_, text, limits, message) => {
    expect(check(text, limits)).toThrow(message)
  })

  it.each([
    ['a cycle', '{ ...f } fragment f on Query { ...g } fragment g on Query { ...f }', 'in a circle'],
    ['a fragment in itself', '{ a } fragment f on Query { a { ...f } }', 'in a circle'],
    ['two fragments of one name', '{ a } fragment f on Query { a } fragment f on Query { b }', 'one name'],
  ])('for %s, as not valid', (_, text, message) => {
    expect(check(text, {})).toThrow(message)
    expect(check(text, {})).toThrow(expect.objectContaining({ code: 'GRAPHQL_VALIDATION_FAILED' }))
  })

  it.each(['{', 'nonsense', '{ a(b: "', 'type A { b: Int }', ''])('but not if it is not an operation: %s', (text) => {
    expect(check(text, { tokens: 100, depth: 10 })).not.toThrow()
  })
})

describe('any text', () => {
  const words = '{ } ( ) [ ] ... @ : $ ! = | & query fragment subscription type extend on a f null 1 - 1.5e # " """ "x"'
  const others = ['\n', '\u0000', '\\u{110000}']
  const soup = fc
    .array(fc.constantFrom(...words.split(' '), ...others), { maxLength: 60 })
    .map((parts) => parts.join(' '))

  it('is accepted or rejected with 400, and never breaks anything', () => {
    const limits = { ...NO_LIMITS, tokens: 40, depth: 5, fields: 6, aliases: 2, overlaps: 3, operations: 1 }
    fc.assert(
      fc.property(fc.oneof(soup, fc.string({ unit: 'binary' })), (text) => {
        try {
          checkDocument(text, limits)
        } catch (error) {
          expect(error).toBeInstanceOf(IstmoError)
          expect((error as IstmoError).status).toBe(400)
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
