/** Checks what a country's answer says about records and about the places of rows (docs/design/contract.md, Checks on each answer). */
import { comparePlaces, decodeCursor, type Place } from '../../contract/cursor.ts'
import { isRecordId, ownerOf } from '../../contract/record-id.ts'
import type { GatewayKeys } from '../types/plan.ts'
import type { FieldShape, TypeShape } from '../types/shape.ts'
import { AnswerRejected } from './answer-rejected.ts'
import { ownProperty, ownPropertyOf } from './own-property.ts'

/** What `checkPart` needs to know about the leg. */
export interface PartContext {
  readonly country: string
  readonly keys: GatewayKeys
  /** Returns the page of a connection field that the leg asked this country for; null if the field has no page. */
  readonly pageOf: (field: FieldShape) => RequestedPage | null
}

/** A page as a leg asks one country for it. `after`: null is the start of the list. */
export interface RequestedPage {
  readonly order: string
  readonly first: number
  readonly after: Place | null
}

/** Checks the id of a record. It must begin with the country that answers, unless the record is below a `@crossBorder` field. */
export function checkRecord(
  type: TypeShape,
  raw: Readonly<Record<string, unknown>>,
  field: FieldShape,
  { keys, country }: PartContext,
): void {
  const id = ownProperty(raw, keys.id)
  if (!isRecordId(id))
    throw new AnswerRejected('BAD_ANSWER', `${field.coordinate} has a record without a well-formed id`)
  for (const { fieldName, key } of type.fields) {
    if (fieldName === 'id' && ownProperty(raw, key) !== id)
      throw new AnswerRejected('BAD_ANSWER', `${field.coordinate} has two ids`)
  }
  if (!field.border && ownerOf(id) !== country) {
    throw new AnswerRejected('FOREIGN_RECORD', `${field.coordinate} has a record of another country`)
  }
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
    if (id !== undefined && id !== place.id) {
      throw new AnswerRejected('BAD_ANSWER', `${field.coordinate} has a cursor of another record than its node`)
    }
    last = place
    return place
  })
}

function placeOf(edge: unknown, key: string, field: FieldShape, page: RequestedPage | null): Place {
  const text = ownPropertyOf(edge, key)
  try {
    const cursor = decodeCursor(String(text), page?.order)
    if (cursor.silent) throw new Error('a cursor of several countries')
    return { key: cursor.key, id: cursor.id }
  } catch (cause) {
    throw new AnswerRejected(
      'BAD_ANSWER',
      `${field.coordinate} has an edge without a cursor of the requested order: ${cause}`,
    )
  }
}
