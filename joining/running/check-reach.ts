import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { ServerTrust } from '../../service/http/server-trust.ts'
import { readVersion } from '../../service/version.ts'
import type { CountryRules } from '../../subgraphs/kit/rules.ts'
import { type AreaFinding, severityOf } from '../check/finding.ts'
import { judgeHttpClock } from '../check/parts/clock.ts'
import { askJson, causeOf } from './ask-json.ts'
import { checkProofs } from './check-proofs.ts'
import { checkWitness } from './check-witness.ts'
import { inArea, noteOf, reasonOf } from './finding.ts'
import type { NodePlace } from './node-place.ts'

const note = noteOf('reach')

const KEY_SET = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) })

/** Looks at the key sets of the gateway and of the authorities, at the gateway’s clock and at its version, and at the country’s witness. */
export async function checkReach(
  place: NodePlace,
  rules: CountryRules | null,
  now: number,
): Promise<readonly AreaFinding[]> {
  const { config } = place
  const gateway = await checkKeySet(config.gatewayJwks)
  const partners = await Promise.all((rules?.callers ?? []).map(({ jwks, tls }) => checkKeySet(jwks, tls)))
  const isUrl = /^https?:\/\//.test(config.gatewayJwks)
  // The areas of clock and versions need the gateway’s address, which a file does not have.
  const proofs = await checkProofs(config.country, rules?.callers ?? [], now)
  const witness = await checkWitness(
    place,
    proofs.some((proof) => severityOf(proof) === 'error'),
  )
  const reached = partners.flatMap(({ findings }) => findings)
  return [...gateway.findings, ...(isUrl ? gateway.more : []), ...reached, ...proofs, ...witness]
}

interface Reached {
  readonly findings: readonly AreaFinding[]
  /** What the same server says of its clock and version. */
  readonly more: readonly AreaFinding[]
}

async function checkKeySet(place: string, trust?: ServerTrust): Promise<Reached> {
  if (!/^https?:\/\//.test(place)) return { findings: [await checkKeySetFile(place)], more: [] }
  try {
    const before = Date.now()
    const { status, headers, body, headAtMs } = await askJson(place, trust)
    if (status !== 200) throw new Error(`status ${status}`)
    const clock = inArea('clock', [judgeHttpClock(new URL(place).host, headers.get('date'), before, headAtMs)])
    return { findings: [judgeKeys(place, body)], more: [...clock, await checkVersion(place, trust)] }
  } catch (error) {
    return { findings: [note('UNREACHED', place, reasonOf(causeOf(error)))], more: [] }
  }
}

async function checkKeySetFile(file: string): Promise<AreaFinding> {
  try {
    return judgeKeys(file, JSON.parse(await readFile(file, 'utf8')))
  } catch (error) {
    return note('UNREACHED', file, reasonOf(error))
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
