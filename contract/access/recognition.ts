import { z } from 'zod'
import { type Grounds, type Mandate, type Organisation, PURPOSES } from '../access-token.ts'
import { isCountryCode } from '../country-code.ts'
import { isLastDayOver } from '../last-day.ts'
import { isMandateOver } from '../trust/local-day.ts'

/**
 * The task forces that a country has joined (docs/design/access.md, Recognition): the caller's own country asserts the mandate, so no other
 * country is bound by it until it says so itself.
 */

/** The form of one task force, for the message that rejects the form of version 0.2. */
const FORM =
  '{ id: jtf-2026-03, notAfter: 2027-03-31, members: [{ issuer: GT, agencies: [GT-MP-FECO], purposes: [INVESTIGATION], ' +
  'scopes: ["case:read"] }] }'

/** The members of a task force that stood beside its id in version 0.2, where every issuer could name every agency. */
const OLD_KEYS = ['issuers', 'agencies', 'purposes', 'scopes']

const countryCode = z.string().refine(isCountryCode, 'expected an ISO 3166-1 alpha-2 code, or UN')

/** The agencies of one country that are recognised, for what, and with which rights. */
const memberSchema = z.strictObject({
  /** The country whose issuer signs the token and to which the agencies belong. */
  issuer: countryCode,
  /** The agencies whose officers are recognised, as `org.agency` names them. */
  agencies: z.array(z.string().min(1)).min(1),
  purposes: z.array(z.enum(PURPOSES)).min(1),
  /** What a caller may hold here at most: the token's scopes beyond these count for nothing. */
  scopes: z.array(z.string().min(1)).min(1),
})

/** One task force of a country's list, as its file writes it. Every doubt is a no: each member is required. */
export const taskForceSchema = z.preprocess(
  (value, context) => {
    if (!hasOldForm(value)) return value
    const message = `expected members, each with one issuer and its own agencies: ${FORM}; came the form of version 0.2, in which every issuer could name every agency`
    context.issues.push({ code: 'custom', message, input: value })
    return z.NEVER
  },
  z.strictObject({
    /** The mandate's `task_force`. */
    id: z.string().min(1).max(256),
    /** The last day on which it is recognised, UTC, `YYYY-MM-DD`. */
    notAfter: z.iso.date(),
    members: z.array(memberSchema).min(1),
  }),
)

/**
 * All task forces of a country's file. An agency belongs to one issuer, because a policy that compares an agency's name could not tell two
 * apart. And an agency whose name begins with the code of one issuer, such as `GT-MP-FECO`, does not belong to another one.
 */
export const taskForcesSchema = z.array(taskForceSchema).superRefine((taskForces, context) => {
  const named = taskForces.flatMap(({ members }, force) =>
    members.flatMap(({ issuer, agencies }, member) =>
      agencies.map((agency, at) => ({ issuer, agency, path: [force, 'members', member, 'agencies', at] })),
    ),
  )
  const issuers = new Set(named.map(({ issuer }) => issuer))
  const owners = new Map<string, string>()
  for (const { issuer, agency, path } of named) {
    const prefix = agency.split('-', 1)[0] ?? ''
    const owner = owners.get(agency) ?? (agency !== prefix && issuers.has(prefix) ? prefix : issuer)
    owners.set(agency, owner)
    if (owner === issuer) continue
    const message = `expected an agency of ${issuer}; came one of ${owner}. Write it under its own issuer only`
    context.addIssue({ code: 'custom', path, message })
  }
})

/** A task force that a country recognises. */
export type TaskForce = Readonly<z.output<typeof taskForceSchema>>

/** Who acts, on which mandate and grounds. */
export interface Acting {
  readonly organisation: Organisation | undefined
  readonly mandate: Mandate | undefined
  readonly grounds: Grounds | null
}

/** Why a country is not asked though it was named. */
export type NotCovered = 'MANDATE_NOT_COVERED' | 'TASK_FORCE_NOT_RECOGNISED'

/**
 * The scopes that `country` recognises of who acts, or why it does not. They are those of the members with the caller's issuer, agency
 * and purpose, and of no other member: what one agency may do says nothing about another one.
 * @param nowMs milliseconds since the epoch; a task force ends at midnight UTC, and a mandate in its own time zone.
 */
export function recognisedScopes(
  country: string,
  taskForces: readonly TaskForce[],
  { organisation, mandate, grounds }: Acting,
  nowMs: number,
): readonly string[] | NotCovered {
  if (mandate === undefined || grounds === null) return 'MANDATE_NOT_COVERED'
  if (!mandate.countries.includes(country) || !mandate.purposes.includes(grounds.purpose)) return 'MANDATE_NOT_COVERED'
  if (isMandateOver(mandate, nowMs)) return 'MANDATE_NOT_COVERED'
  const { country: issuer, agency } = organisation ?? {}
  if (issuer === undefined || agency === undefined) return 'TASK_FORCE_NOT_RECOGNISED'
  const recognised = taskForces
    .filter(({ id, notAfter }) => id === mandate.task_force && !isLastDayOver(notAfter, nowMs))
    .flatMap(({ members }) => members)
    .filter((member) => member.issuer === issuer && member.agencies.includes(agency))
    .filter(({ purposes }) => purposes.includes(grounds.purpose))
  if (recognised.length === 0) return 'TASK_FORCE_NOT_RECOGNISED'
  return [...new Set(recognised.flatMap(({ scopes }) => scopes))]
}

/**
 * Returns the task forces that are recognised no longer, because their last day is over. Nobody who acts for them gets anything with a rule,
 * and no answer says that a date is the reason. So gateway and node say it when they load the country's file.
 * @param nowMs milliseconds since the epoch; days end at midnight UTC.
 */
export function listExpired(taskForces: readonly TaskForce[], nowMs: number): readonly TaskForce[] {
  return taskForces.filter(({ notAfter }) => isLastDayOver(notAfter, nowMs))
}

/** What the log of a gateway or node says of each of them. */
export const EXPIRED_TASK_FORCE =
  "the country does not recognise this task force any more, because its last day (notAfter) is over: write a later day into the country's file, or remove the task force"

function hasOldForm(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return !Object.hasOwn(value, 'members') && OLD_KEYS.some((key) => Object.hasOwn(value, key))
}
