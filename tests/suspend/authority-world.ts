/**
 * The mandate authority of Guatemala, which is a process that can be killed, and a node of Honduras and a gateway that follow it: with a witness,
 * mandates that two persons signed, and officers who ask with them.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { exportJWK, SignJWT } from 'jose'
import { pino } from 'pino'
import { newSigner } from '../../audit/log/testing.ts'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { rotateKeyFile } from '../../audit/pseudonym/key-file.ts'
import { createWitness, createWitnessServer } from '../../audit/witness/witness.ts'
import { readAuthoritySettings } from '../../authority/settings/settings.ts'
import { runSuspend } from '../../cli/suspend.ts'
import { LEG_TOKEN_TYPE, operationHash } from '../../contract/leg-token.ts'
import { COUNTRY_TOKEN_HEADER } from '../../contract/trust/country-token.ts'
import { sha256Url } from '../../contract/trust/digest.ts'
import { startGateway } from '../../gateway/main.ts'
import { readGatewayConfig } from '../../gateway/process/config.ts'
import { listen } from '../../service/http/listen.ts'
import { makeSuspender, type TestSuspender } from '../../service/suspensions/testing.ts'
import { loadDomains, startCountry } from '../../subgraphs/domains.ts'
import { newLegSalt, openTestDatabase } from '../../subgraphs/kit/testing.ts'
import { parseNodeConfig } from '../../subgraphs/node-command.ts'
import { exchangeForm, post, toolForm } from '../authority/clients.ts'
import { createMandatePersons, type MandatePersons } from '../authority/mandate-persons.ts'
import { type World as AuthorityFiles, createWorld, GATEWAY_ADDRESS, ISSUER, proofOf } from '../authority/world.ts'
import { type Door, openDoor } from './open-door.ts'

const ISTMO = join(import.meta.dirname, '../../cli/istmo.js')
const CASE = '{ case(id: "HN:1") { id court } }'
const ROW = `insert into cases.case_file (id, court, narrative, agency, handling, recorded_at, synthetic)
  values ('HN:1', 'Juzgado de Letras', 'Un relato.', 'MP', '{H1}', now(), true)`

/** A process that somebody can stop something at: Honduras's node, the gateway, or Guatemala's authority. */
export type Place = 'HN' | 'gateway' | 'GT'

/** What runs, and who acts. */
export interface World {
  readonly files: AuthorityFiles
  readonly door: Door
  /** The country, which owns what is suspended at its authority. */
  readonly country: TestSuspender
  readonly persons: MandatePersons
  /** The folder of the authority's suspensions. */
  readonly stop: string
  /** Gets an access token for an officer of a role; or the reason why there is none. */
  login(role: string): Promise<string>
  /** Gets a country token for Honduras, as the gateway does; or the reason why there is none. */
  exchangeFor(accessToken: string): Promise<string>
  /** Asks the gateway as an officer. Returns how Honduras answered, or the code with which the gateway refused. */
  ask(accessToken: string): Promise<string>
  /** Sends a leg past the gateway, as somebody who captured it. Returns its code, if it was refused, and the `jti` of its token. */
  leg(countryToken: string): Promise<{ readonly code: string | undefined; readonly tokenId: string }>
  /** Runs `istmo suspend` or `resume` as the country. */
  command(action: 'suspend' | 'resume', ...flags: readonly string[]): Promise<string>
  /** Does the same at one of the three processes, as those whose key counts there. */
  commandAt(place: Place, action: 'suspend' | 'resume', ...flags: readonly string[]): Promise<string>
  /** Kills the authority and starts it again. */
  killAuthority(): Promise<void>
  startAuthority(): Promise<void>
  /** Ends the authority, so that its log has all. */
  endAuthority(): Promise<void>
  restartNode(): Promise<void>
  close(): Promise<void>
}

