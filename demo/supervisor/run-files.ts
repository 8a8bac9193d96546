import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { parse, parseDocument } from 'yaml'
import { z } from 'zod'
import { CONSOLE_PATH } from '../../authority/console/console-routes.ts'
import { UsageError } from '../../service/usage-error.ts'
import { auditLogHomeIn, nodeVerifierKey, witnessVerifierKey } from '../audit-log/trust.ts'
import {
  AUTHORITIES,
  type AuthorityName,
  authorityAddress,
  authorityHomeIn,
  COMMAND_LINE_CLIENT,
  CONSOLE_CLIENT,
  COUNTRY_WITNESSES,
  consoleAddress,
  GATEWAY_CLIENT,
  GATEWAY_NAME,
  gatewayAddress,
  oversightAddress,
  providerAddress,
} from '../authority/authorities.ts'
import { loadSuspender, type PinnedAuthority } from '../authority/prepare-authorities.ts'
import { PROJECT_DIR } from '../config.ts'
import { COMMITTED_BASE_PORT, COUNTRIES, DEMO_COUNTRIES, oversightPort } from '../countries.ts'
import { type Home, readData, writeYaml } from '../home.ts'
import { KEY_ALGORITHM, loadKey } from '../keys.ts'
import { isProfileName, PROFILES } from '../provider/officers.ts'

/**
 * Writes the settings with the ports of this run: the gateway's files of issuers and of suspenders, those of the auditors' GraphQL, and for each
 * country that has an authority those of `istmo ask` and `istmo console`. The keys that they name must exist.
 */
export async function writeRunFiles(home: Home, basePort: number): Promise<void> {
  const issuers = listIssuers(gatewayAddress(basePort), basePort).map((issuer) => {
    const token = `${authorityAddress(basePort, issuer.country)}/token`
    return { ...issuer, authority: { token, client: GATEWAY_CLIENT, ca: home.ca } }
  })
  await writeYaml(home.issuers, { issuers })
  await writeYaml(home.suspenders, { suspenders: [await loadSuspender(home, GATEWAY_NAME)] })
  await writeYaml(home.landing, landingFile(basePort))
  await writeOversightFile(home, basePort)
  // With them, `istmo ask` checks what the countries signed.
  const keys: Record<string, string> = {}
  for (const country of DEMO_COUNTRIES) keys[country] = await nodeVerifierKey(home.auditLog, country)
  for (const authority of AUTHORITIES) {
    const { country } = authority
    const place = authorityHomeIn(home.authorities, country)
    const token = `${authorityAddress(basePort, country)}/token`
    const gateway = gatewayAddress(basePort)
    await writeYaml(place.ask, { gateway, authority: token, client: COMMAND_LINE_CLIENT, ca: home.ca, keys })
    await writeYaml(place.console, consoleSettings(home, basePort, authority))
  }
}

const entrance = z.looseObject({ profile: z.string(), place: z.string(), post: z.unknown().optional() })

const landingSchema = z.looseObject({ doors: z.array(entrance), stories: z.array(entrance) })

/** Makes what the gateway's first page says: each door and story leads into the console of the country of its profile, as that profile. */
function landingFile(basePort: number): object {
  const { doors, stories, ...rest } = readData(new URL('../landing.yaml', import.meta.url), landingSchema)
  const lead = ({ profile, place, post, ...said }: z.infer<typeof entrance>): object => {
    if (!isProfileName(profile)) throw new Error(`landing.yaml: expected a profile; came ${profile}`)
    const address = `${consoleAddress(basePort, PROFILES[profile].country)}${CONSOLE_PATH}?login_hint=${profile}#${place}`
    return { ...said, ...(post !== undefined && { place: post }), address }
  }
  return { ...rest, documents: PROJECT_DIR, doors: doors.map(lead), stories: stories.map(lead) }
}

