import type { GraphQLSchema } from 'graphql'
import { IstmoError } from '../../contract/errors.ts'
import type { HitQuota } from '../../contract/hit-quota/hit-quota.ts'
import { listHitSearches } from '../../contract/hit-quota/list-hit-searches.ts'
import type { LegClaims } from '../../contract/leg-token.ts'
import type { GuardedRequest } from './guard.ts'
import { coerceLegVariables } from './leg-variables.ts'
import { callerOf, orUnavailable } from './row-quota.ts'
import type { CountryRules } from './rules.ts'

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
