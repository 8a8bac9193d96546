import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createTrustedFetch } from '../../service/http/trusted-fetch.ts'
import { UsageError } from '../../service/usage-error.ts'
import { listAdmitted } from '../admitted.ts'
import { nodeVerifierKey } from '../audit-log/trust.ts'
import type { PinnedAuthority } from '../authority/prepare-authorities.ts'
import type { DemoConfig } from '../config.ts'
import { DEMO_COUNTRIES, nodePort } from '../countries.ts'
import { homeIn } from '../home.ts'
import { say } from '../words.ts'
import type { Command, Reply } from './control-socket.ts'
import { type Filled, fillCountry } from './fill.ts'
import type { StartOptions } from './options.ts'
import { type Processes, READY_WITHIN_MS } from './processes.ts'
import { domainsOf, type RunSettings, writeCountryFiles } from './run-files.ts'
import { gatewayService, nodeService } from './services.ts'
import type { Terminal } from './terminal.ts'

/**
 * The demo's countries while it runs: fills their databases, and starts, stops and restarts their nodes.
 */

/** What {@link createCountries} needs. */
export interface CountriesSettings {
  readonly config: DemoConfig
  readonly options: StartOptions
  readonly processes: Processes
  readonly terminal: Terminal
}

/** Creates the demo's countries. Does not start them. */
export function createCountries(settings: CountriesSettings) {
  const { config, processes, terminal } = settings
  const home = homeIn(config.home)
  const participants = new Set<string>()
  const oneByOne = createSlots(1)
  let run: RunSettings = { home, basePort: config.port, authorities: [] }

  const fill = (country: string) => fillDatabaseOf(settings, country)
  const serve = async (country: string): Promise<void> =>
    processes.serve(nodeService(config, country, await domainsOf(country), nodePort(config.port, country)))
  const publish = () => publishCountries([...participants].sort(), run)
  const done = (message: string): Reply => {
    terminal.line(message)
    return { done: true, message }
  }
  const notDone = (message: string): Reply => ({ done: false, message })
  const stop = async (country: string): Promise<Reply> => {
    if ((await processes.stop(country)) === null) return notDone(say('country.notRunning', { country }))
    return done(say('country.stopped', { country }))
  }
  const start = async (country: string): Promise<Reply> => {
    if (processes.isRunning(country)) return notDone(say('country.runsAlready', { country }))
    const isKnown = participants.has(country)
    if (!isKnown && !(await fill(country)).hasRecords) return notDone(withoutRecords(country))
    await serve(country)
    if (isKnown) return done(say('country.runsAgain', { country }))
    participants.add(country)
    await publish()
    await awaitParticipant(`http://127.0.0.1:${config.port}/status`, country, READY_WITHIN_MS)
    return done(say('country.takesPart', { country }))
  }
  return {
    /**
     * Fills all databases, as many at a time as there are `slots`, and starts each node as soon as its database is filled. The
     * participants are the countries with records. The gateway starts as soon as they are known.
     * @param authorities the authorities whose officers the countries may believe.
     */
    startAll: async (slots: number, authorities: readonly PinnedAuthority[]): Promise<void> => {
      run = { ...run, authorities }
      await writeCountryFiles(home.nodes, DEMO_COUNTRIES, run)
      const inSlot = createSlots(slots)
      const fills = DEMO_COUNTRIES.map(async (country) => {
        if ((await inSlot(() => fill(country))).hasRecords) participants.add(country)
      })
      const nodes = DEMO_COUNTRIES.map(async (country, index) => {
        await fills[index]
        if (participants.has(country)) await serve(country)
      })
      const gateway = Promise.all(fills)
        .then(publish)
        .then(() => serveGateway(settings))
      await Promise.all([...nodes, gateway])
    },
    /** Returns the participants, in the order of their codes. */
    participants: (): readonly string[] => [...participants].sort(),
    /** Carries out one command after another. The reply says what failed. */
    carryOut: ({ action, country }: Command): Promise<Reply> =>
      oneByOne(() => (action === 'stop' ? stop(country) : start(country))).catch(({ message }) => notDone(message)),
  }
}

async function serveGateway({ config, processes }: CountriesSettings): Promise<void> {
  const hasOperator = (await listAdmitted(homeIn(config.home))).length > 0
  await processes.serve(gatewayService(config, { hasOperator }))
}

async function fillDatabaseOf(settings: CountriesSettings, country: string): Promise<Filled> {
  const { terminal } = settings
  const onProgress = (of: string, text: string) => terminal.progress(`  ${of}  ${text}`)
  const filled = await fillCountry({ ...settings, onProgress }, country)
  terminal.line(`  ${country}  ${filled.summary}`)
  return filled
}

/** Writes the folder from which the gateway reads the participants. */
async function publishCountries(participants: readonly string[], run: RunSettings): Promise<void> {
  const { home } = run
  const logKeyOf = (country: string) => nodeVerifierKey(home.auditLog, country)
  await writeCountryFiles(home.countries, participants, { ...run, logKeyOf })
  for (const { country, folder } of await listAdmitted(home))
    await cp(folder, join(home.countries, country), { recursive: true })
}

/** Tells a person how a country without records gets records. */
export function withoutRecords(country: string): string {
  return say('country.withoutRecords', { country, name: country.toLowerCase() })
}

/** Creates a gate that runs `size` tasks at a time. The other tasks wait in the order of their arrival. */
export function createSlots(size: number): <T>(work: () => Promise<T>) => Promise<T> {
  let free = size
  const waiting: (() => void)[] = []
  return async (work) => {
    if (free > 0) free--
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) free++
      else next()
    }
  }
}

const POLL_MS = 50

/**
 * Waits until a gateway that watches its countries folder serves `country`: until its `/status`, at `statusUrl`, names the country.
 * @param withinMs how long to wait, in milliseconds.
 * @throws {UsageError} when the gateway does not name the country within that time.
 */
export async function awaitParticipant(statusUrl: string, country: string, withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs
  while (!(await participants(statusUrl)).includes(country)) {
    if (Date.now() > deadline) {
      throw new UsageError(
        `${country}: expected the gateway to name it within ${withinMs / 1000} s; it does not. Its log says why`,
      )
    }
    await sleep(POLL_MS)
  }
}

/** Reads which participants a gateway names; none if nothing answers. */
async function participants(statusUrl: string): Promise<readonly string[]> {
  try {
    const response = await createTrustedFetch()(statusUrl, { signal: AbortSignal.timeout(2000), redirect: 'error' })
    const status = (await response.json()) as { participants?: readonly { country: string }[] }
    return (status.participants ?? []).map(({ country }) => country)
  } catch {
    return []
  }
}
