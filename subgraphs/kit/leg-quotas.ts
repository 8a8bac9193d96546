import { hash } from 'node:crypto'
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql'
import { LRUCache } from 'lru-cache'
import { ERRORS, IstmoError } from '../../contract/errors.ts'
import type { HitQuota } from '../../contract/hit-quota/hit-quota.ts'
import { listHitSearches } from '../../contract/hit-quota/list-hit-searches.ts'
import type { LegNote } from '../../contract/leg-notes.ts'
import type { LegClaims } from '../../contract/leg-token.ts'
import type { CutData } from '../../contract/row-quota/cut-answer.ts'
import { createRowQuota, type QuotaOf, type RowCounts } from '../../contract/row-quota/row-quota.ts'
import type { AnswerLeg, LegReply } from './backend.ts'
import type { GuardedRequest } from './guard.ts'
import { coerceLegVariables } from './leg-variables.ts'
import { ownRecordsOf } from './own-records.ts'
import type { CountryRules } from './rules.ts'

/**
 * Limits how many of the country's rows one caller is given on one day (docs/access.md, The quota of rows). The node counts for itself, so
 * that no gateway can give more. It rejects a leg with `QUOTA_SPENT` if the rows of the day are spent, and cuts the answer that reaches the
 * quota. A leg without a caller reads only what the country publishes to everybody, so there is no quota.
 * @param rules returns the rules in force.
 * @param now returns milliseconds since the epoch.
 */
export function limitRows(
  rules: () => CountryRules,
  counts: RowCounts,
  now: () => number,
): (answer: AnswerLeg, schema: GraphQLSchema) => AnswerLeg {
  const quotaOfRows = createRowQuota(counts, now)
  return (answer, schema) => {
    const countUnnamed = createUnnamedRows(schema)
    return async (leg) => {
      const key = callerOf(leg.claims)
      if (key === null) return answer(leg)
      const { access, rowsPerDay } = rules()
      const { country } = access
      const quota: QuotaOf = { key, rowsPerDay }
      const { query, operationName } = leg.request
      const isSpent = await orUnavailable(() => quotaOfRows.isSpent(quota, leg.request))
      if (isSpent) throw new IstmoError('QUOTA_SPENT')
      const reply = await answer(leg)
      const asked = { query, operationName, country, data: reply.data, records: ownRecordsOf(reply.data, country) }
      const unnamed = isObject(reply.data) ? countUnnamed(asked) : 0
      const cut = await orUnavailable(() => quotaOfRows.count(quota, asked, unnamed))
      return cut === null ? reply : replaceData(reply, cut)
    }
  }
}

/** Returns a hash that identifies the caller for whom the leg was sent; null if it was sent for nobody. */
function callerOf({ caller_iss: issuer, sub }: LegClaims): string | null {
  if (issuer === undefined) return null
  return hash('sha256', JSON.stringify([issuer, sub]), 'base64url')
}

