import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { parseSignerKey } from '../../audit/note/key.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { writeLegKey } from '../../demo/keys.ts'
import { listPackFiles, PACKS } from '../../tools/pack/packs.ts'
import { findContents } from '../../tools/pack/stage.ts'
import { writeLog, writePolicy } from '../audit-cli/logs.ts'
import { type InstalledPack, installPack, stopProcess, waitForOutput } from './installed.ts'

/** Makes packs, installs them as a stranger would, and uses them. Tests the node’s pack, and all four with ISTMO_TEST_PACKS=4. */

const PROJECT = join(import.meta.dirname, '../..')
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  gateway: ['gateway', 'probe', 'ca', 'keys', 'witness', 'audit', 'suspend', 'resume', 'suspensions'],
  node: [
    ...['node', 'policy', 'join', 'probe', 'map', 'iccs', 'sync', 'check', 'conformance', 'link', 'doctor'],
    ...['backup', 'restore', 'upgrade', 'ca', 'keys', 'witness', 'audit', 'suspend', 'resume', 'suspensions'],
  ],
  authority: [
    'authority',
    'console',
    'mandates',
    'ask',
    'ca',
    'keys',
    'witness',
    'audit',
    'suspend',
    'resume',
    'suspensions',
  ],
  audit: ['oversight', 'keys', 'witness', 'audit'],
}
/** CI tests one pack, with a short program in the place of Node; `npm run test:full` sets the number of all. */
const TESTED_COUNT = Number(process.env.ISTMO_TEST_PACKS ?? 1)
const TESTED = PACKS.toSorted((left) => (left.name === 'node' ? -1 : 0)).slice(0, TESTED_COUNT)
const QUERY = '{ statutes(first: 1) { edges { node { id } } outcomes { country reach } } }'

let folder: string
const installed = new Map<string, InstalledPack>()
const running: ChildProcess[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-installed-'))
  for (const { name } of TESTED) {
    await mkdir(join(folder, name))
    installed.set(name, installPack(name, join(folder, name), TESTED_COUNT > 1))
  }
  return async () => {
    await Promise.all(running.map(stopProcess))
    await rm(folder, { recursive: true })
  }
}, 300_000)

function packOf(name: string): InstalledPack {
  const pack = installed.get(name)
  if (pack === undefined) throw new Error(`expected the pack ${name} to be installed`)
  return pack
}

function stopLater(child: ChildProcess): ChildProcess {
  running.push(child)
  return child
}

