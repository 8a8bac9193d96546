import { hash } from 'node:crypto'
import { parseVerifierKey } from '../../../audit/note/key.ts'
import { readTlogProof } from '../../../audit/note/tlog-proof.ts'
import { createReceiptChecker, type ProvenEntry } from '../../../audit/verify/receipt-checker.ts'
import { type EntryOf, parseEntry } from '../../../contract/audit-log/entry.ts'
import { parseLegSalt, saltedHash } from '../../../contract/leg-salt.ts'
import { parseReceiptHeader } from '../../../contract/receipt.ts'
import { makeChecks, type World } from '../check.ts'
import type { Reply } from '../leg.ts'
import { anyProbe } from './rules.ts'

/** Receipts: that the node wrote each leg into its own audit log before it answered. */

const LEGS = 5
const PLACE = 'Istmo-Receipt'

/** A leg, its receipt, and the entry in it. */
interface Received {
  readonly reply: Reply
  readonly proven: ProvenEntry | null
  readonly entry: EntryOf<'leg'> | null
}

async function* receive(world: World): AsyncGenerator<Received> {
  const probe = anyProbe(world)
  if (probe === null || world.vkey === null) return
  const prove = createReceiptChecker(parseVerifierKey(world.vkey))
  for (let at = 0; at < LEGS; at++) {
    const reply = await world.ask(probe)
    yield { reply, ...open(reply, prove) }
  }
}

function open({ receipt }: Reply, prove: ReturnType<typeof createReceiptChecker>): Omit<Received, 'reply'> {
  try {
    const proof = readTlogProof(parseReceiptHeader(receipt ?? '') ?? '')
    const { extra = new Uint8Array() } = proof
    const entry = parseEntry(extra)
    return { proven: prove(proof, extra), entry: entry.kind === 'leg' ? entry : null }
  } catch {
    return { proven: null, entry: null }
  }
}

/** Finds the first member of an entry that is not the leg's. */
function findOther({ facts }: World, { sent, text }: Reply, entry: EntryOf<'leg'>): string | undefined {
  const salt = parseLegSalt(sent.salt ?? '') ?? new Uint8Array()
  const { query } = JSON.parse(sent.body) as { readonly query: string }
  const expected = {
    country: facts.country,
    requestId: sent.requestId,
    operationHash: hash('sha256', query),
    requestHash: saltedHash(salt, sent.body),
    responseHash: saltedHash(salt, text),
  }
  return Object.entries(expected).find(([name, value]) => entry[name as keyof typeof expected] !== value)?.[0]
}

/** The checks of receipts. */
export const RECEIPT_CHECKS = makeChecks('receipts', { isOfNode: true })({
  async *present(world) {
    for await (const { reply } of receive(world)) yield { isGood: reply.receipt !== undefined, place: PLACE }
  },

  async *signature(world) {
    for await (const { reply, proven } of receive(world))
      if (reply.receipt !== undefined) yield { isGood: proven !== null, place: PLACE }
  },

  async *leg(world) {
    for await (const { reply, entry } of receive(world)) {
      if (entry === null) continue
      const member = findOther(world, reply, entry)
      yield { isGood: member === undefined, place: PLACE, holes: { member: member ?? '' } }
    }
  },

  async *chain(world) {
    const before: ProvenEntry[] = []
    for await (const { proven } of receive(world)) {
      if (proven === null) continue
      const { index, leaf, size, checkpointHash } = proven
      const isFork = before.some(
        (each) =>
          (each.index === index && each.leaf !== leaf) ||
          (each.size === size && each.checkpointHash !== checkpointHash) ||
          each.size > size,
      )
      before.push(proven)
      yield { isGood: !isFork, place: `entry ${index} of ${size}` }
    }
  },
})
