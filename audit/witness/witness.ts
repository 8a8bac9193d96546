/**
 * A witness (C2SP tlog-witness) cosigns a log's checkpoint if that is consistent with the last one that it cosigned. It thereby
 * attests that the log has not removed or changed entries. It needs a key, a folder, and the logs' keys.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { EMPTY_ROOT, type Hash, isSameHash } from '../merkle/hash.ts'
import { isConsistent, type TreeHead } from '../merkle/proof.ts'
import { formatBase64, parseBase64 } from '../note/base64.ts'
import { type Checkpoint, parseCheckpoint } from '../note/checkpoint.ts'
import { parseDecimal } from '../note/decimal.ts'
import { cosignatureTime, NoteError, type NoteSigner, type NoteVerifier, SIGNATURE_TYPES } from '../note/key.ts'
import { formatNote, formatSignatureLine, type NoteSignature, parseNote, signText } from '../note/note.ts'
import { MAX_CLOCK_DIFFERENCE_MS } from '../note/policy.ts'
import { type KeyPeriod, type KeyRotation, openLogCheckpoint } from '../note/rotation.ts'
import { findTrustedName, shardKeys } from '../note/shard-name.ts'
import { type Heads, openHeads } from './heads.ts'

/** The longest request, in bytes: a proof, and a checkpoint with many signatures. */
const MAX_BODY_BYTES = 256 * 1024

/** How long a request may take to arrive, in milliseconds. */
const REQUEST_TIMEOUT_MS = 10_000

/** Without the last one, Node looks only every 30 seconds whose time is over. */
const TIMEOUTS = {
  requestTimeout: REQUEST_TIMEOUT_MS,
  headersTimeout: REQUEST_TIMEOUT_MS,
  connectionsCheckingInterval: REQUEST_TIMEOUT_MS / 2,
}

/** How many connections are open at most. More are closed at once: without a bound, a stranger would take the files that the heads need. */
export const MAX_CONNECTIONS = 500

/** How many signatures of a log the witness stores. At a rotation of its key, a log signs with two. */
const MAX_LOG_SIGNATURES = 8

/** How many records of what it cosigned one answer has at most. */
const MAX_HISTORY_RECORDS = 16_384

/** The options of a witness. */
interface WitnessOptions {
  /** The folder in which it stores heads. Only one process at a time can use it. */
  readonly folder: string
  /** Its key, of the type for cosignatures. The signer's clock gives the time in cosignatures. */
  readonly signer: NoteSigner
  /** The keys of the logs that it watches. The name of a key is the origin of its log. */
  readonly logs: readonly NoteVerifier[]
  /** The rotations of the keys of these logs. After a rotation, the witness accepts only the new key of the log. */
  readonly rotations?: readonly KeyRotation[]
  /** The keys of the other witnesses. If two of them have cosigned much later than now, its own clock is wrong. */
  readonly others?: readonly NoteVerifier[]
  /** The clocks that it watches. The default are those of this machine. */
  readonly clock?: WitnessClock
  /** Called with a sentence for the operator for each checkpoint that it does not cosign because its clock is wrong. */
  readonly onWrongClock?: (why: string) => void
  /** Called for each checkpoint that its log signed but the witness rejected. It may prove that the log removed or changed entries. */
  readonly onConflict?: (rejection: Rejection, checkpoint: string) => void
}

/** An HTTP answer of a witness. */
interface WitnessAnswer {
  readonly status: number
  readonly type: string
  readonly body: string
}

/** An open witness. */
export interface Witness {
  /** The verifier key of its cosignatures. */
  readonly vkey: string
  /** Answers one request to `add-checkpoint`. Rejects only if the folder fails: then nothing was cosigned. */
  readonly addCheckpoint: (body: string) => Promise<WitnessAnswer>
  /**
   * Returns the checkpoint that it cosigned last, as a note with the log's signatures and its own. Undefined if it knows none.
   * @param originHash the SHA-256 of the log's origin in lower-case hexadecimal digits
   */
  readonly checkpoint: (originHash: string) => Promise<string | undefined>
  /**
   * Returns the records of each size that it cosigned (`encodeCosignedSizes` in heads.ts), beginning with record `from`, at most
   * {@link MAX_HISTORY_RECORDS}. Undefined if it knows no such log.
   */
  readonly history: (originHash: string, from: number) => Promise<Uint8Array | undefined>
  /** Watches these logs from now on, in the place of those before. What it has cosigned of the others, it keeps. */
  readonly watch: (logs: readonly NoteVerifier[]) => void
  /** Waits for pending requests, and releases the folder. */
  readonly close: () => Promise<void>
}

