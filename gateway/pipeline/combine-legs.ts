/** Finds which waiting legs can go as one request, and makes that request. */
import type { Leg } from '../types/flow.ts'
import { mergeDocuments } from './merge-documents.ts'
import type { MergedAnswer } from './merged-answer.ts'

/** A leg that waits to be sent. */
export interface Waiting {
  readonly leg: Leg
  readonly representations: readonly unknown[]
  readonly resolve: (answered: MergedAnswer) => void
  readonly reject: (error: unknown) => void
}

/** Legs that ask the same question about different entities: they are one leg about all of them. */
export interface Part {
  readonly leg: Leg
  readonly representations: readonly unknown[]
  /** Each waiting leg with the rows of its entities in the part's answer; null if it is the only one. */
  readonly takers: readonly { readonly waiting: Waiting; readonly rows: readonly number[] | null }[]
}

/** Unites legs that differ only in their entities, in their order, so that no part has more than `most` entities, unless a single leg has. */
export function groupByQuestion(ready: readonly Waiting[], most: number): readonly Part[] {
  if (ready.length === 1) return ready.map(partOfOne)
  const byQuestion = Map.groupBy(ready, ({ leg }) => questionOf(leg))
  return [...byQuestion.values()].flatMap((same) =>
    same.length === 1 ? same.map(partOfOne) : groupByEntities(same, most),
  )
}

function partOfOne(waiting: Waiting): Part {
  const { leg, representations } = waiting
  return { leg, representations, takers: [{ waiting, rows: null }] }
}

/** Returns a text that is equal for legs that differ only in their entities. No JSON has the sign between its parts. */
function questionOf(leg: Leg): string {
  const { representations: _, ...others } = leg.variables
  return `${targetOf(leg)}${JSON.stringify(others)}\u0000${leg.query}`
}

/** Returns a text that is equal for legs that go to one endpoint and say the same of who asks. */
function targetOf({ domain, country, rights, isForNobody = false }: Omit<Leg, 'query' | 'variables'>): string {
  return JSON.stringify([domain, country, rights, isForNobody])
}

/** Legs of one question with their entities, each once. `places`: the place of each entity, by its text. */
interface EntityGroup {
  readonly legs: { readonly waiting: Waiting; readonly texts: readonly string[] }[]
  readonly places: Map<string, number>
  readonly entities: unknown[]
}

function groupByEntities(same: readonly Waiting[], most: number): readonly Part[] {
  const groups: EntityGroup[] = []
  for (const waiting of same) {
    const texts = waiting.representations.map(textOf)
    const last = groups.at(-1)
    const isRoom = last !== undefined && hasRoom(last, texts, most)
    const group: EntityGroup = isRoom ? last : { legs: [], places: new Map(), entities: [] }
    if (!isRoom) groups.push(group)
    group.legs.push({ waiting, texts })
    for (const [i, text] of texts.entries()) {
      if (group.places.has(text)) continue
      group.places.set(text, group.entities.length)
      group.entities.push(waiting.representations[i])
    }
  }
  return groups.flatMap(({ legs, places, entities }) => {
    const [first, ...others] = legs
    if (first === undefined) return []
    if (others.length === 0) return [partOfOne(first.waiting)]
    const takers = legs.map(({ waiting, texts }) => ({ waiting, rows: texts.map((text) => places.get(text) ?? -1) }))
    const { leg } = first.waiting
    const united = { ...leg, variables: { ...leg.variables, representations: entities } }
    return [{ leg: united, representations: entities, takers }]
  })
}

/** Whether a group may have these entities too. */
function hasRoom({ entities, places }: EntityGroup, texts: readonly string[], most: number): boolean {
  if (entities.length + texts.length <= most) return true
  return entities.length + new Set(texts.filter((text) => !places.has(text))).size <= most
}

/** Returns a text that is equal for equal representations. That of most, which have a type and an id, is made without a canonical form. */
function textOf(representation: unknown): string {
  if (typeof representation === 'object' && representation !== null) {
    const { __typename: typeName, id } = representation as Record<string, unknown>
    const hasId = typeof typeName === 'string' && typeof id === 'string'
    if (hasId && hasTwoMembers(representation)) return `${typeName.length} ${typeName}${id}`
  }
  return JSON.stringify(representation)
}

function hasTwoMembers(object: object): boolean {
  let count = 0
  for (const _ in object) count += 1
  return count === 2
}

/** Puts parts together that one request can ask for, in their order. */
export function combineParts(parts: readonly Part[], most: number): readonly (readonly Part[])[] {
  if (parts.length === 1) return [parts]
  const combined: Part[][] = []
  for (const ofTarget of Map.groupBy(parts, ({ leg }) => targetOf(leg)).values()) {
    let last: Part[] = []
    for (const part of ofTarget) {
      if (last.length > 0 && canMerge([...last, part], most)) last.push(part)
      else {
        last = [part]
        combined.push(last)
      }
    }
  }
  return combined
}

function canMerge(parts: readonly Part[], most: number): boolean {
  const entities = parts.reduce((count, { representations }) => count + representations.length, 0)
  if (entities > most || uniteVariables(parts) === null) return false
  return mergeDocuments(parts.map(({ leg }) => leg.query)) !== null
}

/** Unites the variables besides the representations. Null if two legs give a variable different values. */
function uniteVariables(parts: readonly Part[]): Record<string, unknown> | null {
  const united: Record<string, unknown> = {}
  for (const { leg } of parts) {
    for (const [name, value] of Object.entries(leg.variables)) {
      if (name === 'representations') continue
      if (Object.hasOwn(united, name) && !isSame(united[name], value)) return null
      united[name] = value
    }
  }
  return united
}

function isSame(one: unknown, other: unknown): boolean {
  return Object.is(one, other) || JSON.stringify(one) === JSON.stringify(other)
}

/**
 * Makes one leg of parts that were combined.
 * @returns the leg, and by part the response key of its entities.
 */
export function mergeParts(parts: readonly Part[]): { readonly leg: Leg; readonly keys: readonly string[] } {
  const document = mergeDocuments(parts.map(({ leg }) => leg.query))
  const variables = uniteVariables(parts)
  const [first] = parts
  if (first === undefined || document === null || variables === null)
    throw new Error('expected legs that can be merged')
  for (const [at, name] of document.variables.entries()) variables[name] = parts[at]?.representations
  const { query, keys, variables: entityVariables } = document
  return { leg: { ...first.leg, query, variables, entityVariables }, keys }
}
