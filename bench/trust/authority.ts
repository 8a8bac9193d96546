/** The mandate authority of Guatemala as a process, a witness of its log, a mandate for all countries of the bench, and its officers. */
import { readFile, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { newSigner } from '../../audit/log/testing.ts'
import { parseSignerKey } from '../../audit/note/key.ts'
import { createWitness, createWitnessServer } from '../../audit/witness/witness.ts'
import { readAuthoritySettings } from '../../authority/settings/settings.ts'
import { writeLegKey } from '../../demo/keys.ts'
import { listen } from '../../service/http/listen.ts'
import { createSession, post, type Session, toolForm } from '../../tests/authority/clients.ts'
import { createMandatePersons } from '../../tests/authority/mandate-persons.ts'
import { createWorld, GATEWAY_ADDRESS, ISSUER, proofOf, type World } from '../../tests/authority/world.ts'
import { startDelayProxy } from './delay.ts'
import { end, type Pins, type Running, startProgram } from './processes.ts'
import { COUNTRIES } from './questions.ts'

/** What the officers may read. */
export const SCOPES = ['case:read', 'person:read']

/** An officer who asks with a bearer token, or with a session whose token is bound to its key. */
export interface Officer {
  readonly token: string
  /** Null for a bearer token. */
  readonly session: Session | null
}

/** Which countries a mandate names, and what its officers may read there. */
export interface MandateScope {
  readonly countries: readonly string[]
  readonly scopes: readonly string[]
}

/** An authority that runs, with one approved mandate. */
export interface BenchAuthority {
  /** The folder of its files, and of the bench's. */
  readonly folder: string
  /** The token endpoint as gateways see it, behind a proxy. */
  readonly tokenEndpoint: string
  readonly jwks: string
  /** The entry in `callers` of each country's file. */
  readonly caller: object
  readonly running: Running
  /** Gets an officer's access token. Each subject is an officer of their own. */
  officer(subject: string, how: 'bearer' | 'bound'): Promise<Officer>
  close(): Promise<void>
}

/**
 * Starts the authority. Gateways have the leg key `leg.json` of the folder.
 * @param roundTripMs returns how long the way to it takes, there and back, in milliseconds.
 * @param mandate what the mandate names. Default: all countries of bench/trust, and what is asked there.
 */
export async function startBenchAuthority(
  pins: Pins,
  roundTripMs: () => number,
  { countries, scopes }: MandateScope = { countries: COUNTRIES, scopes: SCOPES },
): Promise<BenchAuthority> {
  const port = await freePort()
  const proxy = await startDelayProxy(port, roundTripMs)
  // Proofs name the address at which clients reach it.
  const url = `http://127.0.0.1:${proxy.port}`
  const witnesses = Object.fromEntries(countries.map((country) => [country, ['w']]))
  const posts = { drafters: [{ agency: 'GT-MP', role: 'coordinator' }], approvers: [{ agency: 'GT-MP', role: 'head' }] }
  const world = await createWorld({ port, publicUrl: url, trustPolicy: 'policy', mandates: { ...posts, witnesses } })
  const at = (name: string): string => join(world.folder, name)
  await writeLegKey(at('leg.json'), at('gateway.jwks.json'))
  await writeFile(at('clients.yaml'), stringify({ clients: clientsOf(scopes) }))
  const log = parseSignerKey((await readFile(at('keys/log.key'), 'utf8')).trim()).verifier
  const witness = await startWitness(at('witness'), log)
  await writeFile(at('policy'), `log ${log.vkey}\nwitness w ${witness.vkey} ${witness.url}\nquorum none\n`)
  const persons = await createMandatePersons(world)
  const running = await startProgram(
    pins.others,
    ['cli/istmo.ts', 'authority', '--config', world.config, '--development'],
    /listens on (\S+)\//,
  )
  await persons.makeMandate('prosecutor', { countries: [...countries], scopes: [...scopes] })
  const { mandates } = await readAuthoritySettings(world.config)
  return {
    ...{ folder: world.folder, tokenEndpoint: `${url}/token`, jwks: `${url}/jwks`, running },
    caller: {
      ...{ country: 'GT', authority: ISSUER, jwks: `${url}/jwks`, keys: [world.signingKid], log: log.vkey },
      ...{ approvers: mandates.approverKeys, witnesses: [witness.vkey] },
      members: [{ agencies: ['GT-MP-FECO'], purposes: ['INVESTIGATION'], scopes }],
    },
    officer: (subject, how) => getToken(world, url, subject, how),
    async close() {
      await end(running)
      await witness.close()
      proxy.close()
      await world.remove()
    },
  }
}

function clientsOf(scopes: readonly string[]): readonly object[] {
  const tool = { kind: 'tool', gateways: ['gw'], scopes, providerClient: 'console' }
  return [
    { kind: 'gateway', id: 'gw', name: 'istmo', address: GATEWAY_ADDRESS, jwks: 'gateway.jwks.json' },
    { ...tool, id: 'console' },
    { ...tool, id: 'script', bearer: true },
  ]
}

async function startWitness(folder: string, log: ReturnType<typeof parseSignerKey>['verifier']) {
  const signer = newSigner('witness.example', 'cosignature')
  const witness = await createWitness({ folder, signer, logs: [log] })
  const server = createWitnessServer(witness)
  const { port } = await listen(server, '127.0.0.1', 0)
  return {
    vkey: witness.vkey,
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections()
      server.close()
      await witness.close()
    },
  }
}

async function getToken(world: World, url: string, sub: string, how: 'bearer' | 'bound'): Promise<Officer> {
  const session = how === 'bound' ? await createSession() : null
  const form = await toolForm(world, { client_id: session === null ? 'script' : 'console' }, { sub })
  const send = async (nonce: string | null) => {
    const proof = session && (await proofOf(session.proofKey, nonce, { htu: `${url}/token` }))
    return post(url, form, proof === null ? {} : { dpop: proof })
  }
  const first = await send(null)
  const { status, body } = first.status === 200 ? first : await send(first.nonce)
  if (status !== 200) throw new Error(`expected an access token; came ${status}: ${JSON.stringify(body)}`)
  return { token: String(body.access_token), session }
}

/** Finds a port of 127.0.0.1 at which nobody listens. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
