import { getOrAdd } from '../../contract/get-or-add.ts'
import type { Entity } from '../types/leg.ts'
import type { RequiredSelection, Rewrite } from '../types/plan.ts'
import { contextValues } from './context-values.ts'
import { isJsonObject, type Representation, readRepresentation, stepsFor } from './read-representation.ts'

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
      if (!isJsonObject(value) || !Object.hasOwn(value, step)) return
      value = value[step]
    }
    if (isJsonObject(value)) this.#add(value)
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
