import { describe, expect, it } from 'vitest'
import { EMPTY_ROOT, hashLeaf, hashNode } from '../merkle/hash.ts'
import { formatCheckpoint, openCheckpoint, parseCheckpoint } from './checkpoint.ts'
import { generateSignerKey, NoteError, parseSignerKey, renameVerifier } from './key.ts'
import { signNote } from './note.ts'
import { checkCheckpoint, isQuorum, parsePolicy } from './policy.ts'
import { formatTlogProof, parseTlogProof, provesEntry } from './tlog-proof.ts'

const signer = (name: string, type: 1 | 4) => parseSignerKey(generateSignerKey(name, type), () => 1_700_000_000_000)
const LOG = signer('log.example/hn', 1)
/** The key of the log as that of a witness: the log would be its own witness. */
const OWN_WITNESS = renameVerifier({ ...LOG.verifier, type: 4 }, 'x2.example')
const OTHER_LOG = signer('log.example/gt', 1)
const WITNESSES = ['x1', 'x2', 'x3', 'y1', 'y2'].map((name) => signer(`${name}.example`, 4))
const vkeyOf = (at: number) => WITNESSES[at]?.verifier.vkey ?? ''

/** The example of C2SP tlog-policy, with one witness fewer. */
const POLICY = `# who is trusted
log ${LOG.verifier.vkey} https://log.example/hn

witness X1 ${vkeyOf(0)}
witness X2\t${vkeyOf(1)} https://x2.example/
  witness X3 ${vkeyOf(2)}
group X-witnesses 2 X1 X2 X3

witness Y1 ${vkeyOf(3)}
witness Y2 ${vkeyOf(4)}
group Y-witnesses any Y1 Y2

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
`

const HEAD = { origin: LOG.verifier.name, size: 1, root: hashLeaf(Buffer.from('entry')) }

describe('a checkpoint', () => {
  it('from the specification is parsed and formatted', () => {
    const text = 'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n'
    const checkpoint = parseCheckpoint(text)
    expect(checkpoint).toMatchObject({ origin: 'example.com/behind-the-sofa', size: 20852163, extensions: [] })
    expect(formatCheckpoint(checkpoint)).toBe(text)
    expect(parseCheckpoint(`${text}extension\n`).extensions).toEqual(['extension'])
  })

  it.each([
    'example.com\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n',
    'example.com\n-1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n',
    'example.com\n9007199254740992\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n',
    '\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n',
    'example.com\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=',
    'example.com\n1\nCsUYapGGPo4dkMgI\n',
    'example.com\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\nx\n',
    'example.com\n1\n',
  ])('may not be %j', (text) => expect(() => parseCheckpoint(text)).toThrow(NoteError))

  it('opens if its log signed it under the log’s name', () => {
    expect(openCheckpoint(signNote(formatCheckpoint(HEAD), [LOG]), LOG.verifier)).toMatchObject(HEAD)
    const foreign = signNote(formatCheckpoint({ ...HEAD, origin: 'log.example/gt' }), [LOG])
    expect(() => openCheckpoint(foreign, LOG.verifier)).toThrow('must have this name as its origin')
    expect(() => openCheckpoint(signNote(formatCheckpoint(HEAD), [OTHER_LOG]), LOG.verifier)).toThrow(NoteError)
  })
})

