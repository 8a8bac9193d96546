/**
 * The member `callers` of a country's file: whose officers the country's node believes, by whose word and by whose proof (docs/design/trust.md, The
 * country's file).
 */
import { resolve } from 'node:path'
import { z } from 'zod'
import { parseVerifierKey, SIGNATURE_TYPES, type SignatureType } from '../audit/note/key.ts'
import { PURPOSES } from '../contract/access-token.ts'
import { isCountryCode } from '../contract/country-code.ts'
import { isSafeKeySetLocation } from './addresses.ts'
import { readServerTrust, tlsSchema } from './country-file-tls.ts'
import type { ServerTrust } from './http/server-trust.ts'

const THUMBPRINT = /^[A-Za-z0-9_-]{43}$/

const thumbprint = z
  .string()
  .regex(
    THUMBPRINT,
    'expected the SHA-256 thumbprint of a key (RFC 7638), 43 characters of base64url. `istmo mandates key` prints it',
  )
const mandateHash = z
  .string()
  .regex(THUMBPRINT, 'expected the hash of a mandate, 43 characters of base64url. `istmo mandates list` prints it')

const logKey = z
  .string()
  .refine(
    (text) => isVerifierKey(text, SIGNATURE_TYPES.ed25519),
    'expected the verifier key of a log, `name+id+key`. Copy it from the authority',
  )
const witnessKey = z
  .string()
  .refine(
    (text) => isVerifierKey(text, SIGNATURE_TYPES.cosignature),
    'expected the verifier key of a witness, `name+id+key`, that cosigns. Copy it from the witness',
  )

const memberSchema = z.strictObject({
  /** The agencies whose officers count, as the authority names them. */
  agencies: z.array(z.string().min(1).max(256)).min(1).readonly(),
  /** For which purposes they may ask. */
  purposes: z.array(z.enum(PURPOSES)).min(1).readonly(),
  /** The most that they may use here. */
  scopes: z.array(z.string().min(1)).min(1).readonly(),
})

const callerSchema = z
  .strictObject({
    /** The country whose officers the authority speaks for. */
    country: z.string().refine(isCountryCode, 'expected an ISO 3166-1 alpha-2 code, or UN'),
    /** The authority: the exact `iss` of its tokens. */
    authority: z
      .string()
      .max(200)
      .refine(isAuthorityAddress, 'expected the https address of the authority, or an http address of this machine'),
    /** Its key set: an https URL, an http URL of this machine, or a path from the folder of this file. */
    jwks: z
      .string()
      .min(1)
      .refine(isSafeKeySetLocation, 'expected an https URL, an http URL of this machine, or the path of a file'),
    /** By what its server is known: authorities or pins of its own. Absent: the authorities of the operating system. */
    tls: tlsSchema.optional(),
    /** Which of its keys count. */
    keys: z.array(thumbprint).min(1),
    /** The keys of the persons who approve mandates. None of them is a key of the authority. */
    approvers: z.array(thumbprint).min(1),
    /** The verifier key of the authority's log. */
    log: logKey,
    /** The verifier keys of this country's own witnesses. One of them must have cosigned the log with the mandate in it. */
    witnesses: z.array(witnessKey).min(1).readonly(),
    members: z.array(memberSchema).min(1),
    /** `proven`: each mandate in the log counts. `countersigned`: only those that this file lists count. */
    mandates: z.enum(['proven', 'countersigned']).default('proven'),
    countersigned: z.array(mandateHash).default([]),
    /** `required`: nothing is answered while the authority says nothing of what it revoked. */
    revocation: z.enum(['optional', 'required']).default('optional'),
  })
  .superRefine(({ keys, approvers, mandates, countersigned }, context) => {
    const both = approvers.findIndex((one) => keys.includes(one))
    if (both !== -1) {
      const message =
        'expected the key of a person; came a key of the authority, which could then approve its own mandates'
      context.addIssue({ code: 'custom', path: ['approvers', both], message })
    }
    if (mandates === 'proven' && countersigned.length > 0) {
      const message =
        'expected no list, because each proven mandate counts. Write `mandates: countersigned` or remove it'
      context.addIssue({ code: 'custom', path: ['countersigned'], message })
    }
  })

