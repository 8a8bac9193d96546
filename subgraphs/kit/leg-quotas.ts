import { hash } from 'node:crypto'
import type { GraphQLSchema } from 'graphql'
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
import { createUnnamedRows } from './unnamed-rows.ts'

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
export function callerOf({ caller_iss: issuer, sub }: LegClaims): string | null {
  if (issuer === undefined) return null
  return hash('sha256', JSON.stringify([issuer, sub]), 'base64url')
}

/** What cannot be counted is not given. @throws {IstmoError} `RECORDS_UNAVAILABLE`. */
export async function orUnavailable<Counted>(count: () => Counted | Promise<Counted>): Promise<Counted> {
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
