/**
 * Reads one country's part of an answer (docs/design/contract.md, Checks on each answer). Checks it against what the leg asked for,
 * lets nulls propagate inside the part, and drops rows that lack a required value. Builds new objects that have only the requested keys.
 */
import { comparePlaces, decodeCursor, type Place } from '../../contract/cursor.ts'
import { type ErrorCode, IstmoError } from '../../contract/errors.ts'
import { isRecordId, ownerOf } from '../../contract/record-id.ts'
import type { GatewayKeys } from '../types/plan.ts'
import type { CompositeShape, FieldShape, ListShape, ObjectShape, TypeShape, ValueShape } from '../types/shape.ts'
import type { ErrorTree } from './error-tree.ts'

/** What `checkPart` needs to know about the leg. */
export interface PartContext {
  readonly country: string
  readonly keys: GatewayKeys
  /** Returns the page of a connection field that the leg asked this country for; null if the field has no page. */
  readonly pageOf: (field: FieldShape) => RequestedPage | null
  /** Whether the part may add the id of another country's record. Default: always. */
  readonly takesForeignId?: (id: string) => boolean
}

/** A page as a leg asks one country for it. `after`: null is the start of the list. */
export interface RequestedPage {
  readonly order: string
  readonly first: number
  readonly after: Place | null
}

/** A fault in a part that does not make the gateway reject the complete answer. */
export interface Issue {
  readonly code: ErrorCode
  readonly coordinate: string
  /** Response keys, from below the part's field on. */
  readonly path: readonly string[]
}

/** A checked part. `value` is null if the country answered null, or if a null propagated to the top. */
export interface Part {
  readonly value: unknown
  readonly issues: readonly Issue[]
  readonly rowsDropped: number
}

/** The gateway rejects the complete answer of a leg: it breaks the contract, or it has a record of another country. */
export class AnswerRejected extends Error {
  override readonly name = 'AnswerRejected'
  readonly code: 'BAD_ANSWER' | 'FOREIGN_RECORD'
  constructor(code: 'BAD_ANSWER' | 'FOREIGN_RECORD', reason: string) {
    super(reason)
    this.code = code
  }
}

/** A null at a required value: it propagates to the value above. */
const PROPAGATING_NULL = Symbol('propagating null')

interface Reading extends PartContext {
  readonly issues: Issue[]
  rowsDropped: number
}

/** How many issues of one part the gateway keeps: more than an answer shows, so that a country cannot make it collect millions. */
const MAX_ISSUES = 200

function note(reading: Reading, issue: Issue): void {
  if (reading.issues.length < MAX_ISSUES) reading.issues.push(issue)
}

/**
 * Checks and reads the value of one top field.
 * @param errors the country's own errors below this field.
 * @throws {AnswerRejected} if the gateway must reject the complete answer.
 */
export function checkPart(field: FieldShape, raw: unknown, errors: ErrorTree | undefined, context: PartContext): Part {
  const reading: Reading = { ...context, issues: [], rowsDropped: 0 }
  const value = completeField(field, raw, errors, [], reading)
  return { value: value === PROPAGATING_NULL ? null : value, issues: reading.issues, rowsDropped: reading.rowsDropped }
}

function completeField(
  field: FieldShape,
  raw: unknown,
  errors: ErrorTree | undefined,
  path: readonly string[],
  reading: Reading,
): unknown {
  if (field.namesCountry && raw !== null && raw !== undefined) checkNamedCountry(field, raw, reading)
  return completeValue(field.value, raw, errors, path, field, reading)
}

/** Checks a field that names the country that answers. In a list, the country names itself at most once. */
function checkNamedCountry({ coordinate }: FieldShape, raw: unknown, { country }: Reading): void {
  if (Array.isArray(raw)) {
    if (raw.length === 0 || (raw.length === 1 && raw[0] === country)) return
    throw new AnswerRejected('BAD_ANSWER', `${coordinate} takes the answering country at most once; came another list`)
  }
  if (raw !== country) throw new AnswerRejected('FOREIGN_RECORD', `${coordinate} is not the answering country`)
}

function completeValue(
  shape: ValueShape,
  raw: unknown,
  errors: ErrorTree | undefined,
  path: readonly string[],
  field: FieldShape,
  reading: Reading,
): unknown {
  const hasForm = raw !== null && raw !== undefined && isOfKind(shape, raw)
  const value = hasForm ? completeWellFormed(shape, raw, errors, path, field, reading) : null
  if (!hasForm && (errors !== undefined || shape.nonNull || (raw !== null && raw !== undefined))) {
    note(reading, { code: issueCode(errors), coordinate: field.coordinate, path })
  }
  return value === null && shape.nonNull ? PROPAGATING_NULL : value
}

function issueCode(errors: ErrorTree | undefined): Issue['code'] {
  const reason = errors?.reason()
  if (reason === 'denied') return 'REFUSED_BY_NODE'
  return reason === 'unreachable' ? 'CONNECTION' : 'BAD_ANSWER'
}

function isOfKind(shape: ValueShape, raw: unknown): boolean {
  if (shape.kind === 'leaf') return shape.accepts(raw)
  if (shape.kind === 'list') return Array.isArray(raw)
  return typeof raw === 'object' && !Array.isArray(raw)
}

