import { z } from 'zod'
import { type Grounds, type Mandate, type Organisation, PURPOSES } from '../access-token.ts'
import { isCountryCode } from '../country-code.ts'
import { isLastDayOver } from '../last-day.ts'

/**
 * The task forces that a country has joined (docs/design/access.md, Recognition): the caller's own country asserts the mandate, so no other
 * country is bound by it until it says so itself.
 */

const countryCode = z.string().refine(isCountryCode, 'expected an ISO 3166-1 alpha-2 code, or UN')

/** One task force of a country's list, as its file writes it. Every doubt is a no: each member is required. */
export const taskForceSchema = z.strictObject({
  /** The mandate's `task_force`. */
  id: z.string().min(1).max(256),
  /** The countries whose issuers may assert it. */
  issuers: z.array(countryCode).min(1),
  /** The agencies whose officers are recognised, as `org.agency` names them. */
  agencies: z.array(z.string().min(1)).min(1),
  purposes: z.array(z.enum(PURPOSES)).min(1),
  /** What a caller may hold here at most: the token's scopes beyond these count for nothing. */
  scopes: z.array(z.string().min(1)).min(1),
  /** The last day on which it is recognised, UTC, `YYYY-MM-DD`. */
  notAfter: z.iso.date(),
})
/** A task force that a country recognises. */
export type TaskForce = Readonly<z.infer<typeof taskForceSchema>>

/** Who acts, on which mandate and grounds. */
export interface Acting {
  readonly organisation: Organisation | undefined
  readonly mandate: Mandate | undefined
  readonly grounds: Grounds | null
}

/** Why a country is not asked though it was named. */
export type NotCovered = 'MANDATE_NOT_COVERED' | 'TASK_FORCE_NOT_RECOGNISED'

/**
 * The scopes that `country` recognises of who acts, or why it does not.
 * @param nowMs milliseconds since the epoch; days end at midnight UTC.
 */
export function recognisedScopes(
  country: string,
  taskForces: readonly TaskForce[],
  { organisation, mandate, grounds }: Acting,
  nowMs: number,
): readonly string[] | NotCovered {
  if (mandate === undefined || grounds === null) return 'MANDATE_NOT_COVERED'
  if (!mandate.countries.includes(country) || !mandate.purposes.includes(grounds.purpose)) return 'MANDATE_NOT_COVERED'
  if (isLastDayOver(mandate.not_after, nowMs)) return 'MANDATE_NOT_COVERED'
  const { country: issuer, agency } = organisation ?? {}
  if (issuer === undefined || agency === undefined) return 'TASK_FORCE_NOT_RECOGNISED'
  const recognised = taskForces.filter(
    (taskForce) =>
      taskForce.id === mandate.task_force &&
      taskForce.issuers.includes(issuer) &&
      taskForce.agencies.includes(agency) &&
      taskForce.purposes.includes(grounds.purpose) &&
      !isLastDayOver(taskForce.notAfter, nowMs),
  )
  return recognised.length === 0 ? 'TASK_FORCE_NOT_RECOGNISED' : recognised.flatMap(({ scopes }) => scopes)
}