/**
 * Opens a witness. Rejects with a FolderInUseError if another process has the folder, with a TypeError if the key has another type,
 * or with a NoteError if the rotations do not lead to the logs' keys.
 */
export async function createWitness(options: WitnessOptions): Promise<Witness> {
  // Before the folder is opened: a witness that cannot start must not lock it.
  checkKey(options.signer)
  createKeysOf(options)
  return createWitnessOn(await openHeads(options.folder), options)
}

/** Creates a witness with this memory, which it closes when it is closed. @throws as {@link createWitness} rejects. */
export function createWitnessOn(heads: Heads, options: Omit<WitnessOptions, 'folder'>): Witness {
  const { signer, onConflict, onWrongClock } = options
  const others = (options.others ?? []).filter(({ vkey }) => vkey !== signer.verifier.vkey)
  checkKey(signer)
  let keysOf = createKeysOf(options)
  const watch = (logs: readonly NoteVerifier[]): void => {
    keysOf = createKeysOf({ ...options, logs })
  }
  const clock = watchClock(options.clock ?? SYSTEM_CLOCK)

  const addCheckpoint = async (body: string): Promise<WitnessAnswer> => {
    const request = checkRequest(body, keysOf)
    if ('status' in request) return answerRejection(request)
    const wrong = clock.findJump() ?? clock.findBehindOthers(request.checkpoint, others)
    const answer =
      wrong === undefined
        ? await heads.inTurn(request.head.origin, () => advance(request, { signer, heads, clock }))
        : ({ status: 503, why: wrong } as const)
    if (!('status' in answer)) {
      return { status: 200, type: 'text/plain; charset=utf-8', body: formatSignatureLine(answer) }
    }
    if (answer.status === 503) onWrongClock?.(answer.why)
    else onConflict?.(answer, request.checkpoint)
    return answerRejection(answer)
  }
  const history = (originHash: string, from: number) => heads.history(originHash, from, MAX_HISTORY_RECORDS)
  return { vkey: signer.verifier.vkey, addCheckpoint, checkpoint: heads.note, history, watch, close: heads.close }
}

function checkKey({ verifier }: NoteSigner): void {
  if (verifier.type !== SIGNATURE_TYPES.cosignature) throw new TypeError('the key of a witness must be of type 0x04')
}

/** Creates the function that returns the keys of an origin, and which trees each of them may sign. The origin may be that of a shard, or of a worker's log. */
function createKeysOf({ logs, rotations = [] }: Omit<WitnessOptions, 'folder'>) {
  const byName = Map.groupBy(logs, ({ name }) => name)
  const periods = new Map([...byName].map(([name, keys]) => [name, shardKeys(keys, rotations, name)] as const))
  return (origin: string): readonly KeyPeriod[] => {
    const known = periods.get(origin)
    if (known !== undefined) return known
    const name = findTrustedName(origin, { logs: logs.map((verifier) => ({ verifier })) })
    const keys = byName.get(name ?? '')
    return keys === undefined ? [] : shardKeys(keys, rotations, origin)
  }
}

/** Checks and stores a head in one turn. Otherwise a slower request could set the witness back (tlog-witness, the race at its end). */
async function advance(
  request: SignedRequest,
  { signer, heads, clock }: { readonly signer: NoteSigner; readonly heads: Heads; readonly clock: ClockWatch },
): Promise<Rejection | NoteSignature> {
  const { head, text, checkpoint } = request
  const last = await heads.last(head.origin)
  const rejection = checkProgress(request, last)
  if (rejection !== undefined) return rejection
  const wrong = clock.findSetBack(last?.time)
  if (wrong !== undefined) return { status: 503, why: wrong }
  const cosignature = signText(text, signer)
  // Signatures of others are left out, because anybody could add some.
  const own = parseNote(checkpoint).signatures.filter(({ name }) => name === head.origin)
  await heads.store(head.origin, formatNote({ text, signatures: [...own.slice(0, MAX_LOG_SIGNATURES), cosignature] }))
  return cosignature
}

function answerRejection({ status, why, known }: Rejection): WitnessAnswer {
  if (known !== undefined) return { status, type: 'text/x.tlog.size', body: `${known}\n` }
  return { status, type: 'text/plain; charset=utf-8', body: `${why}\n` }
}

/**
 * Creates the HTTP server of a witness, which does not listen yet. It answers `POST <prefix>/add-checkpoint` and
 * `GET <prefix>/<SHA-256 of the origin>/checkpoint` under any prefix, and `GET /health/ready`. It also answers
 * two requests which C2SP does not have: `GET <prefix>/<SHA-256 of the origin>/cosigned?from=<record>`, the records of all that it cosigned,
 * and `GET <prefix>/vkey`, its verifier key, so that an auditor gets the key from its owner.
 * @param onError called with the error if the folder fails; the client then gets 500
 */
