/** The graph while the gateway runs: which files are served, and what became of the last change of them. */
import type { Logger } from 'pino'
import type { Engine } from '../pipeline/engine.ts'
import type { Participant } from '../types/flow.ts'
import { GraphError, type GraphErrorCode, type GraphFiles } from './load-graph.ts'

/** The graph as `/status` shows it; times are ISO 8601. `lastError`: why the files of the moment are not served; no path, no text of theirs. */
export interface GraphStatus {
  /** SHA-256 of the supergraph that is served, in hex. */
  readonly hash: string
  readonly loadedAt: string
  readonly lastError?: { readonly code: GraphErrorCode | 'INTERNAL'; readonly at: string }
}

/** What {@link createLiveGraph} works with. */
export interface LiveGraphOptions {
  /** What is served at first. */
  readonly files: GraphFiles
  /** Reads the files of the moment. @throws {GraphError} */
  readonly read: () => Promise<GraphFiles>
  /** Makes an engine of them. @throws {GraphError} */
  readonly load: (files: GraphFiles) => Engine
  /** Serves the engine, which was made of these files, from now on. */
  readonly serve: (engine: Engine, files: GraphFiles) => Promise<void>
  /** Told what became of each reload of files that had changed. */
  readonly onReload?: (result: 'served' | 'refused') => void
  readonly log: Logger
}

/** The graph that is served. */
export interface LiveGraph {
  readonly status: () => GraphStatus
  readonly participants: () => readonly Participant[]
  /**
   * Reads the files again and serves them, where they changed. Files that cannot be served change nothing but `status`. Never
   * rejects; one reload at a time, and what is asked for meanwhile is one more after it.
   */
  readonly reload: () => Promise<void>
}

/** A live graph over `options.files`, which are served already. */
export function createLiveGraph(options: LiveGraphOptions): LiveGraph {
  const { log } = options
  let served = options.files
  let status: GraphStatus = { hash: served.hash, loadedAt: now() }
  let running: Promise<void> = Promise.resolve()
  let next: Promise<void> | null = null

  const reloadOnce = async (): Promise<void> => {
    next = null
    try {
      const files = await options.read()
      const { hash, loadedAt } = status
      if (isSame(files, served)) {
        status = { hash, loadedAt }
        return
      }
      await options.serve(options.load(files), files)
      served = files
      status = { hash: files.hash, loadedAt: now() }
      log.info({ graph: files.hash, participants: files.participants.map(({ country }) => country) }, 'graph reloaded')
      options.onReload?.('served')
    } catch (error) {
      const code = error instanceof GraphError ? error.code : 'INTERNAL'
      status = { ...status, lastError: { code, at: now() } }
      log.error({ code, err: error }, 'graph not reloaded; the last good one is served')
      options.onReload?.('refused')
    }
  }
  return {
    status: () => status,
    participants: () => served.participants,
    reload() {
      if (next === null) {
        next = running.then(reloadOnce)
        running = next
      }
      return next
    },
  }
}

// As JSON: parsed policies are compared by their version, for the functions beside it are new at each reading.
function isSame(left: GraphFiles, right: GraphFiles): boolean {
  return JSON.stringify(left) === JSON.stringify(right)
}

function now(): string {
  return new Date().toISOString()
}
