/** Makes what the demo's authorities need before they start: keys once, and settings with the ports of each run. */
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { addSigningKey, readSigningKeys } from '../../authority/keys/signing-keys.ts'
import { listFromLog } from '../../authority/mandates/mandate-book.ts'
import { handIn, type TokenlessAct } from '../../cli/hand-in.ts'
import { makeKeys } from '../../cli/keys.ts'
import { TERMINAL } from '../../cli/mandates/io.ts'
import { openKeyFile } from '../../cli/mandates/key-file.ts'
import { readSuspenderKey } from '../../cli/sign-suspension.ts'
import { type MandateDocument, signMandate } from '../../contract/trust/mandate-document.ts'
import { signRevocation } from '../../contract/trust/mandate-revocation.ts'
import type { Suspender } from '../../contract/trust/suspension.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { UsageError } from '../../service/usage-error.ts'
import { type Admitted, listAdmitted } from '../admitted.ts'
import { loadNoteKey, makeRefKeys, readVerifierKey, witnessLines } from '../audit-log/trust.ts'
import { demoCertificatesIn } from '../certificates.ts'
import { authorityPort } from '../countries.ts'
import { type Home, writeYaml } from '../home.ts'
import { approverThumbprints, KEY_ALGORITHM, makePersonKeys, personKey } from '../keys.ts'
import { PROFILES, type Profile, postOf, type SignerName } from '../provider/officers.ts'
import {
  AUTHORITIES,
  type AuthorityHome,
  type AuthorityName,
  authorityAddress,
  authorityHomeIn,
  COMMAND_LINE_CLIENT,
  CONSOLE_CLIENT,
  COUNTRY_WITNESSES,
  consoleAddress,
  DEVELOPMENT_CLIENT,
  GATEWAY_CLIENT,
  GATEWAY_NAME,
  gatewayAddress,
  JWKS_PATH,
  OVERSIGHT_CLIENT,
  oversightAddress,
  providerAddress,
} from './authorities.ts'

/** What countries pin of an authority (docs/design/trust.md, The country's file). */
export interface PinnedAuthority {
  readonly country: string
  /** `iss` of its tokens. */
  readonly authority: string
  readonly jwks: string
  /** By what its server is known. */
  readonly tls: { readonly ca: string }
  /** Thumbprints of its signing keys. */
  readonly keys: readonly string[]
  /** Thumbprints of the keys of those who approve its mandates. */
  readonly approvers: readonly string[]
  /** The verifier key of its log. */
  readonly log: string
}

/**
 * Makes the keys of the authorities that do not exist yet, and writes their settings.
 * @returns what countries pin of each.
 */
export async function prepareAuthorities(home: Home, basePort: number): Promise<readonly PinnedAuthority[]> {
  const admitted = await listAdmitted(home)
  return Promise.all(AUTHORITIES.map((authority) => prepareAuthority(home, { authority, basePort, admitted })))
}

interface AuthorityParts {
  readonly authority: AuthorityName
  readonly basePort: number
  /** The countries that were taken in: their witnesses cosign too. */
  readonly admitted: readonly Admitted[]
}

async function prepareAuthority(home: Home, parts: AuthorityParts): Promise<PinnedAuthority> {
  const { authority, basePort } = parts
  const { country, issuer } = authority
  const place = authorityHomeIn(home.authorities, country)
  await mkdir(place.dir, { recursive: true, mode: 0o700 })
  if (!existsSync(place.signingKeys)) await addSigningKey(place.signingKeys, Date.now() / 1000)
  await makeRefKeys(place.refKeys)
  const log = await loadNoteKey(
    place.auditLogKey,
    `istmo.example/authority-${country.toLowerCase()}`,
    SIGNATURE_TYPES.ed25519,
  )
  await makePersonKeys(place, basePort)
  const approvers = await approverThumbprints(place)
  await writeSettings(home, place, parts, approvers)
  return {
    country,
    authority: issuer,
    jwks: `${authorityAddress(basePort, country)}/jwks`,
    tls: { ca: home.ca },
    approvers,
    log: log.vkey,
    keys: (await readSigningKeys(place.signingKeys)).map(({ kid }) => kid),
  }
}