export function createWitnessServer(witness: Witness, onError: (error: unknown) => void = () => undefined): Server {
  const server = createServer(TIMEOUTS, (request, response) => {
    respond(witness, request, response).catch((error: unknown) => {
      onError(error)
      if (response.headersSent) response.destroy()
      else response.writeHead(500).end()
    })
  })
  server.maxConnections = MAX_CONNECTIONS
  return server
}

async function respond(witness: Witness, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? '').split('?')[0] ?? ''
  if (path === '/health/ready') {
    response.writeHead(200, { 'content-type': 'text/plain' }).end('ready\n')
    return
  }
  if (path.endsWith('/vkey')) {
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(`${witness.vkey}\n`)
    return
  }
  const originHash = /\/([0-9a-f]{64})\/checkpoint$/.exec(path)?.[1]
  if (originHash !== undefined) return respondCheckpoint(witness, originHash, request, response)
  const historyHash = /\/([0-9a-f]{64})\/cosigned$/.exec(path)?.[1]
  if (historyHash !== undefined) return respondHistory(witness, historyHash, request, response)
  if (!path.endsWith('/add-checkpoint')) {
    response.writeHead(404).end()
    return
  }
  if (request.method !== 'POST') {
    response.writeHead(405, { allow: 'POST' }).end()
    return
  }
  const text = await readBody(request)
  if (text === undefined) {
    response.writeHead(413, { connection: 'close' }).end()
    return
  }
  const { status, type, body } = await witness.addCheckpoint(text)
  response.writeHead(status, { 'content-type': type }).end(body)
}

async function respondCheckpoint(
  witness: Witness,
  originHash: string,
  { method }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (method !== 'GET' && method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end()
    return
  }
  const note = await witness.checkpoint(originHash)
  if (note === undefined) response.writeHead(404).end()
  else response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(note)
}

async function respondHistory(
  witness: Witness,
  originHash: string,
  { method, url = '' }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (method !== 'GET') {
    response.writeHead(405, { allow: 'GET' }).end()
    return
  }
  const from = parseDecimal(new URLSearchParams(url.split('?')[1] ?? '').get('from') ?? '0')
  const records = from === undefined ? undefined : await witness.history(originHash, from)
  if (records === undefined) response.writeHead(from === undefined ? 400 : 404).end()
  else response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(records)
}

/** Reads the complete body. Returns undefined if it is too long. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of request) {
    length += (part as Buffer).length
    if (length > MAX_BODY_BYTES) return undefined
    parts.push(part as Buffer)
  }
  return Buffer.concat(parts).toString('utf8')
}

/**
 * The request `add-checkpoint`, and its checks (C2SP tlog-witness, as of the middle of 2026). Since then, a witness answers 422 if a
 * log signs another root for the size that the witness cosigned last; before, it was 409. A log must expect both.
 */

/** The most hashes in a consistency proof. */
const MAX_HASHES = 63

/** A log's request to a witness to cosign a checkpoint. */
interface AddCheckpoint {
  /** The size of the older tree in the consistency proof. */
  readonly old: number
  readonly proof: readonly Hash[]
  /** The new checkpoint as a note. */
  readonly checkpoint: string
}

/** The reason why a witness does not cosign. `known` is the size that it cosigned last, if this is the reason. */
interface Rejection {
  readonly status: 400 | 403 | 404 | 409 | 422 | 503
  readonly why: string
  readonly known?: number
}

/** Formats the body of the request. */
export function formatAddCheckpoint({ old, proof, checkpoint }: AddCheckpoint): string {
  return `old ${old}\n${proof.map((hash) => `${formatBase64(hash)}\n`).join('')}\n${checkpoint}`
}

/**
 * Parses the body of the request, except the checkpoint in it.
 * @throws {NoteError} if it is malformed.
 */
export function parseAddCheckpoint(body: string): AddCheckpoint {
  const cut = body.indexOf('\n\n')
  const [first = '', ...lines] = body.slice(0, Math.max(cut, 0)).split('\n')
  const old = first.startsWith('old ') ? parseDecimal(first.slice('old '.length)) : undefined
  if (old === undefined) throw new NoteError('the request begins with a line `old` and a size')
  const proof = lines.flatMap((line) => parseBase64(line, 32) ?? [])
  if (proof.length !== lines.length || proof.length > MAX_HASHES) {
    throw new NoteError(`a consistency proof is up to ${MAX_HASHES} lines, each a hash of 32 bytes in Base 64`)
  }
  return { old, proof, checkpoint: body.slice(cut + 2) }
}

