/** The coordinates of how many documents are cached. The least recently used ones leave the cache first. */

import { hash } from 'node:crypto'
import { join } from 'node:path'
import { type ArgumentNode, type GraphQLSchema, Kind, parse, TypeInfo, visit, visitWithTypeInfo } from 'graphql'
import { LRUCache } from 'lru-cache'
import type { Logger } from 'pino'
import { LogDamagedError } from '../../../audit/finding.ts'
import type { KnownCheckpoints } from '../../../audit/gossip/known-checkpoints.ts'
import { addExtra } from '../../../audit/note/tlog-proof.ts'
import { type PseudonymKeys, pseudonymOf, pseudonymsOf } from '../../../audit/pseudonym/pseudonym.ts'
import { listSalts } from '../../../audit/salts/salts.ts'
import type { Sharding } from '../../../audit/shards/period.ts'
import type { EntryOf } from '../../../contract/audit-log/entry.ts'
import { MAX_LEG_ENTRY_BYTES, MAX_REFS } from '../../../contract/audit-log/node-entries.ts'
import type { Domain } from '../../../contract/domain.ts'
import { saltedHash } from '../../../contract/leg-salt.ts'
import type { LegClaims, VerifiedCaller } from '../../../contract/leg-token.ts'
import { formatReceiptHeader } from '../../../contract/receipt.ts'
import { createUuidV7, isUuidV7 } from '../../../contract/uuid-v7.ts'
import { createCommitPace } from '../../../service/audit-log/commit-pace.ts'
import { type DescribedRules, describeRules, type RuleHashes } from '../../../service/audit-log/describe-rules.ts'
import { startHeartbeat } from '../../../service/audit-log/heartbeat.ts'
import {
  type AuditLogKeyFiles,
  readAuditLogKeys,
  readLogSigner,
  readRefKeys,
} from '../../../service/audit-log/key-files.ts'
import { createExchange, openOthersCheckpoints } from '../../../service/audit-log/others-checkpoints.ts'
import {
  AUDIT_LOG_FOLDERS,
  type OwnEntries,
  openRecorder,
  type Recorder,
  type WrittenEntry,
} from '../../../service/audit-log/recorder.ts'
import type { ActMembers } from '../../../service/suspensions/entry-of-act.ts'
import { ownRecordsOf } from '../own-records.ts'
import type { CountryRules } from '../rules.ts'

const MAX_CACHED_DOCUMENTS = 1_000

/**
 * Makes the function that lists what a document requests of a schema: fields and arguments as coordinates, each once, sorted. The list
 * is empty for a document that does not parse.
 */
export function createCoordinates(schema: GraphQLSchema): (query: string) => readonly string[] {
  const cache = new LRUCache<string, readonly string[]>({ max: MAX_CACHED_DOCUMENTS })
  return (query) => {
    const coordinates = cache.get(query) ?? readCoordinates(schema, query)
    cache.set(query, coordinates)
    return coordinates
  }
}

function readCoordinates(schema: GraphQLSchema, query: string): readonly string[] {
  const coordinates = new Set<string>()
  const info = new TypeInfo(schema)
  const add = (ofArgument?: string): void => {
    const field = info.getFieldDef()
    const parent = info.getParentType()
    // Arguments of directives are not arguments of fields.
    if (!field || !parent || info.getDirective()) return
    const coordinate = `${parent.name}.${field.name}`
    coordinates.add(ofArgument === undefined ? coordinate : `${coordinate}(${ofArgument}:)`)
  }
  const visitor = {
    [Kind.FIELD]: { enter: () => add() },
    [Kind.ARGUMENT]: { enter: ({ name }: ArgumentNode) => add(name.value) },
  }
  try {
    visit(parse(query, { noLocation: true }), visitWithTypeInfo(info, visitor))
  } catch {
    return []
  }
  return [...coordinates].sort()
}

