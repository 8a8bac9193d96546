/** Finds which waiting legs can go as one request, and makes that request. */

import { getOrAdd } from '../../contract/get-or-add.ts'
import { lazyVariables } from '../spread/lazy-variables.ts'
import type { Leg } from '../types/flow.ts'
import { mergeDocuments, REPRESENTATIONS } from './merge-documents.ts'
import type { MergedAnswer, SplicedAsk } from './merged-answer.ts'

/** A leg that waits to be sent. */
export interface Waiting {
  readonly leg: Leg
  /** Its entities. If the answer is spliced, each is JSON. */
  readonly representations: readonly unknown[]
  /** Null if the answer is not spliced. */
  readonly spliced: SplicedAsk | null
  readonly resolve: (answered: MergedAnswer) => void
  readonly reject: (error: unknown) => void
}

/** Legs that ask the same question about different entities: they are one leg about all of them. */
export interface Part {
  /** The first of them. */
  readonly leg: Leg
  readonly representations: readonly unknown[]
  /** Each waiting leg with the rows of its entities in the part's answer; null if it is the only one. */
  readonly takers: readonly { readonly waiting: Waiting; readonly rows: readonly number[] | null }[]
}

/** Unites legs that differ only in their entities, in their order, so that no part has more than `most` entities, unless a single leg has. */
export function groupByQuestion(ready: readonly Waiting[], most: number): readonly Part[] {
  if (ready.length === 1) return ready.map(partOfOne)
  return listByQuestion(ready).flatMap((same) =>
    same.length === 1 ? same.map(partOfOne) : groupByEntities(same, most),
  )
}

/** Makes the part of a leg that asks by itself. */
export function partOfOne(waiting: Waiting): Part {
  const { leg, representations } = waiting
  return { leg, representations, takers: [{ waiting, rows: null }] }
}

/** Lists together the legs that differ only in their entities, in their order. */
function listByQuestion(ready: readonly Waiting[]): readonly Waiting[][] {
  const byQuestion = new Map<string, Waiting[]>()
  for (const waiting of ready) {
    const { leg, spliced } = waiting
    getOrAdd(byQuestion, `${targetOf(leg, spliced)}\u0000${othersOf(leg)}${leg.query}`, () => []).push(waiting)
  }
  return [...byQuestion.values()]
}

/** Returns a text that is equal for equal variables besides the entities. No JSON has the sign behind each of them. */
function othersOf({ variables }: Leg): string {
  let others = ''
  for (const name in variables) {
    if (name !== REPRESENTATIONS) others += `${JSON.stringify([name, variables[name]])}\u0000`
  }
  return others
}

/** Returns a text that is equal for legs that go to one endpoint, say the same of who asks, and whose answers are read in the same way. */
function targetOf({ domain, country, rights, isForNobody = false }: Leg, spliced: SplicedAsk | null): string {
  if (spliced !== null) return domain
  return JSON.stringify([domain, country, rights, isForNobody])
}

/** Returns a text that is equal for equal entities. */
function keyOf(representation: unknown): string {
  return typeof representation === 'string' ? representation : JSON.stringify(representation)
}

/** Legs of one question with their entities, each once. */
interface EntityGroup {
  readonly takers: { readonly waiting: Waiting; readonly rows: readonly number[] }[]
  /** The rows of the entities, by {@link keyOf}. */
  readonly places: Map<string, number>
  readonly entities: unknown[]
}

function groupByEntities(same: readonly Waiting[], most: number): readonly Part[] {
  const groups: EntityGroup[] = []
  let last: EntityGroup | null = null
  for (const waiting of same) {
    if (last === null || !hasRoom(last, waiting, most)) {
      last = { takers: [], places: new Map(), entities: [] }
      groups.push(last)
    }
    last.takers.push({ waiting, rows: addEntities(last, waiting) })
  }
  return groups.map(({ takers, entities }) => {
    const [first, ...others] = takers as [EntityGroup['takers'][number], ...EntityGroup['takers']]
    if (others.length === 0) return partOfOne(first.waiting)
    return { leg: first.waiting.leg, representations: entities, takers }
  })
}

/** Adds the entities of a leg. Returns their places in the group. */
function addEntities({ places, entities }: EntityGroup, { representations }: Waiting): readonly number[] {
  return representations.map((each) => {
    const row = getOrAdd(places, keyOf(each), () => entities.length)
    if (row === entities.length) entities.push(each)
    return row
  })
}

/** Whether a group may have the entities of a leg too. */
function hasRoom({ entities, places }: EntityGroup, { representations }: Waiting, most: number): boolean {
  if (entities.length + representations.length <= most) return true
  const added = new Set(representations.map(keyOf).filter((key) => !places.has(key)))
  return entities.length + added.size <= most
}

