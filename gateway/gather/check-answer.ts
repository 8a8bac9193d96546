import type {
  CompositeShape,
  ConnectionShape,
  FieldShape,
  ListShape,
  ObjectShape,
  TypeShape,
  ValueShape,
} from '../types/shape.ts'
import { checkEdges, checkRecord, type PartContext } from './check-record.ts'
import type { ErrorTree } from './error-tree.ts'
import {
  AnswerRejected,
  addStep,
  countCause,
  type Finding,
  type Findings,
  MAX_ISSUES,
  noteDroppedRows,
  noteFinding,
  ownProperty,
} from './findings.ts'

/** A fault in a part that does not make the gateway reject the complete answer. */
export interface Issue extends Omit<Finding, 'steps'> {
  /** Response keys and list indices, from below the part's field on. The indices count the rows that are left in the part. */
  readonly path: readonly (string | number)[]
}

/** A checked part. `value` is null if the country answered null, or if a null propagated to the top. */
export interface Part {
  readonly value: unknown
  readonly issues: readonly Issue[]
  /** Whether the part has more faults than its answer may report. */
  readonly isCut: boolean
  readonly rowsDropped: number
}

/** A part while it is read. A class, because there is one for each field of each entity, and V8 copies no object of changing shape for it. */
class Reading implements PartContext, Findings {
  readonly country: string
  readonly keys: PartContext['keys']
  readonly pageOf: PartContext['pageOf']
  readonly takesForeignId: PartContext['takesForeignId']
  readonly findings: Finding[] = []
  isCut = false
  rowsDropped = 0
  lastFault: string

  constructor({ coordinate }: FieldShape, { country, keys, pageOf, takesForeignId }: PartContext) {
    this.country = country
    this.keys = keys
    this.pageOf = pageOf
    this.takesForeignId = takesForeignId
    this.lastFault = coordinate
  }
}

/** A null at a required value: it propagates to the value above. */
const PROPAGATING_NULL = Symbol('propagating null')

/**
 * Checks and reads the value of one top field.
 * @param errors the country's own errors below this field.
 * @throws {AnswerRejected} if the gateway must reject the complete answer.
 */
export function checkPart(field: FieldShape, raw: unknown, errors: ErrorTree | undefined, context: PartContext): Part {
  const reading = new Reading(field, context)
  const value = completeField(field, raw, errors, reading)
  const issues = reading.findings.length === 0 ? NO_ISSUES : reading.findings.map(toIssue)
  return {
    value: value === PROPAGATING_NULL ? null : value,
    issues,
    isCut: reading.isCut,
    rowsDropped: reading.rowsDropped,
  }
}

const NO_ISSUES: readonly Issue[] = []

function toIssue({ steps, ...finding }: Finding): Issue {
  return { ...finding, path: steps.toReversed() }
}

/** Completes a field, and adds its key to the paths of the faults below it. */
function completeBelow(
  below: FieldShape,
  raw: Readonly<Record<string, unknown>>,
  errors: ErrorTree | undefined,
  reading: Reading,
): unknown {
  const start = reading.findings.length
  const value = completeField(below, ownProperty(raw, below.key), errors?.child(below.key), reading)
  if (reading.findings.length > start) addStep(below.key, start, reading)
  return value
}

function completeField(field: FieldShape, raw: unknown, errors: ErrorTree | undefined, reading: Reading): unknown {
  if (field.namesCountry && raw !== null && raw !== undefined) checkNamedCountry(field, raw, reading)
  return completeValue(field.value, raw, errors, field, reading)
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
  field: FieldShape,
  reading: Reading,
): unknown {
  // Most values are leaves that are as they must be.
  if (shape.kind === 'leaf' && raw !== null && raw !== undefined && shape.accepts(raw)) return raw
  const hasForm = raw !== null && raw !== undefined && isOfKind(shape, raw)
  const value = hasForm ? completeWellFormed(shape, raw, errors, field, reading) : null
  if (!hasForm && (errors !== undefined || shape.nonNull || (raw !== null && raw !== undefined))) {
    noteFinding(issueCode(errors), field.coordinate, null, reading)
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
  field: FieldShape,
  reading: Reading,
): unknown {
  if (shape.kind === 'leaf') return raw
  if (shape.kind === 'object') return completeObject(shape, raw as Record<string, unknown>, errors, field, reading)
  return completeList(shape, raw as unknown[], errors, field, reading)
}

/** Completes the items of a list, and drops those that lack a required value. */
function completeList(
  shape: ListShape,
  raw: readonly unknown[],
  errors: ErrorTree | undefined,
  field: FieldShape,
  reading: Reading,
): unknown[] {
  const complete: unknown[] = []
  let causes: Map<string, number> | null = null
  for (let i = 0; i < raw.length; i++) {
    const item = raw[i]
    const start = reading.findings.length
    const { isCut } = reading
    const value = completeValue(shape.of, item, errors?.child(i), field, reading)
    if (value === PROPAGATING_NULL) {
      // A dropped item has no place in the answer, so neither have the faults in it.
      reading.findings.length = start
      reading.isCut = isCut
      causes ??= new Map()
      countCause(reading.lastFault, causes)
      continue
    }
    if (reading.findings.length > start) addStep(complete.length, start, reading)
    complete.push(value)
  }
  if (causes !== null) noteDroppedRows(causes, reading)
  return complete
}

function completeObject(
  shape: CompositeShape,
  raw: Readonly<Record<string, unknown>>,
  errors: ErrorTree | undefined,
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
    noteFinding(fault, field.coordinate, fault === 'ROWS_DROPPED' ? 1 : null, reading)
    return null
  }
  if (type.connection) return completeConnection(type, type.connection, raw, errors, field, reading)
  const result: Record<string, unknown> = {}
  for (const below of type.fields) {
    const value = completeBelow(below, raw, errors, reading)
    if (value === PROPAGATING_NULL) return null
    result[below.key] = value
  }
  return result
}