/** What cannot be counted is not given. @throws {IstmoError} `RECORDS_UNAVAILABLE`. */
async function orUnavailable<Counted>(count: () => Counted | Promise<Counted>): Promise<Counted> {
  try {
    return await count()
  } catch (cause) {
    if (cause instanceof IstmoError) throw cause
    throw new IstmoError('RECORDS_UNAVAILABLE', undefined, { cause })
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

interface Body {
  readonly errors?: readonly unknown[]
  readonly extensions?: { readonly istmo?: { readonly notes?: readonly LegNote[] } }
}

function replaceData(reply: LegReply, { data, denied, isCut }: CutData): LegReply {
  const body = JSON.parse(reply.text) as Body
  const message = ERRORS.QUOTA_SPENT.meaning
  const errors = denied.map((path) => ({ message, path, extensions: { code: 'QUOTA_SPENT' } }))
  const notes = [...(body.extensions?.istmo?.notes ?? []), ...(isCut ? [{ code: 'QUOTA_REACHED' } as const] : [])]
  const extensions = { ...body.extensions, istmo: { ...body.extensions?.istmo, notes } }
  const text = JSON.stringify({ ...body, data, errors: [...(body.errors ?? []), ...errors], extensions })
  return { ...reply, data, text }
}

/**
 * Limits how many different hit searches one caller asks on one day (docs/access.md, The quota of hit searches). The node counts for itself, so that
 * no gateway can ask more. Each search of a list is one.
 * @param rules returns the rules in force.
 * @returns counts the searches of a leg that the rules allow; undefined if it has none. Rejects with {IstmoError} `HITS_SPENT`,
 * `SEARCH_TOO_WIDE`, or `RECORDS_UNAVAILABLE` if they cannot be counted.
 */
export function limitHits(
  rules: () => Pick<CountryRules, 'hitsPerDay'>,
  quota: HitQuota,
): (request: GuardedRequest, claims: LegClaims, schema: GraphQLSchema) => Promise<void> | undefined {
  return (request, claims, schema) => {
    const caller = callerOf(claims)
    // graphql-js rejects variables that do not fit.
    const variables = coerceLegVariables(request, schema)?.coerced
    if (caller === null || variables === undefined) return undefined
    const searches = listHitSearches({ ...request, variables })
    if (searches.length === 0) return undefined
    return orUnavailable(() => quota.take(caller, rules().hitsPerDay, searches)).then((isTaken) => {
      if (!isTaken) throw new IstmoError('HITS_SPENT')
    })
  }
}

/** Of how many documents the node remembers whether they ask for every id. */
const CACHED_DOCUMENTS = 1_000

/**
 * Makes a function that counts the rows of an answer that no id names. A gateway asks for the id of each record
 * (docs/design/contract.md, Checks on each answer), so there are none. If a leg asks for a record without its id, so that nobody could count
 * it, each object in the answer counts as a row.
 */
export function createUnnamedRows(
  schema: GraphQLSchema,
): (leg: { readonly query: string; readonly operationName?: string | undefined; readonly data: unknown }) => number {
  const asksEveryId = new LRUCache<string, boolean>({ max: CACHED_DOCUMENTS })
  return ({ query, operationName, data }) => {
    // No document is written as a list of JSON.
    const key = operationName === undefined ? query : JSON.stringify([operationName, query])
    const asks = asksEveryId.get(key) ?? asksForEveryId(parse(query, { noLocation: true }), operationName, schema)
    asksEveryId.set(key, asks)
    return asks ? 0 : countObjects(data) - 1
  }
}

function asksForEveryId(document: DocumentNode, operationName: string | undefined, schema: GraphQLSchema): boolean {
  const operation = getOperationAST(document, operationName)
  const root = operation && schema.getRootType(operation.operation)
  if (!operation || !root) return true
  const fragments = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
  const walking = { schema, fragments: new Map(fragments.map((fragment) => [fragment.name.value, fragment])) }
  return isNamed(operation.selectionSet, root, false, walking)
}

interface Walking {
  readonly schema: GraphQLSchema
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
}

/**
 * Whether each record that a selection asks for has its id.
 * @param hasId whether a selection around this one asks for the id of the same object.
 */
function isNamed(set: SelectionSetNode, type: GraphQLNamedType, hasId: boolean, walking: Walking): boolean {
  const fields = isObjectType(type) || isInterfaceType(type) ? type.getFields() : {}
  const isRecord = Object.hasOwn(fields, 'id')
  const asksId = hasId || set.selections.some((each) => each.kind === Kind.FIELD && each.name.value === 'id')
  return set.selections.every((each) => {
    if (each.kind === Kind.FIELD) {
      if (isRecord && !asksId && each.name.value !== '__typename') return false
      const field = fields[each.name.value]
      return !each.selectionSet || !field || isNamed(each.selectionSet, getNamedType(field.type), false, walking)
    }
    const fragment = each.kind === Kind.INLINE_FRAGMENT ? each : walking.fragments.get(each.name.value)
    if (!fragment) return true
    const name = fragment.typeCondition?.name.value
    const narrowed = name === undefined ? type : (walking.schema.getType(name) ?? type)
    return isNamed(fragment.selectionSet, narrowed, asksId, walking)
  })
}

function countObjects(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const below = Object.values(value).reduce<number>((sum, each) => sum + countObjects(each), 0)
  return below + (Array.isArray(value) ? 0 : 1)
}
