import { fromBase64Url } from './base64url.ts'

/**
 * The receipt of a leg (docs/design/audit-log.md, Receipts): a C2SP tlog-proof that the country's audit log has an entry, with the entry in
 * `extra`.
 */

/** The public key of a country's audit log: a C2SP verifier key of type Ed25519. */
export interface LogKey {
  readonly name: string
  readonly publicKey: Uint8Array<ArrayBuffer>
}

/**
 * Parses a verifier key, `name+id+base64(type ‖ public key)`.
 * @throws {Error} if it is not one of Ed25519.
 */
export function parseLogKey(vkey: string): LogKey {
  const [, name, material] = /^([^+]+)\+[0-9a-f]{8}\+([A-Za-z0-9+/]+=*)$/.exec(vkey) ?? []
  const bytes = fromBase64Url(material ?? '')
  if (name === undefined || bytes.length !== 33 || bytes[0] !== 1) {
    throw new Error('expected a verifier key of an audit log: a name, 8 hexadecimal digits and Base 64, joined by +')
  }
  return { name, publicKey: bytes.slice(1) }
}

/**
 * Verifies a receipt and returns its entry.
 * @param header the value of `Istmo-Receipt`: a byte sequence of RFC 9651.
 * @throws {Error} if the log's key did not sign the checkpoint, or the tree does not have the entry.
 */
export async function readReceipt(header: string, key: LogKey): Promise<Readonly<Record<string, unknown>>> {
  const [, base64] = /^:([A-Za-z0-9+/]*={0,2}):$/.exec(header.trim()) ?? []
  if (base64 === undefined) throw new Error('expected a receipt as a byte sequence')
  const proof = new TextDecoder('utf-8', { fatal: true }).decode(fromBase64Url(base64))
  const cut = proof.indexOf('\n\n')
  const [first, extra = '', index = '', ...path] = proof.slice(0, cut).split('\n')
  if (first !== 'c2sp.org/tlog-proof@v1' || !extra.startsWith('extra ') || !/^index \d{1,15}$/.test(index)) {
    throw new Error('expected a proof with its entry')
  }
  const entry = fromBase64Url(extra.slice('extra '.length))
  const { size, root } = await openCheckpoint(proof.slice(cut + 2), key)
  const hashes = path.map(fromBase64Url)
  const computed = await rootOf(entry, Number(index.slice('index '.length)), size, hashes)
  if (computed === null || !isEqual(computed, root)) throw new Error('the receipt does not prove its entry')
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(entry)) as Record<string, unknown>
}

/** Verifies a checkpoint (C2SP tlog-checkpoint). A shard of the log signs under its own name with the same key. */
async function openCheckpoint(note: string, { name, publicKey }: LogKey) {
  const cut = note.lastIndexOf('\n\n')
  const text = note.slice(0, cut + 1)
  const [origin = '', size = '', root = ''] = text.split('\n')
  const isShard = origin.startsWith(`${name}/`) && /^\d{4}(-\d{2})?$/.test(origin.slice(name.length + 1))
  if (origin !== name && !isShard) throw new Error('the receipt is of another log')
  if (!/^\d{1,15}$/.test(size)) throw new Error('expected a checkpoint with a size')
  const verifier = await crypto.subtle.importKey('raw', publicKey, 'Ed25519', false, ['verify'])
  for (const line of note.slice(cut + 2).split('\n')) {
    const [, signer, signature] = /^— (\S+) ([A-Za-z0-9+/]+=*)$/.exec(line) ?? []
    if (signer !== origin || signature === undefined) continue
    // The first four bytes are the id of the key.
    const bytes = fromBase64Url(signature).slice(4)
    const isValid = await crypto.subtle.verify('Ed25519', verifier, bytes, new TextEncoder().encode(text))
    if (isValid) return { size: Number(size), root: fromBase64Url(root) }
  }
  throw new Error('no signature of the country’s log is valid')
}

type Bytes = Uint8Array<ArrayBuffer>

/** Computes the root of a tree from an inclusion proof (RFC 9162 section 2.1.3.2); null if the proof has not the length that the place needs. */
async function rootOf(entry: Bytes, index: number, size: number, hashes: readonly Bytes[]): Promise<Bytes | null> {
  if (index >= size) return null
  let [at, last, hash] = [index, size - 1, await hashOf(0, entry)]
  for (const sibling of hashes) {
    if (last === 0) return null
    const isRight = at % 2 === 1
    if (isRight || at === last) {
      hash = await hashOf(1, sibling, hash)
      while (at % 2 === 0 && at !== 0) {
        at /= 2
        last = Math.floor(last / 2)
      }
    } else hash = await hashOf(1, hash, sibling)
    at = Math.floor(at / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 ? hash : null
}

/** SHA-256 behind the prefix of a leaf (0) or a node (1) (RFC 9162 section 2.1.1). */
async function hashOf(prefix: number, ...parts: readonly Bytes[]): Promise<Bytes> {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 1))
  bytes[0] = prefix
  let at = 1
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at])
}
