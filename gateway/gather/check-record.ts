/** Checks what a country's answer says about records and about the places of rows (docs/design/contract.md, Checks on each answer). */
import { comparePlaces, decodeCursor, type Place } from '../../contract/cursor.ts'
import { IstmoError } from '../../contract/errors.ts'
import { isRecordId, ownerOf } from '../../contract/record-id.ts'
import type { GatewayKeys } from '../types/plan.ts'
import type { FieldShape, TypeShape } from '../types/shape.ts'
import { AnswerRejected, ownProperty, ownPropertyOf } from './findings.ts'

/** What `checkPart` needs to know about the leg. */
export interface PartContext {
  readonly country: string
  readonly keys: GatewayKeys
  /** Returns the page of a connection field that the leg asked this country for; null if the field has no page. */
  readonly pageOf: (field: FieldShape) => RequestedPage | null
  /** Whether the part may add the id of another country's record. Default: always. */
  readonly takesForeignId?: ((id: string) => boolean) | undefined
}

/** A page as a leg asks one country for it. `after`: null is the start of the list. */
export interface RequestedPage {
  readonly order: string
  readonly first: number
  readonly after: Place | null
}

/**
 * Checks the id of a record. It must begin with the country that answers, unless the record is below a `@crossBorder` field.
 * @returns why the gateway leaves out this record, and only this one; null if it takes the record.
 * @throws {AnswerRejected} if the record is said to be another one than it is.
 */
export function checkRecord(
  type: TypeShape,
  raw: Readonly<Record<string, unknown>>,
  field: FieldShape,
  { keys, country, takesForeignId }: PartContext,
): 'BAD_ANSWER' | 'ROWS_DROPPED' | null {
  const id = ownProperty(raw, keys.id)
  if (!isRecordId(id)) return 'BAD_ANSWER'
  for (let at = 0; at < type.fields.length; at++) {
    const { fieldName, key } = type.fields[at] as FieldShape
    if (fieldName === 'id' && key !== keys.id && ownProperty(raw, key) !== id)
      throw new AnswerRejected('BAD_ANSWER', `${field.coordinate} has two ids`)
  }
  if (ownerOf(id) === country) return null
  if (!field.border) throw new AnswerRejected('FOREIGN_RECORD', `${field.coordinate} has a record of another country`)
  return takesForeignId === undefined || takesForeignId(id) ? null : 'ROWS_DROPPED'
}

/**
 * Checks the edges of a page: at most `first`, strictly ascending, all beyond `after`. A cursor must have the requested order and the id
 * of its node.
 * @returns the place of each edge.
 */
export function checkEdges(raw: unknown, type: TypeShape, field: FieldShape, context: PartContext): Place[] {
  const page = context.pageOf(field)
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
    const id = ownPropertyOf(node, context.keys.id)
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
