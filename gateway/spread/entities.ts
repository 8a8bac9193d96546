import { getOrAdd } from '../../contract/get-or-add.ts'
import { isObject, memberOf } from '../../contract/json-value.ts'
import type { Entity } from '../types/leg.ts'
import type { RequiredSelection, Rewrite, RewriteStep } from '../types/plan.ts'

/** What nearly all entities take from the objects above them: nothing. It is one object, so that they can be compared at once. */
export const NO_CONTEXT: Entity['context'] = Object.freeze({})

/** Where a fetch finds its entities. */
interface EntityPlace {
  /** Response keys, and `@` for each list level. */
  readonly path: readonly string[]
  readonly requires: readonly RequiredSelection[]
  readonly typenameKey: string
  readonly contextRewrites: readonly Rewrite[]
}

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
  const listing = new Listing(tree, { path, requires, typenameKey, contextRewrites })
  listing.visit(tree, 0)
  return listing.entities
}

/** An entity while it is listed. It notes only the list indices of its objects. Their paths are made when somebody reads them. */
class ListedEntity implements Entity {
  readonly representation: Representation
  readonly context: Entity['context']
  readonly objects: Record<string, unknown>[] = []
  readonly #path: readonly string[]
  /** The list indices of each object, one after the other. */
  readonly #indices: number[] = []

  constructor(representation: Representation, context: Entity['context'], path: readonly string[]) {
    this.representation = representation
    this.context = context
    this.#path = path
  }

  add(object: Record<string, unknown>, indices: readonly number[]): void {
    this.objects.push(object)
    for (const index of indices) this.#indices.push(index)
  }

  get paths(): readonly (readonly (string | number)[])[] {
    let next = 0
    return this.objects.map(() => this.#path.map((step) => (step === '@' ? (this.#indices[next++] ?? 0) : step)))
  }
}

/** The entities of one fetch while its objects are visited. */
class Listing {
  readonly entities: ListedEntity[] = []
  readonly #tree: Readonly<Record<string, unknown>>
  readonly #place: EntityPlace
  /** The list indices that lead to the value that is visited. */
  readonly #indices: number[] = []
  /** The entities that have nothing but a type and an id, by both. */
  readonly #byId = new Map<string, Map<string, ListedEntity>>()
  /** All others, by what they are made of. */
  readonly #byText = new Map<string, ListedEntity>()

  constructor(tree: Readonly<Record<string, unknown>>, place: EntityPlace) {
    this.#tree = tree
    this.#place = place
  }

  /** Visits the objects below a value. `from`: how many steps of the path lead to the value. */
  visit(from: unknown, depth: number): void {
    const { path } = this.#place
    let value = from
    for (let at = depth; at < path.length; at++) {
      const step = path[at] as string
      if (step === '@') {
        if (Array.isArray(value)) this.#visitItems(value, at + 1)
        return
      }
      if (!isObject(value) || !Object.hasOwn(value, step)) return
      value = value[step]
    }
    if (isObject(value)) this.#add(value)
  }

  #visitItems(items: readonly unknown[], depth: number): void {
    const level = this.#indices.length
    for (let i = 0; i < items.length; i++) {
      this.#indices[level] = i
      this.visit(items[i], depth)
    }
    this.#indices.length = level
  }

