/** How a node or a service may be wrong: each mutant damages one thing on the way of an answer. */
import { type Cursor, decodeCursor, encodeCursor } from '../../../contract/cursor.ts'
import { type Ask, asObject, type Callers, type Leg, type Reply } from '../../../joining/conformance/leg.ts'

/** What a mutant does with each leg. `next` asks the node that is right. */
export type Wrong = (leg: Leg, next: Ask, callers: Callers) => Promise<Reply>

/** JSON that a mutant may change. */
export type Json = Record<string, unknown>

/** Returns a reply with another body. Its text, and so its receipt, stays: a service behind a node is damaged before the node signs. */
export function withJson(reply: Reply, change: (json: Json) => void): Reply {
  const json = structuredClone(asObject(reply.json)) as Json
  change(json)
  return { ...reply, json }
}

/** A mutant that changes the body of the replies to some legs. */
export function changing(isConcerned: (leg: Leg) => boolean, change: (json: Json, leg: Leg) => void): Wrong {
  return async (leg, next) => {
    const reply = await next(leg)
    return isConcerned(leg) ? withJson(reply, (json) => change(json, leg)) : reply
  }
}

/** A mutant that takes some legs for others. */
export function mistaking(isConcerned: (leg: Leg) => boolean, change: (leg: Leg, callers: Callers) => Leg): Wrong {
  return (leg, next, callers) => next(isConcerned(leg) ? change(leg, callers) : leg)
}

/** A mutant that answers some legs with these data. */
export function answering(isConcerned: (leg: Leg) => boolean, data: (leg: Leg) => unknown): Wrong {
  return async (leg, next) => {
    const reply = await next(leg)
    return isConcerned(leg) ? { ...reply, status: 200, json: { data: data(leg) } } : reply
  }
}

/** A mutant that refuses some legs. */
export function refusing(isConcerned: (leg: Leg) => boolean): Wrong {
  return async (leg, next) => {
    const reply = await next(leg)
    const json = { errors: [{ message: 'no', extensions: { code: 'REFUSED_BY_NODE' } }] }
    return isConcerned(leg) ? { ...reply, status: 403, json } : reply
  }
}

/** The variables of a leg. */
export const variablesOf = ({ variables }: Leg): Json => (variables ?? {}) as Json

/** The ids of a leg's representations; an empty list if it asks for none. */
export function idsAsked(leg: Leg): readonly string[] {
  const { representations } = variablesOf(leg)
  return Array.isArray(representations) ? representations.map((each) => String(asObject(each).id)) : []
}

/** Whether a leg asks for records themselves by `_entities`, and not for lists of theirs. */
export const asksEntities = (leg: Leg): boolean => leg.query.includes('_entities(') && !leg.query.includes('page:')

/** The list in a body of records by id. */
export const entitiesIn = (json: Json): unknown[] => (asObject(json.data)._entities ?? []) as unknown[]

/** Replaces the list in a body of records by id. */
export function setEntities(json: Json, entities: readonly unknown[] | null): void {
  json.data = entities === null ? null : { _entities: entities }
}

/** Whether a leg asks for a page of this field. */
export const asksPage = (leg: Leg, field = ''): boolean => leg.query.includes(`page: ${field}`)

/** An edge that a mutant may change. */
export interface WrongEdge {
  cursor: string
  node: Json
}

/** A page that a mutant may change. */
export interface WrongPage {
  edges: WrongEdge[]
  pageInfo: Json
}

/** The page in a body; null if there is none. */
export function pageIn(json: Json): WrongPage | null {
  const data = asObject(json.data)
  const holder = asObject(Array.isArray(data._entities) ? data._entities[0] : data)
  return (holder.page ?? null) as WrongPage | null
}

/** A mutant that changes the pages of some legs. */
export function changingPages(isConcerned: (leg: Leg) => boolean, change: (page: WrongPage, leg: Leg) => void): Wrong {
  return changing(
    (leg) => asksPage(leg) && isConcerned(leg),
    (json, leg) => {
      const page = pageIn(json)
      if (page !== null) change(page, leg)
    },
  )
}

/** The place of a cursor; null if it is none. */
export function placeOf(cursor: unknown): Cursor | null {
  try {
    return decodeCursor(String(cursor))
  } catch {
    return null
  }
}

/** A mutant that writes the cursors of an order in another way, and reads them so. */
export function recoding(order: string, write: (cursor: Cursor) => Cursor, read: (cursor: Cursor) => Cursor): Wrong {
  const recode = (text: unknown, change: (cursor: Cursor) => Cursor): unknown => {
    const cursor = placeOf(text)
    return cursor?.order === order && cursor.silent === undefined ? encodeCursor(change(cursor)) : text
  }
  return async (leg, next) => {
    if (!asksPage(leg)) return next(leg)
    const { after, ...others } = variablesOf(leg)
    const variables = after === undefined ? others : { ...others, after: recode(after, read) }
    return withJson(await next({ ...leg, variables }), (json) => {
      const page = pageIn(json)
      for (const edge of page?.edges ?? []) edge.cursor = recode(edge.cursor, write) as string
      for (const name of ['startCursor', 'endCursor']) {
        if (page !== null) page.pageInfo[name] = recode(page.pageInfo[name], write)
      }
    })
  }
}

/** Calls `use` for each object in a value, the outer ones first. */
export function eachObject(value: unknown, use: (object: Json) => void): void {
  if (Array.isArray(value)) for (const item of value) eachObject(item, use)
  else if (typeof value === 'object' && value !== null) {
    use(value as Json)
    for (const inner of Object.values(value)) eachObject(inner, use)
  }
}

/** A mutant that changes each object of each answer. */
export const changingObjects = (use: (object: Json) => void): Wrong =>
  changing(
    () => true,
    ({ data }) => eachObject(data, use),
  )