/** Puts parts together that one request can ask for, in their order. */
export function combineParts(parts: readonly Part[], most: number): readonly (readonly Part[])[] {
  if (parts.length === 1) return [parts]
  const combined: Part[][] = []
  for (const ofTarget of Map.groupBy(parts, targetOfPart).values()) {
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

function targetOfPart(part: Part): string {
  return targetOf(part.leg, splicedOf(part))
}

/** What is spliced of a part. All its legs are spliced, or none. */
function splicedOf({ takers }: Part): SplicedAsk | null {
  return takers[0]?.waiting.spliced ?? null
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

/** A leg, and by part the response key of its entities. */
interface WrittenLeg {
  readonly leg: Leg
  readonly keys: readonly string[]
}

/** Makes one leg of a part, or of parts that were combined. */
export function writeParts(parts: readonly Part[]): WrittenLeg {
  const [first] = parts
  if (first === undefined) throw new Error('expected parts')
  const { keys, ...question } = questionOfParts(first, parts)
  const spliced = splicedOf(first)
  if (spliced !== null) return { leg: writeWithTexts(question, takerOf(parts, keys, spliced)), keys }
  const isAsItCame = parts.length === 1 && first.takers.length === 1
  return { leg: isAsItCame ? first.leg : writeWithValues(question), keys }
}

const NAMES_OF_ONE = [REPRESENTATIONS]
const KEYS_OF_ONE = ['_entities']

function questionOfParts(
  { leg, representations }: Part,
  parts: readonly Part[],
): EntityQuestion & Pick<WrittenLeg, 'keys'> {
  if (parts.length === 1) {
    const { query, variables: others } = leg
    return { leg, query, others, names: NAMES_OF_ONE, representations: [representations], keys: KEYS_OF_ONE }
  }
  const document = mergeDocuments(parts.map((part) => part.leg.query))
  const others = uniteVariables(parts)
  if (document === null || others === null) throw new Error('expected legs that can be merged')
  const { query, keys, variables: names } = document
  return { leg, query, others, names, representations: parts.map((part) => part.representations), keys }
}

/** Makes the function that takes the body of the answer to parts that are spliced. */
function takerOf(
  parts: readonly Part[],
  keys: readonly string[],
  { takeParts }: SplicedAsk,
): NonNullable<Leg['takeBody']> {
  const answerParts = parts.map(({ representations, takers }, at) => ({
    key: keys[at] ?? '',
    count: representations.length,
    takers: takers.map(({ waiting, rows }) => ({ fetch: waiting.spliced?.fetch ?? -1, rows })),
  }))
  return (body, maxValues) => takeParts(answerParts, body, maxValues)
}

// Writes the legs that ask about entities: with their representations as values, or as texts if the answers are spliced.

/** What a leg asks about entities, in one part or several. */
interface EntityQuestion {
  /** The leg of the first part. */
  readonly leg: Leg
  readonly query: string
  /** The variables besides the representations. */
  readonly others: Readonly<Record<string, unknown>>
  /** By part: the variable of its representations. */
  readonly names: readonly string[]
  /** By part. */
  readonly representations: readonly (readonly unknown[])[]
}

/** Writes a leg with representations that are values. */
function writeWithValues({ leg, query, others, names, representations }: EntityQuestion): Leg {
  const variables: Record<string, unknown> = { ...others }
  for (const [at, name] of names.entries()) variables[name] = representations[at]
  return { ...leg, query, variables, ...(names.length > 1 && { entityVariables: names }) }
}

/** Writes a leg with representations that are JSON. They are parsed only if somebody reads them. */
function writeWithTexts(
  { leg, query, others, names, representations }: EntityQuestion,
  takeBody: NonNullable<Leg['takeBody']>,
): Leg {
  const lists = representations.map((texts) => `[${texts.join(',')}]`)
  // Nothing is cut from this text: V8 would join it for that, and a long list has megabytes.
  let json = '{'
  for (const name of Object.keys(others)) json += `${JSON.stringify(name)}:${JSON.stringify(others[name])},`
  for (let at = 0; at < names.length; at++) json += `${at === 0 ? '' : ','}"${names[at]}":${lists[at]}`
  const { domain, country, endpoint, kind, rights } = leg
  return {
    domain,
    country,
    endpoint,
    query,
    kind,
    rights,
    takeBody,
    variables: lazyVariables(others, names, lists),
    variablesJson: `${json}}`,
    entityVariables: names,
  }
}
