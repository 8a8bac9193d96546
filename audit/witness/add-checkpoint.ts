import { EMPTY_ROOT, type Hash, isSameHash } from '../merkle/hash.ts'
import { isConsistent, type TreeHead } from '../merkle/proof.ts'
import { formatBase64, parseBase64 } from '../note/base64.ts'
import { type Checkpoint, parseCheckpoint } from '../note/checkpoint.ts'
import { parseDecimal } from '../note/decimal.ts'
import { NoteError, type NoteVerifier } from '../note/key.ts'
import { openNote, parseNote } from '../note/note.ts'

/** The request `add-checkpoint` and its checks (C2SP tlog-witness). */

/** The most hashes in a consistency proof. */
const MAX_HASHES = 63

/** What a log asks of a witness. */
export interface AddCheckpoint {
  /** The size from which the proof goes. */
  readonly old: number
  readonly proof: readonly Hash[]
  /** The new checkpoint as a note. */
  readonly checkpoint: string
}

/** Why a witness does not cosign. `known` is the size that it cosigned last, where that is the reason. */
export interface Rejection {
  readonly status: 400 | 403 | 404 | 409 | 422
  readonly why: string
  readonly known?: number
}

/** Writes the request's body. */
export function formatAddCheckpoint({ old, proof, checkpoint }: AddCheckpoint): string {
  return `old ${old}\n${proof.map((hash) => `${formatBase64(hash)}\n`).join('')}\n${checkpoint}`
}

/** Reads the request's body. Throws a NoteError where it is malformed. The checkpoint in it is not read. */
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

/** A request whose form and signature hold. */
export interface SignedRequest extends AddCheckpoint {
  readonly text: string
  readonly head: Checkpoint
}

/** Checks what needs no record: form (400), a known origin (404), a signature of one of its keys (403), `old` not too large (400). */
export function checkRequest(
  body: string,
  keysOf: (origin: string) => readonly NoteVerifier[],
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
  if (keys.length === 0) return { status: 404, why: 'this witness knows no log of that origin' }
  try {
    openNote(request.checkpoint, keys)
  } catch (error) {
    return { status: 403, why: (error as Error).message }
  }
  if (request.old > head.size) return { status: 400, why: 'the old size is larger than that of the checkpoint' }
  return { ...request, text: parseNote(request.checkpoint).text, head }
}

/** Checks a request against the last head that was cosigned: 409 for another size or another root of the same, 422 for the proof. */
export function checkProgress({ old, proof, head }: SignedRequest, last: TreeHead | undefined): Rejection | undefined {
  const known = last ?? { size: 0, root: EMPTY_ROOT }
  if (old !== known.size)
    return { status: 409, why: 'the old size is not the one that was cosigned last', known: known.size }
  if (head.size === known.size && !isSameHash(head.root, known.root)) {
    return { status: 409, why: 'the root is not the one that was cosigned for this size', known: known.size }
  }
  if (!isConsistent(known, head, proof)) return { status: 422, why: 'the consistency proof does not hold' }
  return undefined
}