function runtimeType(shape: ObjectShape, raw: Readonly<Record<string, unknown>>): TypeShape | undefined {
  const { typenameKeys } = shape
  const first = typenameKeys[0]
  if (first === undefined) return shape.onlyType ?? undefined
  const name = ownProperty(raw, first)
  for (let at = 1; at < typenameKeys.length; at++) {
    if (ownProperty(raw, typenameKeys[at] as string) !== name) return undefined
  }
  if (shape.onlyType) return name === shape.typeName ? shape.onlyType : undefined
  return typeof name === 'string' ? shape.types.get(name) : undefined
}

/** Completes a connection. If a row lacks a required value under one alias of `edges`, it is dropped under each alias. */
function completeConnection(
  type: TypeShape,
  connection: ConnectionShape,
  raw: Readonly<Record<string, unknown>>,
  errors: ErrorTree | undefined,
  field: FieldShape,
  reading: Reading,
): unknown {
  const places = checkEdges(ownProperty(raw, connection.gatewayEdges), type, field, reading)
  const result: Record<string, unknown> = {}
  const lists: EdgeList[] = []
  for (const below of type.fields) {
    if (connection.edges.includes(below.key)) {
      const value = ownProperty(raw, below.key)
      if (!Array.isArray(value) || value.length !== places.length || below.value.kind !== 'list') {
        throw new AnswerRejected('BAD_ANSWER', `${field.coordinate} has lists of edges that differ`)
      }
      lists.push(readEdges(below, below.value, value, errors?.child(below.key), reading))
      continue
    }
    const completed = completeBelow(below, raw, errors, reading)
    if (completed === PROPAGATING_NULL) return null
    result[below.key] = completed
  }
  const isWhole = lists.every(({ causes }) => causes.length === 0)
  const isComplete = isWhole ? ALL : places.map((_, i) => lists.every(({ causes }) => causes[i] === undefined))
  for (const list of lists) result[list.field.key] = keepRows(list, isComplete, reading)
  if (!isWhole) noteDroppedEdges(lists, isComplete, reading)
  const edges = result[connection.gatewayEdges] as Record<string, unknown>[]
  const completePlaces = isComplete === ALL ? places : places.filter((_, i) => isComplete[i])
  for (let i = 0; i < edges.length; i++)
    (edges[i] as Record<string, unknown>)[connection.gatewayCursor] = completePlaces[i]
  // The end of the country's page, even if its last row was dropped: the next page continues from there.
  result[connection.gatewayCursor] = places.at(-1) ?? null
  return result
}

/** Says that each row is complete, as nearly always. */
const ALL: readonly boolean[] = []

/** The rows under one alias of `edges`. */
interface EdgeList {
  readonly field: FieldShape
  readonly values: readonly unknown[]
  /** By row: its faults. It is empty if no row has any. */
  readonly findings: readonly (readonly Finding[] | undefined)[]
  /** By row: the coordinate of the required value that it lacks. It is empty if all rows are complete. */
  readonly causes: readonly (string | undefined)[]
}

function readEdges(
  field: FieldShape,
  shape: ListShape,
  raw: readonly unknown[],
  errors: ErrorTree | undefined,
  reading: Reading,
): EdgeList {
  const values: unknown[] = []
  const findings: Finding[][] = []
  const causes: string[] = []
  for (let i = 0; i < raw.length; i++) {
    const start = reading.findings.length
    const value = completeValue(shape.of, raw[i], errors?.child(i), field, reading)
    if (reading.findings.length > start) findings[i] = reading.findings.splice(start)
    if (value === PROPAGATING_NULL) causes[i] = reading.lastFault
    values.push(value)
  }
  return { field, values, findings, causes }
}

/** Returns the rows that are complete under each alias. Puts back their faults, with the index that each row now has. */
function keepRows(
  { field, values, findings }: EdgeList,
  isComplete: readonly boolean[],
  reading: Reading,
): readonly unknown[] {
  if (isComplete === ALL && findings.length === 0) return values
  const kept: unknown[] = []
  for (let i = 0; i < values.length; i++) {
    if (isComplete !== ALL && !isComplete[i]) continue
    for (const finding of findings[i] ?? []) {
      finding.steps.push(kept.length, field.key)
      if (reading.findings.length < MAX_ISSUES) reading.findings.push(finding)
      else reading.isCut = true
    }
    kept.push(values[i])
  }
  return kept
}

/** Notes the rows that were dropped from a connection, at the first alias of `edges` that the client asked for. */
function noteDroppedEdges(lists: readonly EdgeList[], isComplete: readonly boolean[], reading: Reading): void {
  const causes = new Map<string, number>()
  for (const [i, complete] of isComplete.entries()) {
    if (complete) continue
    const cause = lists.find((list) => list.causes[i] !== undefined)?.causes[i]
    countCause(cause ?? reading.lastFault, causes)
  }
  const start = reading.findings.length
  noteDroppedRows(causes, reading)
  const visible = lists.find(({ field }) => field.outKey !== null)
  if (visible) addStep(visible.field.key, start, reading)
}
