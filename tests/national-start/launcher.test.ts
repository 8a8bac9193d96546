import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { PROJECT_DIR } from '../../demo/config.ts'
import { readLeastNode } from '../../service/version.ts'
import { someOf } from '../share.ts'

/**
 * Starts `istmo` as a service manager does, with each Node.js that people have, and kills it. The launcher is the same for all commands, so a
 * gateway, which takes seconds to start, ends by one signal, and a witness by the others.
 */

const GATEWAY = [
  'gateway',
  '--supergraph',
  'supergraph.graphql',
  '--countries',
  'countries',
  '--port',
  '0',
  '--anonymous',
  '--development',
]

/** A PATH without the project's own Node.js. */
const SYSTEM_PATH = (process.env.PATH ?? '')
  .split(delimiter)
  .filter((folder) => !folder.includes('node_modules'))
  .join(delimiter)

/** The Node.js of the system, which may be older than the one that runs Istmo; undefined if there is none. */
function findSystemNode(): string | undefined {
  try {
    return execFileSync('node', ['-p', 'process.execPath'], { env: { PATH: SYSTEM_PATH }, encoding: 'utf8' }).trim()
  } catch {
    return undefined
  }
}

const NODES = [...new Set([process.execPath, findSystemNode()])].filter((node) => node !== undefined)

const started: ChildProcess[] = []
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

