import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Caller } from '../../contract/access-token.ts'
import { IstmoError } from '../../contract/errors.ts'
import { NEVER_GONE } from '../../contract/hangup.ts'
import type { VerifiedQuestion } from '../../contract/trust/question-statement.ts'
import { type AskedRequest, MisuseError } from '../../service/authenticate/credentials.ts'
import { aCaller } from '../testing.ts'
import type { RequestContext, Trail } from '../types/flow.ts'
import type { Admission } from '../types/front.ts'
import type { EndedRequest, RequestAuditLog, WrittenRequest } from '../types/request-log.ts'
import { type AnsweringOptions, answerRequest, type IncomingRequest } from './graphql-route.ts'

/** What a test replaces of {@link aQuestion}. */
interface Replaced {
  readonly options?: Partial<AnsweringOptions>
  readonly incoming?: Partial<IncomingRequest>
  readonly admission?: Partial<Admission>
  readonly auditLog?: Partial<RequestAuditLog>
}

/** A request for which the front does everything, on an admission and an audit log that only note what they are told. */
function aQuestion(caller: Caller | null, headers: IncomingRequest['headers'] = {}, replaced: Replaced = {}) {
  const told: unknown[] = []
  const contexts: RequestContext[] = []
  const ended: EndedRequest[] = []
  const written = Promise.withResolvers<WrittenRequest>()
  const admission: Admission = {
    request: () => undefined,
    enter: () => {
      told.push('in')
      return () => void told.push('out')
    },
    reserveEntry: () => (bytes) => void told.push(`entry of ${bytes}`),
    document: () => null,
    ...replaced.admission,
  }
  const auditLog: RequestAuditLog = {
    isWritable: () => true,
    begin: () => ({ salt: new Uint8Array(32), codes: null }) as Trail,
    end: (request) => {
      ended.push(request)
      return written.promise
    },
    noteMisuse: async (misuse) => void told.push(misuse),
    countRejection: (code) => void told.push(code),
    unready: async () => null,
    ...replaced.auditLog,
  }
  const credentials = { ...{ authorization: [], proofs: [], mandate: [] }, method: 'POST', path: '/graphql' }
  const incoming: IncomingRequest = {
    ...{ requestId: 'one', headers, statements: [], address: '192.0.2.1', language: 'en', hangup: NEVER_GONE },
    credentials: { ...credentials, clientCertificate: null },
    arrivedAt: performance.now(),
    read: async () => ({ method: 'POST', headers, search: '', body: { query: '{ a }' } }),
    setHeader: (name, value) => void told.push(`${name}: ${value}`),
    ...replaced.incoming,
  }
  const authenticate = async () => ({ caller, grounds: null, groundsRejected: null })
  const options = { authenticate, admission, auditLog, requestDeadlineMs: 8_000, ...replaced.options }
  const ask = (execute: () => Promise<{ readonly status: number }> = async () => ({ status: 200 })) =>
    answerRequest(options, incoming, {
      execute: (_, context) => {
        contexts.push(context)
        return execute()
      },
      codesOf: () => [],
    })
  const prove = async (): Promise<string> => 'proof'
  return { ask, told, contexts, ended, write: (bytes: number) => written.resolve({ bytes, prove }), written }
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
    // The request begins to wait for its entry in a later turn.
    written.promise.catch(() => undefined)
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

  it('has its deadline from its arrival on, however long its turn of the event loop took', async () => {
    const arrivedAt = performance.now() - 5_000
    const { ask, contexts, ended, write } = aQuestion(aCaller(), {}, { incoming: { arrivedAt } })
    write(300)
    await ask()
    expect(contexts[0]?.deadlineAt).toBe(arrivedAt + 8_000)
    expect(ended[0]?.durationMs).toBeGreaterThanOrEqual(5_000)
  })

  it('has its deadline from its arrival on, however long it takes to know its caller', async () => {
    const authenticate = async () => {
      await sleep(300)
      return { caller: aCaller(), grounds: null, groundsRejected: null }
    }
    const arrivedAt = performance.now()
    const { ask, contexts, ended, write } = aQuestion(null, {}, { options: { authenticate }, incoming: { arrivedAt } })
    write(300)
    await ask()
    expect(contexts[0]?.deadlineAt).toBe(arrivedAt + 8_000)
    expect(ended[0]?.durationMs).toBeGreaterThan(250)
  })

  it('is only counted while no entry can be written: nobody is authenticated, and nothing runs', async () => {
    const authenticate = () => expect.fail()
    const { ask, told, contexts } = aQuestion(
      aCaller(),
      {},
      {
        options: { authenticate },
        auditLog: { isWritable: () => false },
      },
    )
    await expect(ask()).rejects.toMatchObject({ code: 'RECORD_UNAVAILABLE' })
    expect([told, contexts]).toEqual([['RECORD_UNAVAILABLE'], []])
  })

  it('of a stranger who is rejected is counted, leaves no entry, and gives back all of its room', async () => {
    const { ask, told, ended } = aQuestion(null)
    await expect(ask(() => Promise.reject(new IstmoError('BAD_CURSOR')))).rejects.toMatchObject({ code: 'BAD_CURSOR' })
    expect([told, ended]).toEqual([['in', 'out', 'BAD_CURSOR', 'entry of 0'], []])
  })

  it('of a stranger for whose entry there is no room is counted, and not read', async () => {
    const { ask, told } = aQuestion(
      null,
      {},
      {
        admission: {
          reserveEntry: () => {
            throw new IstmoError('RATE_LIMITED')
          },
        },
        incoming: { read: () => expect.fail() },
      },
    )
    await expect(ask()).rejects.toMatchObject({ code: 'RATE_LIMITED' })
    expect(told).toEqual(['RATE_LIMITED'])
  })

  it.each<[string, Caller | null, IncomingRequest['headers'], readonly string[]]>([
    ['a caller who asks for it', aCaller(), { 'istmo-log-proof': '?1' }, ['Istmo-Log-Proof: proof']],
    ['no caller who does not', aCaller(), { 'istmo-log-proof': '?0' }, []],
    ['nobody without a token', null, { 'istmo-log-proof': '?1' }, []],
  ])('brings the proof of its entry to %s', async (_, caller, headers, expected) => {
    const { ask, told, write } = aQuestion(caller, headers)
    write(300)
    await ask()
    expect(told.filter((each) => String(each).includes(':'))).toEqual(expected)
  })

  it('is not answered if the proof of its entry cannot be made', async () => {
    const { ask, written } = aQuestion(aCaller(), { 'istmo-log-proof': '?1' })
    written.resolve({ bytes: 300, prove: () => Promise.reject(new Error('no such file')) })
    await expect(ask()).rejects.toMatchObject({ code: 'RECORD_UNAVAILABLE' })
  })

  it.each<[string | undefined, boolean]>([
    ['?1', true],
    ['?0', false],
    [undefined, false],
  ])('is a dry run only if its header says so: %s', async (value, isDryRun) => {
    const { ask, contexts, write } = aQuestion(aCaller(), value === undefined ? {} : { 'istmo-dry-run': value })
    write(300)
    await ask()
    expect(contexts.map((context) => context.isDryRun)).toEqual([isDryRun])
  })
})

