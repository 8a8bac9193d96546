import type { KeyObject } from 'node:crypto'
import { type Finding, LogDamagedError } from '../finding.ts'
import { NoteError, type SignatureType } from '../note/key.ts'
import type { LogCore, Opened } from './core.ts'
import { ReplacedKeyError } from './load-keys.ts'
import { SaltStoreMissingError } from './recover.ts'
import type { SignedCheckpoint } from './state.ts'

/** The messages between a log and the thread of its core. */

/** A signer key, as it is handed over to the thread. */
export interface SignerData {
  readonly name: string
  readonly type: SignatureType
  readonly key: KeyObject
  readonly next: SignerData | undefined
  readonly previous: SignerData | undefined
}

/** What the thread gets when it starts. */
export interface LogThreadData {
  readonly folder: string
  readonly salts: string | undefined
  readonly signer: SignerData
  readonly publishAfterMs: number
}

/** A call of one of the core's methods. */
export interface CallMessage {
  readonly id: number
  readonly method: keyof LogCore
  readonly args: readonly unknown[]
}

/** What the thread says. `opened` comes first, or `failed`; after `failed` it ends. */
export type ThreadMessage =
  | { readonly kind: 'opened'; readonly opened: Opened }
  | { readonly kind: 'failed'; readonly error: ErrorData }
  | { readonly kind: 'done'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'rejected'; readonly id: number; readonly error: ErrorData }
  | { readonly kind: 'published'; readonly checkpoint: SignedCheckpoint }
  | { readonly kind: 'not-published'; readonly error: ErrorData }

/** An error, as it is handed over: a thread copies only the message of an error itself. */
export interface ErrorData {
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
  readonly code: string | undefined
  readonly findings: readonly Finding[] | undefined
}

/** The errors whose class callers look at. */
const CLASSES = [RangeError, TypeError, LogDamagedError, NoteError, ReplacedKeyError, SaltStoreMissingError]

/** Describes an error for {@link restoreError}. */
export function describeError(error: unknown): ErrorData {
  if (!(error instanceof Error)) {
    return { name: 'Error', message: String(error), stack: undefined, code: undefined, findings: undefined }
  }
  const { code } = error as NodeJS.ErrnoException
  const findings = error instanceof LogDamagedError ? error.findings : undefined
  return { name: error.name, message: error.message, stack: error.stack, code, findings }
}

/** Makes an error of the same class again, with its code and what it found. */
export function restoreError({ name, message, stack, code, findings }: ErrorData): Error {
  const prototype = CLASSES.find((each) => each.name === name)?.prototype ?? Error.prototype
  const members = {
    name,
    message,
    stack,
    ...(code !== undefined && { code }),
    ...(findings !== undefined && { findings }),
  }
  return Object.assign(Object.create(prototype) as Error, members)
}
