import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { runCheck } from '../../joining/check/run-check.ts'

/** `istmo check --before`: what a changed country file gives to somebody who did not have it before. */

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'istmo-check-rules-'))
})
beforeEach(() => cpSync('countries', folder, { recursive: true }))
afterAll(() => rmSync(folder, { recursive: true }))

type Change = readonly [file: 'SV.yaml' | 'SV.cedar', from: string, to: string]

function change([file, from, to]: Change): void {
  const text = readFileSync(join(folder, file), 'utf8')
  if (!text.includes(from)) throw new Error(`expected ${from} in ${file}`)
  writeFileSync(join(folder, file), text.replace(from, to))
}

/** Lists the places that are looser in one folder than in another. */
async function looser(before: string, after: string): Promise<readonly string[]> {
  const options = {
    rules: join(after, 'SV.yaml'),
    before: join(before, 'SV.yaml'),
    examples: 1,
    sample: 1,
    deadlineMs: 1,
  }
  const { findings } = await runCheck({ country: 'SV', only: ['rules'], options })
  return findings.filter(({ id }) => id === 'RULES_LOOSER').map(({ place }) => place)
}

const KEYS = `keys: [${'A'.repeat(43)}], approvers: [${'B'.repeat(43)}]`
const LOG = 'authority.mp.gob.gt+2231820c+ARpPwxBy8/MP96jbtAETXjlJVf+YB56r6bbe24qdTSXL'
const WITNESS = 'hn-1+cd511f47+BFU0EwbtprxIkSyqF7MRc171HfBZLx2MLvWA1axtYfe3'
const MEMBERS = 'members: [{ agencies: [GT-MP-FECO], purposes: [INVESTIGATION], scopes: ["case:read"] }]'
const CALLERS = `callers: [{ country: GT, authority: "https://a.gt", jwks: "https://a.gt/jwks", ${KEYS}, log: ${LOG}, witnesses: [${WITNESS}], ${MEMBERS} }]`
const FORCE =
  '  - { id: jtf-2, notAfter: 2036-03-31, members: [{ issuer: HN, agencies: [HN-MP-ATIC], purposes: [INVESTIGATION], scopes: ["case:read"] }] }\n'
const ONCE = 'legTokens: once\n'

describe('a country file is looser', () => {
  it.each<[string, Change, string]>([
    ['by a scope', ['SV.yaml', '"mla:read"]', '"mla:read", "warrant:read"]'], 'taskForces jtf-2026-03'],
    ['by an agency', ['SV.yaml', '[HN-MP-ATIC]', '[HN-MP-ATIC, HN-MP-FECO]'], 'taskForces jtf-2026-03'],
    ['by a purpose', ['SV.yaml', '[INVESTIGATION]', '[INVESTIGATION, PROSECUTION]'], 'taskForces jtf-2026-03'],
    ['by a later day', ['SV.yaml', '2036-03-31', '2037-03-31'], 'taskForces jtf-2026-03.notAfter'],
    ['by a task force', ['SV.yaml', 'policies:', `${FORCE}policies:`], 'taskForces jtf-2'],
    ['by tokens that count more than once', ['SV.yaml', ONCE, 'legTokens: reuse\n'], 'legTokens'],
    ['by more rows', ['SV.yaml', ONCE, `${ONCE}rowsPerDay: 30000\n`], 'rowsPerDay'],
    ['by more hit searches', ['SV.yaml', ONCE, `${ONCE}hitsPerDay: 3000\n`], 'hitsPerDay'],
    ['by more legs of a question', ['SV.yaml', ONCE, `${ONCE}caps: { legs: 300 }\n`], 'caps.legs'],
    ['by a partner', ['SV.yaml', ONCE, `${ONCE}partners: [{ country: GT, keys: [${'C'.repeat(43)}] }]\n`], 'partners'],
    ['by an authority', ['SV.yaml', ONCE, `${ONCE}${CALLERS}\n`], 'callers GT'],
    [
      'without its patch',
      ['SV.yaml', 'tighten:\n  Person.birthDate: { scopes: [["sv:birth-date"]] }\n', ''],
      'Person.birthDate',
    ],
    ['by a policy for a lower assurance', ['SV.cedar', '["2", "3"]', '["1", "2", "3"]'], '@policy "narrative_release"'],
    [
      'by a policy without its condition',
      ['SV.cedar', 'context has assurance && ["2", "3"].contains(context.assurance)', 'true'],
      '@policy "narrative_release"',
    ],
    [
      'by a permit in place of a forbid',
      ['SV.cedar', 'forbid (principal, action, resource);', 'permit (principal, action, resource);'],
      '@policy "location_release"',
    ],
    [
      'by a policy for more fields',
      ['SV.cedar', 'resource == Field::"Case.narrative"', 'resource'],
      '@policy "narrative_release"',
    ],
  ])('%s, and the other way round it is not', async (_, changed, place) => {
    change(changed)
    expect(await looser('countries', folder)).toEqual([place])
    expect(await looser(folder, 'countries')).toEqual([])
  })

  it.each<[string, readonly Change[]]>([
    ['if it is the same', []],
    [
      'by an earlier day, a scope less and an agency less',
      [
        ['SV.yaml', '2036-03-31', '2035-03-31'],
        ['SV.yaml', ', "mla:read"]', ']'],
        ['SV.yaml', '[GT-MP-FECO, GT-MP-DICRI]', '[GT-MP-DICRI]'],
      ],
    ],
    [
      'by a policy that only looks different',
      [
        [
          'SV.cedar',
          '["2", "3"].contains(context.assurance)',
          '(context.assurance == "3" || context.assurance == "2")',
        ],
      ],
    ],
    ['by a policy that demands more', [['SV.cedar', '["2", "3"]', '["3"]']]],
    [
      'by a policy for a fresh condition',
      [['SV.cedar', 'context has assurance &&', 'principal has role && context has assurance &&']],
    ],
  ])('not %s', async (_, changes) => {
    for (const one of changes) change(one)
    expect(await looser('countries', folder)).toEqual([])
  })
})