/** Starts the world. */
export async function startAuthorityWorld(): Promise<World> {
  const closing: (() => unknown)[] = []
  const door = await openDoor()
  closing.push(door.close)
  const country = makeSuspender('GT', true)
  const { files, persons, vkeys } = await writeAuthority(door, country, closing)
  const at = (name: string): string => join(files.folder, name)
  const authority = createAuthorityProcess(files, door)
  closing.push(authority.end)
  await authority.start()
  const parts = { files, door, vkeys, approvers: (await readAuthoritySettings(files.config)).mandates.approverKeys }
  const suspenders = { GT: country, HN: makeSuspender('HN', true), gateway: makeSuspender('operator') }
  const { node, gateway } = await startFollowers({ ...parts, suspenders }, closing)
  for (const [name, { jwk }] of Object.entries(suspenders)) {
    await writeFile(at(`${name}.jwk.json`), JSON.stringify(jwk), { mode: 0o600 })
  }
  const folders = { GT: at('stop'), HN: at('stop-HN'), gateway: at('stop-gateway') }
  const commandAt: World['commandAt'] = (place, action, ...flags) =>
    runCommand(action, [...flags, '--key-file', at(`${place}.jwk.json`), '--folder', folders[place]])
  return {
    ...{ files, door, country, persons, stop: at('stop') },
    login: (role) => login(files, door, role),
    exchangeFor: (accessToken) => exchangeAt(door.url, files, accessToken),
    ask: (accessToken) => ask(gateway.url, accessToken),
    leg: (countryToken) => sendLeg(node.url(), countryToken, files),
    command: (action, ...flags) => commandAt('GT', action, ...flags),
    commandAt,
    killAuthority: authority.kill,
    ...{ startAuthority: authority.start, endAuthority: authority.end, restartNode: node.restart },
    async close() {
      for (const close of closing.reverse()) await close()
      await files.remove()
    },
  }
}

async function writeAuthority(door: Door, country: TestSuspender, closing: (() => unknown)[]) {
  const { name, key } = country.signer
  const posts = { drafters: [{ agency: 'GT-MP', role: 'coordinator' }], approvers: [{ agency: 'GT-MP', role: 'head' }] }
  const files = await createWorld({
    ...{ publicUrl: door.url, suspensions: 'stop', suspenders: [{ name, key }], trustPolicy: 'policy' },
    mandates: { ...posts, witnesses: { HN: ['hn'] } },
  })
  const log = parseSignerKey((await readFile(join(files.folder, 'keys/log.key'), 'utf8')).trim()).verifier
  const signer = newSigner('witness.hn.example', 'cosignature')
  const witness = await createWitness({ folder: join(files.folder, 'witness'), signer, logs: [log] })
  const server = createWitnessServer(witness)
  const { port } = await listen(server, '127.0.0.1', 0)
  closing.push(witness.close, () => server.close())
  const line = `witness hn ${signer.verifier.vkey} http://127.0.0.1:${port}/`
  await writeFile(join(files.folder, 'policy'), `log ${log.vkey}\n${line}\nquorum hn\n`)
  return { files, persons: await createMandatePersons(files), vkeys: { log: log.vkey, witness: signer.verifier.vkey } }
}

function createAuthorityProcess({ config }: AuthorityFiles, door: Door) {
  let running: ChildProcess | undefined
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const child = running
    running = undefined
    if (child === undefined) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }
  return {
    async start() {
      const args = [ISTMO, 'authority', '--config', config, '--development']
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
      running = child
      const [line] = await once(createInterface({ input: child.stdout }), 'line')
      door.leadTo(Number(/:(\d+)\/$/.exec(String(line))?.[1]))
    },
    kill: () => end('SIGKILL'),
    end: () => end('SIGTERM'),
  }
}

interface FollowerParts {
  readonly files: AuthorityFiles
  readonly door: Door
  readonly vkeys: { readonly log: string; readonly witness: string }
  readonly approvers: readonly string[]
  readonly suspenders: Readonly<Record<'HN' | 'gateway', TestSuspender>>
}

