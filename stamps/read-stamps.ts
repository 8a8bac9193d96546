import { X509Certificate } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { collectBounded, readBytes } from '../auditors/inputs.ts'
import { createTrustedFetch } from '../service/http/trusted-fetch.ts'
import { StampError } from './time-stamp.ts'

/** Reads what `istmo audit stamp` works with: answers of authorities, stamps and certificates, none of them longer than it can be. */

/** The longest answer of an authority, in bytes. A stamp is such an answer. */
const MAX_ANSWER_BYTES = 65_536

/** The longest file with a certificate, in bytes. */
const MAX_CERTIFICATE_BYTES = 65_536

/** How long an authority may take to answer, in milliseconds. */
const TIMEOUT_MS = 30_000

/** The folder of the stamps below the log's folder. */
const STAMPS = 'stamps'

/** Returns the folder of the stamps of a log, or of a shard. */
export function stampsFolder(folder: string): string {
  return join(folder, STAMPS)
}

/** Returns the file of the stamp of a checkpoint of `size` entries. */
export function stampPath(folder: string, size: number): string {
  return join(stampsFolder(folder), `${size}.tsr`)
}

/** Lists the sizes of the checkpoints that have a stamp in a folder, the smallest first. */
export async function listStampSizes(folder: string): Promise<readonly number[]> {
  const names = await readdir(stampsFolder(folder)).catch(() => [])
  const sizes = names.flatMap((name) => /^(\d{1,15})\.tsr$/.exec(name)?.[1] ?? [])
  return sizes.map(Number).sort((one, other) => one - other)
}

/**
 * Reads the stamp of a checkpoint of `size` entries.
 * @returns undefined if there is none.
 * @throws {StampError} if the file is longer than a stamp can be.
 */
export async function readStamp(folder: string, size: number): Promise<Uint8Array | undefined> {
  const file = createReadStream(stampPath(folder, size)) as AsyncIterable<Buffer>
  let bytes: Uint8Array | undefined
  try {
    bytes = await collectBounded(file, MAX_ANSWER_BYTES)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  if (bytes === undefined) throw new StampError(`expected at most ${MAX_ANSWER_BYTES} bytes in a stamp; came more`)
  return bytes
}

/** Reads a certificate. Rejects with the name of the file and the cause. */
export async function readCertificate(file: string): Promise<X509Certificate> {
  const bytes = await readBytes(file, MAX_CERTIFICATE_BYTES)
  try {
    return new X509Certificate(bytes)
  } catch {
    throw new Error(`${file}: expected a certificate as PEM; came another file`)
  }
}

/** Asks an authority for a stamp. Rejects with its URL and the cause, also if the answer is longer than a stamp can be. */
export async function askAuthority(url: string, query: Uint8Array): Promise<Uint8Array> {
  const response = await createTrustedFetch()(url, {
    method: 'POST',
    headers: { 'content-type': 'application/timestamp-query' },
    body: new Uint8Array(query),
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  if (response.status !== 200) {
    await response.body?.cancel()
    throw new Error(`${url}: expected status 200; came ${response.status}`)
  }
  const answer = response.body === null ? new Uint8Array() : await collectBounded(response.body, MAX_ANSWER_BYTES)
  if (answer === undefined) throw new Error(`${url}: expected at most ${MAX_ANSWER_BYTES} bytes; came more`)
  return answer
}
