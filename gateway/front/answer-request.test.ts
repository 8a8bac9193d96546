import { describe, expect, it } from 'vitest'
import type { Caller } from '../../contract/access-token.ts'
import { IstmoError } from '../../contract/errors.ts'
import { NEVER_GONE } from '../../contract/hangup.ts'
import { aCaller } from '../testing.ts'
import type { RequestAuditLog, RequestContext, Trail, WrittenRequest } from '../types/flow.ts'
import type { Admission } from './admit-document.ts'
import { answerRequest, type IncomingRequest } from './graphql-route.ts'

/** A request for which the front does everything, on an admission and an audit log that only note what they are told. */
function aQuestion(caller: Caller | null, headers: IncomingRequest['headers'] = {}) {
  const told: string[] = []
  const contexts: RequestContext[] = []
  const written = Promise.withResolvers<WrittenRequest>()
  const admission: Admission = {
    request: () => undefined,
    enter: () => {
      told.push('in')
      return () => void told.push('out')
    },
    reserveEntry: () => (bytes) => void told.push(`entry of ${bytes}`),
    document: () => null,
  }
  const auditLog: RequestAuditLog = {
    isWritable: () => true,
    begin: () => ({ salt: new Uint8Array(32), codes: null }) as Trail,
    end: () => written.promise,
    noteMisuse: async () => undefined,
    countRejection: (code) => void told.push(code),
    unready: async () => null,
  }
  const credentials = { ...{ authorization: [], proofs: [], mandate: [] }, method: 'POST', path: '/graphql' }
  const incoming: IncomingRequest = {
    ...{ requestId: 'one', headers, statements: [], address: '192.0.2.1', language: 'en', hangup: NEVER_GONE },
    credentials: { ...credentials, clientCertificate: null },
    read: async () => ({ method: 'POST', headers, search: '', body: { query: '{ a }' } }),
    setHeader: () => undefined,
  }
  const authenticate = async () => ({ caller, grounds: null, groundsRejected: null })
  const ask = (execute: () => Promise<{ readonly status: number }> = async () => ({ status: 200 })) =>
    answerRequest({ authenticate, admission, auditLog, requestDeadlineMs: 8_000 }, incoming, {
      execute: (_, context) => {
        contexts.push(context)
        return execute()
      },
      codesOf: () => [],
    })
  return { ask, told, contexts, write: (bytes: number) => written.resolve({ bytes, prove: null }), written }
}

describe('a request', () => {
  it('is answered when its entry is written, and not before', async () => {
    const { ask, write } = aQuestion(aCaller())
    let isAnswered = false
    const answering = ask().finally(() => (isAnswered = true))
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(isAnswered).toBe(false)
    write(300)
    expect(await answering).toEqual({ status: 200 })
  })

  it('is not answered if its entry cannot be written', async () => {
    const { ask, written } = aQuestion(aCaller())
    written.reject(new Error('no space left'))
    await expect(ask()).rejects.toMatchObject({ code: 'RECORD_UNAVAILABLE' })
  })

  it.each<[string, () => Promise<{ readonly status: number }>]>([
    ['answered', async () => ({ status: 200 })],
    ['rejected', () => Promise.reject(new IstmoError('BAD_CURSOR'))],
  ])('that is %s is counted in, and out again', async (_, execute) => {
    const { ask, told, write } = aQuestion(aCaller())
    write(300)
    await ask(execute).catch(() => undefined)
    expect(told).toEqual(['in', 'out'])
  })

  it('without a token gives back what its entry did not need of the room', async () => {
    const { ask, told, write } = aQuestion(null)
    write(321)
    await ask()
    expect(told).toEqual(['in', 'out', 'entry of 321'])
  })

  it.each<[string, Caller | null, IncomingRequest['headers'], boolean]>([
    ['a caller who asks for it', aCaller(), { 'istmo-evidence': 'legs' }, true],
    ['no caller who does not', aCaller(), {}, false],
    ['nobody without a token', null, { 'istmo-evidence': 'legs' }, false],
  ])('collects evidence for %s', async (_, caller, headers, isCollected) => {
    const { ask, contexts, write } = aQuestion(caller, headers)
    write(300)
    await ask()
    expect(contexts.map(({ evidence }) => evidence !== undefined)).toEqual([isCollected])
  })
})
