/**
 * `npm run bench:soak -- --minutes 10`: runs the demo as real processes under a constant mixed load, while countries fail and graphs are
 * replaced. Prints the gateway’s memory every ten seconds. Exits with 1 if the memory is not flat.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { mkdtemp, readFile, rename, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { logIn } from '../../demo/authority/log-in.ts'
import { PROJECT_DIR } from '../../demo/config.ts'
import { EXAMPLE_PERSON_ID } from '../../demo/generator/persons.ts'
import { homeIn } from '../../demo/home.ts'
import { runCommand } from '../../service/command-line.ts'
import type { CommandSpec } from '../../service/command-spec.ts'
import { createDemoPlace, type DemoPlace, type RunningDemo, until } from '../../tests/demo/running-demo.ts'
import { type Load, startLoad } from './load.ts'
import { judge, MAX_SLOPE_MIB, type Sample } from './verdict.ts'

const SAMPLE_EVERY_MS = 10_000

/** The number of callers. With this number, the gateway’s caches of callers are full within the first minutes. */
const CALLERS = 100

/** The phases repeat every six samples. */
const PHASES = ['all run', 'all run', 'HN is paused', 'reload', 'SV is killed', 'all run'] as const
type Phase = (typeof PHASES)[number]

const SOAK = {
  name: 'npm run bench:soak --',
  description: 'Runs the demo under load while countries fail, and reports whether the gateway’s memory stays flat.',
  options: {
    minutes: {
      flag: 'minutes',
      value: 'number',
      meaning: 'how many minutes it runs',
      expected: 'a number of minutes, at least 1',
      default: '10',
      parse: (text: string) => (Number(text) >= 1 ? Number(text) : undefined),
    },
  },
} as const satisfies CommandSpec

async function soak(minutes: number): Promise<boolean> {
  const samplesWanted = Math.round((minutes * 60_000) / SAMPLE_EVERY_MS)
  const folder = await mkdtemp(join(tmpdir(), 'istmo-soak-'))
  const probe = join(folder, 'probe')
  const preload = `--import=${new URL('./heap-probe.ts', import.meta.url).href}`
  const place = await createDemoPlace({ NODE_OPTIONS: preload, SOAK_PROBE: probe, ISTMO_DATA: folder })
  try {
    const demo = await place.start()
    const load = await startDemoLoad(place)
    const samples = await watch({ place, demo, load, probe, samplesWanted })
    await load.stop()
    await demo.end('SIGTERM')
    return printVerdict(samples)
  } finally {
    await place.remove()
    rmSync(folder, { recursive: true })
  }
}

interface Run {
  readonly place: DemoPlace
  readonly demo: RunningDemo
  readonly load: Load
  readonly probe: string
  readonly samplesWanted: number
}

async function watch(run: Run): Promise<readonly Sample[]> {
  const gateway = (await run.demo.children()).gateway ?? 0
  const startedAt = performance.now()
  const samples: Sample[] = []
  process.stdout.write(
    '| s | phase | requests | by status | p50 ms | p95 ms | RSS MiB | heap after GC MiB |\n|--|--|--|--|--|--|--|--|\n',
  )
  for (let index = 0; index < run.samplesWanted; index += 1) {
    const phase = PHASES[index % PHASES.length] ?? 'all run'
    const end = await begin(phase, run, index)
    await sleep(Math.max(0, startedAt + (index + 1) * SAMPLE_EVERY_MS - performance.now()))
    await end()
    const atMs = performance.now() - startedAt
    const sample = { atMs, ...(await readProbe(gateway, run.probe, index + 1)) }
    samples.push(sample)
    process.stdout.write(rowOf(sample, phase, run.load))
  }
  return samples
}

/** Begins a phase. @returns a function that ends the phase. */
async function begin(phase: Phase, { place, demo }: Run, index: number): Promise<() => Promise<void>> {
  const nothing = async (): Promise<void> => undefined
  const children = await demo.children()
  if (phase === 'HN is paused') {
    const pid = children.HN ?? 0
    process.kill(pid, 'SIGSTOP')
    return async () => void process.kill(pid, 'SIGCONT')
  }
  if (phase === 'SV is killed') {
    process.kill(children.SV ?? 0, 'SIGKILL')
    return async () => {
      await until(async () => (await demo.children()).SV === undefined)
      await place.run('demo/control.ts', 'start', 'SV')
    }
  }
  if (phase === 'reload') await changeGraph(place, index)
  return nothing
}

/** Replaces a country’s file, so that the gateway makes a new engine. */
async function changeGraph(place: DemoPlace, index: number): Promise<void> {
  const file = join(homeIn(place.home).countries, 'GT.yaml')
  const text = (await readFile(file, 'utf8')).replace(/^ {4}deadlineMs: .*\n/gm, '')
  const changed = text.replace(/^( {4})(url: .*\n)/gm, `$1$2$1deadlineMs: ${2_000 + index}\n`)
  await writeFile(`${file}.new`, changed)
  await rename(`${file}.new`, file)
}

/** How often the callers log in again, in milliseconds. A token of the demo lives ten minutes. */
const RENEW_EVERY_MS = 300_000

async function startDemoLoad(place: DemoPlace): Promise<Load> {
  const running = { ca: homeIn(place.home).ca, port: place.port }
  const logAllIn = () => Promise.all(Array.from({ length: CALLERS }, () => logIn({ profile: 'analyst' }, running)))
  const tokens = await logAllIn()
  const renew = async () => void tokens.splice(0, tokens.length, ...(await logAllIn()))
  setInterval(() => void renew(), RENEW_EVERY_MS).unref()
  return startLoad({
    url: `http://127.0.0.1:${place.port}`,
    tokens,
    across: await readFile(join(PROJECT_DIR, 'demo/across-borders.graphql'), 'utf8'),
    personId: EXAMPLE_PERSON_ID,
  })
}

async function readProbe(pid: number, probe: string, lines: number): Promise<Omit<Sample, 'atMs'>> {
  process.kill(pid, 'SIGUSR2')
  const read = () => (existsSync(probe) ? readFileSync(probe, 'utf8').trim().split('\n') : [])
  await until(() => read().length >= lines)
  return JSON.parse(read().at(-1) ?? '') as Omit<Sample, 'atMs'>
}

function rowOf({ atMs, rss, heapUsed }: Sample, phase: Phase, load: Load): string {
  const { answers, latencies } = load.take()
  const total = Object.values(answers).reduce((sum, count) => sum + count, 0)
  const byStatus = Object.entries(answers).map(([status, count]) => `${status}: ${count}`)
  const at = (part: number): string => (latencies[Math.floor(latencies.length * part)] ?? Number.NaN).toFixed(1)
  const cells = [
    Math.round(atMs / 1_000),
    phase,
    total,
    byStatus.join(', '),
    at(0.5),
    at(0.95),
    mebibytes(rss),
    mebibytes(heapUsed),
  ]
  return `| ${cells.join(' | ')} |\n`
}

const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1)

function printVerdict(samples: readonly Sample[]): boolean {
  const { heapSlope, rssSlope, isFlat } = judge(samples)
  process.stdout.write(
    `\nAfter the first quarter the heap grows by ${heapSlope.toFixed(3)} MiB a minute (limit: ${MAX_SLOPE_MIB}), RSS by ${rssSlope.toFixed(3)}: ${isFlat ? 'flat' : 'NOT FLAT'}.\n`,
  )
  return isFlat
}

await runCommand(SOAK, process.argv.slice(2), async ({ minutes }) => ((await soak(minutes)) ? 0 : 1))
