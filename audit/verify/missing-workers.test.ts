import { describe, expect, it } from 'vitest'
import { findMissingWorkers } from './verify-entries.ts'

const log = (name: string, workers = 0) => ({ log: name, workers })

describe('the logs of workers', () => {
  it.each([
    ['all are there', [log('g/1', 2), log('g/2', 2)], []],
    ['one of three is missing', [log('g/1', 3), log('g/3', 3)], ['g/2']],
    ['there were more of them before', [log('g/1', 2), log('g/2', 4)], ['g/3', 'g/4']],
    ['there are fewer of them now', [log('g/1', 3), log('g/2', 2)], ['g/3']],
    ['only a log that was not read names them', [log('g/1'), log('g/2', 2)], []],
    ['two gateways have some', [log('g/1', 2), log('h/1', 2), log('h/2', 2)], ['g/2']],
    ['the gateway had one process before', [log('g'), log('g/1', 2), log('g/2', 2)], []],
    ['there are none', [log('g'), log('hn')], []],
  ])('are complete if each one that a start names is there: %s', (_, logs, missing) => {
    expect(findMissingWorkers(logs).map(({ where }) => where)).toEqual(missing)
  })
})
