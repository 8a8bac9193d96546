/**
 * A program that tests/silence/silence.test.ts runs, in a network namespace if possible. It starts the complete demo with each process
 * under the socket guard, uses all that the demo offers, kills its gateway, and prints as JSON which connections were opened. With the argument
 * `planted`, it starts only a gateway, with a planted module that connects to other hosts.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { PROJECT_DIR, readDemoConfig } from '../../demo/config.ts'
import { EXAMPLE_PERSON_ID } from '../../demo/generator/persons.ts'
import { homeIn } from '../../demo/home.ts'
import { askReadme, type ReadmeAnswers } from '../demo/ask-readme.ts'
import { type EndWithGateway, endWithGateway } from '../demo/end-with-gateway.ts'
import { createDemoPlace, type DemoPlace, PATIENT_DEADLINES, type RunningDemo } from '../demo/running-demo.ts'
import { dialledBy, findRejected, type KernelCounts, readKernelCounts } from './dialled.ts'

/** The result of {@link runDemo}. `port` is the gateway’s port, from which the other ports follow. */
export interface Found {
  readonly port: number
  readonly statuses: readonly number[]
  /** What a demo with the publishers’ files, where they are, answered to README’s questions. tests/demo has a demo without them. */
  readonly readme: ReadmeAnswers
  readonly dialled: Readonly<Record<string, readonly string[]>>
  readonly rejected: readonly string[]
  /** How the demo ended. */
  readonly end: EndWithGateway
  /** Counts of the namespace, or of the machine if there is no namespace. */
  readonly before: KernelCounts
  readonly after: KernelCounts
}

/** In milliseconds. Long enough for code that opens a connection some time after the start. */
const LINGER_MS = 2_000

const moduleUrl = (name: string): string => new URL(name, import.meta.url).href
/** What this run loads anyway stays: under a moved clock, the times of files must move too, or an authority takes each request to it for an old one. */
const guarded = (...planted: readonly string[]): string =>
  [process.env.NODE_OPTIONS ?? '', ...['./dial-log.ts', ...planted].map((name) => `--import=${moduleUrl(name)}`)].join(
    ' ',
  )

async function runDemo(): Promise<Found> {
  const before = readKernelCounts()
  const dialLog = join(process.cwd(), 'dialled')
  const noFiles = join(process.cwd(), 'no-files')
  mkdirSync(noFiles)
  const data = { ISTMO_DATA: readDemoConfig().publicDataDir ?? noFiles }
  const place = await createDemoPlace({ ...PATIENT_DEADLINES, ...data, NODE_OPTIONS: guarded(), DIAL_LOG: dialLog })
  try {
    const demo = await place.start()
    const names = new Map(Object.entries(await demo.children()).map(([name, pid]) => [pid, name]))
    if (demo.process.pid !== undefined) names.set(demo.process.pid, 'supervisor')
    const readme = await askReadme(place)
    const { statuses, outputs } = await useDemo(place, demo, names)
    await sleep(LINGER_MS)
    // One of the ends that a demo can have: tests/demo has the others, and another demo for this one would take half a minute of a core.
    const end = await endWithGateway(demo)
    const rejected = await findRejected(homeIn(place.home).logs, [demo.output(), ...outputs])
    const { port } = place
    const dialled = dialledBy(dialLog, names)
    return { port, statuses, readme, dialled, rejected, end, before, after: readKernelCounts() }
  } finally {
    await place.remove()
  }
}

/** Uses all that the demo offers: operations, rejected ones too, pages, a country that stops and starts again, a reload, the generator. */
async function useDemo(place: DemoPlace, demo: RunningDemo, names: Map<number, string>) {
  const url = `http://127.0.0.1:${place.port}`
  const signed = await place.run('demo/token.ts', 'analyst')
  const query = readFileSync(join(PROJECT_DIR, 'demo/across-borders.graphql'), 'utf8')
  const ask = (text: string, token = signed.stdout.trim()): Promise<number> =>
    statusOf(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: text, variables: { id: EXAMPLE_PERSON_ID } }),
    })
  const statuses = [
    await ask(query),
    await ask('{ __schema { types { name } } }'),
    await ask('{ cases(first: 3) { edges { node { id } } outcomes { country reach } } }'),
    await ask('{ nothing }'),
    await ask(query, 'no-token'),
  ]
  // The metrics are only at the operator's server.
  // As a browser asks: at the first page, a program gets no page.
  const headers = { accept: 'text/html, */*' }
  for (const path of ['/', '/status', '/metrics', '/health/ready'])
    statuses.push(await statusOf(url + path, { headers }))
  process.kill((await demo.children()).gateway ?? 0, 'SIGHUP')
  const outputs = [
    await place.run('demo/control.ts', 'stop', 'HN'),
    await place.run('demo/control.ts', 'start', 'HN'),
    await place.run('tools/generate/generate.ts', '--check'),
  ].map(({ stdout, stderr }) => stdout + stderr)
  for (const [name, pid] of Object.entries(await demo.children())) names.set(pid, name)
  statuses.push(await ask(query))
  return { statuses, outputs: [...outputs, signed.stderr] }
}

async function statusOf(url: string, init: RequestInit = {}): Promise<number> {
  const response = await fetch(url, init)
  await response.arrayBuffer()
  return response.status
}

/** Starts only a gateway, with a module that connects to other hosts once the gateway runs. */
async function runPlanted(): Promise<Pick<Found, 'rejected' | 'dialled' | 'before' | 'after'>> {
  const before = readKernelCounts()
  const dialLog = join(process.cwd(), 'dialled')
  const args = [
    'gateway',
    '--development',
    '--anonymous',
    '--port',
    '0',
    '--supergraph',
    'supergraph.graphql',
    '--countries',
    'countries',
  ]
  const child = spawn(process.execPath, ['cli/istmo.ts', ...args], {
    cwd: PROJECT_DIR,
    env: { ...process.env, NODE_OPTIONS: guarded('./planted.ts'), DIAL_LOG: dialLog },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  while (!output.includes('PLANTED') && child.exitCode === null) await sleep(50)
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  await exit
  const dialled = dialledBy(dialLog, new Map([[child.pid ?? 0, 'gateway']]))
  return { rejected: await findRejected('', [output]), dialled, before, after: readKernelCounts() }
}

process.stdout.write(`${JSON.stringify(process.argv[2] === 'planted' ? await runPlanted() : await runDemo())}\n`)
