import { FolderInUseError } from '../../service/folder-lock/folder-lock.ts'
import { rotateLogKey } from '../log/rotate-key.ts'
import type { NoteSigner } from '../note/key.ts'
import { hasSameKey } from './check-links.ts'

/** The replacement of a log's key by the process that writes the log (docs/decisions/0089-a-key-is-replaced-while-its-log-is-written.md). */

/** Returns the bytes of a rotation's entry. `oldKey` and `newKey` are verifier keys under `origin`, the origin of the shard. */
export type MakeRotationEntry = (keys: {
  readonly origin: string
  readonly oldKey: string
  readonly newKey: string
}) => Uint8Array

/** The file of the key does not hold the key that signs the log now. */
export class KeyNotInForceError extends Error {
  override readonly name = 'KeyNotInForceError'
}

/**
 * Checks that the log can be written with these keys.
 * @throws {KeyNotInForceError} if the key in force is not among them.
 */
export function requireKeyInForce(wanted: NoteSigner, { verifier: inForce }: NoteSigner): void {
  if (hasSameKey(wanted.verifier, inForce)) return
  throw new KeyNotInForceError(
    `expected a key file with the key in force, ${inForce.vkey}; it has ${wanted.verifier.vkey}`,
  )
}

/** Checks whether two signers have the same keys, in the same places. */
export function hasSameKeys(one: NoteSigner, other: NoteSigner): boolean {
  const keysOf = ({ verifier, next, previous }: NoteSigner) =>
    [verifier, next?.verifier, previous?.verifier].map((each) => Buffer.from(each?.publicKey ?? []).toString('hex'))
  return keysOf(one).join() === keysOf(other).join()
}

/** How long the folder of a log that was closed a moment ago may be in the hands of a command, in milliseconds. It writes one entry. */
const FOLDER_PATIENCE_MS = 10_000

/** Does the work, as soon as no command has the folder that this process closed a moment ago. */
export async function onceFree<Value>(work: () => Promise<Value>): Promise<Value> {
  const until = performance.now() + FOLDER_PATIENCE_MS
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof FolderInUseError) || performance.now() > until) throw error
    }
  }
}

/** Replaces the key of a log that is closed, if its key file has a next one. Rejects as `rotateLogKey` does. */
export async function rotateIfBegun(folder: string, signer: NoteSigner, makeEntry: MakeRotationEntry): Promise<void> {
  const { next, verifier } = signer
  if (next === undefined) return
  const keys = { origin: verifier.name, oldKey: verifier.vkey, newKey: next.verifier.vkey }
  await onceFree(() => rotateLogKey(folder, { ...signer, next }, () => makeEntry(keys)))
}
