/** What a hostile client meets: a gateway in a process of its own, Honduras’s node with a few rows, and tokens of Guatemala. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { writeLegKey } from '../../demo/keys.ts'
import { loadDomains, startCountry } from '../../subgraphs/domains.ts'
import { openTestDatabase, recordStatements } from '../../subgraphs/kit/testing.ts'
import { parseNodeConfig } from '../../subgraphs/node-command.ts'
import { claimsOf, createProvider, type IdentityProvider, signAs } from '../tokens/identity-provider.ts'

const PROJECT = join(import.meta.dirname, '../..')
/** The scopes of an analyst, in the token and in Honduras’s list. */
export const ANALYST = 'case:read person:read person:hit'

/** A complete HTTP answer. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** The running gateway, node and identity provider. */
export interface World {
  readonly url: string
  /** The address of the operator’s server. */
  readonly operatorUrl: string
  /** The folder of its files. It is removed when the world closes. */
  readonly folder: string
  readonly provider: IdentityProvider
  /** Signs a token of Guatemala with these scopes. `claims` replace the usual claims. */
  token(scope: string, claims?: object): Promise<string>
  /** Sends an operation by POST, without a token if `token` is null. */
  ask(query: string, token: string | null, init?: { headers?: Record<string, string>; body?: unknown }): Promise<Answer>
  /**
   * Opens a connection, sends these bytes and ends its half, or keeps it open until the gateway ends the connection. Returns all that came
   * back until then.
   */
  raw(bytes: string | Buffer, half?: 'keep open'): Promise<string>
  /** The statements that the node has run so far. */
  readonly statements: string[]
  /** What the gateway and the node have logged so far. */
  logged(): string
  close(): Promise<void>
}

const ROWS = `
  insert into cases.case_file (id, court, narrative, agency, handling, recorded_at, synthetic) values ('HN:1', 'Juzgado de Letras', 'Un relato secreto.', 'MP', '{H1}', now(), true);
  insert into persons.person (id, sex, protected, agency, handling, recorded_at, synthetic) values ('HN:P1', 'F', false, 'MP', '{H1}', now(), true);
  insert into persons.person_name (person_id, ordinal, category, full_name) values ('HN:P1', 1, 'LEGAL', 'Xiomara Núñez');
  insert into cases.case_file (id, court, agency, handling, recorded_at, synthetic, shared_with) values ('HN:2', 'Juzgado de Letras', 'MP', '{H1}', now(), true, '{other}');
  insert into cases.participant (row_id, case_id, role, person_id) values ('r1', 'HN:1', 'VICTIM', 'HN:P2'), ('r2', 'HN:2', 'SUSPECT', 'HN:P1');
  insert into persons.person (id, sex, protected, agency, handling, recorded_at, synthetic) values ('HN:P2', 'F', true, 'MP', '{H1}', now(), true);
  insert into persons.person_name (person_id, ordinal, category, full_name) values ('HN:P2', 1, 'LEGAL', 'Xiomara Paz');
  insert into legal.statute (id, heading) values ('HN:CP:1', 'Homicidio')`

