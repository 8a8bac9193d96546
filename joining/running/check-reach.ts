import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { parseVerifierKey } from '../../audit/note/key.ts'
import { parsePolicy } from '../../audit/note/policy.ts'
import type { CallerPartner } from '../../service/country-file-callers.ts'
import type { ServerTrust } from '../../service/http/server-trust.ts'
import { checkWitnessed, WITNESSED, WITNESSED_PATH, type Witnessed } from '../../service/trust/mandate-proof.ts'
import { readVersion } from '../../service/version.ts'
import type { CountryRules } from '../../subgraphs/kit/rules.ts'
import { type AreaFinding, inArea, noteOf, reasonOf, severityOf } from '../check/finding.ts'
import { judgeHttpClock } from '../check/parts/clock.ts'
import { askJson, causeOf } from './ask.ts'
import type { NodePlace } from './node-place.ts'

const note = noteOf('reach')

const KEY_SET = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) })

/** Looks at the key sets of the gateway and of the authorities, at the gateway’s clock and at its version, and at the country’s witness. */
export async function checkReach(
  place: NodePlace,
  rules: CountryRules | null,
  now: number,
): Promise<readonly AreaFinding[]> {
  const { gatewayJwks, country } = place.config
  const callers = rules?.callers ?? []
  const [gateway, ...partners] = await Promise.all([
    checkKeySet(gatewayJwks),
    ...callers.map(({ jwks, tls }) => checkKeySet(jwks, tls)),
  ])
  const proofs = await checkProofs(country, callers, now)
  const isMissed = proofs.some((proof) => severityOf(proof) === 'error')
  // Clocks and versions of authorities are nothing to the node.
  const keySets = partners.map(([keySet]) => keySet as AreaFinding)
  return [...(gateway ?? []), ...keySets, ...proofs, ...(await checkWitness(place, isMissed))]
}

/** Looks at a key set first; then, if it has an address, at what the same server says of its clock and version. */
async function checkKeySet(place: string, trust?: ServerTrust): Promise<readonly AreaFinding[]> {
  try {
    if (!/^https?:\/\//.test(place)) return [judgeKeys(place, JSON.parse(await readFile(place, 'utf8')))]
    const before = Date.now()
    const { status, headers, body, headAtMs } = await askJson(place, trust)
    if (status !== 200) throw new Error(`status ${status}`)
    const clock = inArea('clock', [judgeHttpClock(new URL(place).host, headers.get('date'), before, headAtMs)])
    return [judgeKeys(place, body), ...clock, await checkVersion(place, trust)]
  } catch (error) {
    return [note('UNREACHED', place, reasonOf(causeOf(error)))]
  }
}

function judgeKeys(place: string, body: unknown): AreaFinding {
  const read = KEY_SET.safeParse(body)
  if (!read.success) return note('UNREACHED', place, 'expected a JSON Web Key Set (RFC 7517)')
  const { length } = read.data.keys
  return length === 0 ? note('KEY_SET_EMPTY', place) : note('REACHED', place, `${length} × JWK`)
}

/** Compares the version of the gateway, which its `/status` shows to everybody, with ours. */
async function checkVersion(place: string, trust?: ServerTrust): Promise<AreaFinding> {
  const versions = noteOf('versions')
  try {
    const { body } = await askJson(new URL('/status', place), trust)
    const { version } = z.object({ version: z.string() }).parse(body)
    const ours = readVersion()
    const isSame = version.split('.').slice(0, 2).join('.') === ours.split('.').slice(0, 2).join('.')
    return isSame ? versions('VERSION_GATEWAY', version) : versions('VERSION_BEHIND', version, ours)
  } catch (error) {
    return versions('VERSION_UNKNOWN', reasonOf(error))
  }
}

/** How long the newest entries of an authority's log may wait for a cosignature, in milliseconds: an authority asks its witnesses each second. */
const MAX_WAIT_MS = 600_000

/**
 * Asks each authority whose officers the country believes what the country's witnesses have cosigned of its log. A node believes a mandate only with such a
 * cosignature, so without one it answers no officer of that authority, however well everything else works.
 * @param now milliseconds since the epoch.
 */
export function checkProofs(country: string, callers: readonly CallerPartner[], now: number): Promise<AreaFinding[]> {
  return Promise.all(callers.map((caller) => checkProof(country, caller, now)))
}

async function checkProof(country: string, partner: CallerPartner, now: number): Promise<AreaFinding> {
  const { authority, log, witnesses } = partner
  try {
    const said = await askAuthority(country, partner)
    if (said === null) return note('PROOF_UNKNOWN', authority)
    if (!said.witnesses.some((vkey) => witnesses.includes(vkey))) return note('PROOF_UNLISTED', authority, country)
    if (said.checkpoint === null) return note('PROOF_NONE', authority)
    const trust = { log: parseVerifierKey(log), witnesses: witnesses.map(parseVerifierKey) }
    const { checkpoint, quorumTime } = checkWitnessed(said.checkpoint, trust)
    if (quorumTime === undefined) return note('PROOF_NONE', authority)
    const isOld = checkpoint.size < said.size && now - quorumTime * 1_000 > MAX_WAIT_MS
    if (!isOld) return note('PROOF_GIVEN', authority, checkpoint.size)
    return note('PROOF_OLD', authority, checkpoint.size, said.size, new Date(quorumTime * 1_000).toISOString())
  } catch (error) {
    return note('PROOF_WRONG', authority, reasonOf(causeOf(error)))
  }
}

/** Returns what the authority says; null if it is of an earlier version and says nothing. */
async function askAuthority(country: string, { authority, jwks, tls }: CallerPartner): Promise<Witnessed | null> {
  // The key set is at the address under which the authority is reached, which may differ from its name.
  const url = new URL(WITNESSED_PATH, /^https?:/i.test(jwks) ? jwks : authority)
  url.searchParams.set('country', country)
  const { status, body } = await askJson(url, tls)
  if (status === 404) return null
  const read = WITNESSED.safeParse(body)
  if (status !== 200 || !read.success) throw new Error(`status ${status}`)
  return read.data
}

/**
 * Asks the country’s own witness, at the address that partners have of it, whether it answers with the key that they have. The address is in the bundle of
 * the folder that `istmo join` made; a node without such a bundle has nothing to ask. What the witness has cosigned, the authorities say ({@link checkProofs}).
 * @param isMissed whether a partner lacks a proof already: then its officers get no answer while the witness is away.
 */
export async function checkWitness(
  { config: { country }, folder }: Pick<NodePlace, 'config' | 'folder'>,
  isMissed: boolean,
): Promise<readonly AreaFinding[]> {
  const file = join(folder, 'bundle', country, 'witness.policy')
  const line = await readFile(file, 'utf8').catch(() => null)
  if (line === null) return []
  let place = file
  try {
    const [witness] = parsePolicy(`${line}quorum none\n`).witnesses
    if (witness?.url === undefined) throw new Error('expected the line of a witness with its address')
    place = witness.url
    const url = new URL('vkey', place.endsWith('/') ? place : `${place}/`)
    const { status, text } = await askJson(url)
    if (status !== 200) throw new Error(`status ${status}`)
    const key = text.trim()
    if (key === witness.verifier.vkey) return [note('WITNESS_REACHED', place)]
    return [note('WITNESS_OTHER', place, key.slice(0, 200))]
  } catch (error) {
    const finding = note('WITNESS_UNREACHED', place, reasonOf(causeOf(error)))
    return [{ ...finding, severity: isMissed ? 'error' : 'warning' }]
  }
}
