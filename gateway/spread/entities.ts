import type { Entity } from '../types/leg.ts'
import type { RequiredSelection, Rewrite } from '../types/plan.ts'
import { contextValues } from './context-values.ts'

/**
 * Lists the entities that a fetch asks about: the objects at its path, with equal representations listed once (docs/design/spread.md,
 * Pitfalls).
 * @param contextRewrites what each entity takes from the objects above it. Entities that take different values are not listed as one.
 */
export function entitiesAt(
  tree: Readonly<Record<string, unknown>>,
  path: readonly string[],
  requires: readonly RequiredSelection[],
  typenameKey: string,
  contextRewrites: readonly Rewrite[] = [],
): Entity[] {
  const byRepresentation = new Map<string, ListedEntity>()
  for (const { object, at } of objectsAt(tree, path)) {
    const representation = readRepresentation(object, requires, typenameKey)
    if (representation === null || typeof representation.__typename !== 'string') continue
    const context = contextValues(tree, at, contextRewrites)
    const key = JSON.stringify([representation, context])
    const listed = byRepresentation.get(key)
    if (listed) {
      listed.objects.push(object)
      listed.paths.push(at)
    } else byRepresentation.set(key, { representation, objects: [object], paths: [at], context })
  }
  return [...byRepresentation.values()]
}

interface ListedEntity extends Entity {
  readonly objects: Record<string, unknown>[]
  readonly paths: (string | number)[][]
}

interface PlacedObject {
  readonly object: Record<string, unknown>
  /** The object's place, with list indices. */
  readonly at: (string | number)[]
}

function objectsAt(tree: Readonly<Record<string, unknown>>, path: readonly string[]): PlacedObject[] {
  let level: { value: unknown; at: (string | number)[] }[] = [{ value: tree, at: [] }]
  for (const step of path) {
    level = level.flatMap(({ value, at }) => {
      if (step === '@') return Array.isArray(value) ? value.map((item, i) => ({ value: item, at: [...at, i] })) : []
      return isObject(value) && Object.hasOwn(value, step) ? [{ value: value[step], at: [...at, step] }] : []
    })
  }
  return level.flatMap(({ value, at }) => (isObject(value) ? [{ object: value, at }] : []))
}

/** Reads a representation from an object; null if a part that it needs is missing or null. */
function readRepresentation(
  object: Readonly<Record<string, unknown>>,
  requires: readonly RequiredSelection[],
  typenameKey: string,
): Record<string, unknown> | null {
  const result: Record<string, unknown> = {}
  for (const selection of requires) {
    if (selection.kind === 'fragment') {
      const typename = object[typenameKey] ?? object.__typename
      if (selection.types !== null && typeof typename === 'string' && !selection.types.has(typename)) continue
      const part = readRepresentation(object, selection.selections, typenameKey)
      if (part === null) return null
      Object.assign(result, part)
      continue
    }
    const value = object[selection.key]
    if (value === undefined) return null
    result[selection.name] = selection.selections ? readNested(value, selection.selections, typenameKey) : value
  }
  return Object.keys(result).length > 0 ? result : null
}

function readNested(value: unknown, requires: readonly RequiredSelection[], typenameKey: string): unknown {
  if (Array.isArray(value)) return value.map((item) => readNested(item, requires, typenameKey))
  return isObject(value) ? readRepresentation(value, requires, typenameKey) : value
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
