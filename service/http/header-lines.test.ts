import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { headerLines } from './header-lines.ts'

const NAMES = ['authorization', 'dpop', 'host', 'istmo-mandate', 'traceparent', 'x-other', '__proto__', 'constructor']

it('the lines of one header are those that Node finds among all headers', () => {
  const letterCase = fc.constantFrom<(name: string) => string>(
    (name) => name,
    (name) => name.toUpperCase(),
    (name) => name.replace(/^[a-z]/, (letter) => letter.toUpperCase()),
  )
  const line = fc.record({ name: fc.constantFrom(...NAMES), write: letterCase, value: fc.string({ maxLength: 5 }) })
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
      const request = new IncomingMessage(new Socket())
      request.rawHeaders.push(...lines.flatMap(({ name, write, value }) => [write(name), value]))
      for (const name of NAMES.slice(0, 6))
        expect(headerLines(request, name)).toEqual(request.headersDistinct[name] ?? [])
    }),
  )
})
