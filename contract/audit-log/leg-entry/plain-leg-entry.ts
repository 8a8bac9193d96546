import type { z } from 'zod'
import { PURPOSES } from '../../access-token.ts'
import { isCountryCode } from '../../country-code.ts'
import { isDomain } from '../../domain.ts'
import { isUuidV7 } from '../../uuid-v7.ts'
import type { LEG_ENTRY } from '../node-entries.ts'

/**
 * A quick look at the entry of a leg, because the gateway reads one in each receipt. It accepts only what the schema of entries (node-entries.ts)
 * accepts, and not all of it: whatever it does not accept is for the schema to judge.
 */

type Check = (value: unknown) => boolean

const text =
  (form: RegExp): Check =>
  (value) =>
    typeof value === 'string' && form.test(value)
const count: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value)
const list =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check)
const where =
  (isMeant: (text: string) => boolean): Check =>
  (value) =>
    typeof value === 'string' && isMeant(value)

/** An object with these members, and perhaps the optional ones, and with no others. */
function object(required: Readonly<Record<string, Check>>, optional: Readonly<Record<string, Check>> = {}): Check {
  const names = Object.keys(required)
  const checks = new Map(Object.entries({ ...required, ...optional }))
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
    const members = value as Readonly<Record<string, unknown>>
    for (const name of names) if (!Object.hasOwn(members, name)) return false
    for (const name of Object.keys(members)) if (checks.get(name)?.(members[name]) !== true) return false
    return true
  }
}

const hash = text(/^[0-9a-f]{64}$/)
const pseudonym = text(/^[1-9]\d*\.[\w-]{43}$/)
// Lengths are of UTF-16 units, as the schema counts them.
const label: Check = (value) => typeof value === 'string' && value.length > 0 && value.length <= 200
const coordinate = text(/^[_A-Za-z][\w.():]{0,300}$/)
const country = where(isCountryCode)
const id = where(isUuidV7)

const isPlain = object(
  {
    v: (value) => value === 2,
    kind: (value) => value === 'leg',
    id,
    time: text(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    node: label,
    country,
    domain: where(isDomain),
    gateway: orNull(label),
    tokenId: orNull(label),
    requestId: orNull(id),
    actor: orNull(
      object(
        {
          ...{ country: orNull(country), agency: orNull(label), role: orNull(label), scopes: list(label) },
          ...{ ref: pseudonym, client: orNull(label), tokenId: orNull(label), assurance: orNull(label) },
        },
        { tokenHash: hash, statementHash: hash },
      ),
    ),
    grounds: orNull(
      object({
        taskForce: orNull(label),
        purpose: orNull(where((purpose) => (PURPOSES as readonly string[]).includes(purpose))),
        legalBasis: list(label),
        caseRef: orNull(pseudonym),
      }),
    ),
    ...{ operationHash: orNull(hash), requestHash: orNull(hash), responseHash: orNull(hash) },
    ...{ coordinates: list(coordinate), moreCoordinates: count, access: orNull(hash), policySet: orNull(hash) },
    result: object({
      status: (value) => count(value) && (value as number) >= 100 && (value as number) <= 599,
      code: orNull(text(/^[A-Z][A-Z_]{1,49}$/)),
      // Few legs have denied fields, so the schema judges them.
      denied: (value) => Array.isArray(value) && value.length === 0,
    }),
    records: object({ count, hash: orNull(hash) }),
    details: count,
  },
  {
    tokenHash: hash,
    caller: object({ authority: label, tokenId: label, tokenHash: hash, mandate: hash, question: orNull(hash) }),
    statement: orNull(hash),
  },
)

/** Whether a value that JSON was parsed to is surely an entry of a leg in version 2. */
export function isPlainLegEntry(value: unknown): value is z.infer<typeof LEG_ENTRY> {
  return isPlain(value)
}
