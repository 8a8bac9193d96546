/** Tests the operator’s log of a bad day: it has the details of each failure under the request’s id, and no personal data. */
import { expect, it } from 'vitest'
import { casesOf, MARKER, reply, replyData } from './hostile-country.ts'
import { type HostileGateway, startHostileGateway } from './hostile-gateway.ts'

/** Words that a caller or a country sent, and that the log must not contain. */
const NAME = 'Ana Luz Cifuentes'
const ID = 'HN:P-770077'
const TOKEN = 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJhbmEifQ.c2lnbmF0dXJl'
const PRIVATE = [NAME, 'Cifuentes', 'P-770077', TOKEN, TOKEN.slice(10, 40), 'María', 'SELECT', '@defer', 'fieldOfAna']

const CASES = '{ cases(first: 5) { edges { node { id prosecutor } } } }'
const PERSON = 'query ($id: ID!) { person(id: $id) { names { full } } }'

/** Expects that the country, which now behaves, answers a question completely. */
async function expectWhole({ hostile, ask }: HostileGateway): Promise<void> {
  hostile.answer = replyData({ person: { _iT: 'Person', _iId: ID, names: [{ full: NAME }] } })
  const { data, errors } = JSON.parse((await ask({ query: PERSON, variables: { id: ID } })).text)
  expect([data, errors]).toEqual([{ person: { names: [{ full: NAME }] } }, undefined])
}

async function badDay(gateway: HostileGateway) {
  const { hostile } = gateway
  hostile.answer = replyData({ person: { _iT: 'Person', _iId: ID, names: [{ full: NAME }] } })
  const replies = [await gateway.ask({ query: PERSON, variables: { id: ID } })]
  for (const answer of [
    reply(`{"data": ${NAME}`),
    reply(`<pre>${MARKER} ${ID}</pre>`, 500, { 'content-type': 'text/html', 'x-name': MARKER.slice(0, 5) }),
    replyData(null, [{ message: `${NAME} ${ID}`, extensions: { code: 'FORBIDDEN_BY_COUNTRY', [NAME]: ID } }]),
    replyData({ person: { _iT: 'Person', _iId: 'GT:P-9', names: [{ full: NAME }] } }, [
      { message: NAME, path: [ID], extensions: { code: NAME } },
    ]),
    replyData({ person: NAME }),
    replyData({ person: { _iT: NAME, _iId: ID, names: NAME } }),
  ]) {
    hostile.answer = answer
    replies.push(await gateway.ask({ query: PERSON, variables: { id: ID } }))
    await expectWhole(gateway)
  }
  hostile.answer = replyData(casesOf('HN', 2))
  replies.push(
    await gateway.ask({ query: CASES, token: TOKEN }),
    await gateway.ask({ query: `{ person(id: "${ID}") { fieldOfAna } }` }),
    await gateway.ask({ query: `{ person(id: "${NAME}") { id } }` }),
    await gateway.ask({ query: `{ ... @defer { person(id: "${ID}") { id } } }` }),
    await gateway.ask({ query: `{ "${NAME}` }),
    await gateway.ask({ query: PERSON, variables: { id: { [NAME]: ID } } }),
  )
  await expectWhole(gateway)
  return replies
}

it('the log has each failed request and its country, but no person’s name, id, token or variables', async () => {
  const gateway = await startHostileGateway(50_000)
  const replies = await badDay(gateway).finally(() => gateway.close())
  expect(replies.map(({ status }) => status)).toEqual([...Array(7).fill(200), 401, 400, 400, 400, 400, 400])
  const text = gateway.log.join('')
  for (const word of PRIVATE) expect(text).not.toContain(word)

  const lines = gateway.log.map((line) => JSON.parse(line))
  const logged = replies
    .slice(1, 7)
    .map(({ requestId }) =>
      lines
        .filter((line) => line.requestId === requestId && line.country === 'HN')
        .map(({ code, reason, errors, codes }) => code ?? reason ?? [errors, codes]),
    )
  expect(logged).toEqual([
    ['BAD_ANSWER'],
    ['BAD_ANSWER'],
    [[1, ['FORBIDDEN_BY_COUNTRY']], 'expected data; came none'],
    [[1, []], 'Query.person has a record of another country'],
    [expect.stringMatching(/Query\.person/)],
    [expect.stringMatching(/Query\.person/)],
  ])
  // Each request also has its own line, whether it succeeded or not.
  for (const { requestId, status } of replies) {
    expect(lines).toContainEqual(expect.objectContaining({ requestId, route: '/graphql', status }))
  }
})
