/** What the officer asked: what a captured gateway tries to make of it. */
import { randomUUID } from 'node:crypto'
import { encodeCursor } from '../../../contract/cursor.ts'
import { sha256Url } from '../../../contract/trust/digest.ts'
import { signGivenIds } from '../../../contract/trust/given-ids.ts'
import { createTestSession, type TestQuestion } from '../../../contract/trust/question-statement/testing.ts'
import { GATEWAY_ADDRESS } from '../../authority/world.ts'
import type { Captor, LegParts } from '../captor.ts'
import { nowS, signStatement } from '../kept.ts'
import { CAPS } from '../land.ts'
import { jtiOf, toNodeKey } from '../node-keys.ts'
import { FILTER, SMALL } from '../question.ts'
import { type Act, ANSWERED, leg, ROWS, refused } from './act.ts'

const NOT_OF_QUESTION = refused('LEG_NOT_OF_QUESTION')

/** A leg about the cases of the officer's filter. */
export function cases(selection: string, args = 'filter:$filter,first:$n', variables: object = {}): LegParts {
  const defined = [
    ...(args.includes('$filter') ? ['$filter:CaseFilter'] : []),
    ...(args.includes('$n') ? ['$n:Int'] : []),
    '$c:[CountryCode!]',
  ]
  const query = `query(${defined.join(',')}){cases(${args},countries:$c)${selection}}`
  return { domain: 'cases', query, variables: { filter: FILTER, n: 3, c: ['HN'], ...variables } }
}
const ROWS_OF = '{edges{node{id}}}'
/** The end of a page that was given, as of any other row. */
const NEXT = encodeCursor({ order: 'FILED_ON_DESC', key: '8980000', id: 'HN:C-9' })

const entity = (id: string, more: LegParts = {}): LegParts => ({
  query: 'query($representations:[_Any!]!){_entities(representations:$representations){...on Person{id names{full}}}}',
  variables: { representations: [{ __typename: 'Person', id }] },
  ...more,
})

/** An act on what the officer asked for: with `any`, the captor leaves the question away and is answered. */
const other = (title: string, parts: Parameters<typeof leg>[0]): Act => ({
  ...{ title, row: ROWS.asked, signed: NOT_OF_QUESTION, any: ANSWERED, attack: leg(parts) },
})

/** Legs that do not follow from the question. */
export const ASKED: readonly Act[] = [
  other('another page', cases(ROWS_OF, `filter:$filter,first:$n,after:"${NEXT}"`)),
  other('another argument value', { variables: { id: 'HN:P-2' } }),
  other('a dropped filter', cases(ROWS_OF, 'first:$n')),
  other('a wider filter', cases(ROWS_OF, undefined, { filter: { iccs: ['02'], status: ['OPEN', 'CHARGED'] } })),
  other('no filter, while its value is hidden', { ...cases(ROWS_OF, 'first:$n'), hide: ['$filter'] }),
  other('a larger page', cases(ROWS_OF, undefined, { n: 100 })),
  other('a coordinate that the document lacks', cases('{edges{node{id provenance{agency}}}}')),
  other('a query that the document lacks', {
    ...{ domain: 'cases', query: 'query($id:ID!){case(id:$id){id}}', variables: { id: 'HN:C-1' } },
  }),
  other('another order', cases(ROWS_OF, 'filter:$filter,first:$n,orderBy:ID_ASC')),
  other('an id that nobody gave', entity('HN:P-8')),
  other('one id that nobody gave, among those that the officer named', {
    ...entity('HN:P-1'),
    variables: { representations: ['HN:P-1', 'HN:P-8'].map((id) => ({ __typename: 'Person', id })) },
  }),
  {
    title: 'an id that was given to another question',
    ...{ row: ROWS.asked, signed: NOT_OF_QUESTION, any: ANSWERED },
    async attack({ leg: send, keptOf }) {
      const query = 'query($id:ID!){person(id:$id){id sameAs{id}}}'
      await send({ query })
      return send({ of: keptOf('judge'), ...casesOfPerson('GT:P-9') })
    },
  },
  {
    title: 'without a question',
    ...{ row: ROWS.asked, signed: refused('QUESTION_NOT_SIGNED'), any: ANSWERED, attack: leg({ statement: null }) },
  },
]

const casesOfPerson = (id: string): LegParts => ({
  ...{ domain: 'persons', query: 'query($id:ID!){person(id:$id){id}}', variables: { id } },
})