function consoleSettings(home: Home, basePort: number, { country, issuer }: AuthorityName): object {
  const { policy, nationalPolicy } = auditLogHomeIn(home.auditLog)
  const publicUrl = consoleAddress(basePort, country)
  const provider = providerAddress(basePort, country)
  return {
    publicUrl,
    port: Number(new URL(publicUrl).port),
    authority: { issuer, country, address: authorityAddress(basePort, country), ca: home.ca },
    institution: `Ministerio Público, ${COUNTRIES.get(country)?.made?.name ?? country}`,
    contact: `mesa-de-ayuda@${country.toLowerCase()}.example`,
    client: CONSOLE_CLIENT,
    gateway: gatewayAddress(basePort),
    oversight: {
      url: `${oversightAddress(basePort)}/audit/graphql`,
      audience: oversightAddress(basePort),
      trustPolicies: [policy, nationalPolicy],
    },
    provider: {
      issuer: provider,
      client: CONSOLE_CLIENT,
      authorizationEndpoint: `${provider}/auth`,
      tokenEndpoint: `${provider}/token`,
    },
  }
}

/** Lists the authorities as issuers of tokens for `audience`. */
function listIssuers(audience: string, basePort: number) {
  return AUTHORITIES.map(({ country, issuer }) => {
    const jwks = `${authorityAddress(basePort, country)}/jwks`
    return { issuer, audience, jwks, algorithms: [KEY_ALGORITHM], country }
  })
}

/**
 * Writes the settings of the auditors' GraphQL over the demo's logs, with the ports of this run. The logs of the authorities say who approved a mandate.
 */
export async function writeOversightFile(home: Home, basePort: number): Promise<void> {
  const places = auditLogHomeIn(home.auditLog)
  const settings = {
    port: oversightPort(basePort),
    issuers: places.oversightIssuers,
    logs: [
      places.gatewayAuditLog,
      ...DEMO_COUNTRIES.map(places.nodeAuditLog),
      ...AUTHORITIES.map(({ country }) => authorityHomeIn(home.authorities, country).auditLog),
    ],
    policies: [places.policy, places.nationalPolicy],
    database: places.oversightIndex,
    auditLog: places.oversightAuditLog,
    auditLogKey: places.oversightKey,
    refKeys: places.oversightRefKeys,
    trustPolicy: places.oversightPolicy,
    corsOrigins: AUTHORITIES.map(({ country }) => consoleAddress(basePort, country)),
    regionalAgencies: [{ issuer: 'GT', agency: 'SICA-OVERSIGHT', acr: '2' }],
  }
  // What a gateway has seen must not open oversight, so its tokens name another audience.
  const issuers = listIssuers(oversightAddress(basePort), basePort).map((issuer) => ({ ...issuer, ca: home.ca }))
  await writeYaml(places.oversightIssuers, { issuers })
  await writeYaml(places.oversightFile, settings)
}

/** The configuration of the demo's participants for a run: the committed files with the ports and the keys of this home. */

/** The folder with the committed configuration of the participants, one `<CC>.yaml` for each. */
export const COMMITTED_COUNTRIES = join(PROJECT_DIR, 'countries')

/** What differs from run to run. */
export interface RunSettings {
  readonly home: Home
  readonly basePort: number
  /** The authorities whose officers the countries may believe. */
  readonly authorities: readonly PinnedAuthority[]
  /** Returns the verifier key of a country's own log. Without it, the files name no receipts: a node reads its own file, which needs none. */
  readonly logKeyOf?: (country: string) => Promise<string>
}

const member = z.object({
  issuer: z.string(),
  agencies: z.array(z.string()),
  purposes: z.array(z.string()),
  scopes: z.array(z.string()),
})

/** What the demo reads of a committed file. */
const fileSchema = z.object({
  policies: z.string().optional(),
  domains: z.record(z.string(), z.object({ url: z.string(), sdl: z.string().optional() })),
  taskForces: z.array(z.object({ members: z.array(member) })).default([]),
})

type CountryFile = z.output<typeof fileSchema>

async function readCommitted(country: string): Promise<{ readonly text: string; readonly file: CountryFile }> {
  const text = await readFile(join(COMMITTED_COUNTRIES, `${country}.yaml`), 'utf8')
  return { text, file: fileSchema.parse(parse(text)) }
}

