/**
 * Pages with fewer edges than the gateway asked for, although the country has more. They are allowed, but rows of other countries must
 * wait behind their end (docs/design/contract.md, Order and cursors). So the gateway asks on and puts the pages together.
 */

import { decodeCursor, type Place } from '../../contract/cursor.ts'
import { IstmoError } from '../../contract/errors.ts'
import { memberOf } from '../../contract/json-value.ts'
import type { LegAnswer, SubgraphError } from '../types/flow.ts'
import type { FieldTarget, PlannedLeg } from '../types/leg.ts'
import type { ConnectionMerge } from '../types/merge.ts'
import { errorTree } from './error-tree.ts'

type Answered = LegAnswer & { readonly kind: 'answered' }
type Json = Readonly<Record<string, unknown>>

/** A page to ask on: the field, the entity (by index; null in a root fetch), and the place behind which the next page begins. */
export interface ShortPage {
  readonly target: FieldTarget
  readonly entity: number | null
  readonly order: string
  readonly after: Place
}

/** Whether a connection as it came has a next page, but fewer edges than were asked for and at least one. */
export function isShortPage(spec: ConnectionMerge, raw: unknown, first: number): boolean {
  const edges = edgesOf(spec, raw)
  return edges !== null && edges.length > 0 && edges.length < first && hasNextPage(spec, raw)
}

/** Whether an answer says that the caller gets no more rows of the country today. Its pages may be short, and nobody asks on. */
export function isQuotaReached({ notes = [] }: Answered): boolean {
  return notes.some(({ code }) => code === 'QUOTA_REACHED')
}

/**
 * Finds the pages of a leg's answer that are short while several countries are asked. The answer is not checked yet: a page whose last
 * cursor cannot be read is left to the check.
 */
export function findShortPages(leg: PlannedLeg, answer: LegAnswer, targets: readonly FieldTarget[]): ShortPage[] {
  if (answer.kind === 'failed' || isQuotaReached(answer)) return []
  const pages: ShortPage[] = []
  for (const { field } of leg.fields) {
    const target = targets.find((each) => each.field === field)
    const { merge, shape } = field
    if (!target?.page || target.countries.length < 2 || merge?.kind !== 'CONNECTION') continue
    const { order, first } = target.page
    const rows = leg.entities?.length ?? 1
    for (let row = 0; row < rows; row++) {
      const raw = memberOf(rowOf(leg, answer.data, row), shape.key)
      const after = isShortPage(merge, raw, first) ? lastPlace(merge, raw, order) : null
      if (after !== null) pages.push({ target, entity: leg.entities?.[row] ?? null, order, after })
    }
  }
  return pages
}

/**
 * Puts the next page of one connection behind the page that came before. The result has at most as many edges as were asked for, and the
 * errors of both answers at the places of the result.
 * @param next the answer of the leg that asked for `page` and nothing else for this entity.
 * @returns a new answer; the failure of `next` if it has no such page. If the caller's quota of rows does not allow the next page, the
 * page before it remains as it is, with a note.
 */
export function appendPage(leg: PlannedLeg, answer: Answered, page: ShortPage, next: LegAnswer): LegAnswer {
  if (isQuotaSpent(next)) return { ...answer, notes: [...(answer.notes ?? []), { code: 'QUOTA_REACHED' }] }
  if (next.kind === 'failed') return next
  const { merge, shape } = page.target.field
  if (merge?.kind !== 'CONNECTION') return answer
  const row = page.entity === null ? 0 : (leg.entities?.indexOf(page.entity) ?? 0)
  const earlier = memberOf(rowOf(leg, answer.data, row), shape.key) as Json
  const later = memberOf(rowOf(leg, next.data, 0), shape.key)
  if (edgesOf(merge, later) === null) return BAD_ANSWER
  const joined = joinPages(merge, earlier, later as Json, page.target.page?.first ?? 0)
  const offset = edgesOf(merge, earlier)?.length ?? 0
  const moved = next.errors.map((error) => moveError(error, leg, page, row, offset))
  return {
    ...answer,
    data: replaceConnection(leg, answer.data, row, shape.key, joined),
    errors: [...answer.errors, ...moved],
    notes: [...(answer.notes ?? []), ...(next.notes ?? [])],
  }
}

