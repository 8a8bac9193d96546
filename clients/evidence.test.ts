import { hash } from 'node:crypto'
import { expect, it } from 'vitest'
import { hashLeaf } from '../audit/merkle/hash.ts'
import { formatCheckpoint } from '../audit/note/checkpoint.ts'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../audit/note/key.ts'
import { signNote } from '../audit/note/note.ts'
import { formatTlogProof } from '../audit/note/tlog-proof.ts'
import { saltedHash } from '../contract/leg-salt.ts'
import { formatReceiptHeader } from '../contract/receipt.ts'
import { checkEvidence, type LegEvidence } from './evidence.ts'

const signers = Object.fromEntries(
  ['GT', 'HN'].map((code) => [
    code,
    parseSignerKey(generateSignerKey(`${code.toLowerCase()}.example`, SIGNATURE_TYPES.ed25519)),
  ]),
)
const keys = Object.fromEntries(Object.entries(signers).map(([code, { verifier }]) => [code, verifier.vkey]))

/** A leg with the receipt of its country. `over`: what the gateway then says otherwise. */
function aLeg(country: string, data: unknown, over: Partial<LegEvidence> = {}): LegEvidence {
  const salt = hash('sha256', country, 'buffer').subarray(0, 16)
  const [request, answer] = [JSON.stringify({ query: '{ x }' }), JSON.stringify({ data })]
  const hashes = { requestHash: saltedHash(salt, request), responseHash: saltedHash(salt, answer) }
  const entry = Buffer.from(JSON.stringify({ kind: 'leg', country, domain: 'persons', ...hashes }))
  const signer = signers[country]
  if (signer === undefined) throw new Error('expected a country with a key')
  const checkpoint = signNote(formatCheckpoint({ origin: signer.verifier.name, size: 1, root: hashLeaf(entry) }), [
    signer,
  ])
  const receipt = formatReceiptHeader(formatTlogProof({ index: 0, hashes: [], checkpoint, extra: entry }))
  return { country, domain: 'persons', salt: salt.toString('base64url'), request, answer, receipt, ...over }
}

const ANA = { person: { _iId: 'GT:P-1', name: 'Ana', tags: ['a', 'b'] } }
const EVA = { _entities: [{ _iId: 'HN:P-2', name: 'Eva', born: '1990-01-01' }] }

it('an answer of what countries signed has nothing that nobody signed', async () => {
  const shown = {
    person: { id: 'GT:P-1', name: 'Ana', tags: ['a', 'b'], other: null, __typename: 'Person' },
    twin: { name: 'Eva' },
  }
  const { legs, unsigned } = await checkEvidence(
    shown,
    [aLeg('GT', { person: { ...ANA.person, id: 'GT:P-1' } }), aLeg('HN', EVA)],
    keys,
  )
  expect(legs.map(({ reason }) => reason)).toEqual([null, null])
  expect(unsigned).toEqual([])
})

it.each<[string, unknown, readonly string[]]>([
  ['another value', { person: { id: 'GT:P-1', name: 'Eve' } }, ['person.name']],
  ['a value of another record', { person: { id: 'GT:P-1', name: 'Eva' } }, ['person.name']],
  ['an added element of a list', { person: { tags: ['a', 'b', 'c'] } }, ['person.tags']],
  [
    'an added record',
    { persons: [{ id: 'GT:P-1' }, { id: 'GT:P-9', name: 'Ana' }] },
    ['persons.1.id', 'persons.1.name'],
  ],
  ['a value under another key', { person: { id: 'GT:P-1', born: 'Ana' } }, ['person.born']],
  ['a number in place of its text', { person: { name: 1 } }, ['person.name']],
])('finds %s', async (_, shown, unsigned) => {
  const legs = [aLeg('GT', { person: { ...ANA.person, id: 'GT:P-1' } }), aLeg('HN', EVA)]
  expect((await checkEvidence(shown, legs, keys)).unsigned).toEqual(unsigned)
})

it.each<[string, Partial<LegEvidence>, RegExp]>([
  [
    'an altered answer',
    { answer: JSON.stringify({ data: { person: { id: 'GT:P-1', name: 'Eve' } } }) },
    /another responseHash/,
  ],
  ['an altered request', { request: '{}' }, /another requestHash/],
  ['another salt', { salt: 'AAAAAAAAAAAAAAAAAAAAAA' }, /another requestHash/],
  ['the country of another', { country: 'HN' }, /another log/],
  ['another domain', { domain: 'cases' }, /another domain/],
  ['no receipt', { receipt: null }, /no receipt/],
  ['a country without a key', { country: 'SV' }, /no key/],
])('a leg with %s proves nothing', async (_, over, reason) => {
  const leg = aLeg('GT', { person: { id: 'GT:P-1', name: 'Ana' } }, over)
  const { legs, unsigned } = await checkEvidence({ person: { id: 'GT:P-1', name: 'Ana' } }, [leg], keys)
  expect(legs[0]?.reason).toMatch(reason)
  expect(unsigned).toEqual(['person.id', 'person.name'])
})