/** Reads the domains that a participant publishes: the keys of `domains` in its committed file. */
export async function domainsOf(country: string): Promise<readonly string[]> {
  return Object.keys((await readCommitted(country)).file.domains)
}

/**
 * Writes the configuration of `countries` into the folder `to`, which it empties: the committed files with few changes, and the files beside them that
 * they name (policies, SDLs). Each file gets the keys of this home; those that do not exist yet are made.
 */
export async function writeCountryFiles(to: string, countries: readonly string[], run: RunSettings): Promise<void> {
  await mkdir(to, { recursive: true })
  await Promise.all((await readdir(to)).map((name) => rm(join(to, name), { recursive: true })))
  for (const country of countries) {
    const { text, file } = await readCommitted(country)
    for (const name of [file.policies, ...Object.values(file.domains).map(({ sdl }) => sdl)]) {
      if (name !== undefined) await copyBeside(to, name, country)
    }
    const vkey = await run.logKeyOf?.(country)
    const members = {
      ...(vkey !== undefined && { receipts: { vkey, required: true } }),
      callers: await callersOf(run, country, file),
      partners: await partnersOf(run.home, country),
      suspenders: [await loadSuspender(run.home, country)],
    }
    await writeFile(join(to, `${country}.yaml`), adaptFile(text, run.basePort, run.home.ca, members))
  }
}

async function copyBeside(to: string, name: string, country: string): Promise<void> {
  // All published files are in one folder, because the gateway watches only that folder.
  if (basename(name) !== name) throw new UsageError(`${country}.yaml: expected files beside it; came ${name}`)
  await writeFile(join(to, name), await readFile(join(COMMITTED_COUNTRIES, name)))
}

/**
 * Returns a country's file with each domain at https on the ports above `basePort`, and with further members. Leaves out empty lists, and changes
 * nothing else.
 * @param ca the file of the authority that issued the certificates of the nodes.
 */
export function adaptFile(
  text: string,
  basePort: number,
  ca: string,
  members: Readonly<Record<string, object>>,
): string {
  const document = parseDocument(text)
  for (const [domain, { url }] of Object.entries(fileSchema.parse(document.toJS()).domains)) {
    const moved = new URL(url.replace(/^http:/, 'https:'))
    moved.port = String(Number(moved.port) - COMMITTED_BASE_PORT + basePort)
    document.setIn(['domains', domain, 'url'], moved.href)
    document.setIn(['domains', domain, 'tls'], document.createNode({ ca }))
  }
  for (const [name, value] of Object.entries(members)) {
    if (!Array.isArray(value) || value.length > 0) document.set(name, value)
  }
  return document.toString({ lineWidth: 0 })
}

/**
 * Makes the member `callers` of a country's file: of each authority whose officers the country recognises, its keys in this home, the country's own
 * witness, and the same agencies, purposes and scopes as in the file's `taskForces`. A file cannot name the keys, because each home makes its own.
 * @returns nothing for a country that recognises nobody, or that has no witness.
 */
async function callersOf(
  { home, authorities }: RunSettings,
  country: string,
  { taskForces }: CountryFile,
): Promise<readonly object[]> {
  const all = taskForces.flatMap(({ members }) => members)
  const own = COUNTRY_WITNESSES[country] ?? []
  const witnesses = await Promise.all(own.map((name) => witnessVerifierKey(home.auditLog, name)))
  return authorities.flatMap((authority) => {
    const members = all.filter(({ issuer }) => issuer === authority.country).map(({ issuer: _, ...rest }) => rest)
    return members.length === 0 || witnesses.length === 0 ? [] : [{ ...authority, witnesses: [...witnesses], members }]
  })
}

/** Makes the member `partners`: the nodes whose word the country takes for the ids that they gave. */
function partnersOf({ nodeKey }: Home, country: string): Promise<readonly object[]> {
  const others = DEMO_COUNTRIES.filter((other) => other !== country)
  return Promise.all(others.map(async (other) => ({ country: other, keys: [(await loadKey(nodeKey(other))).kid] })))
}
