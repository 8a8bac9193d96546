/** A module that tests start as a thread. It answers requests by their names. */
import { pbkdf2Sync } from 'node:crypto'
import { IstmoError } from '../../contract/errors.ts'
import { serveJobs } from './worker-thread.ts'

const kept: unknown[] = []

serveJobs((request) => {
  switch (request) {
    case 'loop':
      for (;;) kept.length = 0
    case 'fill':
      for (;;) kept.push({ text: String(kept.length) })
    case 'exit':
      return process.exit(3)
    case 'reject':
      throw new IstmoError('LIMIT_EXCEEDED', 'expected at most 1; came 2')
    case 'throw':
      throw new TypeError('a fault')
    case 'wait':
      // Nobody wakes it.
      return Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400)
    case 'compute':
      return pbkdf2Sync('', '', 200_000, 32, 'sha512').length
    case 'huge':
      return 'x'.repeat(2 ** 24)
    default:
      return { request, environment: Object.keys(process.env) }
  }
})
