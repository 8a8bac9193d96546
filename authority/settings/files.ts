import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Logger } from 'pino'
import { z } from 'zod'
import { type KeysByThumbprint, readKeySet } from '../../contract/trust/key-set.ts'
import { type Issuer, STANDARD_CLAIMS } from '../../service/authenticate/issuer.ts'
import { claimPointer, issuerFields, locateKeySet } from '../../service/authenticate/issuers-file.ts'
import { type LiveFiles, openLiveFiles } from '../../service/certificates/live-files.ts'
import { readServerFiles } from '../../service/certificates/tls-files.ts'
import { describeFileError } from '../../service/describe-error.ts'
import type { TlsMaterial } from '../../service/http/http-server.ts'
import { readYamlFile, wrongSetting } from '../../service/yaml-file.ts'

/** The file of clients: the tools that officers use, and the gateways that act for them. */

const REMEDY = 'docs/authority.md describes the file.'

const name = z
  .string()
  .max(200)
  .regex(/^[\x21-\x7E]+$/, 'expected a name of printable ASCII characters without a space')
const scopes = z.array(z.string().regex(/^[\x21\x23-\x5B\x5D-\x7E]{1,200}$/, 'expected a scope')).min(1)

const gatewaySchema = z.strictObject({
  kind: z.literal('gateway'),
  /** Its `client_id`. */
  id: name,
  /** Its name: the `iss` of its leg tokens, and `act.sub` of country tokens. */
  name,
  /** The address under which callers reach it: `aud` of access tokens and question statements. */
  address: name,
  /** Its leg keys: a JSON Web Key Set with the public parts, as a path from the folder of this file. */
  jwks: z.string().min(1),
})

/**
 * The auditors' GraphQL. Its tokens have an audience of their own, so that one which a gateway has seen does not open it. It asks the authority for nothing,
 * so it has no keys.
 */
const oversightSchema = gatewaySchema.omit({ jwks: true }).extend({ kind: z.literal('oversight') })

const toolSchema = z.strictObject({
  kind: z.literal('tool'),
  id: name,
  /** Which gateways and oversight servers it may ask for. */
  gateways: z.array(name).min(1),
  /** The most that its officers may do with it, whatever their mandates say. */
  scopes,
  /** Its keys for `private_key_jwt`. Without them it is a public client, which proves its key of the session only. */
  jwks: z.string().min(1).optional(),
  /** Its `client_id` at the login provider. Default: `id`. A token that the provider gave to another client is refused. */
  providerClient: name.optional(),
  /** Lets it have tokens that are not bound to a key. Only for development. */
  bearer: z.boolean().default(false),
})

const clientsSchema = z.strictObject({
  clients: z.array(z.discriminatedUnion('kind', [gatewaySchema, oversightSchema, toolSchema])).min(1),
})

/** A gateway that exchanges access tokens for country tokens. */
export interface GatewayClient extends Omit<z.infer<typeof gatewaySchema>, 'jwks'> {
  readonly keys: KeysByThumbprint
}

/** The auditors' GraphQL, to which tools send access tokens. It authenticates to nobody: it has no keys. */
export interface OversightClient extends z.infer<typeof oversightSchema> {
  readonly keys: KeysByThumbprint
}

/** A tool of officers. `keys` is null for a public client. */
export interface ToolClient extends Omit<z.infer<typeof toolSchema>, 'jwks' | 'providerClient'> {
  readonly keys: KeysByThumbprint | null
  readonly providerClient: string
}

/** A client of the authority. */
export type Client = GatewayClient | OversightClient | ToolClient

/**
 * Reads the file of clients, and the key sets that it names.
 * @throws {ConfigError} if a file is wrong. The message names the file, the path in it, what was expected and the remedy.
 */
export async function readClients(file: string): Promise<ReadonlyMap<string, Client>> {
  const { clients } = await readYamlFile(file, clientsSchema, { remedy: REMEDY })
  const gateways = new Set(clients.flatMap((client) => (client.kind === 'tool' ? [] : [client.id])))
  for (const [index, client] of clients.entries()) {
    if (clients.findIndex(({ id }) => id === client.id) !== index) {
      throw wrongSetting(file, `clients.${index}.id`, `expected each client once; came one twice. ${REMEDY}`)
    }
    const strange = client.kind === 'tool' ? client.gateways.find((id) => !gateways.has(id)) : undefined
    if (strange === undefined) continue
    throw wrongSetting(
      file,
      `clients.${index}.gateways`,
      `expected ids of gateways or oversight in this file; came one that is not. ${REMEDY}`,
    )
  }
  const read = clients.map(async (client, index): Promise<[string, Client]> => {
    if (client.kind === 'oversight') return [client.id, { ...client, keys: new Map() }]
    const keys = client.jwks === undefined ? null : await readKeys(file, `clients.${index}.jwks`, client.jwks)
    if (client.kind === 'gateway') return [client.id, { ...client, keys: keys ?? new Map() }]
    return [client.id, { ...client, keys, providerClient: client.providerClient ?? client.id }]
  })
  return new Map(await Promise.all(read))
}

