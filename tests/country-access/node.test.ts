import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RULES, SCOPES } from './honduras.ts'
import { MANDATE, type Sent, startTestNode, type TestNode } from './node.ts'

/**
 * A country defends itself (docs/design/access.md, The leg), whoever reaches its node and whatever a gateway asks. Tested over real
 * HTTP.
 */

let node: TestNode

beforeAll(async () => {
  node = await startTestNode(RULES)
  await node.db.execute(`
    insert into cases.case_file (id, narrative, filed_on, agency, handling, recorded_at, synthetic, shared_with) values
      ('HN:1', 'Un relato.', '2026-01-01', 'MP', '{H1}', now(), true, '{*}'),
      ('HN:2', 'Otro.', '2026-01-02', 'MP', '{H2}', now(), true, '{*}'),
      ('HN:3', 'Otro.', '2026-01-03', 'MP', '{H2}', now(), true, '{jtf}'),
      ('HN:4', 'Otro.', '2026-01-04', 'MP', '{H1}', now(), true, '{other}');
    insert into cases.participant (row_id, case_id, role, person_id) values ('r1', 'HN:1', 'VICTIM', 'HN:P2'), ('r2', 'HN:1', 'SUSPECT', 'HN:P1');
    insert into persons.person (id, sex, protected, agency, handling, recorded_at, synthetic) values
      ('HN:P1', 'F', false, 'MP', '{H1}', now(), true), ('HN:P2', 'M', true, 'MP', '{H1}', now(), true);
    insert into legal.statute (id, heading) values ('HN:CP:1', 'Homicidio')`)
})
afterAll(() => node?.close())

const CASE = '{ case(id: "HN:1") { id category } }'
const NARRATIVE = '{ case(id: "HN:1") { narrative } }'
const LAW = '{ statute(id: "HN:CP:1") { heading } }'

/** Sends a leg, and expects only a rejection and one line in the log. */
async function expectRejected(sent: Sent, status: number, line: Readonly<Record<string, unknown>>): Promise<void> {
  const { status: came, body, log } = await node.ask(sent)
  expect([came, body.data]).toEqual([status, undefined])
  const lines = log.filter(({ msg }) => msg === 'a leg was rejected')
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatchObject(line)
}

describe('a caller who reaches the node directly', () => {
  const signedNow = (): Record<string, number> => ({
    iat: Math.floor(Date.now() / 1000),
    exp: Math.floor(Date.now() / 1000) + 60,
  })

  it.each<[string, () => Promise<string | null>, string]>([
    ['no token', async () => null, 'TOKEN_MISSING'],
    [
      'a token of one’s own',
      () =>
        new SignJWT({ ...signedNow(), iss: 'https://id.gt.example' })
          .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
          .sign(new Uint8Array(32)),
      'TOKEN_INVALID',
    ],
    ['a leg token that another key signed', () => node.sign(CASE, {}, 'stranger'), 'TOKEN_INVALID'],
    ['one that another gateway signed', () => node.sign(CASE, { iss: 'other' }), 'TOKEN_INVALID'],
    ['one that has expired', () => node.sign(CASE, { iat: 1_000, exp: 1_060 }), 'TOKEN_EXPIRED'],
    ['one that lives too long', () => node.sign(CASE, { exp: Math.floor(Date.now() / 1000) + 600 }), 'TOKEN_INVALID'],
  ])('with %s receives nothing, and the node logs one line', async (_title, token, code) => {
    await expectRejected({ query: CASE, token: await token() }, 401, { code, path: '/cases' })
  })

  it.each<[string, () => Promise<string>]>([
    ['another operation', () => node.sign(NARRATIVE)],
    ['another country', () => node.sign(CASE, { aud: 'GT' })],
  ])('with a leg token of %s receives nothing, and the node logs one line', async (_title, token) => {
    await expectRejected({ query: CASE, token: await token() }, 403, { code: 'REFUSED_BY_NODE' })
  })
})

