/** The file of clients: the tools that officers use, and the gateways that act for them. */
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { type KeysByThumbprint, readKeySet } from '../../contract/trust/key-set.ts'
import { describeFileError } from '../../service/describe-error.ts'
import { readYamlFile, wrongSetting } from '../../service/yaml-file.ts'

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

const fileSchema = z.strictObject({
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
  const { clients } = await readYamlFile(file, fileSchema, { remedy: REMEDY })
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