/** Starts a world. The gateway gets `flags` in addition to the usual ones. */
export async function startWorld(...flags: readonly string[]): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-hostile-'))
  await mkdir(join(folder, 'countries'))
  const at = (name: string): string => join(folder, name)
  await writeLegKey(at('leg.json'), at('leg-jwks.json'))
  const provider = await createProvider('GT', folder)
  await writeFile(at('issuers.yaml'), JSON.stringify({ issuers: [provider.entry] }))
  const database = await openTestDatabase(await loadDomains(['cases', 'persons', 'legal']), 'HN')
  await database.db.execute(ROWS)
  const recorded = recordStatements(database.db)
  // The node does not need its own address in its file. The gateway’s copy is written when the node has an address.
  await writeFile(at('HN.yaml'), countryFile('http://127.0.0.1:1'))
  const lines: string[] = []
  const nodeFlags = ['--development', '--country', 'HN', '--domains', 'cases,persons,legal', '--port', '0']
  nodeFlags.push('--rules', at('HN.yaml'), '--gateway-jwks', at('leg-jwks.json'))
  const node = await startCountry(parseNodeConfig(nodeFlags, {}), {
    db: recorded.db,
    log: pino({ level: 'info' }, { write: (line: string) => void lines.push(line) }),
  })
  await writeFile(at('countries/HN.yaml'), countryFile(node.url))
  const child = startGateway(at, flags)
  const url = await whenListening(child, lines)
  const { port } = new URL(url)
  return {
    url,
    operatorUrl: /operator’s server is at (\S+)\/status/.exec(lines.join(''))?.[1] ?? '',
    folder,
    provider,
    statements: recorded.statements,
    token: (scope, claims = {}) => signAs(provider, { ...claimsOf(provider), scope, ...claims }),
    async ask(query, token, { headers = {}, body } = {}) {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }), ...headers },
        body: JSON.stringify(body ?? { query }),
      })
      return { status: response.status, headers: response.headers, text: await response.text() }
    },
    raw: (bytes, half) => exchange(Number(port), bytes, half),
    logged: () => lines.join(''),
    async close() {
      const isRunning = child.exitCode === null && child.signalCode === null
      const ended = isRunning ? once(child, 'exit') : null
      child.kill('SIGTERM')
      await ended
      await node.close()
      await database.close()
      await rm(folder, { recursive: true })
    },
  }
}

const LIMITS = ['--caller-rate', '--country-rate', '--rows-per-day']

/** Takes off the rates and the quota of rows, except those that `flags` set, because they would hold up a test that floods the gateway. */
function unlimitedBeside(flags: readonly string[]): readonly string[] {
  return LIMITS.filter((limit) => !flags.includes(limit)).flatMap((limit) => [limit, '0'])
}

/** Starts the gateway on the files of the world’s folder. `at` returns the path of a file. */
function startGateway(at: (name: string) => string, flags: readonly string[]): ChildProcess {
  const supergraph = join(PROJECT, 'supergraph.graphql')
  const files = [
    '--development',
    '--supergraph',
    supergraph,
    '--countries',
    at('countries'),
    '--issuers',
    at('issuers.yaml'),
  ]
  const usual = ['--leg-key', at('leg.json'), '--port', '0', '--anonymous', ...unlimitedBeside(flags)]
  const operator = ['--operator-listen', '127.0.0.1:0']
  return spawn(process.execPath, ['cli/istmo.ts', 'gateway', ...files, ...usual, ...operator, ...flags], {
    cwd: PROJECT,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

function countryFile(url: string): string {
  const domains = Object.fromEntries(['cases', 'persons', 'legal'].map((name) => [name, { url: `${url}/${name}` }]))
  const member = { issuer: 'GT', agencies: ['GT-MP-FECO'], purposes: ['INVESTIGATION'] }
  const members = [{ ...member, scopes: ANALYST.split(' ') }]
  const taskForces = [{ id: 'jtf-2026-03', notAfter: '2099-12-31', members }]
  return JSON.stringify({ country: 'HN', name: { es: 'Honduras', en: 'Honduras' }, domains, taskForces })
}

function whenListening(child: ChildProcess, lines: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        lines.push(text)
        const url = /Istmo listens on (\S+)\/graphql/.exec(lines.join(''))?.[1]
        if (url !== undefined) resolve(url)
      })
    }
    child.once('exit', () => reject(new Error(`the gateway ended before it listened:\n${lines.join('')}`)))
  })
}

function exchange(port: number, bytes: string | Buffer, half?: 'keep open'): Promise<string> {
  return new Promise((resolve) => {
    let received = ''
    const socket = connect(port, '127.0.0.1', () => (half === 'keep open' ? socket.write(bytes) : socket.end(bytes)))
    socket.setEncoding('utf8').on('data', (text) => {
      received += text
    })
    // If the connection is reset, what came before is the answer.
    socket.on('error', () => undefined).on('close', () => resolve(received))
  })
}
