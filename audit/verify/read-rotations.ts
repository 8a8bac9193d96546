import { type KeyRotation, MAX_ROTATIONS, parseRotation, rotationPath } from '../note/rotation.ts'
import type { LogSource } from './source.ts'

/**
 * Reads the rotations of a log's key, oldest first. A log whose key was never rotated has none.
 * @throws {NoteError} if the proof of one of them is not valid.
 */
export async function readRotations(source: LogSource): Promise<readonly KeyRotation[]> {
  const rotations: KeyRotation[] = []
  while (rotations.length < MAX_ROTATIONS) {
    const bytes = await source.read(rotationPath(rotations.length))
    if (bytes === undefined) break
    rotations.push(parseRotation(Buffer.from(bytes).toString('utf8')))
  }
  return rotations
}
