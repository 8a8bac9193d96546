import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { answerWhole } from '../gateways/denied.ts'
import { canonicalText } from '../gateways/equal.ts'
import { bodyOf } from '../gateways/operations.ts'
import { askNew, newOperation } from './new-operations.ts'
import { operationOf } from './part.ts'

describe.each(['a', 'b'])('new operations like (%s)', (name) => {
  const operation = operationOf(name)

  it('have different texts, and differ from the known one by an alias', () => {
    const documents = [0, 1, 12].map((number) => newOperation(operation, number).operation.document)
    expect(new Set([operation.document, ...documents]).size).toBe(4)
    for (const document of documents) {
      expect(() => parse(document)).not.toThrow()
      expect(document.replace(/n\d+: /, '')).toBe(operation.document)
    }
  })
})

describe('new operations', () => {
  it('like (c) are not made', () => {
    expect(() => newOperation(operationOf('c'), 1)).toThrow('came c')
  })

  it.each([
    ['right', 'n1', 'Ana', null],
    ['wrong: the alias of another operation', 'n2', 'Ana', 'expected 200, no errors and the data'],
    ['wrong: another value', 'n1', 'Eva', 'expected 200, no errors and the data'],
  ])('have answers that are %s', async (_, alias, name, message) => {
    const asked: string[] = []
    const server = createServer(async (request: IncomingMessage, response) => {
      asked.push(await text(request))
      response.end(JSON.stringify({ data: { person: { [alias]: name } } }))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { operation, asKnown } = newOperation(operationOf('a'), 1)
    const right = answerWhole(canonicalText({ person: { name: 'Ana' } }))
    const all = [{ request: { headers: {}, body: bodyOf(operation, 0) }, asKnown, right }]
    const asking = askNew((server.address() as AddressInfo).port, 2, async () => all.shift() ?? null)
    if (message === null) expect(await asking).toBe(1)
    else await expect(asking).rejects.toThrow(message)
    expect(asked[0]).toContain('n1: name')
    server.closeAllConnections()
    server.close()
  })
})