async function readKeys(file: string, place: string, jwks: string): Promise<KeysByThumbprint> {
  const path = resolve(dirname(file), jwks)
  try {
    const keys = await readKeySet(JSON.parse(await readFile(path, 'utf8')))
    if (keys.size > 0) return keys
  } catch (cause) {
    throw wrongSetting(
      file,
      place,
      `expected ${path} to be a usable key set: ${describeFileError(cause)}. ${REMEDY}`,
      cause,
    )
  }
  throw wrongSetting(file, place, `expected a key set with Ed25519 or P-256 keys; came none. ${REMEDY}`)
}

/** The file of login providers: whose tokens say who an officer is, and where they say it. */

const pointer = claimPointer('/org/agency')

/** Where a provider's tokens say who an officer is, in the standard places. */
const STANDARD_PLACES = { country: null, agency: STANDARD_CLAIMS.agency, role: STANDARD_CLAIMS.role, acr: '/acr' }

const providerSchema = z.strictObject({
  ...issuerFields,
  /** The `typ` header of its tokens: `JWT`, `at+jwt` by RFC 9068, or `none` if they have no such header. */
  tokenType: z.enum(['JWT', 'at+jwt', 'none']).default('JWT'),
  claims: z
    .strictObject({
      /** A claim that must be the authority's country; null: its tokens name none. */
      country: pointer.nullable().default(null),
      agency: pointer.default(STANDARD_PLACES.agency),
      role: pointer.default(STANDARD_PLACES.role),
      acr: pointer.default(STANDARD_PLACES.acr),
    })
    .default(STANDARD_PLACES),
})
const providersSchema = z.strictObject({ providers: z.array(providerSchema).min(1) })

/** Where a provider's tokens have what the authority reads: JSON pointers (RFC 6901). */
export interface ProviderPlaces {
  readonly country: string | null
  readonly agency: string
  readonly role: string
  readonly acr: string
}

/** A login provider that the authority trusts, only for officers of its own country. */
export interface Provider {
  readonly issuer: Issuer
  readonly places: ProviderPlaces
}

/**
 * Reads the login providers.
 * @param country the authority's country.
 * @throws {ConfigError} if the file is wrong. The message names the file, the path in it, what was expected and the remedy.
 */
export async function readProviders(file: string, country: string): Promise<readonly Provider[]> {
  const { providers } = await readYamlFile(file, providersSchema, { remedy: REMEDY })
  for (const [index, { issuer }] of providers.entries()) {
    if (providers.findIndex((other) => other.issuer === issuer) === index) continue
    throw wrongSetting(file, `providers.${index}.issuer`, `expected each provider once; came one twice. ${REMEDY}`)
  }
  return providers.map(({ claims: places, jwks, ...entry }) => {
    return { issuer: { ...entry, jwks: locateKeySet(file, jwks), country, claims: STANDARD_CLAIMS }, places }
  })
}

/** The certificate of the authority or of a console, and the authorities of its clients' certificates. */

/** The paths of the files, in PEM. Without `clientCa` the server asks for no client certificate. */
interface TlsSettings {
  readonly tls?: { readonly cert: string; readonly key: string; readonly clientCa?: string } | undefined
}

/** The files for TLS while the authority runs. */
export interface TlsFiles {
  readonly files: LiveFiles<TlsMaterial>
  /** Calls `use` each time that the files have changed. */
  readonly onChange: (use: (material: TlsMaterial) => void) => void
}

/**
 * Reads the files for TLS, and reads them again when they change: certificates are renewed while the authority runs. Null without them.
 * @throws {ConfigError} if a file cannot be used. The message names the file and the setting.
 */
export async function openTlsFiles({ tls }: TlsSettings, log: Logger): Promise<TlsFiles | null> {
  if (tls === undefined) return null
  const files = {
    cert: { file: tls.cert, setting: 'tls.cert' },
    key: { file: tls.key, setting: 'tls.key' },
    clientCa: tls.clientCa === undefined ? null : { file: tls.clientCa, setting: 'tls.clientCa' },
  }
  const listeners: ((material: TlsMaterial) => void)[] = []
  const live = await openLiveFiles({
    what: 'the certificate of this server',
    files: Object.values(tls),
    log,
    read: () => readServerFiles(files, Date.now()),
    use: (material) => {
      for (const use of listeners) use(material)
    },
  })
  return { files: live, onChange: (use) => void listeners.push(use) }
}
