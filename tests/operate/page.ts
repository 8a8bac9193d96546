/** Runs what docs/running-a-gateway.md says, in folders below one of its own in place of those of a machine. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, vi } from 'vitest'
import { PROJECT_DIR } from '../../demo/config.ts'
import { listPackFiles, PACKS } from '../../tools/pack/packs.ts'

const PAGE = readFileSync(join(PROJECT_DIR, 'docs/running-a-gateway.md'), 'utf8')
const QUERY = '{ statutes(first: 1) { outcomes { country reach } } }'
/** A machine with other work needs a minute to start a process. */
export const PATIENCE = { timeout: 150_000 }
const run = promisify(execFile)

/** Returns the fenced blocks of a language in a section of the page. */
export function blocksOf(section: string, language: string): readonly string[] {
  const [, text] = new RegExp(`^## ${section}\\n([\\s\\S]*?)(?=^## |$(?![\\s\\S]))`, 'm').exec(PAGE) ?? []
  if (text === undefined) throw new Error(`expected a section «${section}» in docs/running-a-gateway.md`)
  const fence = new RegExp(`^ *\`\`\`${language}\\n([\\s\\S]*?)^ *\`\`\``, 'gm')
  return [...text.matchAll(fence)].map(([, block = '']) => block)
}

/** A machine with one gateway. */
export interface Machine {
  /** Its `/srv/istmo`. */
  readonly folder: string
  /** Runs the commands of a section, `systemctl` too, in their order. Returns what they printed. */
  readonly runSection: (section: string) => Promise<string>
  /** Runs a command of `istmo` in the folder. */
  readonly istmo: (...args: readonly string[]) => Promise<string>
  /** Writes `gateway.env` as the page has it. A change of null leaves the setting out. */
  readonly writeSettings: (changes: Readonly<Record<string, string | null>>) => void
  /** What `/health/ready` answers: the status, and why. */
  readonly ready: () => Promise<readonly [status: number, body: string]>
  /** Asks a question that Honduras must answer. */
  readonly ask: () => Promise<void>
  readonly child: () => ChildProcess
  readonly stop: () => Promise<void>
}

/** Lines that change the machine itself, or need a registry’s client: tests/pack installs the files. */
const OF_THE_MACHINE = /^(npm install|useradd|install -d|systemctl enable --now \S+\.timer)/

/** Makes a machine below `root`. @param port where its gateway listens. */
export function createMachine(root: string, port: number): Machine {
  const folder = join(root, 'srv/istmo')
  for (const made of [join(folder, 'countries'), join(root, 'etc/systemd/system'), join(root, 'var/backups/istmo')]) {
    mkdirSync(made, { recursive: true, mode: 0o700 })
  }
  const env = { ...process.env, PATH: `${installShims(root)}:${process.env.PATH}` }
  const url = `http://127.0.0.1:${port}`
  const inRoot = (text: string): string =>
    text.replaceAll(/(?<![\w.:/])\/(?=srv|etc\/systemd|var\/backups)/g, `${root}/`)
  let child: ChildProcess | null = null

  const unit = join(root, 'etc/systemd/system/istmo-gateway.service')
  async function systemctl(verb: string): Promise<void> {
    if (verb === 'stop' || verb === 'restart') await stop()
    if (verb !== 'stop') child = await startUnit(unit, inRoot, { env, url })
  }
  async function stop(): Promise<void> {
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
  }
  async function runLine(line: string): Promise<string> {
    if (OF_THE_MACHINE.test(line)) return ''
    const [, verb] = /^systemctl (?:enable --now|(start|stop|restart)) istmo-gateway$/.exec(line) ?? []
    if (line.startsWith('systemctl')) {
      await systemctl(verb ?? 'start')
      return ''
    }
    const here = inRoot(line)
      .replace('https://istmo.example', url)
      .replace('/opt/istmo-new/node_modules/.bin/istmo', 'istmo')
    const running = run('sh', ['-ec', here], { cwd: folder, env })
    if (here.endsWith(' --port none')) return explainSettings(running)
    return (await running.catch(explain)).stdout
  }
  return {
    folder,
    stop,
    async runSection(section) {
      let printed = ''
      for (const block of blocksOf(section, 'sh')) {
        for (const line of block.split('\n')) if (line.trim() !== '') printed += await runLine(line.trim())
      }
      return printed
    },
    istmo: async (...args) => (await run('istmo', [...args], { cwd: folder, env })).stdout,
    writeSettings(changes) {
      writeFileSync(join(folder, 'gateway.env'), settingsOfPage({ PORT: String(port), ...changes }))
    },
    ready: () => askReady(url),
    ask: () => askGateway(url),
    child() {
      if (child === null) throw new Error('expected a gateway that was started')
      return child
    },
  }
}

