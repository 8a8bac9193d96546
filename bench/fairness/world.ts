/** What the bench runs: a gateway with rules and an audit log, and the countries, each in a process of its own on its own core. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { generateSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { rotateKeyFile } from '../../audit/pseudonym/key-file.ts'
import { writeLegKey } from '../../demo/keys.ts'
import { claimsOf, createProvider, signAs } from '../../tests/tokens/identity-provider.ts'
import type { Attack, Tally } from './attack.ts'
import type { HostileWay } from './countries.ts'
import type { ProbeLine } from './probe.ts'

const PROJECT = join(import.meta.dirname, '../..')
const COUNTRIES = ['GT', 'HN', 'SV']
const HOSTILE = 'SV'

/** The niceness of what attacks: on the core that it shares with the bystander, it must not slow down the measurement itself. */
export const NICE = 10

/** The scopes of an ordinary analyst. */
const ANALYST = 'case:read person:read person:hit'

/** On which cores the gateway and everything else run, as `taskset -c` takes them. */
export interface Pins {
  readonly gateway: string
  readonly others: string
}

/** The running processes. */
export interface World {
  readonly url: string
  /** Signs the token of an analyst, or of a caller without rights, with this subject. */
  token(subject: string, rights?: 'analyst' | 'none'): Promise<string>
  /** Tells the hostile country how to answer from now on. */
  become(way: HostileWay): Promise<void>
  /** Runs attackers until they are done. */
  attack(plan: Omit<Attack, 'url'>): Promise<Tally>
  /** Measures the gateway’s memory after all garbage was collected, and the delays of its event loop since the last measurement. */
  probe(): Promise<ProbeLine>
  /** Throws if a process has ended. */
  checkRunning(): void
  close(): Promise<void>
}

/** How the gateway is started. */
export interface GatewayStart {
  /** Where it writes CPU profiles of its threads when it ends; undefined: none. */
  readonly profileFolder: string | undefined
  /** Options of Node for it. */
  readonly nodeFlags: readonly string[]
  /** Below which folder its files and its audit log are. */
  readonly below: string
}

/** Starts the world. */
export async function startWorld(pins: Pins, { profileFolder, nodeFlags, below }: GatewayStart): Promise<World> {
  // The bystander runs in this process.
  execFileSync('taskset', ['-a', '-p', '-c', pins.others, String(process.pid)], { stdio: 'ignore' })
  goFirst(process.pid)
  const folder = await mkdtemp(join(below, 'istmo-fairness-'))
  const at = (name: string): string => join(folder, name)
  const program = [join(import.meta.dirname, 'countries.ts')]
  // A collection on several threads would wait for threads that do not go first.
  const countries = startPinned(pins.others, ['--single-threaded-gc', ...program])
  const hostile = startPinned(pins.others, program, process.env, NICE)
  goFirst(countries.pid)
  const port = Number(await firstLine(countries, /^(\d+)$/m))
  const hostilePort = Number(await firstLine(hostile, /^(\d+)$/m))
  const provider = await writeFiles(at, (country) => (country === HOSTILE ? hostilePort : port))
  const env = { ...process.env, FAIRNESS_PROBE: at('probe') }
  const profile = profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`]
  const node = [...profile, `--import=${new URL('./probe.ts', import.meta.url).href}`, 'cli/istmo.ts', 'gateway']
  const gateway = startPinned(pins.gateway, [...nodeFlags, ...node, ...gatewayFlags(at)], env)
  const url = await firstLine(gateway, /Istmo listens on (\S+)\/graphql/)
  const running = { gateway, countries, 'hostile country': hostile }
  return {
    url,
    token(subject, rights = 'analyst') {
      const claims = claimsOf(provider)
      const [mandate] = claims.authorization_details as readonly object[]
      const scope = rights === 'analyst' ? ANALYST : ''
      const authorization_details = [{ ...mandate, countries: COUNTRIES }]
      return signAs(provider, { ...claims, sub: subject, scope, authorization_details })
    },
    async become(way) {
      await fetch(`http://127.0.0.1:${hostilePort}/become/${way}`)
    },
    async attack(plan) {
      const child = startPinned(pins.others, [join(import.meta.dirname, 'attack.ts')], process.env, NICE)
      child.stdin?.end(JSON.stringify({ ...plan, url }))
      return (await json(child.stdout ?? process.stdin)) as Tally
    },
    probe: () => readProbe(gateway, at('probe')),
    checkRunning() {
      for (const [name, child] of Object.entries(running)) {
        if (hasEnded(child)) throw new Error(`expected the process of the ${name} to run; it ended`)
      }
    },
    async close() {
      for (const child of Object.values(running)) {
        const ended = hasEnded(child) ? null : once(child, 'exit')
        child.kill('SIGTERM')
        await ended
      }
      await rm(folder, { recursive: true })
    },
  }
}

