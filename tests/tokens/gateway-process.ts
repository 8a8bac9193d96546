/** A gateway in a separate process, as an operator starts it, over countries that the tests never ask. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'

const PROJECT = join(import.meta.dirname, '../..')

/** A folder with two participants, GT and HN, at an address where nobody answers. */
export interface Place {
  readonly folder: string
  /** Writes a file of issuers, and returns its path. */
  writeIssuers(issuers: readonly object[]): Promise<string>
  /** Starts a gateway over both countries on a free port, with these additional flags, and waits until it listens. */
  start(...flags: string[]): Promise<GatewayProcess>
  /** Stops each gateway that was started here. */
  remove(): Promise<void>
}

/** A gateway that listens. */
export interface GatewayProcess {
  /** Such as `http://127.0.0.1:4000`. */
  readonly url: string
  /** Returns everything that it has written so far, on both streams. */
  said(): string
  /** Stops it as an operator does, and waits until it has ended. */
  stop(): Promise<void>
}

/** What a country's file says, besides its names. */
export type CountrySettings = (country: string) => Readonly<Record<string, unknown>>

const NOBODY_ANSWERS: CountrySettings = () => {
  const subgraph = { url: 'http://127.0.0.1:1/' }
  return { domains: { cases: subgraph, persons: subgraph, legal: subgraph } }
}

/** Creates a separate place for one test file. */
export async function createPlace(settingsOf: CountrySettings = NOBODY_ANSWERS): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-tokens-'))
  const started: ChildProcess[] = []
  await mkdir(join(folder, 'countries'))
  for (const country of ['GT', 'HN']) {
    const file = join(folder, 'countries', `${country}.yaml`)
    await writeFile(file, stringify({ country, name: { es: country, en: country }, ...settingsOf(country) }))
  }
  return {
    folder,
    writeIssuers: async (issuers) => {
      const file = join(folder, `issuers-${started.length}.yaml`)
      await writeFile(file, stringify({ issuers }))
      return file
    },
    start: async (...flags) => {
      const all = [
        '--development',
        '--supergraph',
        join(PROJECT, 'supergraph.graphql'),
        '--countries',
        join(folder, 'countries'),
      ]
      const child = spawn(process.execPath, ['cli/istmo.ts', 'gateway', ...all, '--port', '0', ...flags], {
        cwd: PROJECT,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      started.push(child)
      return whenListening(child)
    },
    remove: async () => {
      const running = started.filter((child) => child.exitCode === null && child.signalCode === null)
      for (const child of running) child.kill('SIGKILL')
      await Promise.all(running.map((child) => once(child, 'exit')))
      await rm(folder, { recursive: true })
    },
  }
}

function whenListening(child: ChildProcess): Promise<GatewayProcess> {
  let output = ''
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text
        const url = /Istmo listens on (\S+)\/graphql/.exec(output)?.[1]
        if (url !== undefined) resolve({ url, said: () => output, stop: () => stop(child) })
      })
    }
    child.once('exit', () => reject(new Error(`the gateway ended before it listened:\n${output}`)))
  })
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}
