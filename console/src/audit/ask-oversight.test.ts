import { describe, expect, it } from 'vitest'
import { askOversight, OversightRefusedError, type SendToOversight } from './ask-oversight.ts'

const answering =
  (body: unknown, status = 200): SendToOversight =>
  async () =>
    new Response(typeof body === 'string' ? body : JSON.stringify(body), { status })

describe('a question to oversight', () => {
  it('is asked for the purpose OVERSIGHT, with its variables and in the language of the page', async () => {
    const sent: RequestInit[] = []
    const send: SendToOversight = async (init) => {
      sent.push(init)
      return answering({ data: { viewer: null } })(init)
    }
    await askOversight(send, 'query Viewer { viewer { country } }', { first: 1 }, 'es')
    expect(sent).toEqual([
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'accept-language': 'es', 'istmo-mandate': 'purpose=OVERSIGHT' },
        body: JSON.stringify({ query: 'query Viewer { viewer { country } }', variables: { first: 1 } }),
      },
    ])
  })

  it('is answered with data, with what oversight did not give, and with how much of each log it is about', async () => {
    const log = { origin: 'istmo.example/gt', size: 3, unreadable: 0 }
    const logs = [
      { ...log, isCurrent: true, problem: null },
      { ...log, isCurrent: false, problem: 'SET_BACK' },
      { ...log, isCurrent: false },
    ]
    const errors = [{ message: 'No.', extensions: { code: 'NOT_FOUND' } }, null]
    const answered = await askOversight(
      answering({ data: { entry: null }, errors, extensions: { logs } }),
      'q',
      {},
      'en',
    )
    expect(answered).toEqual({
      data: { entry: null },
      logs: [
        { ...log, problem: null },
        { ...log, problem: 'SET_BACK' },
        { ...log, problem: 'FAILED' },
      ],
      errors: [
        { code: 'NOT_FOUND', message: 'No.' },
        { code: 'UNKNOWN', message: '' },
      ],
    })
  })

  it.each<[string, SendToOversight]>([
    ['NOT_REACHED', () => Promise.reject(new TypeError('no network'))],
    ['NOT_UNDERSTOOD', answering('<html>', 502)],
    ['NOT_UNDERSTOOD', answering({ data: null })],
    ['ASSURANCE_TOO_LOW', answering({ errors: [{ message: 'x', extensions: { code: 'ASSURANCE_TOO_LOW' } }] }, 403)],
  ])('fails with %s', async (code, send) => {
    await expect(askOversight(send, 'q', {}, 'es')).rejects.toMatchObject({ code, name: OversightRefusedError.name })
  })
})
