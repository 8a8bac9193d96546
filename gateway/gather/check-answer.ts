/**
 * Reads one country's part of an answer: checks it against what was asked, lets nulls propagate inside the part, drops
 * rows that cannot stand (docs/design/contract.md, Checks on each answer). Builds new objects of the keys that were
 * asked; nothing else of the answer is kept.
 */
import { comparePlaces, decodeCursor, type Place } from '../../contract/cursor.ts'
import type { ErrorCode } from '../../contract/errors.ts'
import { isRecordId, ownerOf } from '../../contract/record-id.ts'
import type { GatewayKeys } from '../types/plan.ts'
import type { CompositeShape, FieldShape, ListShape, ObjectShape, TypeShape, ValueShape } from '../types/shape.ts'
import type { ErrorTree } from './error-tree.ts'

/** What reading a part needs to know. */
export interface PartContext {
  readonly country: string
  readonly keys: GatewayKeys
  /** The page that this country was asked for a connection field. */
  readonly pageOf: (field: FieldShape) => RequestedPage | null
}

/** A page as one country was asked it. */
export interface RequestedPage {
  readonly order: string
  readonly first: number
  readonly after: Place | null
}

/** What was found wrong in a part without costing the whole leg. */
export interface Issue {
  readonly code: ErrorCode
  readonly coordinate: string
  /** Response keys below the part's field. */
  readonly path: readonly string[]
}

/** A part as it was read. `value` is null where the country says null or where a null reached the top. */
export interface Part {
  readonly value: unknown
  readonly issues: readonly Issue[]
  readonly rowsDropped: number
}

/** The whole leg is refused: the answer is not what the contract says, or speaks for another country. */
export class AnswerRejected extends Error {
  override readonly name = 'AnswerRejected'
  readonly code: 'BAD_ANSWER' | 'FOREIGN_RECORD'
  constructor(code: 'BAD_ANSWER' | 'FOREIGN_RECORD', reason: string) {
    super(reason)
    this.code = code
  }
}

/** A null that does not stop here: the value is required. */
const BUBBLE = Symbol('bubble')

interface Reading extends PartContext {
  readonly issues: Issue[]
  dropped: number
}

/**
 * Reads the value of one top field.
 * @param errors the country's own errors below this field.
 * @throws {AnswerRejected} where one of the checks fails that are made on every leg.
 */
export function checkPart(field: FieldShape, raw: unknown, errors: ErrorTree | undefined, context: PartContext): Part {
  const reading: Reading = { ...context, issues: [], dropped: 0 }
  const value = completeField(field, raw, errors, [], reading)
  return { value: value === BUBBLE ? null : value, issues: reading.issues, rowsDropped: reading.dropped }
}

function completeField(
  field: FieldShape,
  raw: unknown,
  errors: ErrorTree | undefined,
  path: readonly string[],
  reading: Reading,
): unknown {
  if (field.namesCountry && raw !== null && raw !== undefined && raw !== reading.country) {
    throw new AnswerRejected('FOREIGN_RECORD', `${field.coordinate} is not the answering country`)
  }
  return completeValue(field.value, raw, errors, path, field, reading)
}

function completeValue(
  shape: ValueShape,
  raw: unknown,
  errors: ErrorTree | undefined,
  path: readonly string[],
  field: FieldShape,
  reading: Reading,
): unknown {
  const fits = raw !== null && raw !== undefined && isOfKind(shape, raw)
  const value = fits ? completeFitting(shape, raw, errors, path, field, reading) : null
  const isNewNull = value === null && (!fits || raw === null)
  if (isNewNull && (errors !== undefined || shape.nonNull || (raw !== null && raw !== undefined))) {
    reading.issues.push({
      code: errors?.refused() ? 'REFUSED_BY_NODE' : 'BAD_ANSWER',
      coordinate: field.coordinate,
      path,
    })
  }
  return value === null && shape.nonNull ? BUBBLE : value
}

function isOfKind(shape: ValueShape, raw: unknown): boolean {
  if (shape.kind === 'leaf') return shape.accepts(raw)
  if (shape.kind === 'list') return Array.isArray(raw)
  return typeof raw === 'object' && !Array.isArray(raw)
}

function completeFitting(
  shape: ValueShape,
  raw: unknown,
  errors: ErrorTree | undefined,
  path: readonly string[],
  field: FieldShape,
  reading: Reading,
): unknown {
  if (shape.kind === 'leaf') return raw
  if (shape.kind === 'object') {
    return completeObject(shape, raw as Record<string, unknown>, errors, path, field, reading)
  }
  const items = completeItems(shape, raw as unknown[], errors, path, field, reading)
  const kept = items.filter((item) => item !== BUBBLE)
  reading.dropped += items.length - kept.length
  return kept
}

function completeItems(
  shape: ListShape,
  raw: readonly unknown[],
  errors: ErrorTree | undefined,
  path: readonly string[],
  field: FieldShape,
  reading: Reading,
): unknown[] {
  return raw.map((item, i) => completeValue(shape.of, item, errors?.child(i), path, field, reading))
}

function completeObject(
  shape: CompositeShape,
  raw: Readonly<Record<string, unknown>>,
  errors: ErrorTree | undefined,
  path: readonly string[],
  field: FieldShape,
  reading: Reading,
): unknown {
  const type = runtimeType(shape.object, raw)
  if (!type) throw new AnswerRejected('BAD_ANSWER', `${field.coordinate} has an object of a type that was not asked`)
  if (type.record) checkRecord(type, raw, field, reading)
  if (type.connection) return completeConnection(type, raw, errors, path, field, reading)
  const result: Record<string, unknown> = {}
  for (const below of type.fields) {
    const value = completeField(below, own(raw, below.key), errors?.child(below.key), [...path, below.key], reading)
    if (value === BUBBLE) return null
    result[below.key] = value
  }
  return result
}

