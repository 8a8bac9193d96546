/** What is suspended at the gateway: by its own statements, by those of the countries, and by those of the authorities. */

import { z } from 'zod'
import type { Caller } from '../../contract/access-token.ts'
import { IstmoError } from '../../contract/errors.ts'
import type { Outcome } from '../../contract/outcome.ts'
import { rememberByObject } from '../../contract/remember-by-object.ts'
import type { SuspensionStatement } from '../../contract/trust/suspension.ts'
import { type Authenticate, MisuseError } from '../../service/authenticate/credentials.ts'
import type { Suspension, SuspensionSubject } from '../../service/suspensions/find-suspension.ts'
import { suspendersSchema } from '../../service/suspensions/suspenders.ts'
import { openSuspensions, type Signers, type Suspensions } from '../../service/suspensions/suspensions.ts'
import { readYamlFile } from '../../service/yaml-file.ts'
import type { Participant, SuspendedNow } from '../types/participant.ts'
import type { GatewayConfig } from './config.ts'
import { createFeeds, type Feeds, type FeedsOptions, noteInto } from './suspension-feeds.ts'
import { shareFollowed } from './workers/share-followed.ts'

/** What is suspended while the gateway runs. */
export interface GatewaySuspensions extends SuspendedNow {
  /** Makes an authentication that refuses whoever is suspended, or asks with what is suspended, with `CALLER_SUSPENDED`. */
  readonly guard: (authenticate: Authenticate) => Authenticate
  /** Adds to participants that they are suspended, for `/status`. */
  readonly mark: (participants: readonly Participant[]) => readonly Participant[]
  /** Returns what everybody may know: which domains are suspended, and since when. */
  readonly publicStatus: () => unknown
  /** Returns what the operator sees: by whom and why, and which feeds are silent. */
  readonly status: () => unknown
  /** Returns the body of the operator's `/suspensions`. */
  readonly feed: (after: number) => string | null
  /** Counts a statement that came another way than through the folder. */
  readonly take: (statement: string) => Promise<void>
  /** Follows the countries of changed files. */
  readonly follow: (participants: readonly Participant[]) => Promise<void>
  readonly close: () => Promise<void>
}

/** What {@link openGatewaySuspensions} works with. */
export interface GatewaySuspensionsOptions extends Omit<FeedsOptions, 'isKeySuspended'> {
  readonly config: Pick<GatewayConfig, 'suspensionsFolder' | 'suspendersFile' | 'gatewayName' | 'worker'>
  readonly participants: readonly Participant[]
}

const NOTHING: GatewaySuspensions = {
  outcomeOf: () => null,
  isFieldSuspended: () => false,
  version: () => 0,
  guard: (authenticate) => authenticate,
  mark: (participants) => participants,
  publicStatus: () => [],
  status: () => null,
  feed: () => null,
  take: async () => undefined,
  follow: async () => undefined,
  close: async () => undefined,
}

/**
 * Opens what is suspended, and follows the countries whose files name suspenders and the issuers that are authorities.
 * @throws {ConfigError} if the file of suspenders is wrong.
 * @throws {Error} if another process has the folder, or if what it keeps is damaged.
 */
export async function openGatewaySuspensions(options: GatewaySuspensionsOptions): Promise<GatewaySuspensions> {
  const { config, participants, log } = options
  const { suspensionsFolder: folder } = config
  if (folder === null) {
    const named = participants.filter(({ suspenders = [] }) => suspenders.length > 0).map(({ country }) => country)
    if (named.length > 0)
      log.warn({ countries: named, remedy: 'Set --suspensions.' }, 'their suspensions are not followed')
    return NOTHING
  }
  let version = 0
  let ofGraph = participants
  const own = await openSuspensions({
    // The parent of a worker has the door.
    hasDoor: config.worker === null,
    folder,
    signers: await readSuspenders(config),
    log,
    reject: (statement) => rejectForeign(statement, ofGraph),
    ...noteInto(options.auditLog, null),
  })
  const changed = (): void => void version++
  // Several workers may have been here before.
  if (config.worker === null) await shareFollowed(folder, 0)
  // A country's statement is about its own node: it does not end the gateway's connections to others.
  options.pools.refuseServers((certificate) => own.find({ keys: [certificate] }) !== null)
  own.onChange(() => {
    changed()
    for (const { kind, value } of own.list()) if (kind === 'key') options.pools.closeSocketsOf(value)
  })
  const isKeySuspended = (kid: string): boolean => own.find({ keys: [kid] }) !== null
  const feeds = createFeeds(folder, { ...options, isKeySuspended }, changed)
  await feeds.follow(participants)
  const known: Known = { own, feeds, refsOf: options.auditLog?.refsOf ?? (() => []) }
  return {
    ...createSuspendedNow(known, () => version),
    ...showSuspensions(known),
    feed: own.feed,
    take: async (statement) => void (await own.take(statement)),
    async follow(next) {
      ofGraph = next
      await feeds.follow(next)
      changed()
    },
    async close() {
      await feeds.close()
      await own.close()
    },
  }
}

