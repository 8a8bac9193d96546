import { EMPTY_ROOT, type Hash, isSameHash } from '../merkle/hash.ts'
import { isConsistent, type TreeHead } from '../merkle/proof.ts'
import { formatBase64, parseBase64 } from '../note/base64.ts'
import { type Checkpoint, parseCheckpoint } from '../note/checkpoint.ts'
import { parseDecimal } from '../note/decimal.ts'
import { NoteError } from '../note/key.ts'
import { parseNote } from '../note/note.ts'
import { type KeyPeriod, openLogCheckpoint } from '../note/rotation.ts'

/**
 * The request `add-checkpoint`, and its checks (C2SP tlog-witness, as of the middle of 2026). Since then, a witness answers 422 if a
 * log signs another root for the size that the witness cosigned last; before, it was 409. A log must expect both.
 */

/** The most hashes in a consistency proof. */
const MAX_HASHES = 63

/** A log's request to a witness to cosign a checkpoint. */
export interface AddCheckpoint {
  /** The size of the older tree in the consistency proof. */
  readonly old: number
  readonly proof: readonly Hash[]
  /** The new checkpoint as a note. */
  readonly checkpoint: string
}

/** The reason why a witness does not cosign. `known` is the size that it cosigned last, if this is the reason. */
export interface Rejection {
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
export function checkProgress({ old, proof, head }: SignedRequest, last: TreeHead | undefined): Rejection | undefined {
  const known = last ?? { size: 0, root: EMPTY_ROOT }
  if (old !== known.size)
    return { status: 409, why: 'the old size is not the one that was cosigned last', known: known.size }
  if (head.size === known.size && !isSameHash(head.root, known.root)) {
    return { status: 422, why: 'the root is not the one that was cosigned for this size' }
  }
  if (!isConsistent(known, head, proof)) return { status: 422, why: 'the consistency proof is not valid' }
  return undefined
}