/** A leg whose token was verified, at its end. */
export interface EndedLeg {
  readonly domain: Domain
  readonly claims: LegClaims
  /** SHA-256 of the leg token as received, in hexadecimal digits. */
  readonly tokenHash: string
  /** The header `Istmo-Request-Id` as received. */
  readonly requestId: string | undefined
  readonly query: string
  readonly coordinates: readonly string[]
  /** The question statement that the leg came with, as received; undefined if it came with none. */
  readonly question: string | undefined
  /** The request's body as received. */
  readonly body: Uint8Array
  readonly status: number
  /** The code with which the node rejected the complete leg; null if it answered the leg. */
  readonly code: string | null
  readonly denied: EntryOf<'leg'>['result']['denied']
  /** The answer's data; undefined if there are none. */
  readonly data: unknown
  /** The answer's body before content coding. */
  readonly answer: string
  /** The salt that the leg carried; null if it had no valid salt of its own, and was rejected. Then its entry has no hashes. */
  readonly salt: Uint8Array | null
  /** The rules and policies by which the leg was decided. Default: those of the log's sources. */
  readonly rules?: RuleHashes
}

/** What leg entries are made from, besides the leg. */
interface LegSources {
  /** The log's origin. */
  readonly node: string
  readonly country: string
  readonly keys: PseudonymKeys
  /** The rules and policies that decide. */
  readonly rules: RuleHashes
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** The longest text that an entry copies from a token, in UTF-16 code units. */
const MAX_LABEL = 200

/** The largest number of coordinates in one detail entry. */
const MAX_COORDINATES = 150

/**
 * Makes the entries of a leg, in the order in which the node writes them: the details first, then the leg's own entry, which says how
 * many details there are. The receipt proves the leg's own entry.
 */
export function legEntries(leg: EndedLeg, sources: LegSources): readonly [...EntryOf<'leg-detail'>[], EntryOf<'leg'>] {
  const records = recordRefs(leg.data, sources.country, sources.keys, leg.salt)
  const entry = legEntry(leg, records, sources)
  // The canonical form has the same members in another order.
  const room =
    MAX_LEG_ENTRY_BYTES - Buffer.byteLength(JSON.stringify({ ...entry, moreCoordinates: 9_999, details: 9_999 }))
  const fitting = countFitting(leg.coordinates, room)
  const rest = leg.coordinates.slice(fitting)
  const details = detailEntries(entry, records.refs, rest)
  return [
    ...details,
    { ...entry, coordinates: leg.coordinates.slice(0, fitting), moreCoordinates: rest.length, details: details.length },
  ]
}

function legEntry(leg: EndedLeg, { refs, hash: refsHash }: RecordRefs, sources: LegSources): EntryOf<'leg'> {
  const { domain, claims, tokenHash, requestId, query, body, status, code, denied, answer, salt } = leg
  const { node, country, now } = sources
  const { caller, ...by } = callerPart(claims, sources.keys)
  return {
    v: 2,
    kind: 'leg',
    id: createUuidV7(now),
    time: new Date(now).toISOString(),
    node,
    country,
    domain,
    gateway: label(claims.iss),
    tokenId: label(claims.jti),
    tokenHash,
    requestId: requestId !== undefined && isUuidV7(requestId) ? requestId : null,
    ...by,
    ...(caller !== null && { caller: { ...caller, question: questionHash(claims.verified, salt) } }),
    ...(leg.question !== undefined && { statement: statementHash(leg.question, salt) }),
    operationHash: hash('sha256', query),
    requestHash: salt && saltedHash(salt, body),
    responseHash: salt && saltedHash(salt, answer),
    coordinates: [],
    moreCoordinates: 0,
    ...(leg.rules ?? sources.rules),
    result: { status, code, denied },
    records: { count: refs.length, hash: refsHash },
    details: 0,
  }
}

/** What an entry says of who asks. */
interface CallerPart extends Pick<EntryOf<'leg'>, 'actor' | 'grounds'> {
  /** The same as in the gateway's entry of the leg, without the question. Null if nobody has verified the caller. */
  readonly caller: Omit<NonNullable<EntryOf<'leg'>['caller']>, 'question'> | null
}

const callerParts = new WeakMap<LegClaims, { readonly keys: PseudonymKeys; readonly part: CallerPart }>()

/** Remembers what entries say of who asks, as long as the leg's claims are remembered: it depends on them and on the keys. */
function callerPart(claims: LegClaims, keys: PseudonymKeys): CallerPart {
  const known = callerParts.get(claims)
  if (known?.keys === keys) return known.part
  const { verified } = claims
  const caller = verified === undefined ? null : callerProof(verified)
  const part = { actor: actorOf(claims, keys), grounds: groundsOf(claims, keys), caller }
  callerParts.set(claims, { keys, part })
  return part
}

function callerProof({ authority, tokenId, tokenHash, mandate }: VerifiedCaller): CallerPart['caller'] {
  return { authority: cut(authority), tokenId: cut(tokenId), tokenHash: toHex(tokenHash), mandate: toHex(mandate) }
}

function questionHash(verified: VerifiedCaller | undefined, salt: Uint8Array | null): string | null {
  const question = verified?.question
  return question === undefined || salt === null ? null : saltedHash(salt, question)
}

function toHex(base64url: string): string {
  return Buffer.from(base64url, 'base64url').toString('hex')
}

function actorOf(claims: LegClaims, keys: PseudonymKeys): EntryOf<'leg'>['actor'] {
  const {
    caller_iss: issuer,
    caller_jti: tokenId,
    caller_token: token,
    sub,
    org,
    scope,
    client_id: client,
    acr,
    verified,
  } = claims
  if (issuer === undefined) return null
  return {
    country: org?.country ?? null,
    agency: label(org?.agency),
    role: label(org?.role),
    scopes: scope.split(' ').flatMap((one) => label(one) ?? []),
    ref: pseudonymOf('actor', `${issuer} ${sub}`, keys),
    client: label(client),
    // The caller's own token never leaves the gateway. Its id and its hash are in the leg token.
    // The access token is the same in every country, so a country that has verified a country token of its own notes that one (`caller`).
    tokenId: verified === undefined ? label(tokenId) : null,
    ...(token !== undefined && { tokenHash: Buffer.from(token, 'base64url').toString('hex') }),
    assurance: label(acr),
  }
}

function groundsOf({ mandate, grounds }: LegClaims, keys: PseudonymKeys): EntryOf<'leg'>['grounds'] {
  if (mandate === undefined && grounds === undefined) return null
  return {
    taskForce: label(mandate?.task_force),
    purpose: grounds?.purpose ?? null,
    legalBasis: (grounds?.legalBasis ?? []).flatMap((basis) => label(basis) ?? []),
    caseRef: grounds?.case === undefined ? null : pseudonymOf('case', grounds.case, keys),
  }
}

function statementHash(text: string, salt: EndedLeg['salt']): string | null {
  const [jwt = ''] = text.split('~', 1)
  return salt && saltedHash(salt, jwt)
}

/** Counts the coordinates, from the first on, that have room in `room` bytes. */
function countFitting(coordinates: readonly string[], room: number): number {
  let left = room
  const at = coordinates.findIndex((coordinate) => {
    left -= coordinate.length + 3
    return left < 0
  })
  return at < 0 ? coordinates.length : at
}

function detailEntries(
  { id: of, time, node }: EntryOf<'leg'>,
  refs: readonly string[],
  coordinates: readonly string[],
): readonly EntryOf<'leg-detail'>[] {
  const parts = Math.max(Math.ceil(refs.length / MAX_REFS), Math.ceil(coordinates.length / MAX_COORDINATES))
  return Array.from({ length: parts }, (_, at) => ({
    v: 1,
    kind: 'leg-detail',
    id: createUuidV7(Date.parse(time)),
    time,
    node,
    of,
    part: at + 1,
    refs: refs.slice(at * MAX_REFS, (at + 1) * MAX_REFS),
    coordinates: coordinates.slice(at * MAX_COORDINATES, (at + 1) * MAX_COORDINATES),
  }))
}

function label(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : cut(text)
}

function cut(text: string): string {
  return text.slice(0, MAX_LABEL).toWellFormed()
}

/**
 * The refs of the records that an answer names, each once, sorted; and the hash of the refs, each followed by a newline, under the leg's salt.
 * Without the salt, equal hashes of two legs would tell that they returned the same records.
 */
interface RecordRefs {
  readonly refs: readonly string[]
  /** Null for a leg without a salt. */
  readonly hash: string | null
}

/**
 * Makes the refs of the country's own records in an answer's data, under the country's key. It finds each id of the country in the
 * data, and ignores the ids of other countries, because this country does not make refs of their records.
 */
export function recordRefs(data: unknown, country: string, keys: PseudonymKeys, salt: Uint8Array | null): RecordRefs {
  const known = refsUnder(keys)
  const refs: string[] = []
  for (const id of ownRecordsOf(data, country)) {
    let ref = known.get(id)
    if (ref === undefined) {
      ref = pseudonymOf('record', id, keys)
      if (known.size >= MAX_KNOWN) known.clear()
      known.set(id, ref)
    }
    refs.push(ref)
  }
  refs.sort()
  return { refs, hash: salt && saltedHash(salt, refs.map((ref) => `${ref}\n`).join('')) }
}

/**
 * How many refs are remembered: pages and nested questions name the same records again. An id with its ref takes about 200 bytes. All are forgotten
 * when there are so many, because to know which was used last costs as much as a good part of a ref.
 */
const MAX_KNOWN = 20_000

const refsByKeys = new WeakMap<PseudonymKeys, Map<string, string>>()

/** The refs of records that were made under these keys, by their ids. Other keys, as after a rotation, have refs of their own. */
function refsUnder(keys: PseudonymKeys): Map<string, string> {
  const known = refsByKeys.get(keys)
  if (known !== undefined) return known
  const made = new Map<string, string>()
  refsByKeys.set(keys, made)
  return made
}

/** A national node's audit log: the legs that gateways sent to it. */

/** Where a node's audit log is, and its keys. */
interface NodeAuditLogFiles extends AuditLogKeyFiles {
  /** The node creates it if it does not exist. */
  readonly folder: string
  /** How often the log begins a new shard. The default is `none`. */
  readonly sharding?: Sharding
  /** The trust policy that names the audit logs of others; without it, the node keeps no checkpoints of others. */
  readonly policy?: string
}

/** A country's own audit log of the legs that it received. */
export interface NodeAuditLog {
  /** Returns the verifier key of the log: the newest one, if the key was replaced. */
  readonly vkey: () => string
  /** Writes a leg, and resolves to the value of its header `Istmo-Receipt` once the entry is durable. Rejects if it cannot write it. */
  readonly leg: (leg: EndedLeg) => Promise<string>
  /** Lists the salts that legs of this hour and the hour before carried, before the log was opened. */
  readonly earlierSalts: readonly Uint8Array[]
  /**
   * Takes in the header `Istmo-Checkpoints` of a gateway, and returns the value of its own; undefined if the gateway was shown one less than
   * a second ago.
   */
  readonly exchangeCheckpoints: (gateway: string, header: readonly string[]) => string | undefined
  /**
   * Stores other rules, and writes an entry that the node decides by them from now on. The legs' entries name them after it.
   * @throws {Error} if it cannot be written.
   */
  readonly replaceRules: (rules: CountryRules) => Promise<void>
  /** Writes the entry of an act that somebody signed. @throws {Error} if it cannot be written. */
  readonly writeAct: (act: ActMembers) => Promise<void>
  /**
   * Reads the keys of the refs again: entries from now on have refs of the newest epoch, and those of older epochs are still found.
   * @returns whether there was a new epoch.
   * @throws {ConfigError} if the file cannot be used. Then nothing changes.
   */
  readonly reloadRefKeys: () => Promise<boolean>
  /** What an operator sees of the log. */
  readonly state: () => AuditLogState
  /** The rules and policies in force, as entries name them. */
  readonly rules: () => RuleHashes
  /** Lists the refs under which the log has a caller: one for each epoch of its keys. */
  readonly refsOf: (issuer: string, subject: string) => readonly string[]
  /** Counts a leg that was rejected before its token was verified. */
  readonly countRejection: (code: string) => void
  /** Says why the node should get no legs now: the last entry could not be written, or the disk is nearly full. Null if it can take them. */
  readonly unready: () => Promise<string | null>
  /** Writes the counted rejections and a `node-stop` entry, and releases the folder. */
  readonly close: () => Promise<void>
}

/** The state of a node's audit log, for its operator. */
export interface AuditLogState {
  readonly origin: string
  /** The number of entries that are durable. */
  readonly entries: number
  /** The number of entries in the checkpoint that readers see. */
  readonly published: number
  readonly isWritable: boolean
  /** The epoch of the refs in new entries. */
  readonly refEpoch: number
}

/** The options of {@link openNodeAuditLog}. */
interface NodeAuditLogOptions {
  readonly files: NodeAuditLogFiles
  readonly country: string
  readonly domains: readonly Domain[]
  readonly rules: CountryRules
  readonly log: Logger
  /** The time in milliseconds since the epoch. */
  readonly now?: () => number
}

/**
 * Opens a node's audit log, stores the country's rules beside it, and writes its `node-start` entry.
 * @throws {ConfigError} if a file with keys cannot be used.
 * @throws {FolderInUseError} if another process has the folder.
 * @throws {Error} if the log does not add up, or is not of this key. The message names the folder, the setting and the remedy.
 */
export async function openNodeAuditLog(options: NodeAuditLogOptions): Promise<NodeAuditLog> {
  const { files, country, log, now = Date.now } = options
  const { signer, refKeys: keys } = await readAuditLogKeys(files)
  const rules = describeRules(options.rules.access, options.rules.sdl)
  const ownEntries = entriesOfNode(signer.verifier.name, rules, keys, options)
  const known = await openOthersCheckpoints(files, log)
  const recorder = await openRecorder({
    folder: files.folder,
    signer,
    readSigner: () => readLogSigner(files.key),
    hasSalts: true,
    ownEntries,
    log,
    now,
    sharding: files.sharding ?? 'none',
    pace: createCommitPace(),
  }).catch((error: unknown) => {
    throw error instanceof LogDamagedError ? new Error(describeDamage(files.folder, error), { cause: error }) : error
  })
  const earlierSalts = await listRecentSalts(join(files.folder, AUDIT_LOG_FOLDERS.salts), now())
  const sources = { node: signer.verifier.name, country, keys, rules: rules.hashes }
  const vkey = (): string => recorder.entries.rotations.at(-1)?.newKey.vkey ?? signer.verifier.vkey
  const own = { vkey, earlierSalts, known, readKeys: () => readRefKeys(files.refKeys) }
  return createNodeAuditLog(recorder, own, sources, now)
}

function describeDamage(folder: string, { message }: LogDamagedError): string {
  return (
    `${folder}: ${message}. Is --audit-log-key (AUDIT_LOG_KEY_FILE) the key of this log? If it is, keep the folder as it is, look with ` +
    '`istmo doctor`, and restore the newest copy (docs/operating.md, When an audit log is lost).'
  )
}

async function listRecentSalts(folder: string, nowMs: number): Promise<readonly Uint8Array[]> {
  const hour = Math.floor(nowMs / 3_600_000)
  const byHour = await Promise.all([hour - 1, hour].map((each) => listSalts(folder, each)))
  return byHour.flat()
}

function entriesOfNode(
  node: string,
  rules: DescribedRules,
  keys: LegSources['keys'],
  { country, domains }: Pick<NodeAuditLogOptions, 'country' | 'domains'>,
): OwnEntries {
  return {
    async start(base, repairs, keep) {
      await Promise.all(rules.texts.map(keep))
      const start = { ...base, node, kind: 'node-start' as const, country, domains, ...rules.hashes, repairs }
      return { ...start, v: 2, keyCheck: pseudonymOf('country', country, keys) }
    },
    rejections: (base, count) => ({ ...base, node, kind: 'node-refusals', country, ...count }),
    stop: (base) => ({ ...base, node, kind: 'node-stop', country }),
  }
}

interface NodeLogParts extends Pick<NodeAuditLog, 'vkey' | 'earlierSalts'> {
  readonly known: KnownCheckpoints
  readonly readKeys: () => Promise<LegSources['keys']>
}

function createNodeAuditLog(
  recorder: Recorder,
  { vkey, earlierSalts, known, readKeys }: NodeLogParts,
  sources: Omit<LegSources, 'now'>,
  now: () => number,
): NodeAuditLog {
  const { node, country } = sources
  let rulesInForce = sources.rules
  const refKeys = openRefKeys(sources.keys, readKeys)
  const writeHeartbeat = () => recorder.append([{ ...recorder.newBase(), kind: 'node-heartbeat', node, country }])
  const endHeartbeat = startHeartbeat(writeHeartbeat, now)
  const exchange = createExchange({ known, own: () => recorder.entries.published().note })
  return {
    vkey,
    exchangeCheckpoints: (gateway, header) => {
      exchange.take(gateway, header)
      return exchange.headerFor(gateway)
    },
    async leg(leg) {
      const entries = legEntries(leg, { ...sources, keys: refKeys.current(), now: now() })
      const id = entries.at(-1)?.id ?? ''
      const written = await recorder.append(entries, leg.salt === null ? [] : [{ id, salt: leg.salt }])
      try {
        return await receiptOf(written.at(-1))
      } catch (error) {
        recorder.noteFailure(error)
        throw error
      }
    },
    earlierSalts,
    async replaceRules({ access, sdl }) {
      const { hashes, texts } = describeRules(access, sdl)
      await Promise.all(texts.map(recorder.keep))
      await recorder.append([{ ...recorder.newBase(), kind: 'node-rules', node, country, ...hashes }])
      rulesInForce = hashes
    },
    async writeAct(act) {
      await recorder.append([{ ...recorder.newBase(), kind: 'node-suspension', node, country, ...act }])
    },
    rules: () => rulesInForce,
    reloadRefKeys: refKeys.reload,
    state: () => showState(recorder, refKeys.current()),
    refsOf: (issuer, subject) => pseudonymsOf('actor', `${issuer} ${subject}`, refKeys.current()),
    countRejection: recorder.countRejection,
    unready: () => findUnready(recorder),
    async close() {
      await endHeartbeat()
      await recorder.close()
      await known.close()
    },
  }
}

async function findUnready(recorder: Recorder): Promise<string | null> {
  const failure = recorder.failure()
  if (failure !== null) return `the audit log cannot be written: ${failure}`
  return (await recorder.unready()) === null ? null : 'the disk of the audit log is nearly full'
}

/** The keys of the refs while the node runs. */
function openRefKeys(first: LegSources['keys'], read: () => Promise<LegSources['keys']>) {
  let keys = first
  return {
    current: () => keys,
    async reload(): Promise<boolean> {
      const next = await read()
      const isNew = next.epochs.at(-1)?.key !== keys.epochs.at(-1)?.key
      keys = next
      return isNew
    },
  }
}

function showState({ entries, isWritable }: Recorder, { epochs }: LegSources['keys']): AuditLogState {
  const [size, published] = [entries.size(), entries.published().size]
  return {
    origin: entries.origin,
    entries: size,
    published,
    isWritable: isWritable(),
    refEpoch: epochs.at(-1)?.epoch ?? 0,
  }
}

/** Makes the receipt of a leg: the proof that its own entry, the last one, is in the log. The proof contains the entry. */
async function receiptOf(entry: WrittenEntry | undefined): Promise<string> {
  if (entry === undefined) throw new TypeError('expected at least one entry of a leg')
  return formatReceiptHeader(addExtra(await entry.receipt.proof(), entry.bytes))
}
