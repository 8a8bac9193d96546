import { generateKeyPairSync, hash } from 'node:crypto'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { hashLeaf } from '../../audit/merkle/hash.ts'
import { createMemoryTiles, createTiledTree } from '../../audit/merkle/tiled-tree.ts'
import { formatBase64 } from '../../audit/note/base64.ts'
import { formatCheckpoint } from '../../audit/note/checkpoint.ts'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { signNote } from '../../audit/note/note.ts'
import { sha256Url } from '../../contract/trust/digest.ts'
import { signMandate } from '../../contract/trust/mandate-document.ts'
import { hashPayload, type PersonalPrivateKey, thumbprintOf, toPublicKey } from '../../contract/trust/personal-jws.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import type { MandateProof } from '../../service/trust/mandate-proof.ts'

/** Mandates of the test authority, with the proofs that a node takes: two test persons signed them, and a test witness has seen them. */

/** A mandate for one task force. */
export interface TestMandate {
  readonly taskForce: string
  /** The mandate hash, base64url. */
  readonly hash: string
  /** The last day, `YYYY-MM-DD`. */
  readonly notAfter: string
  readonly proof: MandateProof
  /** Whether it is bound to a case. What is asked on it needs a signed question. */
  readonly isOfCase: boolean
}

/** What a country's file pins of the test authority besides its key. */
export interface MandateKeys {
  /** The thumbprint of the approver's key. */
  readonly approver: string
  /** The verifier keys of the log and of its witness. */
  readonly log: string
  readonly witness: string
}

/** What the mandates say. */
export interface MandateTerms {
  readonly authority: string
  /** The country whose officers they are of. */
  readonly officersOf: string
  /** The country that is asked. */
  readonly asked: string
  readonly taskForces: readonly string[]
  readonly scopes: readonly string[]
}

/** The longest lists that a mandate may have. */
const MAX_SCOPES = 50
/** How long the mandates hold, in days: long enough to keep the prepared folder for a while. */
const DAYS = 150
const DAY_MS = 86_400_000

/** Makes a mandate for each task force, and one more for the first that is bound to a case, with keys that nothing else uses and that nobody keeps. */
export async function makeTestMandates(
  terms: MandateTerms,
  nowMs: number,
): Promise<{ readonly keys: MandateKeys; readonly mandates: readonly TestMandate[] }> {
  const [drafter, approver] = [newPersonalKey(), newPersonalKey()]
  const log = newSigner(new URL(terms.authority).host, 'ed25519', nowMs)
  const witness = newSigner(`witness.${new URL(terms.authority).host}`, 'cosignature', nowMs)
  const approverKid = await thumbprintOf(approver)
  const notAfter = new Date(nowMs + DAYS * DAY_MS).toISOString().slice(0, 10)
  const signed = await Promise.all(
    listWanted(terms).map(async ({ taskForce, isOfCase }) => {
      const text = {
        ...documentFor(taskForce, terms, { nowMs, notAfter }),
        ...(isOfCase && { case: sha256Url('case') }),
      }
      const draft = await signMandate(text, drafter, 'drafter')
      const document = await signMandate(draft, approver, 'approver')
      const mandate = hashPayload(document.payload)
      const entry = canonicalBytes({
        v: 1,
        kind: 'mandate',
        id: createUuidV7(nowMs),
        time: new Date(nowMs).toISOString(),
        origin: log.verifier.name,
        mandate,
        document: hash('sha256', JSON.stringify(document)),
        person: sha256Url('approver'),
        key: approverKid,
      })
      return { taskForce, isOfCase, document, hash: mandate, entry }
    }),
  )
  const proveAt = await commit(
    signed.map(({ entry }) => entry),
    (text) => signNote(text, [log, witness]),
    log.verifier.name,
  )
  const mandates = await Promise.all(
    signed.map(async ({ taskForce, isOfCase, document, hash: mandate, entry }, index) => ({
      taskForce,
      isOfCase,
      hash: mandate,
      notAfter,
      proof: { document, entry: Buffer.from(entry).toString('utf8'), index, ...(await proveAt(index)) },
    })),
  )
  return { keys: { approver: approverKid, log: log.verifier.vkey, witness: witness.verifier.vkey }, mandates }
}

function listWanted({ taskForces }: MandateTerms): readonly Pick<TestMandate, 'taskForce' | 'isOfCase'>[] {
  const plain = taskForces.map((taskForce) => ({ taskForce, isOfCase: false }))
  return [...plain, ...taskForces.slice(0, 1).map((taskForce) => ({ taskForce, isOfCase: true }))]
}

function documentFor(
  taskForce: string,
  { authority, officersOf, asked, scopes }: MandateTerms,
  { nowMs, notAfter }: { readonly nowMs: number; readonly notAfter: string },
) {
  return {
    v: 1 as const,
    id: createUuidV7(nowMs),
    issuer: authority,
    country: officersOf,
    issued: Math.floor(nowMs / 1000) - 60,
    task_force: taskForce,
    purposes: ['INVESTIGATION' as const],
    countries: [asked],
    scopes: scopes.slice(0, MAX_SCOPES),
    legal_basis: [],
    not_after: notAfter,
    time_zone: 'UTC',
    // By a hash, so that the authority's word decides which agency the officer is of. The checks ask as several.
    officers: [{ hash: sha256Url('officer') }],
    drafter: sha256Url('drafter'),
    approver: sha256Url('approver'),
  }
}

/** Puts entries into a tree of their own. Returns what proves one of them. */
async function commit(entries: readonly Uint8Array[], signText: (text: string) => string, origin: string) {
  const tiles = createMemoryTiles()
  for (const entry of entries) tiles.push(hashLeaf(entry))
  const size = entries.length
  const tree = createTiledTree(tiles.readTile, () => size)
  const checkpoint = signText(formatCheckpoint({ origin, size, root: await tree.root(size) }))
  return async (index: number) => ({
    size,
    hashes: (await tree.inclusion(index, size)).map(formatBase64),
    checkpoint,
  })
}

function newSigner(name: string, type: keyof typeof SIGNATURE_TYPES, nowMs: number) {
  return parseSignerKey(generateSignerKey(name, SIGNATURE_TYPES[type]), () => nowMs)
}

function newPersonalKey(): PersonalPrivateKey {
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  return { ...toPublicKey(jwk), d: String(jwk.d) }
}
