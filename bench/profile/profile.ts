/**
 * `npm run bench:profile`: the twenty functions in which the gateway's main thread spends most of its time (bench/README.md), of this version and, with
 * `--before FOLDER`, of an earlier one in a clone with its own `node_modules`. With it, a complete run writes `PROFILE.md`. Exits with 1 if an answer is not
 * the right one.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { runCommand } from '../../service/command-line.ts'
import type { CommandSpec } from '../../service/command-spec.ts'
import { type Contender, serve } from '../gateways/contender.ts'
import { commitOf, describeMachine } from '../gateways/machine.ts'
import { findExpected, prepare, writeFor } from '../gateways/measure.ts'
import { type Started, withContenders } from '../gateways/open.ts'
import { CORES, choiceOption, SECONDS } from '../gateways/options.ts'
import { measureWindow, type Window } from '../gateways/window.ts'
import { contendersOf, operationOf, report, tableOf } from '../growth/part.ts'
import { endWithBench, type Pins } from '../trust/processes.ts'
import { type CpuProfile, sumSelfTimes, type Work } from './self-times.ts'

const CHECKOUT = join(import.meta.dirname, '..', '..')
const PROFILE_PAGE = join(CHECKOUT, 'bench', 'PROFILE.md')

/** What is profiled: the gateway without rules, as any version since `npm run bench` can be started. */
const CONTENDER = 'istmo'
const OPERATIONS = ['a', 'b', 'c']
const TOP = 20

/** How often V8 looks at the thread, in microseconds. */
const INTERVAL_US = 500

const PROFILES = {
  name: 'npm run bench:profile --',
  description: "Shows where the time of the gateway's main thread goes.",
  options: {
    only: choiceOption('only', 'operations', OPERATIONS),
    before: { flag: 'before', value: 'folder', meaning: 'a clone of an earlier version, to compare with' },
    seconds: SECONDS,
    ...CORES,
  },
} as const satisfies CommandSpec

interface Profiled extends Work {
  readonly window: Window
}

/** Profiles one operation of the version in a folder, in processes that are started for it: a profile is written when its process ends. */
async function profile(checkout: string, name: string, seconds: number, pins: Pins): Promise<Profiled> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-profile-'))
  const contenders = [...contendersOf('limit'), profiled(await contenderIn(checkout), folder)]
  const measured = await withContenders({ pins, size: 0, contenders }, async ({ started, folder: files }) => {
    const operation = operationOf(name)
    const one = started.find(({ contender }) => contender.name === CONTENDER) as Started
    const load = { cores: pins.others, connections: operation.connections, seconds }
    const ready = await prepare(operation, one, await findExpected(operation, started), files, load, seconds)
    const requests = await writeFor(operation, one, files, ready.count)
    const [pid, stubPid] = [Number(one.running.child.pid), one.stub.pid]
    const loaded = { port: one.port, pid, stubPid, requests, bytesEach: ready.bytesEach, mayTellNonce: false }
    const from = clockUs()
    const window = await measureWindow(loaded, load)
    return { pid, window, from, to: clockUs() }
  })
  const text = await readFile(join(folder, await findMain(folder, measured.pid)), 'utf8')
  await rm(folder, { recursive: true })
  const work = sumSelfTimes(JSON.parse(text) as CpuProfile, measured.from, measured.to, checkout)
  if (work.functions.length === 0) throw new Error(`expected samples of ${seconds} s; came none`)
  report(`(${name}) in ${checkout}: ${measured.window.perSecond.toFixed(0)} requests a second`)
  return { ...work, window: measured.window }
}

async function contenderIn(checkout: string): Promise<Contender> {
  const url = pathToFileURL(join(checkout, 'bench', 'gateways', 'contenders.ts')).href
  const { CONTENDERS } = (await import(url)) as { readonly CONTENDERS: readonly Contender[] }
  const contender = CONTENDERS.find(({ name }) => name === CONTENDER)
  if (contender === undefined) throw new Error(`expected a contender «${CONTENDER}» in ${checkout}; came none`)
  return contender
}