  #add(object: Record<string, unknown>): void {
    const { requires, typenameKey } = this.#place
    const steps = stepsFor(requires, object, typenameKey)
    if (steps === null) return
    const representation = readRepresentation(object, steps, typenameKey)
    if (representation === null || typeof representation.__typename !== 'string') return
    this.#entityOf(representation, steps.hasOnlyId).add(object, this.#indices)
  }

  #entityOf(representation: Representation, hasOnlyId: boolean): ListedEntity {
    const { contextRewrites } = this.#place
    const { __typename: typename, id } = representation
    if (hasOnlyId && typeof id === 'string' && contextRewrites.length === 0) {
      const ofType = getOrAdd(this.#byId, typename as string, () => new Map<string, ListedEntity>())
      return getOrAdd(ofType, id, () => this.#list(representation, NO_CONTEXT))
    }
    const context = contextRewrites.length === 0 ? NO_CONTEXT : contextValues(this.#tree, this.#at(), contextRewrites)
    return getOrAdd(this.#byText, JSON.stringify([representation, context]), () => this.#list(representation, context))
  }

  #list(representation: Representation, context: Entity['context']): ListedEntity {
    const listed = new ListedEntity(representation, context, this.#place.path)
    this.entities.push(listed)
    return listed
  }

  /** The place of the object that is visited. */
  #at(): (string | number)[] {
    let next = 0
    return this.#place.path.map((step) => (step === '@' ? (this.#indices[next++] ?? 0) : step))
  }
}

/**
 * Reads the values that a subgraph's fields take from the objects above them (`@context`, `@fromContext`; Federation 2.8). The path of
 * each rewrite leads from the entity to a value, one level up for each `..`. The rewrite names the variable that carries the value.
 * @param at the entity's place in `tree`, with list indices.
 * @returns the values by variable name.
 */
export function contextValues(
  tree: Readonly<Record<string, unknown>>,
  at: readonly (string | number)[],
  rewrites: readonly Rewrite[],
): Readonly<Record<string, unknown>> {
  const objects = objectsAlong(tree, at)
  const values: Record<string, unknown> = {}
  for (const rewrite of rewrites) {
    if (rewrite.kind !== 'KeyRenamer') continue
    const up = rewrite.path.lastIndexOf('..') + 1
    const found = valueAt(objects[objects.length - 1 - up], rewrite.path.slice(up))
    if (found !== undefined) values[rewrite.renameKeyTo] = found
  }
  return values
}

/** Lists the objects from the root to the place. A list is not a level. */
function objectsAlong(tree: Readonly<Record<string, unknown>>, at: readonly (string | number)[]): unknown[] {
  const objects: unknown[] = [tree]
  let value: unknown = tree
  for (const step of at) {
    value = memberOf(value, step)
    if (!Array.isArray(value)) objects.push(value)
  }
  return objects
}

function valueAt(value: unknown, path: readonly RewriteStep[]): unknown {
  const [step, ...rest] = path
  if (step === undefined) return value
  if (Array.isArray(value)) return value.map((item) => valueAt(item, path))
  if (typeof step === 'string') return valueAt(memberOf(value, step), rest)
  const typename = memberOf(value, '__typename')
  return typeof typename === 'string' && !step.has(typename) ? undefined : valueAt(value, rest)
}

// Reads representations from objects. What to read from objects of one runtime type is found once for each fetch.

/** An entity as a request names it. */
type Representation = Record<string, unknown>

/** The fields that a representation of one runtime type is made of, in their order. */
interface RepresentationSteps {
  readonly fields: readonly (RequiredSelection & { readonly kind: 'field' })[]
  /** Whether it has a type and an `id` and nothing else. */
  readonly hasOnlyId: boolean
}

/** By runtime type; null is an object that does not say its type, to which all fragments apply. A value of null: such objects are not entities. */
type StepsByType = Map<string | null, RepresentationSteps | null>

const stepsByRequires = new WeakMap<readonly RequiredSelection[], StepsByType>()

/** How many runtime types are remembered for one fetch. A subgraph may answer with any text as the name of a type. */
const MAX_TYPES = 64

/** Returns what to read from an object; null if nothing is required of its type, or not each part of it. */
function stepsFor(
  requires: readonly RequiredSelection[],
  object: Readonly<Record<string, unknown>>,
  typenameKey: string,
): RepresentationSteps | null {
  const named = object[typenameKey] ?? object.__typename
  const typename = typeof named === 'string' ? named : null
  const byType = getOrAdd(stepsByRequires, requires, () => new Map())
  const known = byType.get(typename)
  if (known !== undefined) return known
  const steps = makeSteps(requires, typename)
  if (byType.size < MAX_TYPES) byType.set(typename, steps)
  return steps
}

function makeSteps(requires: readonly RequiredSelection[], typename: string | null): RepresentationSteps | null {
  const fields = listFields(requires, typename)
  if (fields === null) return null
  const names = fields.map(({ name }) => name)
  const hasOnlyId = names.length === 2 && names[0] === '__typename' && names[1] === 'id'
  return { fields, hasOnlyId: hasOnlyId && fields.every(({ selections }) => selections === null) }
}

/** Lists the fields with those of the fragments that apply. Null if a selection that applies is empty: then it has no representation. */
function listFields(
  requires: readonly RequiredSelection[],
  typename: string | null,
): RepresentationSteps['fields'] | null {
  const fields: RepresentationSteps['fields'][number][] = []
  for (const selection of requires) {
    if (selection.kind === 'field') {
      fields.push(selection)
      continue
    }
    if (selection.types !== null && typename !== null && !selection.types.has(typename)) continue
    const below = listFields(selection.selections, typename)
    if (below === null) return null
    fields.push(...below)
  }
  return fields.length > 0 ? fields : null
}

/** Reads a representation from an object; null if a part that it needs is missing. */
function readRepresentation(
  object: Readonly<Record<string, unknown>>,
  { fields }: RepresentationSteps,
  typenameKey: string,
): Representation | null {
  const result: Representation = {}
  for (const { key, name, selections } of fields) {
    const value = object[key]
    if (value === undefined) return null
    result[name] = selections === null ? value : readNested(value, selections, typenameKey)
  }
  return result
}

function readNested(value: unknown, requires: readonly RequiredSelection[], typenameKey: string): unknown {
  if (Array.isArray(value)) return value.map((item) => readNested(item, requires, typenameKey))
  if (!isObject(value)) return value
  const steps = stepsFor(requires, value, typenameKey)
  return steps === null ? null : readRepresentation(value, steps, typenameKey)
}