interface Known {
  readonly own: Suspensions
  readonly feeds: Feeds
  readonly refsOf: (issuer: string, subject: string) => readonly string[]
}

function createSuspendedNow({ own, feeds, refsOf }: Known, version: () => number) {
  /** Callers are looked up by objects that live as long as their token is cached. */
  const subjectOf = rememberByObject((caller: Caller) => describeCaller(caller, refsOf(caller.issuer, caller.subject)))
  const findCaller = (caller: Caller): Suspension | null => {
    const subject = subjectOf(caller)
    return own.find(subject) ?? feeds.ofAuthority(caller.issuer)?.find(subject) ?? null
  }
  const outcomeOf = (country: string, domain: string, caller: Caller | null): Outcome | null => {
    const ofCountry = feeds.ofCountry(country)
    const sources = [own, ...ofCountry]
    if (sources.some((source) => source.find({ country, domain }) !== null)) {
      return { reach: 'UNAVAILABLE', code: 'SUSPENDED' }
    }
    if (caller === null) return null
    const isSuspended = findCaller(caller) !== null || ofCountry.some((feed) => feed.find(subjectOf(caller)) !== null)
    return isSuspended ? { reach: 'DENIED', code: 'CALLER_NOT_VERIFIED' } : null
  }
  return {
    outcomeOf,
    version,
    isFieldSuspended(country: string, typeName: string, fieldName: string): boolean {
      const subject = { coordinates: [`${typeName}.${fieldName}`] }
      return [own, ...feeds.ofCountry(country)].some(
        (source) => source.has('coordinate') && source.find(subject) !== null,
      )
    },
    guard:
      (authenticate: Authenticate): Authenticate =>
      async (credentials) => {
        const authenticated = await authenticate(credentials)
        const { caller } = authenticated
        const found = caller === null ? null : findCaller(caller)
        if (caller === null || found === null) return authenticated
        throw new MisuseError(caller, 'SUSPENDED', new IstmoError('CALLER_SUSPENDED'))
      },
  }
}

/** Describes what a request asks with, under each name that somebody may have suspended. */
function describeCaller(
  { issuer, subject, tokenId, tokenHash, keys, organisation, mandate }: Caller,
  refs: readonly string[],
): SuspensionSubject {
  const hashes = tokenHash === undefined ? [] : [tokenHash, Buffer.from(tokenHash, 'hex').toString('base64url')]
  return {
    authority: issuer,
    officer: [subject, ...refs],
    token: [...(tokenId === undefined ? [] : [tokenId]), ...hashes],
    ...(keys && { keys }),
    ...(organisation?.agency !== undefined && { agency: organisation.agency }),
    ...(mandate?.task_force !== undefined && { taskForce: mandate.task_force }),
    ...(mandate?.hash !== undefined && { mandate: mandate.hash }),
  }
}

function showSuspensions({ own, feeds }: Known) {
  const find = (country: string, subject: SuspensionSubject): Suspension | null =>
    [own, ...feeds.ofCountry(country)].map((source) => source.find(subject)).find((found) => found !== null) ?? null
  const list = () =>
    [{ source: null, list: own.list() }, ...feeds.list()].flatMap(({ source, list: all }) =>
      all.map(({ since, ...one }) => ({ source, ...one, since: toIso(since) })),
    )
  return {
    mark: (participants: readonly Participant[]): readonly Participant[] =>
      participants.map((participant) => {
        const found = find(participant.country, { country: participant.country })
        if (participant.unavailable !== undefined || found === null) return participant
        const { reason, by, since } = found
        return { ...participant, unavailable: { code: 'SUSPENDED', reason, by, since: toIso(since) } }
      }),
    publicStatus: () =>
      list()
        .filter(({ kind }) => kind === 'country' || kind === 'domain')
        .map(({ source, kind, value, since }) => ({ source, kind, value, since })),
    status: () => ({ inForce: list(), feeds: feeds.status() }),
  }
}

function toIso(seconds: number): string {
  return new Date(seconds * 1_000).toISOString()
}

/** Says why a statement would stop nothing at this gateway, although its signer believes that it does. */
export function rejectForeign(
  { kind, value }: SuspensionStatement,
  participants: readonly Participant[],
): string | null {
  const isKnown =
    kind === 'country'
      ? participants.some(({ country }) => country === value)
      : kind !== 'domain' || participants.some(({ domains }) => Object.hasOwn(domains, value))
  return isKnown ? null : `expected a ${kind} that takes part`
}

/** Reads who may suspend at the gateway. @throws {ConfigError} if the file is wrong. */
export async function readSuspenders({
  suspendersFile,
  gatewayName,
}: Pick<GatewayConfig, 'suspendersFile' | 'gatewayName'>): Promise<Signers> {
  if (suspendersFile === null) return []
  const remedy =
    'Correct the file, or name another one with --suspenders (SUSPENDERS_FILE). docs/emergencies.md describes the file.'
  const { suspenders } = await readYamlFile(suspendersFile, z.strictObject({ suspenders: suspendersSchema }), {
    remedy,
  })
  return suspenders.map((one) => ({ ...one, isOwner: one.name === gatewayName }))
}
