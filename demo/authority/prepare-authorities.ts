/** Makes what the demo's authorities need before they start: keys once, and settings with the ports of each run. */
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { z } from 'zod'
import { SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { addSigningKey, readSigningKeys } from '../../authority/keys/signing-keys.ts'
import { UsageError } from '../../service/usage-error.ts'
import { type Admitted, listAdmitted } from '../admitted.ts'
import { loadNoteKey, makeRefKeys, readVerifierKey, witnessLines } from '../audit-log/trust.ts'
import { demoCertificatesIn } from '../certificates.ts'
import { authorityPort } from '../countries.ts'
import { writeYaml } from '../data-file.ts'
import type { Home } from '../home.ts'
import { approverThumbprints, KEY_ALGORITHM, makePersonKeys } from '../keys.ts'
import { CONSOLE_CLIENT, DEVELOPMENT_CLIENT, JWKS_PATH } from '../provider/clients.ts'
import { PROFILES, postOf } from '../provider/officers.ts'
import { loadSuspender } from '../supervisor/suspenders.ts'
import {
  AUTHORITIES,
  type AuthorityHome,
  type AuthorityName,
  authorityAddress,
  authorityHomeIn,
  COMMAND_LINE_CLIENT,
  COUNTRY_WITNESSES,
  consoleAddress,
  GATEWAY_CLIENT,
  GATEWAY_NAME,
  gatewayAddress,
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
