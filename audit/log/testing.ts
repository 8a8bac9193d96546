import { generateSignerKey, type NoteSigner, parseSignerKey, SIGNATURE_TYPES } from '../note/key.ts'
import { type NewSalt, SLOT_BYTES, writeSlot } from '../salts/slot.ts'
import type { FileChange, LogStorage } from './folder-storage.ts'

/** Storages that fail on purpose, for tests. */

/** A power cut: the storage fails from now on. */
export class PowerCut extends Error {
  override readonly name = 'PowerCut'
}

/** What a torn append leaves after the bytes that reached the disk. */
export type Tear = 'NOTHING' | 'ZEROS' | 'NOISE'

/** How a memory storage fails. */
export interface Breakage {
  /** How many bytes reach the disk before it fails. Each atomic write and each removal costs one more. */
  readonly bytes: number
  readonly tear: Tear
  /** Whether the power is cut or the disk is full. A full disk accepts writes again afterwards. */
  readonly kind: 'POWER' | 'SPACE'
}

/** Creates a storage in memory that does what `LogStorage` promises, with at most one breakage. */
export function createMemoryStorage(
  files = new Map<string, Uint8Array>(),
  breakage?: Breakage,
): LogStorage & {
  readonly files: Map<string, Uint8Array>
  readonly written: () => number
  /** How many appends and overwrites there were. Each is one write and one sync. */
  readonly appends: () => number
  readonly overwrites: () => number
} {
  let [appends, overwrites] = [0, 0]
  const { written, admit, breakDown } = createBreaker(breakage)

  const change = ({ path, bytes }: FileChange): void => {
    const cost = (bytes?.length ?? 0) + 1
    if (admit(cost) < cost) breakDown()
    if (bytes !== undefined) files.set(path, Buffer.from(bytes))
    else for (const name of files.keys()) if (name === path || name.startsWith(`${path}/`)) files.delete(name)
  }

  return {
    files,
    written,
    appends: () => appends,
    overwrites: () => overwrites,
    read: async (path) => files.get(path),
    readPart: async (path, offset, length) => Buffer.from(files.get(path)?.subarray(offset, offset + length) ?? []),
    list: async (folder) => listNames(files, folder),
    append: async (path, offset, bytes) => {
      appends++
      const before = (files.get(path) ?? Buffer.alloc(0)).subarray(0, offset)
      if (before.length < offset) throw new Error(`${path} has ${before.length} bytes, none at ${offset}`)
      // The zeroes with which a journal begins count as one byte, because a tear in each of them would be the same.
      const cost = lengthWithoutZeroes(bytes) + 1
      const admitted = admit(cost)
      const reached = admitted < cost ? admitted : bytes.length
      const rest =
        reached < bytes.length ? leftover(breakage?.tear ?? 'NOTHING', bytes.length - reached) : Buffer.alloc(0)
      files.set(path, Buffer.concat([before, bytes.subarray(0, reached), rest]))
      // A sync takes time: other appends may queue.
      await new Promise((resolve) => setImmediate(resolve))
      if (admitted < cost) breakDown()
    },
    overwrite: async (path, offset, bytes) => {
      const file = Buffer.from(files.get(path) ?? Buffer.alloc(0))
      if (file.length < offset + bytes.length) throw new Error(`${path} has only ${file.length} bytes`)
      overwrites++
      const reached = admit(bytes.length)
      tearOver(file.subarray(offset, offset + bytes.length), bytes.subarray(0, reached), breakage?.tear)
      files.set(path, file)
      await new Promise((resolve) => setImmediate(resolve))
      if (reached < bytes.length) breakDown()
    },
    write: async (changes) => {
      for (const each of changes) change(each)
    },
  }
}

function listNames(files: ReadonlyMap<string, Uint8Array>, folder: string): readonly string[] {
  const inside = [...files.keys()].filter((path) => path.startsWith(`${folder}/`))
  return [...new Set(inside.map((path) => path.slice(folder.length + 1).split('/')[0] ?? ''))]
}

/** Puts the bytes that reached the disk into the place where they belong, and what a tear leaves behind them. */
function tearOver(place: Uint8Array, reached: Uint8Array, tear: Tear = 'NOTHING'): void {
  if (tear !== 'NOTHING') place.fill(tear === 'ZEROS' ? 0 : 0xa5)
  place.set(reached)
}

/** Counts what is written, and breaks once. */
function createBreaker(breakage: Breakage | undefined) {
  let [written, isCut, isFull] = [0, false, false]

  /** Returns how many of `bytes` reach the disk. It is fewer than `bytes` only once. */
  const admit = (bytes: number): number => {
    if (isCut) throw new PowerCut('the power is off')
    written += bytes
    if (breakage === undefined || isFull || written <= breakage.bytes) return bytes
    // Now, and not after the torn write: nothing that is written at the same time reaches the disk.
    isFull = true
    isCut = breakage.kind === 'POWER'
    return bytes - (written - breakage.bytes)
  }

  const breakDown = (): never => {
    if (isCut) throw new PowerCut('the power is off')
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
  }

  return { written: () => written, admit, breakDown }
}

function lengthWithoutZeroes(bytes: Uint8Array): number {
  let length = bytes.length
  while (length > 0 && bytes[length - 1] === 0) length--
  return length
}

function leftover(tear: Tear, length: number): Uint8Array {
  return tear === 'NOTHING' ? Buffer.alloc(0) : Buffer.alloc(length, tear === 'ZEROS' ? 0 : 0xa5)
}

/** Creates a signer for a log or a witness, with a new key. `now` returns milliseconds since 1970. */
export function newSigner(name: string, type: keyof typeof SIGNATURE_TYPES = 'ed25519', now = Date.now): NoteSigner {
  return parseSignerKey(generateSignerKey(name, SIGNATURE_TYPES[type]), now)
}

/** Encodes the slot of a salt, as a log does in its journal and the store. */
export function encodeSlot(salt: NewSalt): Uint8Array {
  const slot = Buffer.alloc(SLOT_BYTES)
  writeSlot(slot, 0, salt)
  return slot
}
