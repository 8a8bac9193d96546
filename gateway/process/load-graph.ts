/** Reads the supergraph and the participants from files, and builds an engine from them. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { parse } from 'graphql'
import type { Logger } from 'pino'
import { findKnownPatterns } from '../../composition/known-patterns.ts'
import { loosened } from '../../contract/access/loosened.ts'
import { EXPIRED_TASK_FORCE, listExpired } from '../../contract/access/recognition.ts'
import { readRuleTable } from '../../contract/access/rule-table.ts'
import { findSdlFaults, parseNationalSdl, type SdlFloor } from '../../contract/access/sdl-faults.ts'
import { isPlainHttpElsewhere } from '../../service/addresses.ts'
import { ConfigError } from '../../service/config-error.ts'
import { createEngine, type Engine, type EngineOptions } from '../pipeline/engine.ts'
import type { Participant } from '../types/flow.ts'
import type { GatewayConfig } from './config.ts'
import { readParticipants } from './countries.ts'
import { readDomainFloor } from './domain-floor.ts'

/** Why the files cannot be served. `/status` shows this code, because it must not show a path. */
export type GraphErrorCode = 'SUPERGRAPH_UNREADABLE' | 'COUNTRIES_INVALID' | 'GRAPH_INVALID'

/** Files that cannot be served. The message names the file and the remedy; `code` is for `/status`. */
export class GraphError extends ConfigError {
  readonly code: GraphErrorCode

  constructor(code: GraphErrorCode, cause: unknown, message = cause instanceof Error ? cause.message : String(cause)) {
    super(message, { cause })
    this.code = code
  }
}

/** The files' contents. `hash`: SHA-256 of the supergraph, in hex. */
export interface GraphFiles {
  readonly supergraphSdl: string
  readonly participants: readonly Participant[]
  readonly hash: string
}

/** Where the files are, and the limits of a leg if they say nothing else. */
export type GraphSettings = Pick<
  GatewayConfig,
  'supergraphFile' | 'countriesFolder' | 'legDeadlineMs' | 'maxAnswerBytes' | 'accessMode' | 'development'
>

/** Reads the supergraph's file and the countries folder. @throws {GraphError} if one of them cannot be read or is wrong. */
export async function readGraphFiles(settings: GraphSettings): Promise<GraphFiles> {
  const { supergraphFile, countriesFolder } = settings
  const supergraphSdl = await readFile(supergraphFile, 'utf8').catch((cause: unknown) => {
    const expected = 'expected a readable composed supergraph. Correct --supergraph (SUPERGRAPH_FILE).'
    throw new GraphError('SUPERGRAPH_UNREADABLE', cause, `${supergraphFile}: ${expected}`)
  })
  const hash = createHash('sha256').update(supergraphSdl).digest('hex')
  if (countriesFolder === null) return { supergraphSdl, participants: [], hash }
  const participants = await readParticipants(countriesFolder, defaultsOf(settings)).catch((cause: unknown) => {
    throw new GraphError('COUNTRIES_INVALID', cause)
  })
  return { supergraphSdl, participants, hash }
}

/**
 * Builds the engine over `files`. Warns the operator of patterns that the planner plans wrongly, and of legs that anybody could read.
 * @throws {GraphError} if the files cannot be served together.
 */
export function loadEngine(
  files: GraphFiles,
  settings: GraphSettings,
  hooks: Pick<EngineOptions, 'sendLeg' | 'onRejectedAnswer' | 'planning' | 'maxCacheBytes'>,
  log: Logger,
): Engine {
  const { supergraphSdl, participants } = files
  try {
    rejectFaultySdls(files)
    rejectLoosened(files)
    settlePlainHttp(participants, settings.development, log)
    warnOfExpiredTaskForces(participants, log)
    const { accessMode: mode } = settings
    const engine = createEngine({ supergraphSdl, participants, mode, subgraphDefaults: defaultsOf(settings), ...hooks })
    for (const pattern of findKnownPatterns(supergraphSdl)) {
      log.warn(pattern, 'the planner may answer operations on this field wrongly')
    }
    return engine
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const message = `${settings.supergraphFile}: expected a supergraph that can be served: ${reason}`
    throw new GraphError('GRAPH_INVALID', cause, message)
  }
}

/**
 * Rejects a country whose own SDL is wrong (contract/access/sdl-faults.ts). It is compared with the part of the supergraph that came from the
 * domain.
 */
function rejectFaultySdls({ supergraphSdl, participants }: GraphFiles): void {
  const supergraph = parse(supergraphSdl, { noLocation: true })
  for (const { country, domains, access } of participants) {
    for (const [domain, { sdl }] of Object.entries(domains)) {
      if (sdl === undefined) continue
      const faults = findFaults(sdl, readDomainFloor(supergraph, domain), access.policies.decides)
      if (faults.length === 0) continue
      const list = faults.map((fault) => `\n- ${fault}`).join('')
      throw new Error(
        `${country}, ${domain}: the SDL that the country's file names (domains.${domain}.sdl) is wrong:${list}`,
      )
    }
  }
}

function findFaults(sdl: string, floor: SdlFloor, decides: (policy: string) => boolean): readonly string[] {
  try {
    return findSdlFaults(parseNationalSdl(sdl), floor, decides)
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
}

/**
 * Rejects a country whose own SDL has weaker rules than the supergraph. The gateway applies both, but what the country publishes must not
 * claim less.
 */
function rejectLoosened({ supergraphSdl, participants }: GraphFiles): void {
  const floor = readRuleTable(parse(supergraphSdl, { noLocation: true }))
  for (const { country, domains } of participants) {
    for (const [domain, { sdl }] of Object.entries(domains)) {
      const coordinates = sdl === undefined ? [] : loosened(floor, parse(sdl, { noLocation: true }))
      if (coordinates.length === 0) continue
      throw new Error(`${country}, ${domain}: its own SDL asks less than the supergraph at ${coordinates.join(', ')}.`)
    }
  }
}

function defaultsOf({ legDeadlineMs, maxAnswerBytes }: GraphSettings): EngineOptions['subgraphDefaults'] {
  return { deadlineMs: legDeadlineMs, maxAnswerBytes }
}

/** Warns of task forces that a country's file names but that the country does not recognise any more. */
function warnOfExpiredTaskForces(participants: readonly Participant[], log: Logger): void {
  for (const { country, access } of participants) {
    for (const { id, notAfter } of listExpired(access.taskForces, Date.now())) {
      log.warn({ country, taskForce: id, notAfter }, EXPIRED_TASK_FORCE)
    }
  }
}

/** Rejects a leg that anybody on its way could read, or warns of it in development: a country's file may change after the start. */
function settlePlainHttp(participants: readonly Participant[], isDevelopment: boolean, log: Logger): void {
  for (const { country, domains } of participants) {
    for (const [domain, { url }] of Object.entries(domains)) {
      if (!isPlainHttpElsewhere(url)) continue
      const reason = 'legs would go over plain HTTP to another machine. Write an https URL, or give --development.'
      if (!isDevelopment) throw new Error(`${country}, ${domain}: ${reason}`)
      log.warn({ country, domain }, 'legs go over plain HTTP to another machine; use https')
    }
  }
}
