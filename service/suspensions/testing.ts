import { spawnSync } from 'node:child_process'
import { generateKeyPairSync, type JsonWebKey, type KeyObject, sign as signBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  SUSPENSION_TYPE,
  type SuspendedWhat,
  suspenderSchema,
  suspenderThumbprint,
} from '../../contract/trust/suspension.ts'
import type { SuspensionSigner } from './suspensions.ts'

/** Somebody who signs suspensions in a test. */
export interface TestSuspender {
  readonly signer: SuspensionSigner
  /** The key as a file of `--key-file` has it. */
  readonly jwk: JsonWebKey & { readonly name: string }
  /** Signs a statement. Each one has the next number, unless the claims say another. */
  sign(action: 'suspend' | 'resume', what: SuspendedWhat, claims?: Readonly<Record<string, unknown>>): string
}

/** Makes a suspender with a new Ed25519 key. */
export function makeSuspender(name: string, isOwner = false): TestSuspender {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const suspender = suspenderSchema.parse({ name, key: publicKey.export({ format: 'jwk' }) })
  const header = { alg: 'EdDSA', typ: SUSPENSION_TYPE, kid: suspenderThumbprint(suspender) }
  let seq = 0
  return {
    signer: { ...suspender, isOwner },
    jwk: { ...privateKey.export({ format: 'jwk' }), name },
    sign(action, what, claims) {
      const iat = Math.floor(Date.now() / 1_000)
      return signCompact(header, { iss: name, seq: ++seq, iat, action, what, reason: 'a test', ...claims }, privateKey)
    },
  }
}

function signCompact(header: object, claims: object, key: KeyObject): string {
  const body = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${body}.${signBytes(null, Buffer.from(body), key).toString('base64url')}`
}

/**
 * Limits the size of the files that this process may write, in bytes. Beyond it the kernel fails the write (EFBIG), as a full disk does. Each test file
 * has a process of its own.
 */
export function limitOwnFiles(bytes: number | 'unlimited'): void {
  const { status, stderr } = spawnSync('prlimit', [`--fsize=${bytes}:`, '--pid', String(process.pid)], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`prlimit: ${stderr}`)
}

/** A server of `GET /suspensions` that says what the test wants. */
export interface TestFeed {
  readonly url: string
  /** Called for each look with its query's `after`. Returns the body; null breaks the connection off. */
  answer: (after: number) => string | null
  close(): Promise<void>
}

/** Starts a feed. */
export async function startTestFeed(answer: TestFeed['answer']): Promise<TestFeed> {
  const server: Server = createServer((request, response) => {
    const after = Number(new URL(request.url ?? '/', 'http://feed').searchParams.get('after'))
    const body = feed.answer(after)
    if (body === null) response.destroy()
    else response.setHeader('content-type', 'application/json').end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const feed: TestFeed = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/suspensions`,
    answer,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  return feed
}
