/** The operator of two gateways follows docs/running-a-gateway.md to the letter: install, settings, restart, update, backup. Real processes. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { PROJECT_DIR } from '../../demo/config.ts'
import { testServerUrl } from '../../subgraphs/kit/config.ts'
import { openEmptyDatabase, type TestDatabase } from '../../subgraphs/kit/testing.ts'
import { takePort } from '../ports.ts'
import { blocksOf, createMachine, type Machine, PATIENCE } from './page.ts'

const VERSION = (JSON.parse(readFileSync(join(PROJECT_DIR, 'package.json'), 'utf8')) as { version: string }).version
/** Without TLS, certificates and a login provider, which other stories have. */
const PLAIN = Object.fromEntries(
  ['ISSUERS_FILE', 'PUBLIC_URL', 'TLS_KEY_FILE', 'TLS_CERT_FILE', 'CLIENT_KEY_FILE', 'CLIENT_CERT_FILE'].map((name) => [
    name,
    null,
  ]),
)
/** Without a server, the two gateways share no database: CI runs this file on one (tests/second-settings.ts). */
const server = testServerUrl()
/** The name of the role and of the database, in place of the page's: tests share a server. */
const shared = `istmo_gateway_${randomBytes(6).toString('hex')}`

let home: string
let node: ChildProcess
/** A database of the server, in which its owner works. */
let admin: TestDatabase | null = null
let machines: readonly [Machine, Machine]

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'istmo-operate-'))
  machines = [createMachine(join(home, 'a'), await takePort()), createMachine(join(home, 'b'), await takePort())]
  if (server !== undefined) admin = await openEmptyDatabase()
})
afterAll(async () => {
  for (const machine of machines) await machine.stop()
  node?.kill('SIGKILL')
  await admin?.db.execute(`drop database if exists ${shared} with (force)`)
  await admin?.db.execute(`drop role if exists ${shared}`)
  await admin?.close()
  await rm(home, { recursive: true })
})

/** Starts Honduras's node on an embedded database that is empty, and writes its file for the gateways. */
async function startNode(jwks: string): Promise<void> {
  const port = await takePort()
  const flags = ['--development', '--country', 'HN', '--domains', 'legal', '--port', String(port)]
  const command = [join(PROJECT_DIR, 'cli/istmo.ts'), 'node', ...flags, '--gateway-jwks', jwks]
  node = spawn(process.execPath, command, { cwd: home, stdio: 'ignore' })
  const url = `http://127.0.0.1:${port}`
  await vi.waitFor(async () => expect((await fetch(`${url}/health/ready`)).status).toBe(200), PATIENCE)
  // Nobody asks for its cases and persons.
  const domains = Object.fromEntries(['cases', 'persons', 'legal'].map((name) => [name, { url: `${url}/${name}` }]))
  const file = JSON.stringify({ country: 'HN', name: { es: 'Honduras', en: 'Honduras' }, domains })
  for (const { folder } of machines) writeFileSync(join(folder, 'countries/HN.yaml'), file)
}

/** Makes the role and the database as the page says. Returns the settings for it. */
async function makeSharedDatabase(): Promise<Readonly<Record<string, string | null>>> {
  if (admin === null || server === undefined) return { SHARED_DATABASE_URL: null }
  const [sql = ''] = blocksOf('The shared database', 'sql')
  for (const statement of sql.replaceAll('istmo_gateway', shared).split(';\n')) {
    if (statement.trim() !== '') await admin.db.execute(statement)
  }
  const url = new URL(server)
  url.pathname = `/${shared}`
  url.username = shared
  return { SHARED_DATABASE_URL: url.href }
}

const bothAnswer = async (): Promise<void> => {
  for (const machine of machines) await machine.ask()
}

it('two gateways are set up by the page, share what it says, and answer', async () => {
  const [a, b] = machines
  await a.runSection('Install')
  await b.runSection('Install')
  const database = await makeSharedDatabase()
  const printed = [await a.runSection('Settings'), await b.istmo('keys', 'istmo.example/gateway-b', 'keys')]
  for (const name of ['leg.jwk.json', 'audit-log-refs.json']) {
    await cp(join(a.folder, 'keys', name), join(b.folder, 'keys', name))
  }
  const [, suspender = ''] = /(\{ name.*\})/.exec(await a.istmo('keys', 'istmo', '--suspender', 'stop')) ?? []
  for (const [at, machine] of machines.entries()) {
    const [key] = /^istmo\.example\/\S+$/m.exec(printed[at] ?? '') ?? []
    writeFileSync(join(machine.folder, 'trust-policy'), `log ${key}\nquorum none\n`)
    writeFileSync(join(machine.folder, 'suspenders.yaml'), `suspenders:\n  - ${suspender}\n`)
    const here = { HOST: '127.0.0.1', OPERATOR_LISTEN: '127.0.0.1:0', DRAIN_MS: '0', DEVELOPMENT: '1', ANONYMOUS: '1' }
    machine.writeSettings({ ...PLAIN, ...database, ...here })
  }
  await startNode(join(a.folder, 'keys/leg.jwks.json'))
  for (const machine of machines) await machine.runSection('Start')
  await bothAnswer()
})