describe('a gateway that asks', () => {
  it('within the rules receives the rows that are shared', async () => {
    const { status, body } = await node.ask({ query: '{ cases(countries: ["HN"]) { edges { node { id } } } }' })
    expect(status).toBe(200)
    expect(JSON.stringify(body)).toBe('{"data":{"cases":{"edges":[{"node":{"id":"HN:3"}},{"node":{"id":"HN:1"}}]}}}')
  })

  it.each<[string, Sent, string, string]>([
    ['without the scope', { query: '{ case(id: "HN:1") { id prosecutor } }' }, 'Case.prosecutor', 'SCOPES'],
    [
      'with a scope that the country does not recognise',
      { query: '{ case(id: "HN:1") { warrants { edges { cursor } } } }', claims: { scope: 'case:read warrant:read' } },
      'Case.warrants',
      'SCOPES',
    ],
    [
      'for an agency of Guatemala that Honduras’s own issuer names',
      { query: CASE, claims: { scope: 'case:read', org: { country: 'HN', agency: 'GT-MP' } } },
      'Query.case',
      'TASK_FORCE_NOT_RECOGNISED',
    ],
    [
      'for a policy that its token does not name',
      { query: NARRATIVE, claims: { scope: 'case:read case:narrative' } },
      'Case.narrative',
      'POLICY',
    ],
    [
      'for a policy that the country does not grant',
      {
        query: NARRATIVE,
        claims: {
          scope: 'case:read case:narrative',
          policies: 'narrative_release',
          org: { country: 'GT', agency: 'GT-MP', role: 'analyst' },
        },
      },
      'Case.narrative',
      'POLICY',
    ],
    [
      'for a policy that the country does not have',
      {
        domain: 'persons',
        query: '{ person(id: "HN:P1") { addresses { country } } }',
        claims: { scope: 'person:read person:location', policies: 'location_release' },
      },
      'Person.addresses',
      'POLICY',
    ],
    ['under an alias', { query: '{ case(id: "HN:1") { id: prosecutor } }' }, 'Case.prosecutor', 'SCOPES'],
    [
      'in a fragment',
      { query: '{ case(id: "HN:1") { ...f } } fragment f on Case { ... { prosecutor } }' },
      'Case.prosecutor',
      'SCOPES',
    ],
    [
      'for a field that `@include` leaves out',
      { query: '{ case(id: "HN:1") { prosecutor @include(if: false) } }' },
      'Case.prosecutor',
      'SCOPES',
    ],
    [
      'of a representation',
      {
        query: 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Warrant { id } } }',
        variables: { r: [{ __typename: 'Warrant', id: 'HN:1' }] },
      },
      'Warrant',
      'SCOPES',
    ],
    [
      'only for the existence of a representation',
      {
        query: 'query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }',
        variables: { r: [{ __typename: 'Warrant', id: 'HN:1' }] },
      },
      'Warrant',
      'SCOPES',
    ],
    [
      'by a filter',
      {
        query: '{ cases(countries: ["HN"], filter: { participant: "HN:P1" }) { edges { node { id } } } }',
        claims: { scope: 'case:read' },
      },
      'CaseFilter.participant',
      'SCOPES',
    ],
    [
      'by a filter in a variable',
      {
        query: 'query ($f: CaseFilter) { cases(countries: ["HN"], filter: $f) { edges { node { id } } } }',
        variables: { f: { participant: 'HN:P1' } },
        claims: { scope: 'case:read' },
      },
      'CaseFilter.participant',
      'SCOPES',
    ],
    [
      'by a filter that its own SDL guards more',
      {
        domain: 'persons',
        query: '{ persons(countries: ["HN"], search: { birthDate: "2000-01-01" }) { edges { node { id } } } }',
        claims: { scope: 'person:read' },
      },
      'PersonSearch.birthDate',
      'SCOPES',
    ],
    [
      'for a field that its own SDL guards more',
      { domain: 'persons', query: '{ person(id: "HN:P1") { birthDate } }', claims: { scope: 'person:read' } },
      'Person.birthDate',
      'SCOPES',
    ],
    [
      'for a field that the country does not publish',
      { domain: 'persons', query: '{ person(id: "HN:P1") { birthPlace } }', claims: { scope: 'person:read' } },
      'Person.birthPlace',
      'NOT_PUBLISHED',
    ],
    ['for its SDL', { query: '{ _service { sdl } }' }, 'Query._service', 'NOT_PUBLISHED'],
    ['for nobody', { query: CASE, claims: { sub: 'anonymous', caller_iss: undefined } }, 'Query.case', 'AUTHENTICATED'],
    [
      'for nobody, although the token has rights',
      { query: CASE, claims: { sub: 'anonymous', scope: SCOPES } },
      'Query.case',
      'AUTHENTICATED',
    ],
    ['without a mandate', { query: CASE, claims: { mandate: undefined } }, 'Query.case', 'MANDATE_NOT_COVERED'],
    ['without grounds', { query: CASE, claims: { grounds: undefined } }, 'Query.case', 'MANDATE_NOT_COVERED'],
    [
      'on grounds outside the mandate',
      { query: CASE, claims: { grounds: { purpose: 'OVERSIGHT' } } },
      'Query.case',
      'MANDATE_NOT_COVERED',
    ],
    [
      'on a mandate for other countries',
      { query: CASE, claims: { mandate: { ...MANDATE, countries: ['GT'] } } },
      'Query.case',
      'MANDATE_NOT_COVERED',
    ],
    [
      'on a mandate that is over',
      { query: CASE, claims: { mandate: { ...MANDATE, not_after: '2020-01-01' } } },
      'Query.case',
      'MANDATE_NOT_COVERED',
    ],
    [
      'for a purpose that is not recognised',
      { query: CASE, claims: { grounds: { purpose: 'PROSECUTION' } } },
      'Query.case',
      'TASK_FORCE_NOT_RECOGNISED',
    ],
    [
      'for another task force',
      { query: CASE, claims: { mandate: { ...MANDATE, task_force: 'x' } } },
      'Query.case',
      'TASK_FORCE_NOT_RECOGNISED',
    ],
    [
      'for another agency',
      { query: CASE, claims: { org: { country: 'GT', agency: 'GT-PNC' } } },
      'Query.case',
      'TASK_FORCE_NOT_RECOGNISED',
    ],
    [
      'for an issuer that is not recognised',
      { query: CASE, claims: { org: { country: 'SV', agency: 'GT-MP' } } },
      'Query.case',
      'TASK_FORCE_NOT_RECOGNISED',
    ],
  ])('%s has its complete leg rejected, and the node logs one line', async (_title, sent, coordinate, kind) => {
    await expectRejected(sent, 403, { code: 'REFUSED_BY_NODE', coordinate, kind })
  })

  it('learns neither the field nor the rule, and the line has nothing about the caller', async () => {
    const { body, log } = await node.ask({ query: NARRATIVE })
    expect(JSON.stringify(body)).not.toMatch(/narrative|SCOPES/i)
    expect(JSON.stringify(log)).not.toMatch(/pairwise|GT-MP|id\.gt|jtf/)
  })

  it('receives the field of a policy if the token and the country grant it', async () => {
    const { body } = await node.ask({
      query: NARRATIVE,
      claims: { scope: 'case:read case:narrative', policies: 'narrative_release' },
    })
    expect(body).toEqual({ data: { case: { narrative: 'Un relato.' } } })
  })

  it('receives the public law for anybody, with or without a mandate', async () => {
    for (const claims of [{}, { mandate: undefined }, { sub: 'anonymous', caller_iss: undefined, org: undefined }]) {
      const { body } = await node.ask({ domain: 'legal', query: LAW, claims })
      expect(body).toEqual({ data: { statute: { heading: 'Homicidio' } } })
    }
  })

  it('receives victims and witnesses if it meets the rule that shows them, and otherwise cannot tell that they exist', async () => {
    const query = '{ a: person(id: "HN:P1") { sex } b: person(id: "HN:P2") { sex } c: person(id: "HN:P3") { sex } }'
    const scope = 'person:read person:protected'
    const ask = async (claims: Sent['claims']) => (await node.ask({ domain: 'persons', query, claims })).body.data
    const without = { a: { sex: 'F' }, b: null, c: null }
    expect(await ask({ scope: 'person:read' })).toEqual(without)
    expect(await ask({ scope, policies: 'protected_release' })).toEqual(without)
    expect(await ask({ scope, acr: '3' })).toEqual(without)
    expect(await ask({ scope, acr: '3', policies: 'protected_release' })).toEqual({ ...without, b: { sex: 'M' } })
  })
})