/**
 * Lets a process run before all others of its core: the measurement itself must not wait for what it measures. Needs the right to do so;
 * without it, look at how late the bystander itself was. The processes that it starts get an ordinary priority (`-R`).
 */
function goFirst(pid: number | undefined): void {
  try {
    execFileSync('chrt', ['-a', '-R', '-r', '-p', '1', String(pid)], { stdio: 'ignore' })
  } catch {
    process.stdout.write('No right to set priorities: the bystander may be late itself.\n')
  }
}

/** Starts a program of Node on some cores. The higher `niceness`, the later it gets its turn on them. */
export function startPinned(cores: string, args: readonly string[], env = process.env, niceness = 0): ChildProcess {
  const command = ['-c', cores, 'nice', '-n', String(niceness), process.execPath, ...args]
  return spawn('taskset', command, { cwd: PROJECT, stdio: ['pipe', 'pipe', 'inherit'], env })
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null

async function firstLine(child: ChildProcess, pattern: RegExp): Promise<string> {
  let text = ''
  for await (const chunk of child.stdout?.setEncoding('utf8').iterator({ destroyOnReturn: false }) ?? []) {
    text += chunk
    const found = pattern.exec(text)?.[1]
    if (found !== undefined) {
      child.stdout?.resume()
      return found
    }
  }
  throw new Error(`expected a process that says it listens; it ended: ${text}`)
}

async function writeFiles(at: (name: string) => string, portOf: (country: string) => number) {
  await mkdir(at('countries'))
  await writeLegKey(at('leg.json'), at('leg-jwks.json'))
  const provider = await createProvider('GT', at('.'))
  await writeFile(at('issuers.yaml'), JSON.stringify({ issuers: [provider.entry] }))
  await writeFile(at('log.key'), generateSignerKey('istmo.example/gateway', SIGNATURE_TYPES.ed25519))
  await rotateKeyFile(at('refs'), Date.now())
  const member = { issuer: 'GT', agencies: ['GT-MP-FECO'], purposes: ['INVESTIGATION'], scopes: ANALYST.split(' ') }
  const taskForces = [{ id: 'jtf-2026-03', notAfter: '2099-12-31', members: [member] }]
  for (const country of COUNTRIES) {
    const endpoint = { url: `http://127.0.0.1:${portOf(country)}/${country}` }
    const domains = { cases: endpoint, persons: endpoint, legal: endpoint }
    const file = { country, name: { es: country, en: country }, domains, taskForces }
    await writeFile(at(`countries/${country}.yaml`), JSON.stringify(file))
  }
  return provider
}

function gatewayFlags(at: (name: string) => string): readonly string[] {
  const graph = ['--development', '--supergraph', join(PROJECT, 'supergraph.graphql'), '--countries', at('countries')]
  const callers = ['--issuers', at('issuers.yaml'), '--leg-key', at('leg.json'), '--port', '0', '--log-level', 'error']
  const log = ['--audit-log-dir', at('log'), '--audit-log-key', at('log.key'), '--audit-log-ref-keys', at('refs')]
  // The stub countries stand for countries that can answer as much as is asked, and the bystander asks for more than an officer may have.
  return [...graph, ...callers, ...log, '--cost-rate', '0', '--country-rate', '0', '--rows-per-day', '0']
}

async function readProbe(gateway: ChildProcess, file: string): Promise<ProbeLine> {
  const read = () => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [])
  const before = read().length
  gateway.kill('SIGUSR2')
  for (let left = 200; left > 0 && read().length === before; left--) await sleep(50)
  return JSON.parse(read().at(-1) ?? '') as ProbeLine
}
