/** What a gateway has of a country, from its operator's server. */
import { parse } from 'graphql'
import { z } from 'zod'
import { createPolicySet } from '../../contract/access/policy-set.ts'
import { taskForcesSchema } from '../../contract/access/recognition.ts'
import { type Domain, isDomain } from '../../contract/domain.ts'
import { DEFAULT_ROWS_PER_DAY } from '../../contract/row-quota/row-quota.ts'
import { describeError } from '../../service/describe-error.ts'
import { createTrustedFetch } from '../../service/http/trusted-fetch.ts'
import { UsageError } from '../../service/usage-error.ts'
import type { ComparedRules } from './policy-diff.ts'

const copySchema = z.object({
  country: z.string(),
  domains: z.record(z.string().refine(isDomain), z.object({ sdl: z.string().nullable() })),
  taskForces: taskForcesSchema,
  policies: z.string(),
  rowsPerDay: z.number().nullable(),
  unavailable: z.object({ code: z.string(), reason: z.string().nullable() }).nullable(),
})

/** How long the gateway may take, in milliseconds. */
const PATIENCE_MS = 10_000

/**
 * Reads the copy of a country's rules from the operator's server of a gateway.
 * @throws {UsageError} if there is no such server, if it does not know the country, or if the country's file is wrong there.
 */
export async function readGatewayCopy(operator: URL, country: string): Promise<ComparedRules> {
  const url = new URL(`/published?country=${country}`, operator)
  const response = await createTrustedFetch()(url, {
    redirect: 'manual',
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).catch((error: unknown) => {
    throw new UsageError(
      `${url.origin}: expected the operator's server of a gateway (its --operator-listen); ${describeError(error)}`,
    )
  })
  if (response.status === 404)
    throw new UsageError(`${url.origin}: expected a gateway that has the file of ${country}; it has none`)
  const parsed = copySchema.safeParse(await response.json().catch(() => null))
  if (response.status !== 200 || !parsed.success)
    throw new UsageError(
      `${url.href}: expected what the gateway has of ${country}; came HTTP ${response.status} with something else`,
    )
  const { domains, taskForces, policies, rowsPerDay, unavailable } = parsed.data
  if (unavailable?.code === 'CONFIGURATION_INVALID')
    throw new UsageError(
      `${url.origin}: expected a file of ${country} that is right; the gateway says: ${unavailable.reason}`,
    )
  const sdls = Object.entries(domains).flatMap(([domain, { sdl }]) =>
    sdl === null ? [] : [[domain, parse(sdl)] as const],
  )
  return {
    access: { country, taskForces, policies: createPolicySet(country, policies) },
    domains: Object.keys(domains) as Domain[],
    sdl: new Map(sdls),
    rowsPerDay: rowsPerDay ?? DEFAULT_ROWS_PER_DAY,
  }
}