/** The identity provider of a country, as its authority's settings name it. */
function providerOf(provider: string, authority: string) {
  return {
    issuer: provider,
    audience: authority,
    jwks: `${provider}${JWKS_PATH}`,
    algorithms: [KEY_ALGORITHM],
    tokenType: 'at+jwt',
    claims: { country: '/org/country' },
  }
}

async function writeSettings(
  home: Home,
  place: AuthorityHome,
  { authority: { country, issuer }, basePort, admitted }: AuthorityParts,
  approvers: readonly string[],
): Promise<void> {
  const { auditLog, auditLogKey, refKeys, trustPolicy, database, signingKeys, providers, clients, suspensions } = place
  const address = authorityAddress(basePort, country)
  const { ca: clientCa, authorities } = demoCertificatesIn(home)
  await writeYaml(place.settings, {
    ...(await readAdded(place.settings)),
    issuer,
    country,
    publicUrl: address,
    port: authorityPort(basePort, country),
    host: '127.0.0.1',
    otherUrls: [consoleAddress(basePort, country)],
    auditLog,
    auditLogKey,
    refKeys,
    trustPolicy,
    database,
    signingKeys,
    providers,
    clients,
    suspensions,
    suspenders: [await loadSuspender(home, country)],
    tls: { ...authorities[country], clientCa },
    mandates: {
      drafters: [postOf(country, 'drafter')],
      approvers: [postOf(country, 'approver')],
      approverKeys: approvers,
      witnesses: {
        ...COUNTRY_WITNESSES,
        ...Object.fromEntries(admitted.map(({ country: other, witness }) => [other, [witness.name]])),
      },
    },
  })
  await writeYaml(providers, { providers: [providerOf(providerAddress(basePort, country), issuer)] })
  const scopes = [...new Set(Object.values(PROFILES).flatMap((profile) => profile.scopes))]
  const tool = { kind: 'tool', gateways: [GATEWAY_CLIENT, OVERSIGHT_CLIENT], scopes }
  await writeYaml(clients, {
    clients: [
      {
        kind: 'gateway',
        id: GATEWAY_CLIENT,
        name: GATEWAY_NAME,
        address: gatewayAddress(basePort),
        jwks: home.legJwks,
      },
      { kind: 'oversight', id: OVERSIGHT_CLIENT, name: OVERSIGHT_CLIENT, address: oversightAddress(basePort) },
      { ...tool, id: COMMAND_LINE_CLIENT, providerClient: DEVELOPMENT_CLIENT, bearer: true },
      { ...tool, id: CONSOLE_CLIENT },
    ],
  })
  const witnesses = [...(await witnessLines(home.auditLog, basePort)), ...admitted.map(({ witness }) => witness.line)]
  const policy = [`log ${await readVerifierKey(auditLogKey)}`, ...witnesses, 'quorum none']
  await writeFile(trustPolicy, `${policy.join('\n')}\n`)
}

/** What a person may add to the settings of an authority. A later start keeps it. */
const ADDED = z.object({ reveal: z.unknown().optional() })

async function readAdded(file: string): Promise<z.infer<typeof ADDED>> {
  if (!existsSync(file)) return {}
  try {
    return ADDED.parse(parse(await readFile(file, 'utf8')))
  } catch (cause) {
    throw new UsageError(
      `${file}: expected the settings of an authority in YAML; came another text. Repair it, or remove it: the next start writes it anew`,
      { cause },
    )
  }
}

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
type Person = Awaited<ReturnType<typeof openPerson>>

async function openPerson({ place, basePort, logIn, now }: SigningParts, signer: SignerName) {
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

/**
 * Reads the key with which `name` suspends, and makes it if there is no file, as `istmo keys NAME --suspender` does.
 * Only one process may do so at a time.
 * @returns what is public of it.
 * @throws {UsageError} if the file holds anything else.
 */
export async function loadSuspender({ suspenderKey }: Pick<Home, 'suspenderKey'>, name: string): Promise<Suspender> {
  const path = suspenderKey(name)
  if (!existsSync(path)) await makeKeys([name, '--suspender', dirname(path)], Date.now())
  try {
    const { key } = await readSuspenderKey(path)
    return { name, key }
  } catch (cause) {
    const message = `${path}: expected a key of somebody who may suspend; came something else. Remove it to get a new key`
    throw new UsageError(message, { cause })
  }
}