async function startFollowers(
  { files, door, vkeys, approvers, suspenders }: FollowerParts,
  closing: (() => unknown)[],
) {
  const at = (name: string): string => join(files.folder, name)
  await mkdir(at('countries'))
  const { jwk, thumbprint: kid, alg } = files.gateway
  const leg = { ...(await exportJWK(files.gateway.privateKey)), kid, alg, use: 'sig' }
  await writeFile(at('leg.json'), JSON.stringify(leg), { mode: 0o600 })
  await writeFile(at('leg-jwks.json'), JSON.stringify({ keys: [{ ...jwk, kid, alg, use: 'sig' }] }))
  for (const name of ['HN', 'gateway']) {
    const key = generateSignerKey(`istmo.example/${name.toLowerCase()}`, SIGNATURE_TYPES.ed25519)
    await writeFile(at(`keys/${name}.key`), key, { mode: 0o600 })
    await rotateKeyFile(at(`keys/${name}.refs.json`), Date.now())
  }
  const caller = {
    ...{ country: 'GT', authority: ISSUER, jwks: `${door.url}/jwks`, keys: [files.signingKid], approvers },
    ...{ log: vkeys.log, witnesses: [vkeys.witness], revocation: 'required' },
    members: [{ agencies: ['GT-MP-FECO'], purposes: ['INVESTIGATION'], scopes: ['case:read'] }],
  }
  const vkey = parseSignerKey((await readFile(at('keys/HN.key'), 'utf8')).trim()).verifier.vkey
  const [own, operator] = [suspenders.HN, suspenders.gateway].map(({ signer: { name, key } }) => ({ name, key }))
  const file = (url: string) => countryFile(url, vkey, caller, own)
  await writeFile(at('suspenders.yaml'), JSON.stringify({ suspenders: [operator] }))
  await writeFile(at('HN.yaml'), file('http://127.0.0.1:1'))
  const node = await startNode(at, closing)
  await writeFile(at('countries/HN.yaml'), file(node.url()))
  const issuer = {
    ...{ issuer: ISSUER, audience: GATEWAY_ADDRESS, jwks: `${door.url}/jwks`, country: 'GT', algorithms: ['EdDSA'] },
    authority: { token: `${door.url}/token`, client: 'gw' },
  }
  await writeFile(at('issuers.yaml'), JSON.stringify({ issuers: [issuer] }))
  const settings = {
    ...{ supergraph: join(import.meta.dirname, '../../supergraph.graphql'), countries: at('countries'), port: '0' },
    ...{
      issuers: at('issuers.yaml'),
      legKey: at('leg.json'),
      anonymous: true,
      callerRate: '0',
      costRate: '0',
      countryRate: '0',
    },
    ...{ auditLogDir: at('record-gateway'), auditLogKey: at('keys/gateway.key'), suspensions: at('stop-gateway') },
    ...{ auditLogRefKeys: at('keys/gateway.refs.json'), suspenders: at('suspenders.yaml') },
  }
  const gateway = await startGateway(readGatewayConfig(settings, {}), pino({ level: 'silent' }))
  closing.push(() => gateway.close())
  return { node, gateway }
}

function countryFile(url: string, vkey: string, caller: object, suspender: object | undefined): string {
  const domains = Object.fromEntries(['cases', 'persons', 'legal'].map((name) => [name, { url: `${url}/${name}` }]))
  const member = { issuer: 'GT', agencies: ['GT-MP-FECO'], purposes: ['INVESTIGATION'], scopes: ['case:read'] }
  const taskForces = [{ id: 'jtf-2026-03', notAfter: '2099-12-31', members: [member] }]
  // These tests are about who asks, and not about what.
  const questions = { cases: 'any', persons: 'any', legal: 'any' }
  const names = { es: 'Honduras', en: 'Honduras' }
  return JSON.stringify({
    ...{
      country: 'HN',
      name: names,
      domains,
      taskForces,
      receipts: { vkey },
      questions,
      callers: [caller],
      suspenders: [suspender],
    },
  })
}

