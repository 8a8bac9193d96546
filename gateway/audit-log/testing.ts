import { writeCanonical } from '../../audit/log/canonical.ts'
import { newSigner } from '../../audit/log/testing.ts'
import { rotateKeys } from '../../audit/pseudonym/pseudonym.ts'
import type { Caller } from '../../contract/access-token.ts'
import type { EntryOf } from '../../contract/audit-log/entry.ts'
import { NEVER_GONE } from '../../contract/hangup.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import type { PlainRequest } from '../../tests/audit-log/plain-entry.ts'
import type { RequestContext, Trail } from '../types/flow.ts'
import { createTrail } from './audit-log.ts'
import { type FittedRequest, numberPart } from './fit-request.ts'
import type { RequestTexts } from './request-entry.ts'

/** Values for the tests of the audit log. */

/** Texts of a token and a request that must not be in any entry. */
export const PERSONAL = {
  subject: 'María López',
  case: 'GT:MP001-2026-1234',
  variable: '1980-02-29',
  literal: 'DPI 2456 78901',
} as const

/** An analyst of GT on a case. */
export const CALLER: Caller = {
  issuer: 'https://id.gt.example',
  subject: PERSONAL.subject,
  client: 'tf-console',
  tokenId: 'token-7',
  assurance: '2',
  scopes: ['case:read', 'person:read'],
  organisation: { country: 'GT', agency: 'GT-MP-FECO', role: 'analyst' },
  mandate: {
    type: 'istmo_mandate',
    task_force: 'jtf-2026-03',
    case: PERSONAL.case,
    purposes: ['INVESTIGATION'],
    countries: ['GT', 'HN'],
    not_after: '2027-03-31',
  },
  expiresAt: 4_000_000_000,
}

/** Keys of one epoch. */
export const KEYS = rotateKeys({ epochs: [] }, 0)

/** A signer of the log `istmo.example/gateway`. */
export const SIGNER = newSigner('istmo.example/gateway')

/** Returns the context of a request of `caller` with `trail`. */
export function contextWith(
  trail: Trail,
  caller: Caller | null = CALLER,
  requestId: string = createUuidV7(Date.parse('2026-11-24T20:15:17.123Z')),
): RequestContext & { readonly trail: Trail } {
  return {
    requestId,
    caller,
    grounds: caller && { purpose: 'INVESTIGATION', case: PERSONAL.case, legalBasis: ['UN:XVIII-12#27'] },
    groundsRejected: null,
    language: 'en',
    isDryRun: false,
    hangup: NEVER_GONE,
    deadlineAt: Number.MAX_VALUE,
    trail,
  }
}

/** The salt of each trail. */
export const SALT = Buffer.alloc(32, 5)

/** Returns a trail without any notes. */
export function emptyTrail(): Trail {
  return createTrail(SALT)
}

/** Reads the texts of a request: what its entry would be if it had the lists of all countries. */
export function readTexts(texts: RequestTexts): PlainRequest {
  const { id, gateway, actor, grounds, coordinates, legs, denied, rest } = texts
  const list = (items: readonly { readonly text: string }[]): string => items.map(({ text }) => text).join(',')
  return JSON.parse(
    `{"id":${id},"kind":"request","gateway":${gateway},"actor":${actor},"grounds":${grounds},"coordinates":[${coordinates.joined}],"legs":[${list(legs)}],"denied":[${list(denied)}],${rest}`,
  )
}

/** Writes a request whose entry is given as an object. */
export function textsOf(request: PlainRequest): RequestTexts {
  const { id, time, gateway, actor, grounds, coordinates, legs, denied, operation, question, result, traceId, v } =
    request
  const write = (value: unknown): string => String(writeCanonical(value))
  const listOf = <Item extends { readonly country: string | null }>(items: readonly Item[]) =>
    items.map((item) => ({ country: item.country, text: write(item) }))
  const items = coordinates.map(write)
  return {
    ...{ id: write(id), endedMs: Date.parse(time), time: write(time), gateway: write(gateway), actor: write(actor) },
    ...{
      actorCountry: actor?.country ?? null,
      grounds: write(grounds),
      coordinates: { items, joined: items.join(',') },
    },
    ...{
      legs: listOf(legs),
      denied: listOf(denied),
      rest: write({ operation, question, result, time, traceId, v }).slice(1),
    },
  }
}

/** Reads the entries of a request. The parts of countries get the numbers 1, 2, 3 … */
export function readFitted({ entry, parts, bytes }: FittedRequest) {
  let seq = 0
  return {
    entry: JSON.parse(entry) as EntryOf<'request'>,
    parts: parts.map((part) => {
      seq += 1
      return JSON.parse(numberPart(part, part.country === null ? null : seq)) as Extract<
        EntryOf<'continuation'>,
        { v: 2 }
      >
    }),
    bytes,
  }
}
