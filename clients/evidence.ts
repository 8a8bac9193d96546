import { fromBase64Url, sha256Hex } from './base64url.ts'
import { type LogKey, parseLogKey, readReceipt } from './receipt.ts'

/** What the gateway says of one leg (docs/design/trust.md, Evidence). */
export interface LegEvidence {
  readonly country: string
  readonly domain: string
  /** The salt of the leg's hashes, base64url. */
  readonly salt: string
  /** The bodies of the leg and of its answer, as texts. */
  readonly request: string
  readonly answer: string
  /** The value of the header `Istmo-Receipt`; null if the country gave none. */
  readonly receipt: string | null
}

/** A checked leg. `reason`: why nothing shows that the country gave this answer; null if its log says so. */
export interface CheckedLeg {
  readonly country: string
  readonly domain: string
  readonly reason: string | null
}

/** What evidence shows of an answer. */
export interface CheckedEvidence {
  readonly legs: readonly CheckedLeg[]
  /** The places in `data`, as `persons.edges.0.node.name`, whose values no country signed. */
  readonly unsigned: readonly string[]
}

/** What the gateway makes itself, beside the countries' values. */
const MADE_BY_GATEWAY: ReadonlySet<string> = new Set(['__typename', 'outcomes', 'pageInfo', 'cursor'])

/**
 * Checks each leg by its receipt, and each value of the answer by the legs that hold. A value of an object with an `id` must be in a signed
 * answer for the same id and under the same key; any other value, under the same key.
 * @param keys the verifier keys of the countries' audit logs, by country. The tool has them from its own country, never from the gateway.
 */
export async function checkEvidence(
  data: unknown,
  evidence: readonly LegEvidence[],
  keys: Readonly<Record<string, string>>,
): Promise<CheckedEvidence> {
  const parsed = new Map(Object.entries(keys).map(([country, vkey]) => [country, parseLogKey(vkey)]))
  const legs = await Promise.all(evidence.map(async (leg) => ({ leg, reason: await findFault(leg, parsed) })))
  const signed = new Set<string>()
  for (const { leg, reason } of legs) if (reason === null) noteValues(JSON.parse(leg.answer).data, signed)
  return {
    legs: legs.map(({ leg: { country, domain }, reason }) => ({ country, domain, reason })),
    unsigned: listUnsigned(data, signed),
  }
}

async function findFault(leg: LegEvidence, keys: ReadonlyMap<string, LogKey>): Promise<string | null> {
  const key = keys.get(leg.country)
  if (key === undefined) return 'the tool has no key of this country’s log'
  if (leg.receipt === null) return 'the country gave no receipt'
  try {
    const entry = await readReceipt(leg.receipt, key)
    const salt = fromBase64Url(leg.salt)
    const expected = {
      kind: 'leg',
      country: leg.country,
      domain: leg.domain,
      requestHash: await saltedHash(salt, leg.request),
      responseHash: await saltedHash(salt, leg.answer),
    }
    const other = Object.entries(expected).find(([name, value]) => entry[name] !== value)
    return other === undefined ? null : `the country’s log has another ${other[0]}`
  } catch (error) {
    return error instanceof Error ? error.message : 'the receipt does not hold'
  }
}

/** SHA-256(salt ‖ text), in hexadecimal digits. */
async function saltedHash(salt: Uint8Array<ArrayBuffer>, text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text)
  const together = new Uint8Array(salt.length + bytes.length)
  together.set(salt)
  together.set(bytes, salt.length)
  return sha256Hex(together)
}

type Members = Readonly<Record<string, unknown>>

/** Notes each value of an answer: under its key, and under its key and the id of its object. The gateway may ask for an id under another key. */
function noteValues(root: unknown, signed: Set<string>): void {
  const open: unknown[] = [root]
  while (open.length > 0) {
    const value = open.pop()
    if (Array.isArray(value)) open.push(...value)
    if (!isObject(value)) continue
    const ids = idsOf(value)
    for (const [key, member] of Object.entries(value)) {
      open.push(member)
      for (const leaf of leavesOf(member)) {
        signed.add(nameOf(null, key, leaf))
        for (const id of ids) signed.add(nameOf(id, key, leaf))
      }
    }
  }
}

function idsOf(object: Members): readonly string[] {
  const isId = ([key, value]: [string, unknown]): boolean =>
    (key === 'id' || /^_i\d*_?Id$/.test(key)) && typeof value === 'string'
  return Object.entries(object)
    .filter(isId)
    .map(([, value]) => String(value))
}

function listUnsigned(root: unknown, signed: ReadonlySet<string>): readonly string[] {
  const found: string[] = []
  const open: [unknown, readonly string[]][] = [[root, []]]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [value, path] = next
    if (Array.isArray(value)) open.push(...value.map((item, at): [unknown, string[]] => [item, [...path, String(at)]]))
    if (!isObject(value)) continue
    const id = typeof value.id === 'string' ? value.id : null
    for (const [key, member] of Object.entries(value)) {
      if (MADE_BY_GATEWAY.has(key)) continue
      open.push([member, [...path, key]])
      if (leavesOf(member).some((leaf) => !signed.has(nameOf(id, key, leaf)))) found.push([...path, key].join('.'))
    }
  }
  return found.sort()
}

/** The scalars that a member holds itself or in lists. Null says nothing that a country could have signed. */
function leavesOf(member: unknown): readonly unknown[] {
  if (Array.isArray(member)) return member.flatMap(leavesOf)
  return member === null || isObject(member) ? [] : [member]
}

function nameOf(id: string | null, key: string, value: unknown): string {
  return JSON.stringify([id, key, value])
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