/**
 * The member `callers`. An agency belongs to one country: two authorities of different countries cannot both name it, and one whose name begins with
 * the code of one country of the list, such as `GT-MP-FECO`, is not another country's.
 */
export const callersSchema = z.array(callerSchema).superRefine((callers, context) => {
  callers.forEach(({ authority }, at) => {
    if (callers.findIndex((other) => other.authority === authority) === at) return
    context.addIssue({
      code: 'custom',
      path: [at, 'authority'],
      message: 'expected each authority once; came one twice',
    })
  })
  const countries = new Set(callers.map(({ country }) => country))
  const owners = new Map<string, string>()
  for (const { agency, country, path } of listAgencies(callers)) {
    const prefix = agency.split('-', 1)[0] ?? ''
    const owner = owners.get(agency) ?? (agency !== prefix && countries.has(prefix) ? prefix : country)
    owners.set(agency, owner)
    if (owner === country) continue
    const message = `expected an agency of ${country}; came one of ${owner}. Write it under its own country's authority only`
    context.addIssue({ code: 'custom', path, message })
  }
})
type Callers = z.output<typeof callersSchema>

/** The agencies of one country, and for what and with which scopes their officers may ask. */
export type CallerMember = Readonly<z.output<typeof memberSchema>>

/** An authority whose word this country takes for the officers of one other country. Thumbprints and hashes are base64url, and `jwks` is an http(s) URL, or the absolute path of a file. */
export type CallerPartner = Readonly<
  Omit<Callers[number], 'tls' | 'keys' | 'approvers' | 'mandates' | 'countersigned' | 'members'>
> & {
  readonly tls?: ServerTrust
  readonly members: readonly CallerMember[]
  readonly keys: ReadonlySet<string>
  readonly approvers: ReadonlySet<string>
  /** The hashes of the mandates that this country has approved itself; null if each proven mandate counts. */
  readonly countersigned: ReadonlySet<string> | null
}

/**
 * Makes the partners of what the file says, and reads the files of certificates that it names.
 * @param file the path of the country's file, from whose folder `jwks` and `tls.ca` are resolved.
 * @throws {ConfigError} if a file of certificates cannot be used, or if `tls` stands beside a key set that is not at an https URL.
 */
export async function readCallerPartners(file: string, callers: Callers): Promise<readonly CallerPartner[]> {
  return Object.freeze(await Promise.all(callers.map((caller, at) => readPartner(file, caller, at))))
}

async function readPartner(
  file: string,
  { jwks, tls, keys, approvers, mandates, countersigned, ...rest }: Callers[number],
  at: number,
): Promise<CallerPartner> {
  const url = /^https?:/i.test(jwks) ? jwks : undefined
  const trust = await readServerTrust(file, `callers.${at}.tls`, { url, tls })
  return Object.freeze({
    ...rest,
    jwks: url ?? resolve(file, '..', jwks),
    ...(trust && { tls: trust }),
    keys: new Set(keys),
    approvers: new Set(approvers),
    countersigned: mandates === 'countersigned' ? new Set(countersigned) : null,
  })
}

function listAgencies(callers: Callers) {
  return callers.flatMap(({ country, members }, at) =>
    members.flatMap(({ agencies }, member) =>
      agencies.map((agency, index) => ({
        agency,
        country,
        path: [at, 'members', member, 'agencies', index],
      })),
    ),
  )
}

function isVerifierKey(text: string, type: SignatureType): boolean {
  try {
    return parseVerifierKey(text).type === type
  } catch {
    return false
  }
}

function isAuthorityAddress(text: string): boolean {
  const url = URL.parse(text)
  if (url === null || url.search !== '' || text.includes('#') || text.includes('?')) return false
  return isSafeKeySetLocation(text) && (url.protocol === 'https:' || url.protocol === 'http:')
}