function completeWellFormed(
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
  const complete = items.filter((item) => item !== PROPAGATING_NULL)
  reading.rowsDropped += items.length - complete.length
  return complete
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
  if (!type)
    throw new AnswerRejected('BAD_ANSWER', `${field.coordinate} has an object of a type that the leg did not ask for`)
  const fault = type.record ? checkRecord(type, raw, field, reading) : null
  if (fault !== null) {
    // One record costs only itself: it is null, and the value above it may be dropped.
    reading.rowsDropped += 1
    note(reading, { code: fault, coordinate: field.coordinate, path })
    return null
  }
  if (type.connection) return completeConnection(type, raw, errors, path, field, reading)
  const result: Record<string, unknown> = {}
  for (const below of type.fields) {
    const value = completeField(
      below,
      ownProperty(raw, below.key),
      errors?.child(below.key),
      [...path, below.key],
      reading,
    )
    if (value === PROPAGATING_NULL) return null
    result[below.key] = value
  }
  return result
}

function runtimeType(shape: ObjectShape, raw: Readonly<Record<string, unknown>>): TypeShape | undefined {
  const names = shape.typenameKeys.map((key) => ownProperty(raw, key))
  if (shape.onlyType) return names.every((name) => name === shape.typeName) ? shape.onlyType : undefined
  const [name] = names
  return typeof name === 'string' && names.every((other) => other === name) ? shape.types.get(name) : undefined
}

/**
 * Checks the id of a record. It must begin with the country that answers, unless the record is below a `@crossBorder` field.
 * @returns why the gateway leaves out this record, and only this one; null if it takes the record.
 * @throws {AnswerRejected} if the record is said to be another one than it is.
 */
function checkRecord(
  type: TypeShape,
  raw: Readonly<Record<string, unknown>>,
  field: FieldShape,
  { keys, country, takesForeignId }: Reading,
): Issue['code'] | null {
  const id = ownProperty(raw, keys.id)
  if (!isRecordId(id)) return 'BAD_ANSWER'
  for (const { fieldName, key } of type.fields) {
    if (fieldName === 'id' && ownProperty(raw, key) !== id)
      throw new AnswerRejected('BAD_ANSWER', `${field.coordinate} has two ids`)
  }
  if (ownerOf(id) === country) return null
  if (!field.border) throw new AnswerRejected('FOREIGN_RECORD', `${field.coordinate} has a record of another country`)
  return takesForeignId === undefined || takesForeignId(id) ? null : 'ROWS_DROPPED'
}

/** Completes a connection. If a row lacks a required value under one alias of `edges`, it is dropped under each alias. */
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
  const places = checkEdges(ownProperty(raw, connection.gatewayEdges), type, field, reading)
  const result: Record<string, unknown> = {}
  const lists = new Map<string, unknown[]>()
  for (const below of type.fields) {
    const value = ownProperty(raw, below.key)
    const pathBelow = [...path, below.key]
    if (connection.edges.includes(below.key)) {
      const shape = below.value
      if (!Array.isArray(value) || value.length !== places.length || shape.kind !== 'list') {
        throw new AnswerRejected('BAD_ANSWER', `${field.coordinate} has lists of edges that differ`)
      }
      lists.set(below.key, completeItems(shape, value, errors?.child(below.key), pathBelow, below, reading))
      continue
    }
    const completed = completeField(below, value, errors?.child(below.key), pathBelow, reading)
    if (completed === PROPAGATING_NULL) return null
    result[below.key] = completed
  }
  const isComplete = places.map((_, i) => [...lists.values()].every((items) => items[i] !== PROPAGATING_NULL))
  reading.rowsDropped += isComplete.filter((complete) => !complete).length
  for (const [key, items] of lists) result[key] = items.filter((_, i) => isComplete[i])
  const edges = result[connection.gatewayEdges] as Record<string, unknown>[]
  const completePlaces = places.filter((_, i) => isComplete[i])
  for (const [i, edge] of edges.entries()) edge[connection.gatewayCursor] = completePlaces[i]
  // The end of the country's page, even if its last row was dropped: the next page continues from there.
  result[connection.gatewayCursor] = places.at(-1) ?? null
  return result
}

/**
 * Checks the edges of a page: at most `first`, strictly ascending, all beyond `after`. A cursor must have the requested order and the id
 * of its node.
 * @returns the place of each edge.
 */
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
      throw new AnswerRejected(
        'BAD_ANSWER',
        `${field.coordinate} has edges that do not ascend beyond the requested cursor`,
      )
    }
    const node = connection.gatewayNode === null ? undefined : ownPropertyOf(edge, connection.gatewayNode)
    const id = ownPropertyOf(node, reading.keys.id)
    // A row without a well-formed id is left out, so its cursor names nothing.
    if (isRecordId(id) && id !== place.id) {
      throw new AnswerRejected('BAD_ANSWER', `${field.coordinate} has a cursor of another record than its node`)
    }
    last = place
    return place
  })
}

function placeOf(edge: unknown, key: string, field: FieldShape, page: RequestedPage | null): Place {
  const text = ownPropertyOf(edge, key)
  const reject = (reason: string): AnswerRejected => {
    return new AnswerRejected(
      'BAD_ANSWER',
      `${field.coordinate} has an edge without a cursor of the requested order: ${reason}`,
    )
  }
  if (typeof text !== 'string') throw reject('expected a text')
  try {
    const cursor = decodeCursor(text, page?.order)
    if (cursor.silent) throw reject('a cursor of several countries')
    return { key: cursor.key, id: cursor.id }
  } catch (error) {
    if (!(error instanceof IstmoError)) throw error
    throw reject(error.message)
  }
}

function ownPropertyOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? ownProperty(value as Record<string, unknown>, key) : undefined
}

/** Returns an own property. The members of `Object.prototype` are not data. */
function ownProperty(object: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined
}
