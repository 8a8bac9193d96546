/** The graph while the gateway runs: which files it serves, and the result of their last change. */

import type { Logger } from 'pino'
import type { Engine } from '../pipeline/engine.ts'
import type { Participant } from '../types/participant.ts'
import { GraphError, type GraphErrorCode, type GraphFiles } from './load-graph.ts'

/**
 * The graph as `/status` shows it; times are ISO 8601. `lastError`: why the gateway does not serve the current files. It has no path and
 * no text of them.
 */
export interface GraphStatus {
  /** SHA-256 of the supergraph that the gateway serves, in hex. */
  readonly hash: string
  readonly loadedAt: string
  readonly lastError?: { readonly code: GraphErrorCode | 'INTERNAL'; readonly at: string }
}

/** What {@link createLiveGraph} works with. */
export interface LiveGraphOptions {
  /** The files that the gateway serves first. */
  readonly files: GraphFiles
  /** Reads the current files. @throws {GraphError} if they cannot be read. */
  readonly read: () => Promise<GraphFiles>
  /**
   * Reads the current files of the countries, and takes the supergraph of `served`. Used if the current supergraph cannot be served, so that
   * a country's withdrawal does not wait for it. @throws {GraphError} if they cannot be read.
   */
  readonly readCountries: (served: GraphFiles) => Promise<GraphFiles>
  /** Builds an engine from them. @throws {GraphError} if they cannot be served. */
  readonly load: (files: GraphFiles) => Promise<Engine>
  /** Serves the engine, which was built from these files, from now on. */
  readonly serve: (engine: Engine, files: GraphFiles) => Promise<void>
  /** Called with the result of each reload of files that had changed. */
  readonly onReload?: (result: 'served' | 'refused') => void
  readonly log: Logger
}

/** The graph that the gateway serves. */
export type LiveGraph = ReturnType<typeof createLiveGraph>

/** Creates a live graph over `options.files`, which the gateway serves already. */
export function createLiveGraph(options: LiveGraphOptions) {
  const { log } = options
  let served = options.files
  let status: GraphStatus = { hash: served.hash, loadedAt: now() }
  let running: Promise<void> = Promise.resolve()
  let next: Promise<void> | null = null

  const codes = () => served.participants.map(({ country }) => country)
  /** Serves files, if they changed. Resolves to whether it did. */
  const serveChanged = async (files: GraphFiles): Promise<boolean> => {
    if (isSame(files, served)) return false
    await options.serve(await options.load(files), files)
    served = files
    status = { hash: files.hash, loadedAt: now() }
    return true
  }
  const reloadOnce = async (): Promise<void> => {
    next = null
    try {
      if (await serveChanged(await options.read())) {
        log.info({ graph: served.hash, participants: codes() }, 'graph reloaded')
        options.onReload?.('served')
      } else status = { hash: status.hash, loadedAt: status.loadedAt }
    } catch (error) {
      const code = error instanceof GraphError ? error.code : 'INTERNAL'
      log.error({ code, err: error }, 'graph not reloaded; the gateway still serves the last good supergraph')
      await reloadCountries()
      status = { ...status, lastError: { code, at: now() } }
      options.onReload?.('refused')
    }
  }
  const reloadCountries = async (): Promise<void> => {
    try {
      if (await serveChanged(await options.readCountries(served)))
        log.info({ participants: codes() }, 'countries reloaded')
    } catch (error) {
      log.error({ err: error }, 'countries not reloaded; the gateway still serves the last good ones')
    }
  }
  return {
    status: () => status,
    participants: () => served.participants,
    /**
     * Reads the files again and serves them if they changed. If the supergraph cannot be served, it serves the countries with the supergraph
     * that it has. Never rejects. One reload runs at a time; all calls during it together cause one more reload after it.
     */
    reload() {
      if (next === null) {
        next = running.then(reloadOnce)
        running = next
      }
      return next
    },
  }
}

/** Compares files, or parts of them, as JSON, so parsed policies by their version: the functions beside it are new after each reading. */
export function isSame<Part extends GraphFiles | readonly Participant[]>(left: Part, right: Part): boolean {
  return JSON.stringify(left) === JSON.stringify(right)
}

function now(): string {
  return new Date().toISOString()
}

/**
 * Describes what the gateway has of each country, for whoever compares it with the country's own file (`istmo policy diff`).
 * @returns by code: the rules by which the gateway decides, as JSON.
 */
export function describePublished(participants: readonly Participant[]): ReadonlyMap<string, unknown> {
  return new Map(
    participants.map(({ country, domains, access, rowsPerDay, unavailable }) => [
      country,
      {
        country,
        domains: Object.fromEntries(Object.entries(domains).map(([domain, { sdl }]) => [domain, { sdl: sdl ?? null }])),
        taskForces: access.taskForces,
        policies: access.policies.text,
        rowsPerDay: rowsPerDay ?? null,
        unavailable: unavailable ?? null,
      },
    ]),
  )
}
