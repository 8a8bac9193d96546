import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RequiredSelection, Rewrite } from '../types/plan.ts'
import { contextValues, entitiesAt } from './entities.ts'

/** The plain way: a path for each object, one text for each representation, and each selection read anew. */
function entitiesPlainly(
  tree: Readonly<Record<string, unknown>>,
  path: readonly string[],
  requires: readonly RequiredSelection[],
  rewrites: readonly Rewrite[],
) {
  const found = new Map<string, { representation: unknown; objects: unknown[]; paths: unknown[]; context: unknown }>()
  for (const { object, at } of objectsAt(tree, path)) {
    const representation = readPlainly(object, requires)
    if (representation === null || typeof representation.__typename !== 'string') continue
    const context = contextValues(tree, at, rewrites)
    const key = JSON.stringify([representation, context])
    const listed = found.get(key) ?? { representation, objects: [], paths: [], context }
    found.set(key, listed)
    listed.objects.push(object)
    listed.paths.push(at)
  }
  return [...found.values()]
}

type Placed = { readonly value: unknown; readonly at: readonly (string | number)[] }

function objectsAt(tree: unknown, path: readonly string[]) {
  let level: Placed[] = [{ value: tree, at: [] }]
  for (const step of path) {
    level = level.flatMap(({ value, at }): Placed[] => {
      if (step === '@') return Array.isArray(value) ? value.map((item, i) => ({ value: item, at: [...at, i] })) : []
      return isObject(value) && Object.hasOwn(value, step) ? [{ value: value[step], at: [...at, step] }] : []
    })
  }
  return level.flatMap(({ value, at }) => (isObject(value) ? [{ object: value, at }] : []))
}

function readPlainly(
  object: Readonly<Record<string, unknown>>,
  requires: readonly RequiredSelection[],
): Record<string, unknown> | null {
  const result: Record<string, unknown> = {}
  for (const selection of requires) {
    if (selection.kind === 'fragment') {
      const typename = object._iT ?? object.__typename
      if (selection.types !== null && typeof typename === 'string' && !selection.types.has(typename)) continue
      const part = readPlainly(object, selection.selections)
      if (part === null) return null
      Object.assign(result, part)
      continue
    }
    const value = object[selection.key]
    if (value === undefined) return null
    result[selection.name] = selection.selections ? readNested(value, selection.selections) : value
  }
  return Object.keys(result).length > 0 ? result : null
}

function readNested(value: unknown, requires: readonly RequiredSelection[]): unknown {
  if (Array.isArray(value)) return value.map((item) => readNested(item, requires))
  return isObject(value) ? readPlainly(value, requires) : value
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const leaves = fc.constantFrom<unknown>('1', '2', '1 2', 1, null, true, undefined)
const typenames = fc.constantFrom<unknown>('Case', 'Person', 'Case 1', 7, undefined)
const { objects } = fc.letrec<{ objects: Record<string, unknown>; values: unknown }>((tie) => ({
  objects: fc.record(
    { _iT: typenames, __typename: typenames, id: leaves, b: tie('values'), a: tie('values') },
    { requiredKeys: ['id'] },
  ),
  values: fc.oneof(
    { depthSize: 'small' },
    leaves,
    tie('objects'),
    tie('objects'),
    fc.array(tie('values'), { maxLength: 4 }),
  ),
}))

const field = (key: string, selections: readonly RequiredSelection[] | null, name: string): RequiredSelection => {
  return { kind: 'field', key, name, selections }
}
const { requires } = fc.letrec<{ requires: readonly RequiredSelection[]; selection: RequiredSelection }>((tie) => ({
  requires: fc.array(tie('selection'), { maxLength: 3 }),
  selection: fc.oneof(
    { depthSize: 'small' },
    fc.constant(field('id', null, 'id')),
    fc.constant(field('_iT', null, '__typename')),
    fc.tuple(fc.constantFrom('a', 'b'), fc.option(tie('requires'))).map(([key, below]) => field(key, below, key)),
    fc
      .tuple(fc.option(fc.subarray(['Case', 'Person', 'Case 1'])), tie('requires'))
      .map(([types, selections]) => ({ kind: 'fragment' as const, types: types && new Set(types), selections })),
  ),
}))
const ONLY_ID = [field('_iT', null, '__typename'), field('id', null, 'id')]
const paths = fc.array(fc.constantFrom('a', 'b', '@', 'constructor'), { maxLength: 4 })
const rewrites = fc.constantFrom<readonly Rewrite[]>(
  [],
  [],
  [{ kind: 'KeyRenamer', path: ['..', 'id'], renameKeyTo: 'v' }],
)

describe('the entities of a fetch', () => {
  it('are those of the plain way, at the same places', () => {
    let listed = 0
    const fromIds = fc.oneof(
      fc.constant(ONLY_ID),
      requires.map((more) => [...ONLY_ID, ...more]),
      requires,
    )
    fc.assert(
      fc.property(objects, paths, fromIds, rewrites, (tree, path, needed, taken) => {
        const entities = entitiesAt(tree, path, needed, '_iT', taken)
        const expected = entitiesPlainly(tree, path, needed, taken)
        listed += expected.length
        const shown = entities.map(({ representation, objects, paths, context }) => {
          return { representation, objects, paths, context }
        })
        expect(shown).toEqual(expected)
        for (const [i, each] of entities.entries()) {
          expect(JSON.stringify(each.representation)).toBe(JSON.stringify(expected[i]?.representation))
          for (const [j, object] of each.objects.entries()) expect(object).toBe(expected[i]?.objects[j])
        }
      }),
      { numRuns: 500 },
    )
    expect(listed).toBeGreaterThan(20)
  })
})