describe('a trust policy', () => {
  const policy = parsePolicy(POLICY)

  it.each([
    [['X1', 'X3', 'Y2'], true],
    [['X1', 'X2', 'X3', 'Y1', 'Y2'], true],
    [['X1', 'Y1', 'Y2'], false],
    [['X1', 'X2', 'X3'], false],
    [[], false],
  ])('says for %j that the quorum is %s', (names, isEnough) => expect(isQuorum(policy, new Set(names))).toBe(isEnough))

  it('reports who signed and who cosigned a checkpoint', () => {
    const [x1, x2, , y1] = WITNESSES
    const by = [LOG, x1, x2, y1].flatMap((each) => each ?? [])
    const checked = checkCheckpoint(signNote(formatCheckpoint(HEAD), by), policy)
    expect(checked.isInQuorum).toBe(true)
    expect(checked.cosignatures.map(({ witness, time }) => [witness.name, time])).toEqual([
      ['X1', 1_700_000_000],
      ['X2', 1_700_000_000],
      ['Y1', 1_700_000_000],
    ])
    expect(checkCheckpoint(signNote(formatCheckpoint(HEAD), by.slice(0, 2)), policy).isInQuorum).toBe(false)
  })

  it('rejects a checkpoint that only witnesses signed, or another log', () => {
    const text = formatCheckpoint(HEAD)
    expect(() => checkCheckpoint(signNote(text, WITNESSES), policy)).toThrow('no log of the trust policy signed')
    expect(() => checkCheckpoint(signNote(text, [OTHER_LOG]), policy)).toThrow('no signature is from a known key')
  })

  it('may require no witness', () => {
    const open = parsePolicy(`log ${LOG.verifier.vkey}\nquorum none\n`)
    expect(checkCheckpoint(signNote(formatCheckpoint(HEAD), [LOG]), open).isInQuorum).toBe(true)
  })

  it.each([
    ['no quorum', POLICY.replace('quorum X-and-Y', ''), 'a line that says its quorum'],
    ['two quorums', `${POLICY}quorum none`, 'line 15 of the trust policy: a trust policy has only one quorum'],
    ['an unknown quorum', POLICY.replace('quorum X-and-Y', 'quorum Z'), 'line 14 of the trust policy: no earlier line'],
    ['a member twice', POLICY.replace('any Y1 Y2', 'any Y1 X1'), 'X1 is already a member'],
    ['a member before its line', POLICY.replace('2 X1 X2 X3', '2 X1 X2 Y1'), 'no earlier line defines the name Y1'],
    ['a threshold that is too high', POLICY.replace('2 X1 X2 X3', '4 X1 X2 X3'), 'a number from 1 to'],
    ['a threshold of zero', POLICY.replace('2 X1 X2 X3', '0 X1 X2 X3'), 'a number from 1 to'],
    ['a name twice', POLICY.replace('witness X2', 'witness X1'), 'the name X1 is already in use'],
    ['a witness named none', POLICY.replace('witness X2', 'witness none'), 'the name none is already in use'],
    ['a key twice', POLICY.replace(vkeyOf(1), vkeyOf(0)), 'an earlier line has the same key'],
    ['the key of a log for a witness', POLICY.replace(vkeyOf(1), OTHER_LOG.verifier.vkey), 'of type 0x04'],
    [
      'the log’s own key for a witness',
      POLICY.replace(vkeyOf(1), OWN_WITNESS.vkey),
      'line 5 of the trust policy: an earlier',
    ],
    ['the key of a witness for a log', POLICY.replace(LOG.verifier.vkey, vkeyOf(1)), 'of type 0x01'],
    ['an unknown word', POLICY.replace('quorum', 'quora'), 'a line begins with `log`'],
    ['a carriage return', POLICY.replaceAll('\n', '\r\n'), 'control characters'],
  ])('is rejected with %s', (_, text, message) => expect(() => parsePolicy(text)).toThrow(message))
})

describe('a proof', () => {
  const entries = [Buffer.from('a'), Buffer.from('b')] as const
  const [a, b] = [hashLeaf(entries[0]), hashLeaf(entries[1])]
  const head = { origin: LOG.verifier.name, size: 2, root: hashNode(a, b) }
  const checkpoint = signNote(formatCheckpoint(head), [LOG])

  it('is formatted as the specification says, and parsed', () => {
    const proof = { index: 1, hashes: [a], checkpoint, extra: Buffer.from('extra') }
    const text = formatTlogProof(proof)
    expect(text).toBe(
      `c2sp.org/tlog-proof@v1\nextra ZXh0cmE=\nindex 1\n${Buffer.from(a).toString('base64')}\n\n${checkpoint}`,
    )
    expect(parseTlogProof(text)).toEqual(proof)
    expect(formatTlogProof({ index: 0, hashes: [], checkpoint: 'c\n' })).toBe('c2sp.org/tlog-proof@v1\nindex 0\n\nc\n')
  })

  it('proves only its entry', () => {
    const proof = parseTlogProof(formatTlogProof({ index: 1, hashes: [a], checkpoint }))
    const opened = openCheckpoint(proof.checkpoint, LOG.verifier)
    expect(provesEntry(entries[1], proof, opened)).toBe(true)
    expect(provesEntry(entries[0], proof, opened)).toBe(false)
    expect(provesEntry(entries[1], proof, { ...opened, root: EMPTY_ROOT })).toBe(false)
  })

  it.each([
    'wrong-header\nindex 0\n\ncheckpoint\n',
    'c2sp.org/tlog-proof@v1\nextra !!notbase64!!\nindex 0\n\ncheckpoint\n',
    'c2sp.org/tlog-proof@v1\n\n\ncheckpoint\n',
    'c2sp.org/tlog-proof@v1\nindex notanumber\n\ncheckpoint\n',
    'c2sp.org/tlog-proof@v1\nindex -5\n\ncheckpoint\n',
    'c2sp.org/tlog-proof@v1\nindex 0\n!!notbase64!!\n\ncheckpoint\n',
    `c2sp.org/tlog-proof@v1\nindex 0\n${Buffer.alloc(64).toString('base64')}\n\ncheckpoint\n`,
    'c2sp.org/tlog-proof@v1\nindex 0\n',
    '',
  ])('may not be %j', (text) => expect(() => parseTlogProof(text)).toThrow(NoteError))
})
