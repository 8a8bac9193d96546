/** The key set of an authority, as a reader of its tokens needs it (docs/design/trust.md, The country's file). */
import { readFile } from 'node:fs/promises'
import type { CryptoKey } from 'jose'
import { z } from 'zod'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import type { Hash } from '../../audit/merkle/hash.ts'
import { formatBase64, parseBase64 } from '../../audit/note/base64.ts'
import { type NoteVerifier, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { addSignatures, formatNote, parseNote } from '../../audit/note/note.ts'
import { type CheckedCheckpoint, checkCheckpoint, type Policy } from '../../audit/note/policy.ts'
import { periodIn } from '../../audit/note/shard-name.ts'
import { parseTlogProof, provesEntry } from '../../audit/note/tlog-proof.ts'
import { openLogReader } from '../../audit/reader/log-reader.ts'
import type { LogSource } from '../../audit/verify/source.ts'
import { type EntryOf, parseEntry } from '../../contract/audit-log/entry.ts'
import { IstmoError } from '../../contract/errors.ts'
import { type KeysByThumbprint, readKeySet } from '../../contract/trust/key-set.ts'
import { type MandateDocument, type SignedMandate, verifyMandate } from '../../contract/trust/mandate-document.ts'
import { DocumentError, describeIssue, type PersonalJws } from '../../contract/trust/personal-jws.ts'
import { ConfigError } from '../config-error.ts'
import { describeFileError } from '../describe-error.ts'
import { readBounded } from '../http/read-bounded.ts'
import { createTrustedFetch } from '../http/trusted-fetch.ts'

/** After how long a key set is fetched again, in milliseconds. This is also how late a withdrawn key is noticed. */
const REFRESH_MS = 300_000

/** How long the last good key set counts while its address does not answer, in milliseconds. */
const KEPT_MS = 86_400_000

/** The shortest time between two fetches, in milliseconds: after a failure, and if a pinned key is not in the set. */
const COOLDOWN_MS = 30_000

const FETCH_TIMEOUT_MS = 3_000

/** The largest key set that is read from an address, in bytes. */
const MAX_KEY_SET_BYTES = 262_144

/**
 * Finds a key of the authority by its thumbprint; null if the authority does not publish it.
 * Rejects with {IstmoError} `KEYS_UNAVAILABLE` if the address has not given a key set for 24 hours.
 */
type FindAuthorityKey = (thumbprint: string) => Promise<CryptoKey | null>

/** What the key source takes from outside, so that tests can replace it. */
interface AuthorityKeysWorld {
  readonly fetch?: typeof fetch
  /** Returns milliseconds since the epoch. Default: the system's clock. */
  readonly now?: () => number
}

/**
 * Opens the key set at `location`: an http(s) URL, which it fetches when it is first needed and without following redirects, or a file, which it
 * reads now. It keeps only the keys of `pinned`, so an authority's server can take keys away and never add one.
 * @param pinned the RFC 7638 thumbprints of the keys that count.
 * @throws {ConfigError} if the file cannot be used. The message names it.
 */
export async function openAuthorityKeys(
  location: string,
  pinned: Pick<ReadonlySet<string>, 'has'>,
  world: AuthorityKeysWorld = {},
): Promise<FindAuthorityKey> {
  if (/^https?:/i.test(location)) return fetchedKeys(new URL(location), pinned, world)
  const keys = await readKeyFile(location)
  return async (thumbprint) => (pinned.has(thumbprint) ? (keys.get(thumbprint) ?? null) : null)
}

async function readKeyFile(file: string): Promise<KeysByThumbprint> {
  try {
    return await readKeySet(JSON.parse(await readFile(file, 'utf8')))
  } catch (cause) {
    const reason = describeFileError(cause)
    throw new ConfigError(`${file}: expected the key set of an authority: ${reason}. Correct callers.jwks.`, { cause })
  }
}

function fetchedKeys(url: URL, pinned: Pick<ReadonlySet<string>, 'has'>, world: AuthorityKeysWorld): FindAuthorityKey {
  const { now = Date.now } = world
  let keys: KeysByThumbprint = new Map()
  let goodAt = Number.NEGATIVE_INFINITY
  let triedAt = Number.NEGATIVE_INFINITY
  let fetching: Promise<void> | null = null

  const refresh = (): Promise<void> => {
    triedAt = now()
    fetching ??= fetchKeySet(url, world)
      .then((fetched) => {
        keys = fetched
        goodAt = now()
      })
      // The last good set stays. Its age decides whether it still counts.
      .catch(() => undefined)
      .finally(() => {
        fetching = null
      })
    return fetching
  }

  return async (thumbprint) => {
    if (!pinned.has(thumbprint)) return null
    const mayTry = now() - triedAt >= COOLDOWN_MS
    const isKnown = keys.has(thumbprint)
    if (fetching !== null && !isKnown) await fetching
    else if (mayTry && (!isKnown || now() - goodAt >= KEPT_MS)) await refresh()
    // Nobody waits for a set that is only to be renewed.
    else if (mayTry && now() - goodAt >= REFRESH_MS) void refresh()
    if (now() - goodAt >= KEPT_MS) throw new IstmoError('KEYS_UNAVAILABLE')
    return keys.get(thumbprint) ?? null
  }
}

async function fetchKeySet(url: URL, world: AuthorityKeysWorld): Promise<KeysByThumbprint> {
  const signal = AbortSignal.timeout(FETCH_TIMEOUT_MS)
  const response = await (world.fetch ?? createTrustedFetch())(url, {
    redirect: 'error',
    signal,
    headers: { accept: 'application/json' },
  })
  if (response.status !== 200) throw new Error(`expected status 200; came ${response.status}`)
  return readKeySet(JSON.parse(await readBounded(response, MAX_KEY_SET_BYTES, 'a key set')))
}

/**
 * The proof of a mandate: the document, and that the authority's log has it under a checkpoint that a witness of the reader's country cosigned
 * (docs/design/trust.md, The mandate). Without it, a captured authority could show a mandate to one country and to nobody else.
 */

/** The largest proof, in bytes of its JSON. */
export const MAX_PROOF_BYTES = 32_768

const MANDATE_PROOF = z.strictObject({
  /** The mandate: a JWS in JSON. */
  document: z.unknown(),
  /** The exact text of the log's entry. */
  entry: z.string().max(2_048),
  index: z.int().min(0),
  /** The size of the checkpoint's tree. */
  size: z.int().min(1),
  /** The inclusion proof, each hash in Base 64. */
  hashes: z
    .array(z.string().regex(/^[A-Za-z0-9+/]{43}=$/, 'expected 32 bytes in Base 64'))
    .max(63)
    .readonly(),
  /** The checkpoint: a note with the signatures of the log and of witnesses. */
  checkpoint: z.string().max(8_192),
})

/** A proof, as it travels in JSON. */
export interface MandateProof extends Readonly<z.infer<typeof MANDATE_PROOF>> {
  readonly document: PersonalJws
}

/** By what a country believes a mandate of one authority: what it pins in its own file. */
export interface MandateTrust {
  /** The authority's address and country, which the document must name. */
  readonly issuer: string
  readonly country: string
  /** The thumbprints of the approvers' keys. */
  readonly approvers: ReadonlySet<string>
  /** The key of the authority's log. */
  readonly log: NoteVerifier
  /** The keys of this country's own witnesses. One of them must have cosigned. */
  readonly witnesses: readonly NoteVerifier[]
}

/** A mandate that was proved. Whether it holds now is the question of `mandateTime`, on each use. */
interface ProvedMandate {
  readonly document: MandateDocument
  /** The mandate hash. */
  readonly hash: string
}

/** Where a log has the entry of a mandate, and who must have cosigned it. */
interface MandatePlace {
  /** The log, or the shard of it that has the entry. */
  readonly source: LogSource
  readonly index: number
  readonly log: NoteVerifier
  /** The witnesses of the country that receives the proof. One of them must have cosigned. */
  readonly witnesses: readonly NoteVerifier[]
}

/**
 * Makes the proof of a mandate from the files of the authority's log, which may be open.
 * @param document the mandate that the entry at that place is about
 * @throws {DocumentError} if none of the witnesses has cosigned a checkpoint with the entry yet, or the proof would be longer than readers accept.
 * @throws {Error} if the log cannot be read.
 */
export async function makeMandateProof(document: PersonalJws, place: MandatePlace): Promise<MandateProof> {
  const reader = await openLogReader(place.source, policyOf(place))
  // The log publishes soon after a commit, and witnesses cosign only what is published.
  if (place.index >= reader.head.checkpoint.size) requireWitness({ isInQuorum: false })
  const { bytes, proof, head } = await reader.prove(place.index)
  requireWitness(head)
  const { index, hashes, checkpoint } = parseTlogProof(proof)
  const made: MandateProof = {
    document,
    entry: Buffer.from(bytes).toString('utf8'),
    index,
    size: head.checkpoint.size,
    hashes: hashes.map(formatBase64),
    checkpoint: withoutOthers(checkpoint, head.checkpoint.origin, place.witnesses),
  }
  readProof(made)
  return made
}

/** Leaves out the cosignatures of others: each country has witnesses of its own, and with those of all of them the proof would become too long. */
function withoutOthers(checkpoint: string, origin: string, witnesses: readonly NoteVerifier[]): string {
  const { text, signatures } = parseNote(checkpoint)
  const own = signatures.filter(({ name, keyId }) => {
    return name === origin || witnesses.some((witness) => witness.name === name && witness.keyId === keyId)
  })
  return addSignatures(formatNote({ text, signatures: own.slice(0, 1) }), own)
}

/** What an authority says of its log to a country: which of the country's witnesses it asks, and what they have cosigned. */
export const WITNESSED = z.object({
  /** The verifier keys of the country's witnesses, as the authority's settings name them. */
  witnesses: z.array(z.string().max(300)).max(100).readonly(),
  /** How many entries the log has published. */
  size: z.int().min(0),
  /** The newest checkpoint that one of these witnesses has cosigned, as a note; null if none has cosigned any. */
  checkpoint: z.string().max(8_192).nullable(),
})

/** What an authority says of its log to a country. */
export type Witnessed = Readonly<z.infer<typeof WITNESSED>>

/** The path at which an authority says it, with the country as `?country=HN`. Nothing in it is secret: the log and its cosignatures are public. */
export const WITNESSED_PATH = '/witnessed'

/** Finds what the witnesses of a country have cosigned of the authority's log: without it, no mandate can be proved to the country. */
export async function findWitnessed(place: Omit<MandatePlace, 'index'>): Promise<Witnessed> {
  const reader = await openLogReader(place.source, policyOf(place))
  const newest = place.witnesses.length === 0 ? undefined : await reader.newestInQuorum()
  const witnesses = place.witnesses.map(({ vkey }) => vkey)
  return { witnesses, size: reader.head.checkpoint.size, checkpoint: newest?.note ?? null }
}

/**
 * Checks a checkpoint of {@link Witnessed} against what a country pins.
 * @returns what it says, with `quorumTime` undefined if none of the country's witnesses has cosigned it.
 * @throws {Error} if the pinned log did not sign it.
 */
export function checkWitnessed(checkpoint: string, trust: Pick<MandateTrust, 'log' | 'witnesses'>): CheckedCheckpoint {
  return checkCheckpoint(checkpoint, policyOf(trust))
}

/**
 * Verifies the proof of a mandate.
 * @param proof the parsed JSON, or its text
 * @param nowMs milliseconds since the epoch, to refuse cosignatures from the future
 * @throws {Error} that says what was expected and what came, and holds no value of the proof.
 */
export async function verifyMandateProof(
  proof: unknown,
  trust: MandateTrust,
  nowMs: number = Date.now(),
): Promise<ProvedMandate> {
  const parts = readProof(proof)
  const mandate = await verifyMandate(parts.document, trust.approvers)
  checkAuthority(mandate, trust)
  const checked = checkCheckpoint(parts.checkpoint, policyOf(trust), nowMs)
  requireWitness(checked)
  checkInclusion(parts, checked)
  checkEntry(parts.entry, mandate, trust.log.name)
  return { document: mandate.document, hash: mandate.hash }
}

function readProof(proof: unknown): z.infer<typeof MANDATE_PROOF> {
  const text = typeof proof === 'string' ? proof : (JSON.stringify(proof) ?? '')
  const bytes = Buffer.byteLength(text)
  if (bytes > MAX_PROOF_BYTES) {
    throw new DocumentError(`expected the proof of a mandate in at most ${MAX_PROOF_BYTES} bytes; came ${bytes}`)
  }
  const parsed = MANDATE_PROOF.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  throw new DocumentError(
    `expected the proof of a mandate: document, entry, index, size, hashes, checkpoint: ${describeIssue(parsed.error)}`,
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new DocumentError('expected the proof of a mandate in JSON; came another text')
  }
}

function checkAuthority({ document }: SignedMandate, { issuer, country }: MandateTrust): void {
  if (document.issuer !== issuer || document.country !== country) {
    throw new DocumentError('expected a mandate of the pinned authority and its country; it names another')
  }
}

/** Makes a trust policy of one log, in which any one of the witnesses is enough. Without witnesses nothing is. */
function policyOf({ log, witnesses }: Pick<MandateTrust, 'log' | 'witnesses'>): Policy {
  for (const { type, publicKey } of witnesses) {
    if (type !== SIGNATURE_TYPES.cosignature || Buffer.compare(publicKey, log.publicKey) === 0) {
      throw new TypeError('expected the keys of witnesses (C2SP tlog-cosignature, 0x04), none of them the log’s own')
    }
  }
  const named = witnesses.map((verifier, at) => ({ name: `witness-${at}`, verifier }))
  const group = { threshold: 1, members: named.map(({ name }) => name) }
  return { logs: [{ verifier: log }], witnesses: named, groups: new Map([['any', group]]), quorum: 'any' }
}

function requireWitness({ isInQuorum }: Pick<CheckedCheckpoint, 'isInQuorum'>): void {
  if (isInQuorum) return
  throw new DocumentError(
    'expected a checkpoint that a witness of the receiving country cosigned; none of them has. Wait for the witness, or start it',
  )
}

function checkInclusion(parts: z.infer<typeof MANDATE_PROOF>, { checkpoint }: CheckedCheckpoint): void {
  if (checkpoint.size !== parts.size) {
    throw new DocumentError('expected `size` to be the size of the checkpoint’s tree; came another')
  }
  const hashes: Hash[] = parts.hashes.flatMap((text) => parseBase64(text, 32) ?? [])
  const proof = { index: parts.index, hashes, checkpoint: parts.checkpoint }
  if (hashes.length !== parts.hashes.length || !provesEntry(Buffer.from(parts.entry), proof, checkpoint)) {
    throw new DocumentError('expected a proof that leads from the entry to the checkpoint’s root; it leads elsewhere')
  }
}

/** Checks that the entry says that this mandate was approved, and that no other reader could read something else in it. */
function checkEntry(text: string, { hash, drafterKid, approverKid }: SignedMandate, log: string): void {
  const entry = readEntry(text)
  if (entry.mandate !== hash) throw new DocumentError('expected an entry about this mandate; it is about another')
  if (entry.key !== approverKid || drafterKid === approverKid) {
    throw new DocumentError('expected an entry of the approver’s key; it names another')
  }
  if (periodIn(entry.origin, log) === undefined) {
    throw new DocumentError('expected an entry of the authority’s log; it names another log')
  }
}

function readEntry(text: string): EntryOf<'mandate'> {
  const bytes = Buffer.from(text)
  const entry = parseEntry(bytes)
  if (entry.kind !== 'mandate') throw new DocumentError('expected an entry of the kind mandate; came another kind')
  if (Buffer.compare(canonicalBytes(entry), bytes) !== 0) {
    throw new DocumentError('expected an entry in canonical JSON (RFC 8785); came other bytes of it')
  }
  return entry
}
