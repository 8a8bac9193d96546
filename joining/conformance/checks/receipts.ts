import { hash } from 'node:crypto'
import { parseVerifierKey } from '../../../audit/note/key.ts'
import { readTlogProof } from '../../../audit/note/tlog-proof.ts'
import { createReceiptChecker, type ProvenEntry } from '../../../audit/verify/receipt-checker.ts'
import { type EntryOf, parseEntry } from '../../../contract/audit-log/entry.ts'
import { parseLegSalt, saltedHash } from '../../../contract/leg-salt.ts'
import { parseReceiptHeader } from '../../../contract/receipt.ts'
import { both } from '../both.ts'
import { type Check, createTally, type World } from '../check.ts'
import type { Reply } from '../leg.ts'
import { anyProbe } from './probes.ts'

/** Receipts: that the node wrote each leg into its own audit log before it answered. */

const LEGS = 5
const NO_LOG = both(
  'an audit log of the node: start it without --development, with --audit-log-dir',
  'un registro de auditoría del nodo: arránquelo sin --development, con --audit-log-dir',
)

/** A leg, its receipt, and the entry in it. */
interface Received {
  readonly reply: Reply
  readonly place: ProvenEntry | null
  readonly entry: EntryOf<'leg'> | null
}

async function receive(world: World): Promise<readonly Received[]> {
  const probe = anyProbe(world)
  if (probe === null || world.vkey === null) return []
  const prove = createReceiptChecker(parseVerifierKey(world.vkey))
  const received: Received[] = []
  for (let at = 0; at < LEGS; at++) {
    const { domain, query, variables } = probe
    const reply = await world.ask({ domain, query, variables, as: world.callers.reader })
    received.push({ reply, ...open(reply, prove) })
  }
  return received
}

function open({ receipt }: Reply, prove: ReturnType<typeof createReceiptChecker>): Pick<Received, 'place' | 'entry'> {
  try {
    const proof = readTlogProof(parseReceiptHeader(receipt ?? '') ?? '')
    const entry = parseEntry(proof.extra ?? new Uint8Array())
    return { place: prove(proof, proof.extra ?? new Uint8Array()), entry: entry.kind === 'leg' ? entry : null }
  } catch {
    return { place: null, entry: null }
  }
}

const present: Check = {
  id: 'receipts.present',
  isOfNode: true,
  async run(world) {
    const tally = createTally()
    for (const { reply } of await receive(world))
      tally.note(reply.receipt !== undefined, 'Istmo-Receipt', both('a receipt', 'un recibo'), both('none', 'ninguno'))
    return tally.result(NO_LOG)
  },
}

const signature: Check = {
  id: 'receipts.signature',
  isOfNode: true,
  async run(world) {
    const tally = createTally()
    for (const { reply, place } of await receive(world)) {
      if (reply.receipt !== undefined)
        tally.note(
          place !== null,
          'Istmo-Receipt',
          both('a receipt of this log', 'un recibo de este registro'),
          both('one that proves nothing', 'uno que no prueba nada'),
        )
    }
    return tally.result(NO_LOG)
  },
}

const ofLeg: Check = {
  id: 'receipts.leg',
  isOfNode: true,
  async run(world) {
    const tally = createTally()
    for (const { reply, entry } of await receive(world)) {
      if (entry === null) continue
      const other = findOther(world, reply, entry)
      tally.note(
        other === null,
        'Istmo-Receipt',
        both('an entry of this leg', 'un asiento de esta consulta'),
        both(`another ${other}`, `otro ${other}`),
      )
    }
    return tally.result(NO_LOG)
  },
}

/** Finds the first member of an entry that is not the leg's; null if all are. */
function findOther({ facts }: World, { sent, text }: Reply, entry: EntryOf<'leg'>): string | null {
  const salt = parseLegSalt(sent.salt ?? '') ?? new Uint8Array()
  const { query } = JSON.parse(sent.body) as { readonly query: string }
  const expected = {
    country: facts.country,
    requestId: sent.requestId,
    operationHash: hash('sha256', query),
    requestHash: saltedHash(salt, sent.body),
    responseHash: saltedHash(salt, text),
  }
  return Object.entries(expected).find(([name, value]) => entry[name as keyof typeof expected] !== value)?.[0] ?? null
}

const chain: Check = {
  id: 'receipts.chain',
  isOfNode: true,
  async run(world) {
    const tally = createTally()
    const places = (await receive(world)).flatMap(({ place }) => place ?? [])
    for (const [at, place] of places.entries()) {
      const before = places.slice(0, at)
      const isTaken = before.some(({ index, leaf }) => index === place.index && leaf !== place.leaf)
      const isFork = before.some(
        ({ size, checkpointHash }) => size === place.size && checkpointHash !== place.checkpointHash,
      )
      const isSmaller = before.some(({ size }) => size > place.size)
      tally.note(
        !isTaken && !isFork && !isSmaller,
        `entry ${place.index} of ${place.size}`,
        both('a log that grows', 'un registro que crece'),
        both('another log under the same name', 'otro registro con el mismo nombre'),
      )
    }
    return tally.result(NO_LOG)
  },
}

/** The checks of receipts. */
export const RECEIPT_CHECKS: readonly Check[] = [present, signature, ofLeg, chain]
