import fc from 'fast-check'
import { type DocumentNode, Kind, parse, print, visit } from 'graphql'
import { describe, expect, it } from 'vitest'
import { isSameSyntax } from './same-document.ts'

const NAMES = ['a', 'b', 'c'] as const
const name = fc.constantFrom(...NAMES)
const literal = fc.constantFrom(
  '1',
  '2',
  '"1"',
  '"""1"""',
  'true',
  'null',
  'A',
  '[1, 2]',
  '[2, 1]',
  '{a: 1}',
  '{b: 1}',
  '$a',
)
const { selections } = fc.letrec<{ selections: string; selection: string }>((tie) => ({
  selection: fc.oneof(
    { maxDepth: 3 },
    name,
    fc.tuple(name, name).map(([alias, field]) => `${alias}: ${field}`),
    fc.tuple(name, name, literal).map(([field, argument, value]) => `${field}(${argument}: ${value})`),
    fc.tuple(name, literal).map(([field, value]) => `${field} @include(if: ${value})`),
    name.map((fragment) => `... ${fragment.toUpperCase()}`),
    fc.tuple(name, tie('selections')).map(([field, inner]) => `${field} ${inner}`),
    tie('selections').map((inner) => `... on A ${inner}`),
    tie('selections').map((inner) => `... ${inner}`),
  ),
  selections: fc.array(tie('selection'), { minLength: 1, maxLength: 3 }).map((parts) => `{ ${parts.join(' ')} }`),
}))
const text = fc
  .tuple(fc.constantFrom('query', 'mutation', 'query A', 'query A($a: Int)', 'query A($a: Int = 1)'), selections)
  .map(([head, inner]) => `${head} ${inner} fragment A on A { a }`)

/** Changes the place of every node, and nothing else. */
function moved(document: DocumentNode): DocumentNode {
  return parse(`\n\n${print(document).replaceAll(' ', '  ')}`)
}

describe('two documents', () => {
  it('are the same exactly if they are printed the same, wherever their nodes stand', () => {
    fc.assert(
      fc.property(text, text, fc.boolean(), (one, other, isOther) => {
        const [left, right] = [parse(one, { noLocation: true }), parse(isOther ? other : one)]
        expect(isSameSyntax(left, right)).toBe(print(left) === print(right))
        expect(isSameSyntax(right, left)).toBe(print(left) === print(right))
      }),
    )
  })

  it('are the same after a message between threads, and if only the places differ', () => {
    fc.assert(
      fc.property(text, (one) => {
        const document = parse(one)
        const inThread = structuredClone(parse(one, { noLocation: true }))
        expect(isSameSyntax(inThread, document)).toBe(true)
        if (!one.includes('"""')) expect(isSameSyntax(document, moved(document))).toBe(true)
      }),
    )
  })

  it('are different if any one node was taken out, or a member was added', () => {
    fc.assert(
      fc.property(text, fc.nat(), (one, at) => {
        const document = parse(one)
        const fields: object[] = []
        visit(document, { [Kind.FIELD]: (node: object) => void fields.push(node) })
        const taken = fields[at % fields.length]
        const without = visit(document, { [Kind.FIELD]: (node: object) => (node === taken ? null : undefined) })
        expect(isSameSyntax(document, without)).toBe(fields.length === 0)
        const more = visit(document, {
          [Kind.DOCUMENT]: (node: DocumentNode) => ({
            ...node,
            definitions: [...node.definitions, ...node.definitions],
          }),
        })
        expect(isSameSyntax(document, more)).toBe(false)
        expect(isSameSyntax({ kind: Kind.NULL }, { kind: Kind.NULL, more: 1 })).toBe(false)
      }),
    )
  })

  it.each([
    [null, undefined, false],
    [{}, [], false],
    [[], {}, false],
    [null, {}, false],
    [undefined, {}, false],
    [{ a: undefined }, {}, true],
    [{}, { a: undefined }, true],
    [{ loc: 1 }, { loc: 2 }, true],
    [[undefined], [null], false],
  ])('%j and %j: %s', (left, right, isSame) => {
    expect(isSameSyntax(left, right)).toBe(isSame)
  })
})