/** A statement that an officer's own tool signs with something wrong in it. */
const signedWith =
  (change: (captor: Captor) => Partial<TestQuestion>) =>
  (captor: Captor): LegParts => {
    const of = captor.keptOf('judge')
    return {
      of,
      statement: signStatement(of, change(captor)),
      isShown: true,
      query: 'query($id:ID!){person(id:$id){id}}',
    }
  }

const changed = (title: string, parts: Parameters<typeof leg>[0]): Act => ({
  ...{ title, row: ROWS.changed, signed: NOT_OF_QUESTION, attack: leg(parts) },
})

/** Questions that are not what they should be. */
export const CHANGED: readonly Act[] = [
  changed(
    'a post-dated statement',
    signedWith(() => ({ iat: nowS() + 3_600 })),
  ),
  changed(
    'a statement of yesterday',
    signedWith(() => ({ iat: nowS() - 86_400 })),
  ),
  changed(
    'a statement that was signed before the node started',
    signedWith(({ world }) => ({ iat: world.startedS - 10 })),
  ),
  changed(
    'a statement of another access token',
    signedWith(() => ({ ath: sha256Url('another') })),
  ),
  changed(
    'a statement of another purpose',
    signedWith(() => ({ purpose: 'PROSECUTION' })),
  ),
  changed(
    'a statement for other countries',
    signedWith(() => ({ countries: ['SV'] })),
  ),
  changed('a statement that the gateway signed itself', ({ kept }) => {
    const asked = { aud: GATEWAY_ADDRESS, iat: nowS(), ath: sha256Url(kept.accessToken), document: kept.document }
    const { text } = createTestSession().ask({ ...asked, countries: ['HN'], variables: { id: 'HN:P-1' } })
    return { statement: text, isShown: true }
  }),
  changed('the question of another officer', ({ keptOf }) => {
    const { jwt, disclosures, document } = keptOf('judge')
    return { statement: `${[jwt, ...disclosures.values()].join('~')}~`, document, isShown: true }
  }),
  // The leg shows the document of the officer's first question.
  changed(
    'another document than the statement’s',
    signedWith(() => ({ document: `${SMALL.document} # ${randomUUID()}` })),
  ),
  changed('a value that the statement does not have', ({ kept }) => {
    const disclosure = Buffer.from(JSON.stringify(['c2FsdHNhbHRzYWx0c2E', 'id', 'HN:P-2'])).toString('base64url')
    const others = [...kept.disclosures].filter(([name]) => name !== '$id').map(([, text]) => text)
    return { statement: `${[kept.jwt, ...others, disclosure].join('~')}~`, isShown: true, variables: { id: 'HN:P-2' } }
  }),
  {
    title: 'an id that only the gateway says a country gave',
    ...{ row: ROWS.changed, signed: NOT_OF_QUESTION },
    attack: leg(async ({ kept, world }) => {
      const key = await toNodeKey({ ...world.legKey, publicJwk: world.legKey.jwk })
      const given = { country: 'GT', question: jtiOf(kept.jwt), ids: ['HN:P-8'], iat: nowS() }
      return entity('HN:P-8', { given: [signGivenIds(given, key)], isShown: true })
    }),
  },
]

/** Sends a leg until somebody refuses it: ten thousand times at most, and with `any` just more often than caps allow. */
async function repeat({ questions, leg: send }: Captor, parts: (at: number) => LegParts) {
  const most = questions === 'signed' ? 10_000 : CAPS.legs + 5
  let tried = await send(parts(0))
  for (let at = 1; at < most && tried.code === 'ANSWERED'; at++) tried = await send(parts(at))
  return tried
}

/** One question, too often. */
export const OFTEN: readonly Act[] = [
  {
    title: 'the same question again and again',
    ...{ row: ROWS.often, signed: refused('QUESTION_CAP_REACHED'), any: ANSWERED },
    attack: (captor) => repeat(captor, () => ({ ...cases(ROWS_OF, undefined, { n: 30 }), of: captor.keptOf('clerk') })),
  },
  {
    title: 'ten thousand legs for one question',
    ...{ row: ROWS.often, signed: refused('QUESTION_CAP_REACHED'), any: ANSWERED },
    attack: (captor) =>
      repeat(captor, (at) => ({
        of: captor.keptOf('often'),
        query: `query($id:ID!){person(id:$id){id a${at}:id}}`,
      })),
  },
]
