import { describe, expect, it } from 'vitest'
import { newSigner } from '../audit/log/testing.ts'
import { callersSchema, readCallerPartners } from './country-file-callers.ts'

const log = newSigner('authority.gt.example/log').verifier.vkey
const witness = newSigner('witness.hn.example', 'cosignature').verifier.vkey
const digest = (letter: string) => letter.repeat(43)

const GT = {
  country: 'GT',
  authority: 'https://authority.gt.example',
  jwks: 'gt.jwks.json',
  keys: [digest('k')],
  approvers: [digest('a')],
  log,
  witnesses: [witness],
  members: [{ agencies: ['GT-MP-FECO'], purposes: ['INVESTIGATION'], scopes: ['case:read'] }],
}
const SV = {
  ...GT,
  country: 'SV',
  authority: 'https://authority.sv.example',
  members: [{ ...GT.members[0], agencies: ['FGR'] }],
}

describe('`callers` of a country’s file', () => {
  it('names authorities, whose key sets are files beside it or addresses', async () => {
    const callers = callersSchema.parse([GT, { ...SV, jwks: 'https://authority.sv.example/jwks' }])
    const [gt, sv] = await readCallerPartners('/etc/istmo/HN.yaml', callers)
    expect(gt).toEqual({
      ...GT,
      jwks: '/etc/istmo/gt.jwks.json',
      keys: new Set(GT.keys),
      approvers: new Set(GT.approvers),
      countersigned: null,
      revocation: 'optional',
    })
    expect(sv?.jwks).toBe('https://authority.sv.example/jwks')
  })

  it('may count only the mandates that it lists, even if it lists none', async () => {
    const parse = async (countersigned: readonly string[]) => {
      const callers = callersSchema.parse([{ ...GT, mandates: 'countersigned', countersigned }])
      return (await readCallerPartners('HN.yaml', callers))[0]
    }
    expect((await parse([digest('m')]))?.countersigned).toEqual(new Set([digest('m')]))
    expect((await parse([]))?.countersigned).toEqual(new Set())
  })

  it.each<[string, readonly object[], string, RegExp]>([
    ['a setting that does not exist', [{ ...GT, approver: 'x' }], '0', /approver/],
    ['no keys', [{ ...GT, keys: [] }], '0.keys', /1/],
    ['a key that is not a thumbprint', [{ ...GT, keys: ['key-1'] }], '0.keys.0', /RFC 7638/],
    ['an approver’s key that is a key of the authority', [{ ...GT, approvers: GT.keys }], '0.approvers.0', /a person/],
    ['a log key that is none', [{ ...GT, log: 'log+1+x' }], '0.log', /verifier key of a log/],
    ['the key of a witness as that of the log', [{ ...GT, log: witness }], '0.log', /verifier key of a log/],
    ['the key of a log as that of a witness', [{ ...GT, witnesses: [log] }], '0.witnesses.0', /cosigns/],
    ['no witness', [{ ...GT, witnesses: [] }], '0.witnesses', /1/],
    [
      'a list of mandates that nothing reads',
      [{ ...GT, countersigned: [digest('m')] }],
      '0.countersigned',
      /countersigned/,
    ],
    ['an authority over plain HTTP elsewhere', [{ ...GT, authority: 'http://gt.example' }], '0.authority', /https/],
    ['a key set over plain HTTP elsewhere', [{ ...GT, jwks: 'http://gt.example/jwks' }], '0.jwks', /https/],
    ['an authority twice', [GT, GT], '1.authority', /once/],
    ['an agency of another country by its name', [GT, { ...SV, members: GT.members }], '1.members.0.agencies.0', /GT/],
    ['an agency of two countries', [{ ...GT, members: SV.members }, SV], '1.members.0.agencies.0', /GT/],
    [
      'a purpose that nobody knows',
      [{ ...GT, members: [{ ...GT.members[0], purposes: ['X'] }] }],
      '0.members.0.purposes.0',
      /./,
    ],
  ])('does not accept %s', (_what, callers, place, message) => {
    const issue = callersSchema.safeParse(callers).error?.issues[0]
    expect(issue?.path.join('.')).toBe(place)
    expect(issue?.message).toMatch(message)
  })
})
