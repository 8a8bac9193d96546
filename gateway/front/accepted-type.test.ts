import { expect, it } from 'vitest'
import { typeOfRejection } from './front.ts'

const TYPED = 'application/graphql-response+json'

it.each([
  ['Apollo Client', `${TYPED},application/json;q=0.9`, true],
  ['urql', `${TYPED}, application/graphql+json, application/json, text/event-stream, multipart/mixed`, true],
  ['a client that prefers JSON', `application/json, ${TYPED};q=0.5`, false],
  ['a client that refuses the type of GraphQL responses', `${TYPED};q=0`, false],
  ['a client that accepts anything', '*/*', false],
  ['a client with a weight that is not a number', `${TYPED};q=x, application/json;q=0.1`, false],
  ['a client that writes capital letters', 'Application/GraphQL-Response+JSON; q=1', true],
  ['a client that says nothing', undefined, false],
])('a rejection has the type that the client prefers: %s', (_, accept, isTyped) => {
  const type = typeOfRejection({ headers: accept === undefined ? {} : { accept } })
  expect(type).toBe(`${isTyped ? TYPED : 'application/json'}; charset=utf-8`)
})
