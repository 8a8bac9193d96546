import { randomBytes } from 'node:crypto'
import { isObject } from '../json-value.ts'
import { sha256Url } from './digest.ts'
import { parseJsonArray } from './unambiguous-json.ts'

/**
 * JWTs whose holder shows a part (SD-JWT, RFC 9901): the payload has digests, and each disclosure that is shown beside it fits one.
 */

/** The length of a disclosure's salt, in bytes: 128 bits (RFC 9901 section 9.3). */
export const SALT_BYTES = 16

/** How deep claims may be nested. Istmo's documents need five. */
const MAX_DEPTH = 16

/** The form of a digest: SHA-256 in base64url. */
const DIGEST = /^[A-Za-z0-9_-]{43}$/

/** One claim or element that is shown, or kept, apart from the payload. */
export interface Disclosure {
  /** The base64url text that is shown. */
  readonly disclosure: string
  /** SHA-256 of that text, base64url: what stands in the payload. */
  readonly digest: string
}

/** An SD-JWT's parts. */
export interface SdJwt {
  /** The signed JWT in compact form. */
  readonly jwt: string
  readonly disclosures: readonly string[]
}

/** A disclosure that was shown, and where its digest stands. */
export interface DisclosedClaim {
  readonly disclosure: string
  /** The path of the object or array that holds the digest, from the payload's top. An index counts the elements of the signed array. */
  readonly at: readonly (string | number)[]
  /** Null for an array's element. */
  readonly name: string | null
  /** The value, with its own disclosures put in. */
  readonly value: unknown
}

/** What a payload says together with its disclosures. */
export interface ResolvedClaims {
  /** The payload with what is disclosed, and without digests (RFC 9901 section 7.1: the processed payload). */
  readonly claims: Readonly<Record<string, unknown>>
  readonly disclosed: readonly DisclosedClaim[]
  /** How many digests have no disclosure here, by the path of the object or array that holds them, joined by `.`; the top is the empty text. */
  readonly undisclosed: ReadonlyMap<string, number>
}

/** An SD-JWT that is not one. The message says what was expected, and holds no value from outside. */
export class SdJwtError extends Error {}

/**
 * Makes a disclosure (RFC 9901 section 4.2).
 * @param name the claim's name; null for an element of an array.
 * @param salt 16 random bytes unless a test gives its own.
 */
export function disclose(name: string | null, value: unknown, salt: Uint8Array = randomBytes(SALT_BYTES)): Disclosure {
  const saltText = Buffer.from(salt).toString('base64url')
  const json = JSON.stringify(name === null ? [saltText, value] : [saltText, name, value])
  const disclosure = Buffer.from(json, 'utf8').toString('base64url')
  return { disclosure, digest: sha256Url(disclosure) }
}

/**
 * Splits the text of an SD-JWT without key binding, `<JWT>~<disclosure>~…~` (RFC 9901 section 4).
 * @throws {SdJwtError} if the text does not end with `~`, or has an empty disclosure.
 */
export function readSdJwt(text: string): SdJwt {
  const [jwt = '', ...rest] = text.split('~')
  if (jwt === '' || rest.length === 0 || rest.pop() !== '') throw new SdJwtError('expected `<JWT>~<disclosure>~…~`')
  if (rest.includes('')) throw new SdJwtError('expected disclosures between the tildes; one is empty')
  return { jwt, disclosures: rest }
}

/** Writes the text of an SD-JWT without key binding. */
export function writeSdJwt({ jwt, disclosures }: SdJwt): string {
  return `${[jwt, ...disclosures].join('~')}~`
}

/**
 * Puts disclosures into a payload (RFC 9901 section 7.1). The signature must have been verified.
 * @throws {SdJwtError} if a disclosure is shown twice, fits no digest, is malformed or hides a name that is taken, `_sd` or `...`; if a digest
 * appears twice; if `_sd` or `...` stand where they must not; if the hash is not SHA-256.
 */
export function resolveDisclosures(
  payload: Readonly<Record<string, unknown>>,
  disclosures: readonly string[],
): ResolvedClaims {
  if (payload._sd_alg !== undefined && payload._sd_alg !== 'sha-256') {
    throw new SdJwtError('expected `_sd_alg` to be `sha-256`')
  }
  const state = new Resolving(disclosures)
  const { _sd_alg: _, ...rest } = payload
  const claims = state.resolveObject(rest, [])
  state.endWithoutUnused()
  return { claims, disclosed: state.disclosed, undisclosed: state.undisclosed }
}

type Path = readonly (string | number)[]