/** A request whose form and signature are valid. */
export interface SignedRequest extends AddCheckpoint {
  readonly text: string
  readonly head: Checkpoint
}

/**
 * Makes the checks that do not need the stored head: the form (400), a known origin (404), a signature of one of the origin's keys
 * that may sign a tree of this size (403), and that `old` is not too large (400).
 */
export function checkRequest(
  body: string,
  keysOf: (origin: string) => readonly KeyPeriod[],
): SignedRequest | Rejection {
  let request: AddCheckpoint
  let head: Checkpoint
  try {
    request = parseAddCheckpoint(body)
    head = parseCheckpoint(parseNote(request.checkpoint).text)
  } catch (error) {
    return { status: 400, why: (error as Error).message }
  }
  const keys = keysOf(head.origin)
  if (keys.length === 0) return { status: 404, why: 'this witness does not know a log of that origin' }
  try {
    openLogCheckpoint(request.checkpoint, keys)
  } catch (error) {
    return { status: 403, why: (error as Error).message }
  }
  if (request.old > head.size) return { status: 400, why: 'the old size is larger than that of the checkpoint' }
  return { ...request, text: parseNote(request.checkpoint).text, head }
}

/** Checks a request against the head that was cosigned last: 409 for another size, 422 for another root of that size or a wrong proof. */
function checkProgress({ old, proof, head }: SignedRequest, last: TreeHead | undefined): Rejection | undefined {
  const known = last ?? { size: 0, root: EMPTY_ROOT }
  if (old !== known.size)
    return { status: 409, why: 'the old size is not the one that was cosigned last', known: known.size }
  if (head.size === known.size && !isSameHash(head.root, known.root)) {
    return { status: 422, why: 'the root is not the one that was cosigned for this size' }
  }
  if (!isConsistent(known, head, proof)) return { status: 422, why: 'the consistency proof is not valid' }
  return undefined
}

/**
 * Watches the clock of a witness. The times in cosignatures say until when a log was watched. So a witness whose clock runs wrong
 * signs nothing until somebody has looked at it.
 */

/** How far the clock may be behind the last cosignature, in milliseconds: synchronisation sets clocks back a little. */
const MAX_SET_BACK_MS = 60_000

/** Two clocks of one machine, in milliseconds. */
export interface WitnessClock {
  /** The time since 1970, which somebody can set. */
  readonly now: () => number
  /** The time since some moment, which nobody can set. */
  readonly elapsed: () => number
}

/** Checks the clock. Each function returns a sentence for the operator, or undefined if nothing is wrong. */
type ClockWatch = ReturnType<typeof watchClock>

/** The clocks of this machine. */
const SYSTEM_CLOCK: WitnessClock = { now: () => Date.now(), elapsed: () => performance.now() }

/** Begins to watch a clock. */
function watchClock({ now, elapsed }: WitnessClock) {
  const [startedAt, begun] = [now(), elapsed()]
  return {
    /** Compares the time that passed since the start on both clocks. */
    findJump: (): string | undefined => {
      const jumped = Math.round((now() - startedAt - (elapsed() - begun)) / 1_000)
      if (Math.abs(jumped) * 1_000 <= MAX_CLOCK_DIFFERENCE_MS) return undefined
      return `the clock of this witness was set by ${jumped} s since its start. Correct the clock, and start the witness again`
    },
    /** Compares the clock with the time of the last cosignature, in seconds since 1970. */
    findSetBack: (lastTime: number | undefined): string | undefined => {
      const behind = lastTime === undefined ? 0 : lastTime - Math.floor(now() / 1_000)
      if (behind * 1_000 <= MAX_SET_BACK_MS) return undefined
      return `the clock of this witness is ${behind} s behind its last cosignature. Correct the clock`
    },
    /**
     * Compares the clock with the cosignatures of other witnesses on a checkpoint. They may be old, so only later times say something.
     * One witness may lie or run wrong itself, so it takes two.
     */
    findBehindOthers: (checkpoint: string, others: readonly NoteVerifier[]): string | undefined => {
      const { text, signatures } = parseNote(checkpoint)
      const times = signatures.flatMap(({ name, keyId, signature }) => {
        const by = others.find((other) => other.name === name && other.keyId === keyId)
        return by?.verify(text, signature) ? [cosignatureTime(signature) ?? 0] : []
      })
      const [, second = 0] = times.toSorted((one, other) => other - one)
      const behind = second - Math.floor(now() / 1_000)
      if (behind * 1_000 <= MAX_CLOCK_DIFFERENCE_MS) return undefined
      return `the clock of this witness is ${behind} s behind those of two other witnesses. Correct the clock`
    },
  }
}
