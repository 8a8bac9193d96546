import { CompactSign } from 'jose'
import { SUSPENSION_TYPE, type SuspensionStatement } from '../../contract/trust/suspension.ts'
import { formatFeed } from '../../service/suspensions/format-feed.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import { SIGNING_ALGORITHM } from '../keys/signing-keys.ts'
import type { Told, ToldStatement } from './told-statements.ts'

/** More statements than fit into one answer of the feed: each has at least 300 characters. */
const MAX_SIGNED = 700

/** What {@link createToldFeed} works with. */
export interface ToldFeedOptions {
  readonly told: Told
  readonly keys: Pick<KeyRing, 'signer'>
  /** Names the list. It changes if the log is begun anew. */
  readonly id: string
  /** Returns milliseconds since the epoch. */
  readonly now: () => number
}

/**
 * Creates the function that writes the body of an authority's `GET /suspensions`. Each statement is signed with the key that signs tokens now,
 * which partners pin: after a rotation, the same statements with the same numbers have a signature of the new key. Resolves to null while no key may
 * sign.
 */
export function createToldFeed({ told, keys, id, now }: ToldFeedOptions): (after: number) => Promise<string | null> {
  let signed = new Map<number, string>()
  let signedBy = ''
  return async (after) => {
    const key = keys.signer()
    if (key === null) return null
    if (key.kid !== signedBy) signed = new Map()
    signedBy = key.kid
    const texts = signed
    const sign = async ({ claims }: ToldStatement): Promise<string> => {
      const text = texts.get(claims.seq) ?? (await signStatement(claims, key))
      texts.set(claims.seq, text)
      return text
    }
    const last = told.last()
    const all = told.statements()
    if (texts.size > 2 * all.length + MAX_SIGNED) texts.clear()
    const wanted = all.filter(({ claims: { seq } }) => seq > after)
    const given = wanted.slice(0, MAX_SIGNED)
    const statements = await Promise.all(
      given.map(async (one) => ({ position: one.claims.seq, statement: { text: await sign(one) } })),
    )
    const end = given.length < wanted.length ? (given.at(-1)?.claims.seq ?? last) : last
    return formatFeed(statements, { after, last: end, id, nowMs: now() })
  }
}

function signStatement(
  claims: ToldStatement['claims'],
  { kid, privateKey }: NonNullable<ReturnType<KeyRing['signer']>>,
): Promise<SuspensionStatement['text']> {
  return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: SIGNING_ALGORITHM, typ: SUSPENSION_TYPE, kid })
    .sign(privateKey)
}
