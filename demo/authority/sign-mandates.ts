import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { listFromLog } from '../../authority/mandates/mandate-book.ts'
import { handIn, type TokenlessAct } from '../../cli/hand-in.ts'
import { TERMINAL } from '../../cli/mandates/io.ts'
import { openKeyFile } from '../../cli/mandates/key-file.ts'
import { type MandateDocument, signMandate } from '../../contract/trust/mandate-document.ts'
import { signRevocation } from '../../contract/trust/mandate-revocation.ts'
import type { PersonalPrivateKey } from '../../contract/trust/personal-jws.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { personKey } from '../keys.ts'
import { PROFILES, type Profile, type SignerName } from '../provider/officers.ts'
import type { AuthorityHome, AuthorityName } from './authorities.ts'

/** Has the mandates of the demo's profiles drafted and approved, by two persons with keys of their own. */

/** What {@link signMandates} works with. */
export interface SigningParts {
  readonly authority: AuthorityName
  readonly place: AuthorityHome
  readonly basePort: number
  /** The countries that may be asked. */
  readonly countries: readonly string[]
  /** Logs a person in at the country's login provider, and returns the token. */
  readonly logIn: (signer: SignerName) => Promise<string>
  /** Returns milliseconds since the epoch. */
  readonly now: () => number
}

/**
 * Drafts and approves the mandates that are missing: those of a new home, those that a new version of the demo words differently, and those that end
 * within a week. Revokes those that they replace, because an officer with two mandates would have to say which one counts. The authority must run.
 * @returns the hashes of the mandates that were signed now.
 */
export async function signMandates(parts: SigningParts): Promise<readonly string[]> {
  const { authority, place, countries, now } = parts
  const approved = (await listFromLog(place.auditLog, now())).filter(({ state }) => state === 'APPROVED')
  const wanted = profileMandates(authority, countries)
  const missing = wanted.filter((mandate) => !approved.some(({ document }) => isStillGood(document, mandate, now())))
  const stale = approved.filter(({ document }) => !wanted.some((mandate) => isStillGood(document, mandate, now())))
  if (missing.length === 0 && stale.length === 0) return []
  const [drafter, approver] = await Promise.all([openPerson(parts, 'drafter'), openPerson(parts, 'approver')])
  try {
    const signers = { drafter: await drafter.name(), approver: await approver.name() }
    const documents = missing.map((mandate) => makeDocument(mandate, authority, signers, now()))
    const signed = await Promise.all(documents.map((document) => draftAndApprove(document, drafter, approver)))
    await Promise.all(stale.map(({ hash }) => revoke(hash, approver, now())))
    return signed
  } finally {
    await Promise.all([drafter.close(), approver.close()])
  }
}

/** A person who is logged in, with their own key. */
interface Person {
  readonly key: PersonalPrivateKey
  readonly act: (act: TokenlessAct) => ReturnType<typeof handIn>
  /** Returns the salted hash by which mandates name the person. */
  readonly name: () => Promise<string>
  /** Forgets the login. */
  readonly close: () => Promise<void>
}

async function openPerson({ place, basePort, logIn, now }: SigningParts, signer: SignerName): Promise<Person> {
  const key = await openKeyFile(personKey(place, signer, basePort), undefined, TERMINAL)
  const folder = await mkdtemp(join(place.persons, 'login-'))
  const token = join(folder, 'token')
  await writeFile(token, await logIn(signer), { mode: 0o600 })
  const act = (todo: TokenlessAct) => handIn({ authority: place.auditLog, token }, todo, now)
  return {
    key,
    act,
    name: async () => {
      const { persons: [own] = [] } = await act({ act: 'name', subjects: [] })
      if (own === undefined) throw new Error(`expected the salted hash of the ${signer}; came nothing`)
      return own
    },
    close: () => rm(folder, { recursive: true }),
  }
}

async function draftAndApprove(document: MandateDocument, drafter: Person, approver: Person): Promise<string> {
  const draft = await signMandate(document, drafter.key, 'drafter')
  await drafter.act({ act: 'draft', document: JSON.stringify(draft) })
  const signed = await signMandate(draft, approver.key, 'approver')
  const { mandate } = await approver.act({ act: 'approve', document: JSON.stringify(signed) })
  if (mandate === undefined) throw new Error('expected the hash of the approved mandate; came nothing')
  return mandate
}

async function revoke(mandate: string, approver: Person, nowMs: number): Promise<void> {
  const reason = 'replaced by a mandate of the demo that says what it needs today'
  const revocation = await signRevocation({ v: 1, mandate, issued: Math.floor(nowMs / 1000), reason }, approver.key)
  await approver.act({ act: 'revoke', document: JSON.stringify(revocation) })
}

/** The mandates of the demo's task force: what each profile may ask. */

const TASK_FORCE = 'jtf-2026-03'
const LEGAL_BASIS = 'UN:XVIII-12#27'

/** How long a mandate lasts, in days: the longest that an authority takes. */
const MANDATE_DAYS = 180

/** How many days before its last one a mandate is replaced, so that no token of a running demo loses its mandate. */
const REPLACED_BEFORE_DAYS = 7

const DAY_MS = 86_400_000

/** The salted hashes of the two persons. */
export interface Signers {
  readonly drafter: string
  readonly approver: string
}

/** What a mandate of a profile has in each version of it. */
type ProfileMandate = Pick<
  MandateDocument,
  'task_force' | 'purposes' | 'countries' | 'scopes' | 'legal_basis' | 'officers' | 'issuer' | 'country'
>

/**
 * Lists what the mandates of a country say: one for each profile, so that nobody gets the scopes of another one.
 * @param countries the countries that may be asked.
 */
export function profileMandates(
  { country, issuer }: AuthorityName,
  countries: readonly string[],
): readonly ProfileMandate[] {
  return Object.values<Profile>(PROFILES).map(({ role, unit, scopes, purpose }) => ({
    issuer,
    country,
    task_force: TASK_FORCE,
    purposes: [purpose],
    countries: [...countries],
    scopes: [...scopes],
    legal_basis: [LEGAL_BASIS],
    officers: [{ agency: `${country}-MP-${unit}`, role }],
  }))
}

/** Makes the document of a mandate that begins now. */
export function makeDocument(
  mandate: ProfileMandate,
  { timeZone }: AuthorityName,
  signers: Signers,
  nowMs: number,
): MandateDocument {
  return {
    v: 1,
    id: createUuidV7(nowMs),
    ...mandate,
    issued: Math.floor(nowMs / 1000),
    not_after: dayIn(timeZone, nowMs + MANDATE_DAYS * DAY_MS - DAY_MS),
    time_zone: timeZone,
    ...signers,
  }
}

/** Whether a mandate that is in force says what a profile's mandate says today, and still lasts a while. */
export function isStillGood(document: MandateDocument, mandate: ProfileMandate, nowMs: number): boolean {
  const lastNeeded = dayIn(document.time_zone, nowMs + REPLACED_BEFORE_DAYS * DAY_MS)
  const said = Object.entries(mandate).every(([name, value]) => {
    return JSON.stringify(document[name as keyof MandateDocument]) === JSON.stringify(value)
  })
  return said && document.not_after >= lastNeeded
}

function dayIn(timeZone: string, ms: number): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone }).format(ms)
}
