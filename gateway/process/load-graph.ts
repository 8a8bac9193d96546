/** Reads the supergraph and the participants from files, and builds an engine from them. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { type DocumentNode, parse } from 'graphql'
import type { Logger } from 'pino'
import { readDomainFloor } from '../../contract/access/domain-floor.ts'
import { loosened } from '../../contract/access/loosened.ts'
import { readNationalRules } from '../../contract/access/national-rules.ts'
import { EXPIRED_TASK_FORCE, listExpired } from '../../contract/access/recognition.ts'
import { type RuleTable, readRuleTable } from '../../contract/access/rule-table.ts'
import { describeSdlFault } from '../../contract/access/sdl-fault.ts'
import { findSdlFaults, parseNationalSdl } from '../../contract/access/sdl-faults.ts'
import { isHttpsElsewhere, isPlainHttpElsewhere } from '../../service/addresses.ts'
import { certificateHash, readCertificates } from '../../service/certificates/read-certificates.ts'
import { ConfigError } from '../../service/config-error.ts'
import { createEngine, type Engine, type EngineOptions } from '../pipeline/engine.ts'
import type { Participant } from '../types/participant.ts'
import type { GatewayConfig } from './config.ts'
import { makeUnavailable, readParticipants } from './countries.ts'

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
  /** What is wrong with files of the countries folder that are not named after a country. Default: nothing. */
  readonly strays?: readonly string[]
}

/** Where the files are, and the limits of a leg if they say nothing else. */
export type GraphSettings = Pick<
  GatewayConfig,
  'supergraphFile' | 'countriesFolder' | 'legDeadlineMs' | 'maxAnswerBytes' | 'accessMode' | 'development'
>

/**
 * Reads the supergraph's file and the countries folder. A country whose own files are wrong, or do not fit the supergraph, is unavailable.
 * @param supergraphSdl the supergraph to take in place of the file's.
 * @throws {GraphError} if the supergraph or the folder cannot be read.
 */
export async function readGraphFiles(settings: GraphSettings, supergraphSdl?: string): Promise<GraphFiles> {
  const { supergraphFile, countriesFolder } = settings
  const sdl =
    supergraphSdl ??
    (await readFile(supergraphFile, 'utf8').catch((cause: unknown) => {
      const expected = 'expected a readable composed supergraph. Correct --supergraph (SUPERGRAPH_FILE).'
      throw new GraphError('SUPERGRAPH_UNREADABLE', cause, `${supergraphFile}: ${expected}`)
    }))
  const hash = createHash('sha256').update(sdl).digest('hex')
  if (countriesFolder === null) return { supergraphSdl: sdl, participants: [], hash }
  const read = await readParticipants(countriesFolder, defaultsOf(settings)).catch((cause: unknown) => {
    throw new GraphError('COUNTRIES_INVALID', cause)
  })
  const participants = checkCountries(sdl, read.participants, settings.development)
  return { supergraphSdl: sdl, participants, hash, strays: read.strays }
}

/**
 * Checks that at least one country can be asked.
 * @throws {GraphError} with the reason of each country if none can, because all files are wrong.
 */
export function requireACountry({ participants, strays = [] }: GraphFiles): void {
  const wrong = participants.filter(({ unavailable }) => unavailable?.code === 'CONFIGURATION_INVALID')
  const reasons = [...wrong.map(({ unavailable }) => unavailable?.reason), ...strays]
  if (reasons.length === 0 || wrong.length < participants.length) return
  throw new GraphError('COUNTRIES_INVALID', undefined, reasons.join('\n'))
}

/**
 * Builds the engine over `files`. Warns the operator of patterns that the planner plans wrongly, of legs that anybody could read, and of
 * countries that are unavailable.
 * @throws {GraphError} if the supergraph cannot be served with these countries.
 */
export function loadEngine(
  files: GraphFiles,
  settings: GraphSettings,
  hooks: Pick<
    EngineOptions,
    'sendLeg' | 'splices' | 'onRejectedAnswer' | 'planning' | 'maxCacheBytes' | 'takeTurn' | 'suspended'
  >,
  log: Logger,
): Engine {
  const { supergraphSdl, participants } = files
  try {
    reportUnavailable(files, log)
    warnOfPlainHttp(participants, log)
    warnOfExpiredTaskForces(participants, log)
    const { accessMode: mode } = settings
    const engine = createEngine({ supergraphSdl, participants, mode, subgraphDefaults: defaultsOf(settings), ...hooks })
    for (const pattern of engine.knownPatterns) {
      log.warn(pattern, 'the planner may answer operations on this field wrongly')
    }
    return engine
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const remedy = 'Correct --supergraph (SUPERGRAPH_FILE), or compose it again.'
    const served = `expected a supergraph that can be served: ${reason.replace(/\.?$/, '.')}`
    const message = `${settings.supergraphFile}: ${served} ${remedy}`
    throw new GraphError('GRAPH_INVALID', cause, message)
  }
}

function reportUnavailable({ participants, strays = [] }: GraphFiles, log: Logger): void {
  for (const { country, unavailable } of participants) {
    if (unavailable?.code === 'SUSPENDED') log.warn({ country, ...unavailable }, 'the country is suspended')
    else if (unavailable) log.error({ country, ...unavailable }, 'the country’s file is wrong; it is asked for nothing')
  }
  for (const reason of strays)
    log.error({ reason }, 'a file of the countries folder is wrong, and it is not named after a country')
}