async function startNode(at: (name: string) => string, closing: (() => unknown)[]) {
  const database = await openTestDatabase(await loadDomains(['cases', 'persons', 'legal']), 'HN')
  await database.db.execute(ROW)
  const start = (port: string) => {
    const flags = ['--country', 'HN', '--domains', 'cases,persons,legal', '--port', port, '--rules', at('HN.yaml')]
    flags.push(
      '--gateway-jwks',
      at('leg-jwks.json'),
      '--audit-log-dir',
      at('record-HN'),
      '--suspensions',
      at('stop-HN'),
    )
    flags.push('--audit-log-key', at('keys/HN.key'), '--audit-log-ref-keys', at('keys/HN.refs.json'))
    flags.push('--mandates-folder', at('mandates-HN'))
    return startCountry(parseNodeConfig(flags, {}), { db: database.db, log: pino({ level: 'silent' }) })
  }
  let node = await start('0')
  closing.push(
    () => database.close(),
    () => node.close(),
  )
  return {
    url: () => node.url,
    async restart() {
      const { port } = node
      await node.close()
      node = await start(String(port))
    },
  }
}

/** Logs an officer in with the tool that has bearer tokens, so that a plain request can use one. */
async function login(files: AuthorityFiles, door: Door, role: string): Promise<string> {
  const claims = { azp: 'script', sub: role, org: { agency: 'GT-MP-FECO', role } }
  const { body } = await post(door.url, await toolForm(files, { client_id: 'script' }, claims))
  return String(body.access_token ?? body.reason)
}

async function exchangeAt(url: string, files: AuthorityFiles, accessToken: string): Promise<string> {
  const send = async (nonce: string | null) =>
    post(url, await exchangeForm(files, accessToken), {
      dpop: await proofOf(files.gateway, nonce, { htu: `${url}/token` }),
    })
  const { nonce } = await send(null)
  const { body } = await send(nonce)
  return String(body.access_token ?? body.reason)
}

interface Answered {
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[]
  readonly extensions?: { readonly countries?: readonly { readonly reach: string; readonly code: string | null }[] }
}

async function send(url: string, token: string, headers: object = {}): Promise<Answered> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
    body: JSON.stringify({ query: CASE }),
  })
  return (await response.json()) as Answered
}

async function ask(url: string, accessToken: string): Promise<string> {
  const { errors = [], extensions } = await send(`${url}/graphql`, accessToken)
  const [country] = extensions?.countries ?? []
  if (country === undefined) return String(errors[0]?.extensions?.code)
  return country.code === null ? country.reach : `${country.reach} ${country.code}`
}

async function sendLeg(nodeUrl: string, countryToken: string, { gateway }: AuthorityFiles) {
  const iat = Math.floor(Date.now() / 1_000)
  const tokenId = randomUUID()
  const claims = {
    ...{ iss: 'istmo', aud: 'HN', iat, exp: iat + 60, jti: tokenId, act: { sub: 'istmo' }, op: operationHash(CASE) },
    ...{ scope: 'case:read', grounds: { purpose: 'INVESTIGATION' }, ct: sha256Url(countryToken) },
  }
  const token = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'EdDSA', typ: LEG_TOKEN_TYPE, kid: gateway.thumbprint })
    .sign(gateway.privateKey)
  const { errors = [] } = await send(`${nodeUrl}/cases`, token, {
    ...newLegSalt(),
    [COUNTRY_TOKEN_HEADER]: countryToken,
  })
  return { code: errors[0]?.extensions?.code, tokenId }
}

/** Runs the command, and returns what it prints. */
async function runCommand(action: 'suspend' | 'resume', flags: readonly string[]): Promise<string> {
  let printed = ''
  const out = {
    write(text: string) {
      printed += text
    },
  }
  const reason = flags.includes('--reason') ? [] : ['--reason', 'a test']
  await runSuspend(action, [...flags, ...reason, '--language', 'en'], {
    ...{ now: Date.now, patienceMs: 60_000, ask: async () => null, streams: { out, err: out } },
  })
  return printed
}