it('the timers of the page renew the certificates and compare the logs of the folders that the page makes', async () => {
  const [a] = machines
  await a.runSection('Timers')
  const units = join(a.folder, '../../etc/systemd/system')
  expect(readdirSync(units).filter((name) => name.endsWith('.timer'))).toHaveLength(2)
  for (const name of ['istmo-ca-renew.service', 'istmo-audit-daily.service']) {
    const unit = readFileSync(join(units, name), 'utf8')
    const paths = [...unit.matchAll(/^(?:ExecStart|ReadWritePaths)=(.*)$/gm)].flatMap(([, value = '']) =>
      value.split(' '),
    )
    const folders = paths.filter((path) => path.startsWith('/') && path !== '/usr/bin/env')
    expect(folders.length).toBeGreaterThan(1)
    for (const folder of folders) expect(`${folder}/`).toContain(`${a.folder}/`)
  }
})

it('each gateway is restarted, updated and copied by the page, and both answer after each', async () => {
  const [a, b] = machines
  expect(await b.runSection('Restart')).toContain('ready')
  await bothAnswer()
  expect((await a.runSection('Update')).trim().split('\n')).toEqual([VERSION, expect.stringContaining('--port (PORT)')])
  expect(await a.runSection('Restart')).toContain('ready')
  await bothAnswer()
  await a.istmo(
    'suspend',
    '--agency',
    'none',
    '--reason',
    'a drill',
    '--key-file',
    'stop/istmo.jwk.json',
    '--folder',
    'suspensions',
  )
  const settings = readFileSync(join(a.folder, 'gateway.env'), 'utf8')
  // For the last test: the gateway reads it when it starts again.
  writeFileSync(join(a.folder, 'gateway.env'), settings.replace('DRAIN_MS=0', 'DRAIN_MS=600000'))
  expect(await a.runSection('Backup')).toMatch(/HOLDS/)
  expect(await a.istmo('suspensions', 'suspensions', '--lang', 'en')).toContain('a drill')
  expect(await b.istmo('suspensions', 'suspensions', '--lang', 'en')).toContain('nothing is suspended')
  await bothAnswer()
})

if (server !== undefined) {
  it('while the shared database is away, no gateway is ready, and lost tables are made again without a restart', async () => {
    const [a] = machines
    const inside = new pg.Pool({ connectionString: new URL(`/${shared}`, server).href })
    inside.on('error', () => undefined)
    const page = readFileSync(join(PROJECT_DIR, 'docs/running-a-gateway.md'), 'utf8')
    const tables = async () => {
      const { rows } = await inside.query("select tablename from pg_tables where schemaname = 'public' order by 1")
      return rows.map(({ tablename }) => tablename as string)
    }
    const [, listed = ''] = /\*\*Tables\*\*([\s\S]*?)A role/.exec(page) ?? []
    expect(await tables()).toEqual([...listed.matchAll(/`(\w+)`/g)].map(([, name]) => name).toSorted())
    await inside.query('drop table istmo_used_proof')
    await vi.waitFor(async () => {
      expect(await a.ready()).toEqual([200, '{"status":"ready"}'])
      expect(await tables()).toContain('istmo_used_proof')
    })
    await inside.end()
    await admin?.db.execute(`alter database ${shared} with allow_connections false`)
    await admin?.db.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [shared])
    for (const machine of machines) {
      await vi.waitFor(async () => expect(await machine.ready()).toEqual([503, '{"status":"DATABASE_UNAVAILABLE"}']))
    }
    await admin?.db.execute(`alter database ${shared} with allow_connections true`)
    for (const machine of machines) {
      await vi.waitFor(async () => expect(await machine.ready()).toEqual([200, '{"status":"ready"}']))
    }
    await bothAnswer()
  })
}

it('a gateway that drains says that it is not ready, and answers what still comes', async () => {
  const [a] = machines
  a.child().kill('SIGTERM')
  await vi.waitFor(async () => expect((await a.ready())[0]).toBe(503))
  await bothAnswer()
  // Its drain time is ten minutes.
  const ended = once(a.child(), 'exit')
  a.child().kill('SIGKILL')
  await ended
})