describe.each(TESTED)('the pack $name', (spec) => {
  it('is installed without a warning', () => {
    expect(packOf(spec.name).npmOutput.trim()).toMatch(/^added 1 package in \w+$/)
  })

  it('has its own commands and the project’s version', async () => {
    const { version } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as { version: string }
    expect(await packOf(spec.name).run(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
    const { stdout } = await packOf(spec.name).run(['--help'])
    const [, listed = ''] = stdout.split('Commands:\n')
    const commands = [...listed.matchAll(/^ {2}(\w+) {2,}/gm)].map(([, name]) => name)
    expect(commands).toEqual(COMMANDS[spec.name])
  })

  it('contains the pages and units of its role', () => {
    for (const file of listPackFiles(PROJECT, spec))
      expect(existsSync(join(packOf(spec.name).folder, file)), file).toBe(true)
  })

  it('lists each package that it contains with its licence, and contains no other package', async () => {
    const notices = readFileSync(join(packOf(spec.name).folder, 'THIRD-PARTY-NOTICES'), 'utf8')
    const { packages } = findContents(PROJECT, spec)
    const listed = [...notices.matchAll(/^(\S+) (\d\S*): /gm)].map(([, name, version]) => `${name} ${version}`)
    expect(listed.toSorted()).toEqual(packages.map(({ name, version }) => `${name} ${version}`).toSorted())
    for (const { folder } of packages) expect(existsSync(join(packOf(spec.name).folder, folder)), folder).toBe(true)
  })
})

it('a node that was installed from its pack answers a gateway from an embedded database', {
  timeout: 400_000,
}, async () => {
  const at = (name: string) => join(folder, name)
  await writeLegKey(at('leg.json'), at('leg-jwks.json'))
  const nodeFlags = ['--development', '--country', 'HN', '--domains', 'cases,persons,legal', '--port', '0']
  const node = stopLater(packOf('node').start(['node', ...nodeFlags, '--gateway-jwks', at('leg-jwks.json')]))
  const port = await waitForOutput(node, /"port":(\d+)/)
  const url = `http://127.0.0.1:${port}`
  await vi.waitFor(async () => expect((await fetch(`${url}/health/ready`)).status).toBe(200), { timeout: 60_000 })

  const domains = Object.fromEntries(['cases', 'persons', 'legal'].map((name) => [name, { url: `${url}/${name}` }]))
  await mkdir(at('countries'))
  await writeFile(
    at('countries/HN.yaml'),
    JSON.stringify({ country: 'HN', name: { es: 'Honduras', en: 'Honduras' }, domains }),
  )
  const files = ['--development', '--supergraph', join(PROJECT, 'supergraph.graphql'), '--countries', at('countries')]
  // On a busy machine, a node that has just started and a first plan take longer than a caller should wait.
  const patience = ['--leg-deadline', '60000', '--request-deadline', '120000', '--planning-deadline', '60000']
  const gateway = startGateway([
    ...files,
    ...patience,
    '--leg-key',
    at('leg.json'),
    '--port',
    '0',
    '--anonymous',
    '--graphiql',
  ])
  const gatewayUrl = await waitForOutput(gateway, /Istmo listens on (http:\S+)\/graphql/)
  const response = await fetch(`${gatewayUrl}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: QUERY }),
  })
  const { data } = (await response.json()) as { data: unknown }
  expect(data).toEqual({ statutes: { edges: [], outcomes: [{ country: 'HN', reach: 'ANSWERED' }] } })
  for (const path of [
    '/graphiql',
    '/landing.css',
    '/graphiql/react.js',
    '/graphiql/react-dom.js',
    '/graphiql/graphiql.js',
  ]) {
    expect((await fetch(`${gatewayUrl}${path}`)).status, path).toBe(200)
  }
  expect(await stopProcess(node)).toEqual([0, null])
})

/** Starts the gateway of its pack if that pack is tested; otherwise the project’s gateway. */
function startGateway(flags: readonly string[]): ChildProcess {
  const pack = installed.get('gateway')
  if (pack !== undefined) return stopLater(pack.start(['gateway', ...flags]))
  const command = [join(PROJECT, 'cli/istmo.ts'), 'gateway', ...flags]
  return stopLater(spawn(process.execPath, command, { cwd: PROJECT, stdio: ['ignore', 'pipe', 'pipe'] }))
}

it.each(TESTED)('the pack $name verifies a log that its keys signed', async ({ name }) => {
  const { run } = packOf(name)
  const at = join(folder, name, 'keys')
  expect(await run(['keys', 'istmo.example/hn', at])).toMatchObject({ code: 0 })
  const [keyFile = ''] = readdirSync(at).filter((file) => file.endsWith('.key'))
  const signer = parseSignerKey(readFileSync(join(at, keyFile), 'utf8').trim())
  const now = Date.now()
  const start = { v: 1, kind: 'node-stop', id: createUuidV7(now), time: new Date(now).toISOString(), country: 'HN' }
  await writeLog(join(at, 'log'), signer, [{ ...start, node: signer.verifier.name }])
  const policy = await writePolicy(at, [signer])
  const { code, stdout } = await run(['audit', 'verify', join(at, 'log'), '--policy', policy])
  expect(stdout).toMatch(/HOLDS/)
  expect(code).toBe(0)
})