/** Returns the settings of the page with some changed. */
function settingsOfPage(changes: Readonly<Record<string, string | null>>): string {
  const [text = ''] = blocksOf('Settings', 'ini')
  const page = [...text.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, key = '', value = '']) => [key, value] as const)
  const settings = Object.entries({ ...Object.fromEntries(page), ...changes })
  return settings.map(([key, value]) => (value === null ? '' : `${key}=${value}\n`)).join('')
}

/** Starts what a unit runs, as systemd does, and waits until it answers. @param inRoot puts the paths of a machine below a folder. */
async function startUnit(
  file: string,
  inRoot: (text: string) => string,
  { env, url }: { readonly env: NodeJS.ProcessEnv; readonly url: string },
): Promise<ChildProcess> {
  const unit = readFileSync(file, 'utf8')
  const settingOf = (key: string): string => inRoot(new RegExp(`^${key}=(.*)$`, 'm').exec(unit)?.[1] ?? '')
  const settings = readFileSync(settingOf('EnvironmentFile'), 'utf8').matchAll(/^([A-Z_]+)=(.*)$/gm)
  const [program = '', ...args] = settingOf('ExecStart').split(' ')
  const own = Object.fromEntries([...settings].map(([, key = '', value = '']) => [key, value]))
  const options = { cwd: settingOf('WorkingDirectory'), env: { ...env, ...own } }
  const started = spawn(program, args, { ...options, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  started.stderr.on('data', (text) => {
    said += String(text)
  })
  await vi.waitFor(async () => {
    if (started.exitCode === null) expect((await fetch(`${url}/health/live`)).status).toBe(200)
  }, PATIENCE)
  expect(started.exitCode, said).toBeNull()
  return started
}

async function askReady(url: string): Promise<readonly [status: number, body: string]> {
  const response = await fetch(`${url}/health/ready`)
  return [response.status, (await response.text()).trim()]
}

/** Asks a gateway a question that Honduras must answer. */
async function askGateway(url: string): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ query: QUERY })
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body })
  expect(await response.json()).toMatchObject({
    data: { statutes: { outcomes: [{ country: 'HN', reach: 'ANSWERED' }] } },
  })
}

/** Returns what a gateway says that ends because of its settings. */
async function explainSettings(running: Promise<unknown>): Promise<string> {
  const { code, stderr } = await running.then(
    () => ({ code: 0, stderr: '' }),
    (error: { readonly code: number; readonly stderr: string }) => error,
  )
  expect(code).toBe(2)
  return stderr
}

/** Rejects with what a command printed too. */
function explain(error: { readonly message: string; readonly stdout: string; readonly stderr: string }): never {
  throw new Error(`${error.message}\n${error.stdout}\n${error.stderr}`)
}

/** Puts `istmo` of this checkout, and an `npm` that has installed the files of the pack, before the programs of the system. */
function installShims(root: string): string {
  const [bin, modules] = [join(root, 'bin'), join(root, 'lib/node_modules')]
  mkdirSync(bin)
  const pack = PACKS.find(({ name }) => name === 'gateway') ?? PACKS[0]
  if (pack === undefined) throw new Error('expected packs')
  for (const file of listPackFiles(PROJECT_DIR, pack)) {
    const target = join(modules, '@istmo/gateway', file)
    mkdirSync(dirname(target), { recursive: true })
    cpSync(join(PROJECT_DIR, file), target)
  }
  const istmo = `exec '${process.execPath}' '${join(PROJECT_DIR, 'cli/istmo.ts')}' "$@"`
  const npm = `[ "$*" = 'root --global' ] && echo '${modules}'`
  for (const [name, text] of Object.entries({ istmo, npm })) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
  }
  return bin
}
