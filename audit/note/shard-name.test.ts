import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newSigner } from '../log/testing.ts'
import { parsePolicy } from './policy.ts'
import { findTrustedName, logIn, nameOfLog, periodIn, shardOrigin, signerOfLog, workerLogName } from './shard-name.ts'

const NAME = 'istmo.example/gateway'

const logs = (...names: readonly string[]) => ({ logs: names.map((name) => ({ verifier: { name } })) })

describe('the log of an origin', () => {
  it.each([
    [NAME, NAME],
    [`${NAME}/2026`, NAME],
    [`${NAME}/2026-12`, NAME],
    [`${NAME}/1`, `${NAME}/1`],
    [`${NAME}/64/2026`, `${NAME}/64`],
    [`${NAME}/7/2026-12`, `${NAME}/7`],
    [`${NAME}/0`, undefined],
    [`${NAME}/01`, undefined],
    [`${NAME}/100`, undefined],
    [`${NAME}/1/2`, undefined],
    [`${NAME}/1/2026-13`, undefined],
    [`${NAME}/2026/1`, undefined],
    [`${NAME}/`, undefined],
    [`${NAME}/1/`, undefined],
    [`${NAME}1`, undefined],
    ['istmo.example', undefined],
  ])('of %s is %s', (origin, log) => {
    expect(logIn(origin, NAME)).toBe(log)
  })

  const worker = fc.option(fc.integer({ min: 1, max: 64 }), { nil: null })
  const period = fc.constantFrom(null, '2026', '2027', '2026-01', '2026-12')
  const name = fc.stringMatching(/^[a-z]{1,4}(\/[a-z]{1,4})?$/)

  it('is the one whose worker and period made it, for any name', () => {
    fc.assert(
      fc.property(name, worker, period, (own, number, time) => {
        const log = number === null ? own : workerLogName(own, number)
        const origin = shardOrigin(log, time)
        expect(logIn(origin, own)).toBe(log)
        expect(nameOfLog(origin, logs('other', own))).toBe(log)
        expect(periodIn(origin, log)).toBe(time)
        expect(logIn(`${origin}x`, own)).toBeUndefined()
      }),
    )
  })

  it('is the one that a trust policy names most exactly', () => {
    expect(findTrustedName(`${NAME}/1/2026`, logs(NAME, `${NAME}/1`))).toBe(`${NAME}/1`)
    expect(findTrustedName(`${NAME}/2`, logs(NAME, `${NAME}/1`))).toBe(NAME)
    expect(findTrustedName('another', logs(NAME))).toBeUndefined()
    expect(nameOfLog('another', logs(NAME))).toBe('another')
  })
})

describe('the key of a worker’s log', () => {
  const signer = newSigner(NAME)
  const policy = parsePolicy(`log ${signer.verifier.vkey}\nquorum none\n`)

  it('is that of the gateway under another name, so no signature counts for another log', () => {
    const [one, two] = [1, 2].map((number) => signerOfLog(signer, workerLogName(NAME, number)))
    expect(one?.verifier.publicKey).toEqual(signer.verifier.publicKey)
    expect(new Set([signer, one, two].map((each) => each?.verifier.keyId)).size).toBe(3)
    expect(signerOfLog(signer, 'another')).toBe(signer)
    expect(nameOfLog(one?.verifier.name ?? '', policy)).toBe(`${NAME}/1`)
  })
})