/** Makes each country unavailable whose files are wrong together with the supergraph. */
export function checkCountries(
  supergraphSdl: string,
  participants: readonly Participant[],
  isDevelopment: boolean,
): readonly Participant[] {
  const supergraph = readSupergraph(supergraphSdl)
  const shared = isDevelopment ? new Map<string, string>() : findSharedAuthorities(participants)
  return participants.map((participant) => {
    if (participant.unavailable?.code === 'CONFIGURATION_INVALID') return participant
    const fault = shared.get(participant.country) ?? findFault(participant, supergraph, isDevelopment)
    return fault === null ? participant : makeUnavailable(participant, fault)
  })
}

/**
 * Finds the countries that name an authority of certificates which another country names too: by it, each could stand at the address of the other. Most
 * often the files of one bundle have replaced those of another. Nobody can tell here whose authority it is, so neither country is asked. With pins beside
 * the authority, the key decides, and countries may share one.
 * @returns what is wrong, by country.
 */
function findSharedAuthorities(participants: readonly Participant[]): ReadonlyMap<string, string> {
  const named = participants.flatMap(({ country, domains }) =>
    Object.values(domains).flatMap(({ tls }) =>
      tls?.ca === undefined || tls.pins !== undefined
        ? []
        : readCertificates(tls.ca).map((each) => [country, certificateHash(each)] as const),
    ),
  )
  const found = new Map<string, string>()
  for (const [country, authority] of named) {
    const other = named.find(([each, hash]) => each !== country && hash === authority)?.[0]
    if (other === undefined) continue
    const reason =
      `${country}: expected an authority of certificates (\`tls.ca\`) that no other country names; came one that ${other} names too. ` +
      `Give each bundle a folder of its own, such as ${country}/${country}.yaml in the folder of countries; or, if they share an authority, add \`pins\`.`
    found.set(country, reason)
  }
  return found
}

/** What a country's own SDL is compared with. */
interface Supergraph {
  readonly document: DocumentNode
  readonly rules: RuleTable
}

/** Reads the supergraph; null if it cannot be read, which its load reports. */
function readSupergraph(sdl: string): Supergraph | null {
  try {
    const document = parse(sdl, { noLocation: true })
    return { document, rules: readRuleTable(document) }
  } catch {
    return null
  }
}

/**
 * Finds what is wrong with a country's domains; null if nothing is. The gateway applies the supergraph's rules too, but what the country
 * publishes must not claim less. A leg must not go where anybody on its way could read it, or to a server that only the operating system trusts,
 * except in development.
 */
function findFault(
  { country, domains, access }: Participant,
  supergraph: Supergraph | null,
  isDevelopment: boolean,
): string | null {
  for (const [domain, { sdl, url, tls }] of Object.entries(domains)) {
    if (!isDevelopment && isPlainHttpElsewhere(url)) {
      const reason = 'legs would go over plain HTTP to another machine. Write an https URL, or give --development.'
      return `${country}, ${domain}: ${reason}`
    }
    if (!isDevelopment && tls === undefined && isHttpsElsewhere(url)) {
      const reason =
        'any authority of the operating system could vouch for another server. Name the country’s own authority (`tls: { ca: … }`) or its pins (`tls: { pins: […] }`), or give --development.'
      return `${country}, ${domain}: ${reason}`
    }
    if (sdl === undefined) continue
    const faults = findFaultsOfSdl(sdl, domain, supergraph, access.policies.decides)
    if (faults.length === 0) continue
    const list = faults.map((fault) => `\n- ${fault}`).join('')
    return `${country}, ${domain}: the SDL that the country's file names (domains.${domain}.sdl) is wrong:${list}`
  }
  return null
}

/** Finds what is wrong with a country's own SDL: with itself, beside the domain of the contract, and beside the rules of the contract. */
function findFaultsOfSdl(
  sdl: string,
  domain: string,
  supergraph: Supergraph | null,
  decides: (policy: string) => boolean,
): readonly string[] {
  try {
    const document = parseNationalSdl(sdl)
    readNationalRules(document)
    if (supergraph === null) return []
    const faults = findSdlFaults(document, readDomainFloor(supergraph.document, domain), decides)
    if (faults.length > 0) return faults.map((fault) => describeSdlFault(fault))
    return describeLoosened(loosened(supergraph.rules, document))
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
}

function describeLoosened(coordinates: readonly string[]): readonly string[] {
  if (coordinates.length === 0) return []
  return [`it asks less than the supergraph at ${coordinates.join(', ')}. Add the rules that the contract has there.`]
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

/** Warns of a leg that anybody on its way could read, which only development allows. */
function warnOfPlainHttp(participants: readonly Participant[], log: Logger): void {
  for (const { country, domains, unavailable } of participants) {
    if (unavailable?.code === 'CONFIGURATION_INVALID') continue
    for (const [domain, { url }] of Object.entries(domains)) {
      if (isPlainHttpElsewhere(url))
        log.warn({ country, domain }, 'legs go over plain HTTP to another machine; use https')
    }
  }
}
