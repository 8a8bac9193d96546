/** The countries that `npm start -- --admit` takes into the demo: what each gave (`istmo join`), and what it gets in return. */
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { stringify } from 'yaml'
import { parsePolicy } from '../audit/note/policy.ts'
import { isCountryCode } from '../contract/country-code.ts'
import { UsageError } from '../service/usage-error.ts'
import { DEMO_COUNTRIES } from './countries.ts'
import type { Home } from './home.ts'
import { PROFILES } from './provider/officers.ts'

/** A country that takes part in the demo beside its own. */
export interface Admitted {
  readonly country: string
  /** Its bundle, below the home, so that each later start has it too. */
  readonly folder: string
  /** Its witness: the name, the verifier key, and the line of a trust policy. */
  readonly witness: { readonly name: string; readonly vkey: string; readonly line: string }
}

/** The file of a bundle with the line of a trust policy. */
const WITNESS_FILE = 'witness.policy'

/**
 * Takes a country in: copies its bundle below the home. A bundle that came before is replaced.
 * @param from the bundle, or the folder that `istmo join` made.
 * @throws {UsageError} if there is no bundle, or it is one of a country that the demo has already.
 */
export async function admitCountry(home: Pick<Home, 'admitted'>, from: string): Promise<void> {
  const bundle = await findBundle(from)
  const country = basename(bundle)
  if (DEMO_COUNTRIES.includes(country))
    throw new UsageError(`--admit: expected a country besides ${DEMO_COUNTRIES.join(', ')}; came ${country}`)
  await readWitness(bundle)
  const folder = join(home.admitted, country)
  await rm(folder, { recursive: true, force: true })
  await cp(bundle, folder, { recursive: true })
}

/** Finds the one bundle: the folder itself, or in it, or in its `bundle`. Each has the name of its country. */
async function findBundle(from: string): Promise<string> {
  const inside = [from, join(from, 'bundle')].map(async (folder) => {
    const names = await readdir(folder).catch((): string[] => [])
    return names.filter(isCountryCode).map((name) => join(folder, name))
  })
  const found = isCountryCode(basename(from)) ? [from] : (await Promise.all(inside)).flat()
  const [bundle] = found
  if (bundle !== undefined && found.length === 1) return bundle
  const came = found.length === 0 ? 'none' : found.join(', ')
  throw new UsageError(`--admit: ${from}: expected the bundle of one country, such as bundle/NI; came ${came}`)
}

/** Lists the countries that were taken in, in the order of their codes. @throws {UsageError} if a bundle was damaged since. */
export async function listAdmitted({ admitted }: Pick<Home, 'admitted'>): Promise<readonly Admitted[]> {
  const names = (await readdir(admitted).catch((): string[] => [])).filter(isCountryCode).sort()
  return Promise.all(
    names.map(async (country) => {
      const folder = join(admitted, country)
      return { country, folder, witness: await readWitness(folder) }
    }),
  )
}

async function readWitness(folder: string): Promise<Admitted['witness']> {
  const text = await readFile(join(folder, WITNESS_FILE), 'utf8').catch(() => '')
  try {
    const [witness] = parsePolicy(`${text}quorum none\n`).witnesses
    if (witness === undefined) throw new Error('no witness')
    return { name: witness.name, vkey: witness.verifier.vkey, line: text.trim() }
  } catch (cause) {
    const expected = `expected a bundle with ${WITNESS_FILE}, as this version of «istmo join» writes it`
    throw new UsageError(`--admit: ${folder}: ${expected}. Run «istmo join» again in the country's folder`, { cause })
  }
}

/** What a country pins of an authority of the demo. `tls`: by what this machine knows its server. */
type PinnedByAdmitted = Readonly<Record<'country' | 'authority' | 'jwks', string>> & { readonly tls: object }

/**
 * Writes what a country that was taken in needs of the demo into the folder `for-<CC>` beside its bundle: the gateway's public keys and the authority of its
 * certificate, for «istmo join», and what the country's file says to believe the demo's officers.
 * @returns the folder.
 */
export async function writeForAdmitted(
  home: Pick<Home, 'admitted' | 'ca' | 'legJwks'>,
  { country, witness }: Admitted,
  authorities: readonly PinnedByAdmitted[],
): Promise<string> {
  const folder = join(home.admitted, `for-${country}`)
  await mkdir(folder, { recursive: true })
  await cp(home.legJwks, join(folder, 'leg.jwks.json'))
  await cp(home.ca, join(folder, 'demo-ca.pem'))
  const members = Object.values(PROFILES).map(({ country: issuer, unit, purpose, scopes }) => ({
    issuer,
    agencies: [`${issuer}-MP-${unit}`],
    purposes: [purpose],
    scopes: [...scopes],
  }))
  const callers = authorities.map(({ tls: _, ...authority }) => ({
    ...authority,
    tls: { ca: 'demo-ca.pem' },
    witnesses: [witness.vkey],
    members: members.filter(({ issuer }) => issuer === authority.country).map(({ issuer: _, ...member }) => member),
  }))
  const taskForces = [{ id: 'jtf-2026-03', notAfter: '2099-12-31', members }]
  await writeFile(join(folder, 'recognise.yaml'), stringify({ taskForces, callers }, { aliasDuplicateObjects: false }))
  return folder
}