function runtimeType(shape: ObjectShape, raw: Readonly<Record<string, unknown>>): TypeShape | undefined {
  const names = shape.typenameKeys.map((key) => own(raw, key))
  if (shape.onlyType) return names.every((name) => name === shape.typeName) ? shape.onlyType : undefined
  const [name] = names
  return typeof name === 'string' && names.every((other) => other === name) ? shape.types.get(name) : undefined
}

/** The key is asked everywhere; it begins with the answering country, but for records under a border. */
function checkRecord(
  type: TypeShape,
  raw: Readonly<Record<string, unknown>>,
  field: FieldShape,
  { keys, country }: Reading,
): void {
  const id = own(raw, keys.id)
  if (!isRecordId(id))
    throw new AnswerRejected('BAD_ANSWER', `${field.coordinate} has a record without a well-formed id`)
  for (const { fieldName, key } of type.fields) {
    if (fieldName === 'id' && own(raw, key) !== id)
      throw new AnswerRejected('BAD_ANSWER', `${field.coordinate} has two ids`)
  }
  if (!field.border && ownerOf(id) !== country) {
    throw new AnswerRejected('FOREIGN_RECORD', `${field.coordinate} has a record of another country`)
  }
}

/** All aliases of `edges` are cut alike: a row that cannot stand under one of them goes under all. */
function completeConnection(
  type: TypeShape,
  raw: Readonly<Record<string, unknown>>,
  errors: ErrorTree | undefined,
  path: readonly string[],
  field: FieldShape,
  reading: Reading,
): unknown {
  const connection = type.connection
  if (!connection) return null
  const places = checkEdges(own(raw, connection.gatewayEdges), type, field, reading)
  const result: Record<string, unknown> = {}
  const lists = new Map<string, unknown[]>()
  for (const below of type.fields) {
    const value = own(raw, below.key)
    const at = [...path, below.key]
    if (connection.edges.includes(below.key)) {
      const shape = below.value
      if (!Array.isArray(value) || value.length !== places.length || shape.kind !== 'list') {
        throw new AnswerRejected('BAD_ANSWER', `${field.coordinate} has lists of edges that differ`)
      }
      lists.set(below.key, completeItems(shape, value, errors?.child(below.key), at, below, reading))
      continue
    }
    const completed = completeField(below, value, errors?.child(below.key), at, reading)
    if (completed === BUBBLE) return null
    result[below.key] = completed
  }
  const kept = places.map((_, i) => [...lists.values()].every((items) => items[i] !== BUBBLE))
  reading.dropped += kept.filter((isCacheable) => !isCacheable).length
  for (const [key, items] of lists) result[key] = items.filter((_, i) => kept[i])
  const edges = result[connection.gatewayEdges] as Record<string, unknown>[]
  const keptPlaces = places.filter((_, i) => kept[i])
  for (const [i, edge] of edges.entries()) edge[connection.gatewayCursor] = keptPlaces[i]
  // Where the country's page ends, rows that were left out included: the next page goes on from there.
  result[connection.gatewayCursor] = places.at(-1) ?? null
  return result
}

/** Edges strictly ascend, all beyond `after`, at most `first`; a cursor's order is the one asked, its id its node's. */
function checkEdges(raw: unknown, type: TypeShape, field: FieldShape, reading: Reading): Place[] {
  const page = reading.pageOf(field)
  const { connection } = type
  if (!connection || !Array.isArray(raw))
    throw new AnswerRejected('BAD_ANSWER', `${field.coordinate} has no list of edges`)
  if (page && raw.length > page.first) {
    throw new AnswerRejected(
      'BAD_ANSWER',
      `${field.coordinate} has ${raw.length} edges; expected at most ${page.first}`,
    )
  }
  let last = page?.after ?? null
  return raw.map((edge: unknown) => {
    const place = placeOf(edge, connection.gatewayCursor, field, page)
    if (last !== null && comparePlaces(last, place) >= 0) {
      throw new AnswerRejected('BAD_ANSWER', `${field.coordinate} has edges that do not ascend beyond the cursor given`)
    }
    const node = connection.gatewayNode === null ? undefined : ownOf(edge, connection.gatewayNode)
    const id = ownOf(node, reading.keys.id)
    if (id !== undefined && id !== place.id) {
      throw new AnswerRejected('BAD_ANSWER', `${field.coordinate} has a cursor of another record than its node`)
    }
    last = place
    return place
  })
}

function placeOf(edge: unknown, key: string, field: FieldShape, page: RequestedPage | null): Place {
  const text = ownOf(edge, key)
  try {
    const cursor = decodeCursor(String(text), page?.order)
    if (cursor.silent) throw new Error('a cursor of several countries')
    return { key: cursor.key, id: cursor.id }
  } catch (cause) {
    throw new AnswerRejected(
      'BAD_ANSWER',
      `${field.coordinate} has an edge without a cursor of the order asked: ${cause}`,
    )
  }
}

function ownOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? own(value as Record<string, unknown>, key) : undefined
}

/** An own property; the names of `Object.prototype` are no data. */
function own(object: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined
}
