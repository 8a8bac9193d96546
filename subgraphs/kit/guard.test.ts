import { buildSchema, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { type Recognition, recogniseCaller } from '../../contract/access/country-access.ts'
import { readNationalRules } from '../../contract/access/national-rules.ts'
import { createPolicySet } from '../../contract/access/policy-set.ts'
import { readRuleTable } from '../../contract/access/rule-table.ts'
import { createGuard, type LegRejection } from './guard.ts'

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@authenticated", "@requiresScopes", "@policy"])`
const PROTECTED = '@requiresScopes(scopes: [["person:protected"]]) @policy(policies: [["protected_release"]])'

/** An SDL in the contract's form, with `rule` on the field that shows victims and witnesses, and `court` on the court. */
const sdlOf = (rule: string, court = '') => `
  type Query { case(id: ID): Case _service: String _entities(representations: [_Any!]!): [_Entity]! }
  union _Entity = Case
  scalar _Any
  type Case { id: ID court: String ${court} participants: [String] protectedParticipants: [String] ${rule} }`
const SCHEMA = buildSchema(sdlOf(''))
const FLOOR = readRuleTable(parse(`${LINK} ${sdlOf(PROTECTED)}`))

const QUERY = '{ case(id: "HN:1") { id protectedParticipants } }'
const RELEASE = '@policy("protected_release") permit(principal, action, resource);'

describe('the guard of a node', () => {
  it.each<[string, Parameters<typeof recognise>, string, LegRejection | null]>([
    ['shows victims to a caller with scope and policy', [['person:protected'], RELEASE], QUERY, null],
    [
      'hides victims from a caller without the scope',
      [[], RELEASE],
      QUERY,
      { coordinate: 'Case.protectedParticipants', kind: 'SCOPES' },
    ],
    [
      'hides victims from a caller whom no policy permits',
      [['person:protected'], ''],
      QUERY,
      { coordinate: 'Case.protectedParticipants', kind: 'POLICY' },
    ],
    ['shows all other participants to everyone', [[], ''], '{ case(id: "HN:1") { id participants } }', null],
  ])('%s', (_, [scopes, policies], source, rejection) => {
    expect(rejectionOf(source, recognise(scopes, policies))).toEqual(rejection)
  })

  it('says why it does not recognise a caller, only for fields with a rule', () => {
    const stranger: Recognition = { kind: 'not-recognised', code: 'TASK_FORCE_NOT_RECOGNISED' }
    expect(rejectionOf(QUERY, stranger)).toMatchObject({ kind: 'TASK_FORCE_NOT_RECOGNISED' })
    expect(rejectionOf('{ case(id: "HN:1") { id } }', stranger)).toBeNull()
  })

  it.each([
    ['in a fragment', '{ case { ...F } } fragment F on Case { protectedParticipants }'],
    ['under an alias', '{ case { participants: protectedParticipants } }'],
    ['in an operation that is not run', 'query Run { case { id } } query Other { case { protectedParticipants } }'],
    ['that is skipped', '{ case { protectedParticipants @skip(if: true) } }'],
  ])('rejects a leg with a denied field %s', (_, source) => {
    expect(rejectionOf(source, recognise([], ''), 'Run')).toMatchObject({ coordinate: 'Case.protectedParticipants' })
  })

  it('rejects a field that the country left out of its own SDL, whoever the caller is', () => {
    const own = readNationalRules(parse(`${LINK} ${sdlOf(PROTECTED).replace('court: String', '')}`))
    const guard = createGuard(SCHEMA, { floor: FLOOR, own })
    const request = { document: parse('{ case { court } }'), variables: {}, operationName: undefined }
    expect(guard(request, recognise(['person:protected'], RELEASE))).toEqual({
      coordinate: 'Case.court',
      kind: 'NOT_PUBLISHED',
    })
  })

  it('demands what the country added to the contract', () => {
    const own = readNationalRules(parse(`${LINK} ${sdlOf(PROTECTED, '@requiresScopes(scopes: [["court:read"]])')}`))
    const guard = createGuard(SCHEMA, { floor: FLOOR, own })
    const request = { document: parse('{ case { court } }'), variables: {}, operationName: undefined }
    expect(guard(request, recognise([], ''))).toEqual({ coordinate: 'Case.court', kind: 'SCOPES' })
    expect(guard(request, recognise(['court:read'], ''))).toBeNull()
  })

  it('does not return the schema', () => {
    expect(rejectionOf('{ _service }', recognise([], ''))).toEqual({
      coordinate: 'Query._service',
      kind: 'NOT_PUBLISHED',
    })
  })
})

function rejectionOf(source: string, recognition: Recognition, operationName?: string): LegRejection | null {
  const guard = createGuard(SCHEMA, { floor: FLOOR, own: null })
  return guard({ document: parse(source), variables: {}, operationName }, recognition)
}

/** The recognition of a caller whose task force may use these scopes, in a country with these policies. */
function recognise(scopes: readonly string[], policies: string): Recognition {
  const member = { issuer: 'GT', agencies: ['GT-MP'], purposes: ['INVESTIGATION' as const] }
  const access = {
    country: 'HN',
    taskForces: [{ id: 'jtf', notAfter: '2999-12-31', members: [{ ...member, scopes: [...scopes, 'never-used'] }] }],
    policies: createPolicySet('HN', policies),
  }
  const caller = {
    issuer: 'https://id.gt.example',
    subject: 'one',
    scopes,
    organisation: { country: 'GT', agency: 'GT-MP' },
    mandate: {
      type: 'istmo_mandate' as const,
      task_force: 'jtf',
      purposes: ['INVESTIGATION' as const],
      countries: ['HN'],
      not_after: '2999-12-31',
    },
  }
  return recogniseCaller(access, caller, { purpose: 'INVESTIGATION' }, () => 0)
}
