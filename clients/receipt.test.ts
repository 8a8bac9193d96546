import fc from 'fast-check'
import { expect, it } from 'vitest'
import { plainPath, plainRoot } from '../audit/merkle/testing.ts'
import { formatCheckpoint } from '../audit/note/checkpoint.ts'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../audit/note/key.ts'
import { signNote } from '../audit/note/note.ts'
import { shardSigner } from '../audit/note/shard-name.ts'
import { formatTlogProof } from '../audit/note/tlog-proof.ts'
import { formatReceiptHeader } from '../contract/receipt.ts'
import { parseLogKey, readReceipt } from './receipt.ts'

const signer = parseSignerKey(generateSignerKey('gt.example/log', SIGNATURE_TYPES.ed25519))
const witness = parseSignerKey(generateSignerKey('witness.example', SIGNATURE_TYPES.cosignature))
const key = parseLogKey(signer.verifier.vkey)

/** A receipt as a node makes it: of one entry in a tree of several. */
function receiptOf(entries: readonly string[], index: number, by = signer, size = entries.length): string {
  const leaves = entries.map((entry) => Buffer.from(entry))
  const checkpoint = formatCheckpoint({ origin: by.verifier.name, size, root: plainRoot(leaves) })
  const hashes = plainPath(index, leaves)
  const extra = leaves[index] ?? Buffer.alloc(0)
  return formatReceiptHeader(formatTlogProof({ index, hashes, checkpoint: signNote(checkpoint, [witness, by]), extra }))
}

const tree = fc
  .array(fc.record({ kind: fc.constant('leg'), n: fc.string() }), { minLength: 1, maxLength: 20 })
  .chain((entries) => fc.record({ entries: fc.constant(entries), index: fc.nat(entries.length - 1) }))

it('gives the entry of any receipt that a country’s log signed, also under the name of a shard', async () => {
  await fc.assert(
    fc.asyncProperty(tree, fc.boolean(), async ({ entries, index }, inShard) => {
      const texts = entries.map((entry) => JSON.stringify(entry))
      const receipt = receiptOf(texts, index, inShard ? shardSigner(signer, '2026-11') : signer)
      expect(await readReceipt(receipt, key)).toEqual(entries[index])
    }),
    { numRuns: 60 },
  )
})

it('refuses a receipt in which one character of the proof differs', async () => {
  const proof = Buffer.from(receiptOf(['{"a":1}', '{"a":2}', '{"a":3}'], 1).slice(1, -1), 'base64').toString()
  const witnessed = proof.indexOf('— witness')
  for (let at = 0; at < witnessed; at += 1) {
    const other = proof[at] === 'A' ? 'B' : 'A'
    const changed = `${proof.slice(0, at)}${other}${proof.slice(at + 1)}`
    await expect(readReceipt(formatReceiptHeader(changed), key), `at ${at}`).rejects.toThrow()
  }
})

it.each<[string, string]>([
  [
    'of another log',
    receiptOf(['{}'], 0, parseSignerKey(generateSignerKey('hn.example/log', SIGNATURE_TYPES.ed25519))),
  ],
  [
    'of a key that has the log’s name',
    receiptOf(['{}'], 0, parseSignerKey(generateSignerKey('gt.example/log', SIGNATURE_TYPES.ed25519))),
  ],
  ['of a tree of another size', receiptOf(['{}', '{"a":1}'], 0, signer, 4)],
  ['that is no byte sequence', 'abc'],
  ['that is empty', '::'],
])('refuses a receipt %s', async (_, receipt) => {
  await expect(readReceipt(receipt, key)).rejects.toThrow()
})

it('takes no verifier key of another form', () => {
  for (const vkey of ['', 'a+b', witness.verifier.vkey]) expect(() => parseLogKey(vkey)).toThrow()
})
