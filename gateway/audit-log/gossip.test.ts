import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, describe, expect, it } from 'vitest'
import { newSigner } from '../../audit/log/testing.ts'
import { hashLeaf } from '../../audit/merkle/hash.ts'
import { formatCheckpoint, openCheckpoint } from '../../audit/note/checkpoint.ts'
import type { NoteSigner } from '../../audit/note/key.ts'
import { signNote } from '../../audit/note/note.ts'
import { shardSigner } from '../../audit/note/shard-name.ts'
import {
  CHECKPOINTS_HEADER,
  formatCheckpointsHeader,
  parseCheckpointsHeader,
} from '../../contract/known-checkpoints.ts'
import { aParticipant } from '../testing.ts'
import type { Leg } from '../types/flow.ts'
import type { GatewayAuditLog } from './audit-log.ts'
import { openGossip } from './gossip.ts'

const gateway = newSigner('istmo.example/gateway')
const hn = newSigner('istmo.example/hn')
const shard = shardSigner(hn, '2027')
const PARTICIPANTS = [
  aParticipant('GT'),
  aParticipant('HN', { receipts: { vkey: hn.verifier.vkey, required: true } }),
  aParticipant('SV', { receipts: { vkey: newSigner('istmo.example/sv').verifier.vkey, required: true } }),
]

const noteOf = (signer: NoteSigner, size: number, text = 'entry'): string => {
  const { name: origin } = signer.verifier
  return signNote(formatCheckpoint({ origin, size, root: hashLeaf(Buffer.from(text)) }), [signer])
}
const OWN = noteOf(gateway, 9)
const legTo = (country: string | null): Leg => ({ country, domain: 'cases' }) as Leg

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function open() {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-gossip-'))
  closing.push(() => rm(folder, { recursive: true }))
  const entries = {
    origin: gateway.verifier.name,
    published: () => ({ note: OWN }),
    openCheckpoint: (note: string) => openCheckpoint(note, gateway.verifier),
  } as unknown as GatewayAuditLog['entries']
  const log = pino({ level: 'silent' })
  const gossip = await openGossip({ folder, entries, participants: () => PARTICIPANTS, log })
  closing.push(gossip.close)
  /** Shows checkpoints as a country does in the header of an answer. */
  const hear = (country: string, ...notes: readonly string[]): void => {
    gossip.noteHeaders(legTo(country), { [CHECKPOINTS_HEADER.toLowerCase()]: formatCheckpointsHeader(notes) })
  }
  const known = () => gossip.status().checkpoints.map(({ origin, size }) => [origin, size])
  return { gossip, hear, known }
}

describe('what the gateway knows of audit logs', () => {
  it('is the checkpoint of its own log, of a country’s log, and of each shard of that', async () => {
    const { gossip, hear, known } = await open()
    gossip.noteReceipt(hn.verifier.name, noteOf(hn, 3))
    gossip.noteReceipt(shard.verifier.name, noteOf(shard, 2))
    hear('GT', noteOf(shard, 4))
    expect(known()).toEqual([
      ['istmo.example/hn', 3],
      ['istmo.example/hn/2027', 4],
      ['istmo.example/gateway', 9],
    ])
  })

  it('has nothing that another key signed, or that is of no country’s log', async () => {
    const { hear, known } = await open()
    const forger = newSigner('istmo.example/hn')
    hear('GT', ...[forger, shardSigner(forger, '2027')].map((signer) => noteOf(signer, 5)))
    hear('SV', ...['istmo.example/gt', 'istmo.example/hn-2'].map((name) => noteOf(newSigner(name), 5)))
    hear('HN', noteOf(newSigner('istmo.example/gateway'), 10))
    expect(known()).toEqual([['istmo.example/gateway', 9]])
  })

  it.each([
    ['log', hn],
    ['later shard', shard],
  ])('shows that the %s of a country has another history for somebody else', async (_, signer) => {
    const { gossip, hear } = await open()
    gossip.noteReceipt(signer.verifier.name, noteOf(signer, 2))
    expect(gossip.status().splitViews).toBe(0)
    hear('GT', noteOf(signer, 2, 'another entry'))
    expect(gossip.status().splitViews).toBe(1)
  })

  it('is shown to a country with a leg, and to nobody else', async () => {
    const { gossip } = await open()
    gossip.noteReceipt(shard.verifier.name, noteOf(shard, 2))
    const { [CHECKPOINTS_HEADER]: header = '' } = gossip.headersOf(legTo('GT'))
    expect(parseCheckpointsHeader(header)).toEqual([OWN, noteOf(shard, 2)])
    expect(gossip.headersOf(legTo('GT'))).toEqual({})
    expect(gossip.headersOf(legTo(null))).toEqual({})
  })
})
