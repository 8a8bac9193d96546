/** An officer's authority, a gateway and two countries' nodes, each real, over HTTP and with a log of its own. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportJWK, type JWK } from 'jose'
import { pino } from 'pino'
import { stringify } from 'yaml'
import { newSigner } from '../../audit/log/testing.ts'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { parseNote, signText } from '../../audit/note/note.ts'
import { rotateKeyFile } from '../../audit/pseudonym/key-file.ts'
import { folderSource } from '../../audit/verify/source.ts'
import { type Authority, startAuthority } from '../../authority/main.ts'
import type { MandateWorld } from '../../authority/mandates/mandates.ts'
import { readAuthoritySettings } from '../../authority/settings/settings.ts'
import { SAMPLE_MANDATE_ENTRY } from '../../contract/audit-log/testing.ts'
import { makeKey } from '../../contract/trust/country-token/testing.ts'
import { hashPayload, thumbprintOf } from '../../contract/trust/personal-jws.ts'
import { newPersonalKey, SAMPLE_MANDATE, signByBoth } from '../../contract/trust/testing.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { writeLegKey } from '../../demo/keys.ts'
import { type Gateway, startGateway } from '../../gateway/main.ts'
import { readGatewayConfig } from '../../gateway/process/config.ts'
import { makeMandateProof } from '../../service/trust/mandate-proof.ts'
import { type RunningNode, startNode } from '../../subgraphs/kit/server.ts'
import { parseNodeConfig } from '../../subgraphs/node-command.ts'
import { createTestDatabase, type TestAuthorityDatabase } from '../authority/database.ts'
import { type World as AuthorityFiles, createWorld, ISSUER, providerClaims, sign } from '../authority/world.ts'
import { takePort } from '../ports.ts'
import { nationalModules, serveModules } from '../questions-at-node/national-modules.ts'

const COUNTRIES = ['GT', 'HN'] as const
type Country = (typeof COUNTRIES)[number]
const SCOPES = ['case:read', 'person:read', 'warrant:read', 'person:identifiers']
const DAY_MS = 86_400_000
const log = pino({ level: 'silent' })

/** What runs. */
export interface World {
  readonly folder: string
  /** The path of a file or folder of the world. */
  at(name: string): string
  readonly gatewayUrl: string
  readonly authorityUrl: string
  /** The login provider's token of an officer. */
  logIn(subject: string): Promise<string>
  /** Stops all processes, so that their logs are complete. */
  stop(): Promise<void>
  remove(): Promise<void>
}

/** The issuer of the officer's authority. */
export const AUTHORITY_ISSUER = ISSUER

/** Starts the world. Its folder has `gateway`, `GT` and `HN` (logs), `policy` (the trust policy for all of them) and `authority` (a log). */
export async function startWorld(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-derive-'))
  const at = (name: string): string => join(folder, name)
  await Promise.all(['countries', 'nodes', 'keys'].map((name) => mkdir(at(name))))
  const legKey = await writeLegKey(at('leg.json'), at('leg-jwks.json')).then(() => at('leg-jwks.json'))
  const [gatewayPort, authorityPort] = await Promise.all([takePort(), takePort()])
  const [gatewayUrl, authorityUrl] = [gatewayPort, authorityPort].map((port) => `http://127.0.0.1:${port}`) as [
    string,
    string,
  ]
  const vkeys = Object.fromEntries(
    await Promise.all(['gateway', ...COUNTRIES].map(async (name) => [name, await makeLogKeys(folder, name)] as const)),
  )
  const officials = await startOfficials({ gatewayUrl, authorityUrl, authorityPort, legKey })
  const nodes = await startNodes(at, { vkeys, officials, legKey, authorityUrl })
  const issuer = {
    issuer: ISSUER,
    audience: gatewayUrl,
    jwks: `${authorityUrl}/jwks`,
    country: 'GT',
    algorithms: ['EdDSA'],
  }
  const issuers = { issuers: [{ ...issuer, authority: { token: `${authorityUrl}/token`, client: 'gw' } }] }
  await writeFile(at('issuers.yaml'), stringify(issuers))
  const settings = {
    ...{ supergraph: join(import.meta.dirname, '../../supergraph.graphql'), countries: at('countries') },
    ...{ issuers: at('issuers.yaml'), legKey: at('leg.json'), port: String(gatewayPort), auditLogDir: at('gateway') },
    ...{ auditLogKey: at('keys/gateway.key'), auditLogRefKeys: at('keys/gateway.refs.json'), development: true },
  }
  const gateway: Gateway = await startGateway(readGatewayConfig(settings, {}), log)
  const logs = [...Object.values(vkeys), officials.authority.vkey].map((vkey) => `log ${vkey}\n`)
  await writeFile(at('policy'), `${logs.join('')}quorum none\n`)
  const closing = [gateway.close, ...nodes.map(({ close }) => close), officials.close]
  const stop = async (): Promise<void> => {
    for (const close of closing.splice(0)) await close()
  }
  return {
    ...{ folder, gatewayUrl, authorityUrl, stop },
    at: (name) => (name === 'authority' ? officials.log : at(name)),
    logIn: (subject) => sign(providerClaims({ sub: subject }), officials.files.provider),
    async remove() {
      await stop()
      await officials.remove()
      await rm(folder, { recursive: true })
    },
  }
}

async function makeLogKeys(folder: string, name: string): Promise<string> {
  const key = generateSignerKey(`istmo.example/${name.toLowerCase()}`, SIGNATURE_TYPES.ed25519)
  await writeFile(join(folder, 'keys', `${name}.key`), key, { mode: 0o600 })
  await rotateKeyFile(join(folder, 'keys', `${name}.refs.json`), Date.now())
  return parseSignerKey(key).verifier.vkey
}