/** Starts a contender with a profile. Earlier versions take no flags for Node, so they are in the environment. */
function profiled(contender: Contender, folder: string): Contender {
  const options = `--cpu-prof --cpu-prof-dir=${folder} --cpu-prof-interval=${INTERVAL_US}`
  return {
    ...contender,
    start: async (ground) => {
      process.env.NODE_OPTIONS = options
      try {
        const { running, port, stub } = await contender.start(ground)
        // Earlier versions make other requests for the checks.
        return serve({ stub }, running, port)
      } finally {
        delete process.env.NODE_OPTIONS
      }
    },
  }
}

/** The file of a process's main thread: `CPU.date.time.pid.thread.number.cpuprofile`. */
async function findMain(folder: string, pid: number): Promise<string> {
  const files = await readdir(folder)
  const file = files.find((one) => one.split('.')[3] === String(pid) && one.split('.')[4] === '0')
  if (file === undefined) throw new Error(`expected the profile of process ${pid}; came ${files.join(', ') || 'none'}`)
  return file
}

/** The clock of V8's profiles: microseconds since the machine was started. */
const clockUs = (): number => Number(process.hrtime.bigint() / 1_000n)

/** Writes the twenty dearest functions of one or two versions beside each other. */
function writeTable(all: readonly { readonly title: string; readonly of: Profiled }[]): string {
  const head = ['', ...all.flatMap(({ title }) => [title, '%'])]
  const rows = Array.from({ length: TOP }, (_, at) => [
    at + 1,
    ...all.flatMap(({ of: { functions } }) => {
      const { what = '', share = 0 } = functions[at] ?? {}
      return [`\`${what.replaceAll('|', '\\|').replaceAll('`', "'")}\``, (share * 100).toFixed(1)]
    }),
  ])
  const rates = all.map(
    ({ title, of: { window, functions } }) =>
      `- ${title}: ${Math.round(window.perSecond)} requests a second, ${Math.round(window.cpuUs)} µs each; ${functions.length} functions; other work ${Math.round(window.otherShare * 100)} %`,
  )
  return `${rates.join('\n')}\n\n${tableOf(head, rows)}`
}

interface Options {
  readonly only: readonly string[]
  readonly before: string | undefined
  readonly seconds: number
  readonly gatewayCores: string
  readonly otherCores: string
}

async function bench({ only, before, seconds, gatewayCores, otherCores }: Options): Promise<number> {
  const pins = { gateways: gatewayCores, others: otherCores }
  const folders = [...(before === undefined ? [] : [resolve(before)]), CHECKOUT]
  const titles = folders.map((folder) => `${folder === CHECKOUT ? 'now' : 'before'} (${commitOf(folder)})`)
  const about = [
    ...describeMachine(pins).map((line) => `- ${line}`),
    `- One window of ${seconds} s, with V8's profiler, which looks at the thread each ${INTERVAL_US} µs and costs time itself. The share of the time in which the thread worked, of each function without those that it calls.`,
  ]
  let page = `# Where the gateway's time goes\n\nWritten by \`npm run bench:profile\`; [README.md](README.md), Profile, says how it measures.\n\n${about.join('\n')}\n`
  for (const name of only) {
    const all: { title: string; of: Profiled }[] = []
    for (const [at, folder] of folders.entries()) {
      all.push({ title: titles[at] ?? '', of: await profile(folder, name, seconds, pins) })
    }
    page += `\n## (${name}) ${operationOf(name).what}\n\n${writeTable(all)}`
  }
  if (before !== undefined && only.length === OPERATIONS.length) await writeFile(PROFILE_PAGE, page)
  process.stdout.write(page)
  return 0
}

endWithBench()
await runCommand(PROFILES, process.argv.slice(2), bench)