/** The disclosures that wait for their digest, and the digests that were met. */
class Resolving {
  readonly disclosed: DisclosedClaim[] = []
  readonly undisclosed = new Map<string, number>()
  readonly #waiting = new Map<string, string>()
  readonly #met = new Set<string>()

  constructor(disclosures: readonly string[]) {
    for (const disclosure of disclosures) {
      const digest = sha256Url(disclosure)
      if (this.#waiting.has(digest)) throw new SdJwtError('expected each disclosure once; one came twice')
      this.#waiting.set(digest, disclosure)
    }
  }

  endWithoutUnused(): void {
    if (this.#waiting.size > 0) throw new SdJwtError('expected a digest for each disclosure; one has none')
  }

  resolveObject(object: Readonly<Record<string, unknown>>, at: Path): Record<string, unknown> {
    if (Object.hasOwn(object, '...'))
      throw new SdJwtError('expected `...` only as the one member of an array’s element')
    const { _sd: digests, ...open } = object
    const members = new Map(Object.entries(open))
    for (const [name, value] of members) {
      if (isComposed(value)) members.set(name, this.#resolve(value, [...at, name]))
      else checkDepth(at.length + 1)
    }
    for (const digest of readDigests(digests)) {
      const found = this.#take(digest, at)
      if (found === null) continue
      const [name, value] = readMember(found)
      if (members.has(name)) throw new SdJwtError('expected a disclosed claim to have a name of its own; it is taken')
      members.set(name, this.#note(found, name, value, at, [...at, name]))
    }
    return Object.fromEntries(members)
  }

  #resolve(value: unknown, at: Path): unknown {
    checkDepth(at.length)
    if (Array.isArray(value)) return value.flatMap((element, index) => this.#resolveElement(element, at, index))
    return isObject(value) ? this.resolveObject(value, at) : value
  }

  /** Returns the element in a list; no element for a digest without a disclosure. */
  #resolveElement(element: unknown, at: Path, index: number): readonly unknown[] {
    if (!isComposed(element)) {
      checkDepth(at.length + 1)
      return [element]
    }
    const path = [...at, index]
    if (!isObject(element) || !Object.hasOwn(element, '...')) return [this.#resolve(element, path)]
    if (Object.keys(element).length > 1) throw new SdJwtError('expected `...` to be the only member of its element')
    const [digest = ''] = readDigests([element['...']])
    const found = this.#take(digest, at)
    return found === null ? [] : [this.#note(found, null, readElement(found), at, path)]
  }

  /** Returns the disclosure of a digest; null if it is not shown. */
  #take(digest: string, at: Path): string | null {
    if (this.#met.has(digest)) throw new SdJwtError('expected each digest once; one appears twice')
    this.#met.add(digest)
    const found = this.#waiting.get(digest)
    this.#waiting.delete(digest)
    if (found !== undefined) return found
    const place = at.join('.')
    this.undisclosed.set(place, (this.undisclosed.get(place) ?? 0) + 1)
    return null
  }

  #note(disclosure: string, name: string | null, value: unknown, at: Path, path: Path): unknown {
    const resolved = this.#resolve(value, path)
    this.disclosed.push({ disclosure, at, name, value: resolved })
    return resolved
  }
}

function readDigests(digests: unknown): readonly string[] {
  if (digests === undefined) return []
  if (!Array.isArray(digests) || !digests.every((digest) => typeof digest === 'string' && DIGEST.test(digest))) {
    throw new SdJwtError('expected digests of SHA-256 in base64url')
  }
  return digests
}

/** Reads the disclosure of an object's member: `[salt, name, value]`. */
function readMember(disclosure: string): readonly [name: string, value: unknown] {
  const [salt, name, value, ...others] = parseJsonArray(disclosure) ?? []
  if (typeof salt !== 'string' || typeof name !== 'string' || value === undefined || others.length > 0) {
    throw new SdJwtError('expected the disclosure of a claim to be `[salt, name, value]`')
  }
  if (name === '_sd' || name === '...') throw new SdJwtError('expected no disclosed claim named `_sd` or `...`')
  return [name, value]
}

/** Reads the disclosure of an array's element: `[salt, value]`. */
function readElement(disclosure: string): unknown {
  const [salt, value, ...others] = parseJsonArray(disclosure) ?? []
  if (typeof salt !== 'string' || value === undefined || others.length > 0) {
    throw new SdJwtError('expected the disclosure of an element to be `[salt, value]`')
  }
  return value
}

function checkDepth(depth: number): void {
  if (depth > MAX_DEPTH) throw new SdJwtError(`expected claims to be nested at most ${MAX_DEPTH} deep`)
}

/** Whether digests may stand in a value. */
function isComposed(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}