let folder: string
let witness: readonly string[]
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-launcher-'))
  const key = join(folder, 'witness.key')
  await writeFile(key, generateSignerKey('witness.example/w', SIGNATURE_TYPES.cosignature), { mode: 0o600 })
  const log = parseSignerKey(generateSignerKey('istmo.example/a', SIGNATURE_TYPES.ed25519)).verifier.vkey
  witness = ['witness', '--key', key, '--folder', join(folder, 'heads'), '--log', log, '--port', '0']
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Starts a command that listens. Returns the launcher, and the address at which it listens. */
async function start(node: string, command: readonly string[]): Promise<{ launcher: ChildProcess; url: string }> {
  const launcher = spawn(node, [join(PROJECT_DIR, 'cli/istmo.js'), ...command], {
    cwd: PROJECT_DIR,
    env: { PATH: SYSTEM_PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  started.push(launcher)
  let text = ''
  for await (const chunk of launcher.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    text += String(chunk)
    const url = /listens on (http:\/\/127\.0\.0\.1:\d+)/.exec(text)?.[1]
    if (url !== undefined) return { launcher, url }
  }
  throw new Error(`expected a process that listens; came: ${text}`)
}

const answers = (url: string) => fetch(`${url}/health/live`).then(Boolean, () => false)

// In CI one of them, as the change says: the other one differs in how the launcher finds Node 24.
for (const node of someOf('Node.js of the launcher', NODES)) {
  it.each([
    ['SIGTERM', 'gateway'],
    ['SIGKILL', 'witness'],
    ['SIGINT', 'witness'],
  ] as const)(`nothing listens any more after %s of the launcher of a %s (${node})`, async (signal, command) => {
    const { launcher, url } = await start(node, command === 'gateway' ? GATEWAY : witness)
    expect(await answers(url)).toBe(true)
    launcher.kill(signal)
    if (launcher.exitCode === null && launcher.signalCode === null) await once(launcher, 'exit')
    while (await answers(url)) await sleep(50)
  })
}

it('keeps compiled code in the installation and nowhere else, or where NODE_COMPILE_CACHE says', async () => {
  const installed = await mkdtemp(join(folder, 'installed-'))
  await mkdir(join(installed, 'cli'))
  await copyFile(join(PROJECT_DIR, 'cli/launch.js'), join(installed, 'cli/launch.js'))
  await writeFile(join(installed, 'package.json'), '{ "type": "module", "leastNode": "24.0.0" }')
  await writeFile(join(installed, 'program.js'), "console.log('ran')")
  await writeFile(
    join(installed, 'istmo.js'),
    "import { launch } from './cli/launch.js'\nawait launch(new URL('./program.js', import.meta.url).href)",
  )
  const keptBy = (env: NodeJS.ProcessEnv): string[] => {
    const command = [join(installed, 'istmo.js')]
    expect(execFileSync(process.execPath, command, { env: { TMPDIR: installed, ...env }, encoding: 'utf8' })).toBe(
      'ran\n',
    )
    return globSync(['node_modules/.cache/istmo', 'node-compile-cache', 'elsewhere'], { cwd: installed })
  }
  expect(keptBy({ NODE_COMPILE_CACHE: join(installed, 'elsewhere') })).toEqual(['elsewhere'])
  expect(keptBy({}).sort()).toEqual(['elsewhere', 'node_modules/.cache/istmo'])
  expect(globSync('node_modules/.cache/istmo/*/*', { cwd: installed }).length).toBeGreaterThan(0)
})

it('hands the exit code of a command on', async () => {
  for (const node of NODES) {
    const child = spawn(node, [join(PROJECT_DIR, 'cli/istmo.js'), 'node', '--port', 'abc'], { stdio: 'ignore' })
    expect(await once(child, 'exit')).toEqual([2, null])
  }
})

it('a gateway on a Node.js with known holes is started on that of `npm ci` instead, and without one it refuses with exit code 2', async () => {
  const gatewayOn = async (version: string, isHandedOver: boolean) => {
    const old = `Object.defineProperty(process.versions, 'node', { value: '${version}' })`
    const args = ['--import', `data:text/javascript,${old}`, join(PROJECT_DIR, 'cli/istmo.js'), ...GATEWAY.slice(0, -1)]
    // The launcher hands over once: it takes a process with a channel for one that it started itself.
    const stdio = ['ignore', 'ignore', 'pipe', ...(isHandedOver ? (['ipc'] as const) : [])] as const
    const child = spawn(process.execPath, args, { cwd: PROJECT_DIR, stdio: [...stdio] })
    started.push(child)
    let said = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text))
    const [code] = await once(child, 'close')
    return { code, said }
  }
  const [better, holed, older] = await Promise.all([
    gatewayOn('24.21.0', false),
    gatewayOn('24.21.0', true),
    gatewayOn('20.19.0', true),
  ])
  // Without --development it does not start for other reasons.
  expect(better).toEqual({ code: 2, said: expect.stringContaining('there is no audit log') })
  expect(better.said).not.toContain('Node.js')
  const expected = `expected Node.js ${readLeastNode()} or later`
  expect(holed).toEqual({ code: 2, said: expect.stringContaining(expected) })
  expect(holed.said).toContain('came 24.21.0')
  expect(older).toEqual({ code: 2, said: expect.stringContaining(expected) })
})

it('runs for a user without a home, who cannot write to the installation', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-nobody-'))
  await chmod(folder, 0o777)
  // Only root may become another user. Any other user at least has no home here.
  const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
  const istmo = (...args: string[]) => {
    const child = spawn(process.execPath, [join(PROJECT_DIR, 'cli/istmo.js'), ...args], {
      ...nobody,
      cwd: folder,
      env: { PATH: SYSTEM_PATH, HOME: '/nonexistent' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    started.push(child)
    return child
  }
  try {
    const keys = istmo('keys', 'istmo.example/hn', 'keys')
    expect(await once(keys, 'exit')).toEqual([0, null])
    const legKeys = istmo('keys', '--leg', 'leg')
    expect(await once(legKeys, 'exit')).toEqual([0, null])
    const node = istmo(
      ...['node', '--country', 'HN', '--domains', 'cases', '--port', '0', '--development'],
      ...['--database-folder', 'data', '--gateway-jwks', 'leg/leg.jwks.json', '--audit-log-dir', 'audit-log'],
      ...['--audit-log-key', 'keys/audit-log.key', '--audit-log-ref-keys', 'keys/audit-log-refs.json'],
    )
    let text = ''
    for (const stream of [node.stdout, node.stderr]) stream?.on('data', (chunk) => (text += String(chunk)))
    while (!text.includes('the node listens')) {
      expect(node.exitCode, text).toBeNull()
      await sleep(50)
    }
    const port = /"port":(\d+)/.exec(text)?.[1]
    expect(await (await fetch(`http://127.0.0.1:${port}/health/ready`)).json()).toEqual({ status: 'ready' })
    node.kill('SIGTERM')
    expect(await once(node, 'exit')).toEqual([0, null])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
