import { createServer, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HttpAnswer } from './arrived-operation.ts'
import { writeAnswer } from './write-answer.ts'

const ID = '01977d2e-7e3b-7c11-9f6a-0a1b2c3d4e5f'
const ANSWER = {
  ...{ status: 200, headers: { 'content-type': 'application/json' } },
  body: '{"a":"ñ"}\n',
} satisfies HttpAnswer
const COMMON = ['cache-control: no-store', 'x-content-type-options: nosniff']

let answer: (response: ServerResponse) => void
const server = createServer((_, response) => answer(response))
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => void server.close())

/** Returns the lines of the head, without those of node:http itself, and the body. */
async function ask(
  write: (response: ServerResponse) => void,
): Promise<{ readonly head: string[]; readonly body: string }> {
  answer = write
  const { port } = server.address() as { port: number }
  const text = await new Promise<string>((resolve, reject) => {
    let received = ''
    connect(port, '127.0.0.1')
      .on('data', (chunk) => {
        received += chunk
      })
      .on('end', () => resolve(received))
      .on('error', reject)
      .write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  })
  const [lines = '', body = ''] = text.split('\r\n\r\n')
  const head = lines.split('\r\n').filter((line) => !/^(date|connection):/i.test(line))
  return { head, body }
}

describe('an answer', () => {
  it('has its status, each header once, and the length of its bytes', async () => {
    const head = [
      'HTTP/1.1 200 OK',
      `Istmo-Request-Id: ${ID}`,
      'content-language: es',
      'vary: Accept-Language',
      ...COMMON,
    ]
    expect(await ask((response) => writeAnswer(response, ANSWER, ID, 'es'))).toEqual({
      head: [...head, 'content-length: 11', 'content-type: application/json'],
      body: ANSWER.body,
    })
  })

  it('keeps the headers that were set before, and adds the language to what it varies by', async () => {
    const { head } = await ask((response) => {
      response.setHeader('vary', 'Origin')
      response.setHeader('Istmo-Request-Id', ID)
      response.setHeader('Istmo-Log-Proof', 'proof')
      writeAnswer(response, { ...ANSWER, status: 429, headers: { 'retry-after': '3', ...ANSWER.headers } }, ID, 'en')
    })
    expect(head.map((line) => line.toLowerCase()).sort()).toEqual(
      [
        ...['http/1.1 429 too many requests', `istmo-request-id: ${ID}`, 'istmo-log-proof: proof', ...COMMON],
        ...['content-language: en', 'vary: origin, accept-language', 'retry-after: 3', 'content-length: 11'],
        'content-type: application/json',
      ].sort(),
    )
  })

  it('is not written to a client who is gone', async () => {
    let isWritten = true
    const { head } = await ask((response) => {
      response.destroy()
      writeAnswer(response, ANSWER, ID, 'en')
      isWritten = response.headersSent
    })
    expect(head).toEqual([''])
    expect(isWritten).toBe(false)
  })
})