function isQuotaSpent(answer: LegAnswer): boolean {
  if (answer.kind === 'failed') return answer.outcome.code === 'QUOTA_SPENT'
  return errorTree(answer.errors)?.reason() === 'spent'
}

const BAD_ANSWER: LegAnswer = { kind: 'failed', outcome: { reach: 'UNAVAILABLE', code: 'BAD_ANSWER' } }

function joinPages(spec: ConnectionMerge, earlier: Json, later: Json, first: number): Json {
  const joined: Record<string, unknown> = { ...earlier }
  let isCut = false
  for (const key of [spec.gatewayKeys.edges, ...spec.edges.map((edges) => edges.key)]) {
    const [before, after] = [memberOf(earlier, key), memberOf(later, key)]
    // Lists that are missing or differ in length are left to the check.
    if (!Array.isArray(before) || !Array.isArray(after)) continue
    const all = [...before, ...after]
    isCut ||= all.length > first
    joined[key] = all.slice(0, first)
  }
  const { page, hasNext } = spec.gatewayKeys
  const info = memberOf(earlier, page)
  joined[page] = { ...(typeof info === 'object' ? info : {}), [hasNext]: isCut || hasNextPage(spec, later) }
  return joined
}

/** Moves an error of the next page to its place in the whole. */
function moveError(error: SubgraphError, leg: PlannedLeg, page: ShortPage, row: number, offset: number): SubgraphError {
  if (!Array.isArray(error.path)) return error
  const path: readonly unknown[] = error.path
  const isRoot = leg.entities === null
  const steps = isRoot ? path : path.slice(2)
  const [key, edges, index, ...below] = steps
  const { merge, shape } = page.target.field
  const isEdge = merge?.kind === 'CONNECTION' && merge.edges.some((each) => each.key === edges)
  const isBelowEdge = key === shape.key && isEdge && typeof index === 'number'
  const moved = isBelowEdge ? [key, edges, index + offset, ...below] : steps
  return { ...error, path: isRoot ? moved : ['_entities', row, ...moved] }
}

function replaceConnection(leg: PlannedLeg, data: unknown, row: number, key: string, connection: Json): Json {
  if (leg.entities === null) return { ...(data as Json), [key]: connection }
  const entities = [...((data as Json)._entities as readonly unknown[])]
  entities[row] = { ...(entities[row] as Json), [key]: connection }
  return { ...(data as Json), _entities: entities }
}

function rowOf(leg: PlannedLeg, data: unknown, row: number): unknown {
  if (leg.entities === null) return data
  const entities = memberOf(data, '_entities')
  return Array.isArray(entities) ? entities[row] : undefined
}

function edgesOf(spec: ConnectionMerge, raw: unknown): readonly unknown[] | null {
  const edges = memberOf(raw, spec.gatewayKeys.edges)
  return Array.isArray(edges) ? edges : null
}

function hasNextPage(spec: ConnectionMerge, raw: unknown): boolean {
  return memberOf(memberOf(raw, spec.gatewayKeys.page), spec.gatewayKeys.hasNext) === true
}

function lastPlace(spec: ConnectionMerge, raw: unknown, order: string): Place | null {
  const text = memberOf(edgesOf(spec, raw)?.at(-1), spec.gatewayKeys.cursor)
  if (typeof text !== 'string') return null
  try {
    const { key, id, silent } = decodeCursor(text, order)
    return silent ? null : { key, id }
  } catch (error) {
    if (error instanceof IstmoError) return null
    throw error
  }
}
