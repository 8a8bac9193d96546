import { formatBase64 } from '../note/base64.ts'
import type { Checkpoint } from '../note/checkpoint.ts'
import type { NoteSignature } from '../note/note.ts'
import type { Policy } from '../note/policy.ts'
import { followRotations, type KeyPeriod } from '../note/rotation.ts'

/**
 * Reads checkpoints in the form in which a log writes nearly all of its history: three lines, and one signature of its own key. Nothing is
 * verified. The caller compares the root with its tree.
 */
export interface PlainNotes {
  /** Returns the size and the root, in Base 64, of such a checkpoint. Undefined if the note has any other form. */
  readonly read: (note: string) => { readonly size: number; readonly root: string } | undefined
  /** Checks whether one of the signatures names the key of the log that may sign a tree of this size. */
  readonly isSignedBy: (signatures: readonly NoteSignature[], checkpoint: Checkpoint) => boolean
}

/** The characters of a signature line after the key: 64 bytes with the rest of the key id, in Base 64. */
const SIGNATURE_CHARACTERS = 92

/** A key of a log as it begins a signature line. Its name and five characters of Base 64, 30 bits of the key id, are enough here. */
interface Key extends Omit<KeyPeriod, 'verifier'> {
  readonly lineStart: string
}

/** Creates the reader for the logs of a trust policy. */
export function createPlainNotes({ logs }: Policy): PlainNotes {
  const periods = logs.flatMap(({ verifier, periods: known }) => known ?? followRotations([verifier], []))
  const keys = new Map<string, readonly Key[]>(
    [...Map.groupBy(periods, ({ verifier }) => verifier.name)].map(([name, own]) => [name, own.map(toKey)]),
  )

  const read: PlainNotes['read'] = (note) => {
    const [origin = '', sizeText = '', root = '', empty, signature = '', end, ...more] = note.split('\n')
    if (empty !== '' || end !== '' || more.length > 0) return undefined
    const size = Number(sizeText)
    const isWhole = Number.isSafeInteger(size) && String(size) === sizeText
    const lineLength = `— ${origin} `.length + SIGNATURE_CHARACTERS
    const key = keys.get(origin)?.find(({ from, to }) => size >= from && size <= to)
    const isOfKey = key !== undefined && signature.startsWith(key.lineStart) && signature.length === lineLength
    return isWhole && isOfKey ? { size, root } : undefined
  }

  const isSignedBy: PlainNotes['isSignedBy'] = (signatures, { origin, size }) => {
    return periods.some(({ verifier, from, to }) => {
      const isInForce = verifier.name === origin && size >= from && size <= to
      return isInForce && signatures.some(({ name, keyId }) => name === origin && keyId === verifier.keyId)
    })
  }
  return { read, isSignedBy }
}

function toKey({ verifier, from, to }: KeyPeriod): Key {
  const id = Buffer.alloc(4)
  id.writeUInt32BE(verifier.keyId)
  return { lineStart: `— ${verifier.name} ${formatBase64(id).slice(0, 5)}`, from, to }
}