describe('a misuse of a token', () => {
  const caller = aCaller()
  const misuse = (): never => {
    throw new MisuseError(caller, 'PROOF_REPLAYED', new IstmoError('PROOF_INVALID'))
  }
  const noted = { requestId: 'one', caller, code: 'PROOF_INVALID', misuse: 'PROOF_REPLAYED' }

  it('is noted, and not counted among the rejections of nobody', async () => {
    const { ask, told } = aQuestion(null, {}, { options: { authenticate: async () => misuse() } })
    await expect(ask()).rejects.toMatchObject({ code: 'PROOF_INVALID' })
    expect(told).toEqual([noted])
  })

  it('is noted beside the entry of its request, if its caller was known before', async () => {
    const { ask, told, ended, write } = aQuestion(caller, {}, { options: { takeQuestion: async () => misuse() } })
    write(300)
    await expect(ask()).rejects.toMatchObject({ code: 'PROOF_INVALID' })
    expect(told).toEqual(['in', 'out', noted])
    expect(ended.map(({ status, codes }) => [status, codes])).toEqual([[401, ['PROOF_INVALID']]])
  })

  it('is not answered if it cannot be noted', async () => {
    const { ask } = aQuestion(
      null,
      {},
      {
        options: { authenticate: async () => misuse() },
        auditLog: { noteMisuse: () => Promise.reject(new Error('no space left')) },
      },
    )
    await expect(ask()).rejects.toMatchObject({ code: 'RECORD_UNAVAILABLE' })
  })
})

describe('a signed question', () => {
  it('is taken from the headers and the body, for the document that will run', async () => {
    const body = { documentId: 'id-1', extensions: { istmo: {} } }
    const asked: AskedRequest[] = []
    const read = async () => ({ method: 'POST', headers: {}, search: '', body })
    const { ask, write } = aQuestion(
      aCaller(),
      { 'istmo-mandate': 'm' },
      {
        options: {
          takeQuestion: (request) => {
            asked.push(request)
            return null
          },
        },
        incoming: { statements: ['s1', 's2'], read },
        admission: { document: () => '{ listed }' },
      },
    )
    write(300)
    await ask()
    expect(asked).toEqual([{ headers: ['s1', 's2'], body, document: '{ listed }', statesGrounds: true }])
  })

  it('has no body by GET, and states no grounds without their header', async () => {
    const asked: AskedRequest[] = []
    const credentials = {
      authorization: [],
      proofs: [],
      mandate: [],
      method: 'GET',
      path: '/',
      clientCertificate: null,
    }
    const { ask, write } = aQuestion(
      aCaller(),
      {},
      {
        options: {
          takeQuestion: (request) => {
            asked.push(request)
            return null
          },
        },
        incoming: { credentials },
      },
    )
    write(300)
    await ask()
    expect(asked).toEqual([{ headers: [], body: undefined, document: '{ a }', statesGrounds: false }])
  })

  it('gives its grounds to the operation, and to the entry', async () => {
    const statement = { jti: 'q' } as VerifiedQuestion
    const grounds = { purpose: 'INVESTIGATION' } as const
    const { ask, contexts, ended, write } = aQuestion(
      aCaller(),
      {},
      {
        options: { takeQuestion: async () => ({ question: statement, grounds, groundsRejected: null }) },
      },
    )
    write(300)
    await ask()
    for (const context of [contexts[0], ended[0]?.context])
      expect(context).toMatchObject({ grounds, question: { statement, document: '{ a }' } })
  })
})