/** The authority, with one mandate in its own log that the countries' witness has cosigned. */
interface Officials {
  readonly authority: Authority
  readonly files: AuthorityFiles
  readonly log: string
  readonly approver: string
  readonly witness: string
  close(): Promise<void>
  remove(): Promise<void>
}

async function startOfficials(around: {
  readonly gatewayUrl: string
  readonly authorityUrl: string
  readonly authorityPort: number
  readonly legKey: string
}): Promise<Officials> {
  const { gatewayUrl: address, authorityUrl: publicUrl, authorityPort: port, legKey } = around
  const files = await createWorld({ port, publicUrl })
  const clients = [
    { kind: 'gateway', id: 'gw', name: 'istmo', address, jwks: legKey },
    { kind: 'tool', id: 'console', gateways: ['gw'], scopes: SCOPES },
  ]
  await writeFile(join(files.folder, 'clients.yaml'), stringify({ clients }))
  const [drafter, approver] = [newPersonalKey(), newPersonalKey('P-256')]
  const witness = newSigner('witness.example', 'cosignature')
  const database: TestAuthorityDatabase = await createTestDatabase()
  const authority = await startAuthority({
    ...{ settings: await readAuthoritySettings(files.config), isDevelopment: true, log },
    ...{ findSuspension: () => null, openDatabase: database.open },
    openMandates: async ({ authorityLog }: MandateWorld) => {
      const now = Date.now()
      const document = {
        ...SAMPLE_MANDATE,
        ...{ id: createUuidV7(now), issuer: ISSUER, issued: Math.floor(now / 1000) - 60, countries: [...COUNTRIES] },
        ...{ scopes: SCOPES, purposes: ['INVESTIGATION' as const], not_after: dayOf(now + 30 * DAY_MS) },
      }
      const signed = await signByBoth(document, drafter, approver)
      const hash = hashPayload(signed.payload)
      const { recorder, origin, folder, verifier } = authorityLog
      const act = { mandate: hash, key: await thumbprintOf(approver), origin }
      const [written] = await recorder.append([{ ...SAMPLE_MANDATE_ENTRY, ...recorder.newBase(), ...act }])
      await recorder.entries.publish()
      const { note } = recorder.entries.published()
      await recorder.entries.addCosignatures(note, [signText(parseNote(note).text, witness)])
      const place = { source: folderSource(folder), index: written?.receipt.index ?? 0, log: verifier }
      const mandate = { hash, document }
      return {
        findFor: async () => [mandate],
        find: async (wanted) => (wanted === hash ? mandate : null),
        prove: async () => makeMandateProof(signed, { ...place, witnesses: [witness.verifier] }),
      }
    },
  })
  return {
    ...{ authority, files, log: join(files.folder, 'audit-log'), close: authority.close },
    ...{ approver: await thumbprintOf(approver), witness: witness.verifier.vkey },
    async remove() {
      await database.remove()
      await files.remove()
    },
  }
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

interface NodeParts {
  readonly vkeys: Readonly<Record<string, string>>
  readonly officials: Officials
  readonly legKey: string
  readonly authorityUrl: string
}

/** Starts the nodes, each in front of a service with a handful of made-up records, and writes the countries' files for the gateway. */
async function startNodes(at: (name: string) => string, { vkeys, officials, legKey, authorityUrl }: NodeParts) {
  const keys = { GT: await makeKey(), HN: await makeKey() }
  const fileOf = (country: Country, url: string): string => {
    const other = country === 'HN' ? 'GT' : 'HN'
    const member = { agencies: ['GT-MP-FECO'], purposes: ['INVESTIGATION'], scopes: SCOPES }
    const { approver, witness, authority, files } = officials
    return stringify({
      ...{ country, name: { es: country, en: country }, receipts: { vkey: vkeys[country], required: true } },
      domains: Object.fromEntries(['cases', 'persons', 'legal'].map((name) => [name, { url: `${url}/${name}` }])),
      taskForces: [{ id: SAMPLE_MANDATE.task_force, notAfter: '2099-12-31', members: [{ issuer: 'GT', ...member }] }],
      callers: [
        {
          ...{ country: 'GT', authority: ISSUER, jwks: `${authorityUrl}/jwks`, keys: [files.signingKid] },
          ...{ approvers: [approver], log: authority.vkey, witnesses: [witness], members: [member] },
        },
      ],
      partners: [{ country: other, keys: [keys[other].thumbprint] }],
    })
  }
  const running: { close(): Promise<void> }[] = []
  for (const country of COUNTRIES) {
    const modules = nationalModules(country)
    const service = await serveModules(modules, country)
    await writeFile(at(`nodes/${country}.yaml`), fileOf(country, 'http://127.0.0.1:1'))
    const key = (await exportJWK(keys[country].privateKey)) as JWK
    await writeFile(at(`keys/${country}.node.json`), JSON.stringify(key), { mode: 0o600 })
    const flags = ['--country', country, '--domains', 'cases,persons', '--port', '0', '--gateway-jwks', legKey]
    flags.push('--rules', at(`nodes/${country}.yaml`), '--node-key', at(`keys/${country}.node.json`))
    flags.push('--audit-log-dir', at(country), '--audit-log-key', at(`keys/${country}.key`))
    flags.push('--audit-log-ref-keys', at(`keys/${country}.refs.json`))
    for (const { domain } of modules) flags.push('--upstream', `${domain}=${service.url}/${domain}`)
    const node: RunningNode = await startNode(parseNodeConfig(flags, {}), { modules, log })
    await writeFile(at(`countries/${country}.yaml`), fileOf(country, node.url))
    running.push({ close: async () => void (await Promise.all([node.close(), service.close()])) })
  }
  return running
}
