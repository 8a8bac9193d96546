import { describe, expect, it } from 'vitest'
import { ALLOWED_HEADERS, EXPOSED_HEADERS } from '../../gateway/front/cors.ts'
import { parseModule } from '../../tools/structure/modules.ts'
import { headersOf, headersOfFront } from './list-headers.ts'

/** A page of another origin can use every header that the gateway knows: the lists of the CORS protocol are compared with the code. */

/** Request headers that the browser sets itself, so that no page may send them. */
const BROWSERS_OWN = ['access-control-request-method', 'host', 'origin']

/** Request headers that every page may send (Fetch standard, CORS-safelisted request-header). */
const ALWAYS_ALLOWED = ['accept', 'accept-language']

/** Response headers that the Fetch standard shows to every page (CORS-safelisted response-header name). */
const ALWAYS_SHOWN = ['cache-control', 'content-language', 'content-length', 'content-type']

/** Response headers that are for the browser or for caches. */
const FOR_BROWSERS = [
  'access-control-allow-headers',
  'access-control-allow-methods',
  'access-control-allow-origin',
  'access-control-expose-headers',
  'access-control-max-age',
  'connection',
  'content-security-policy',
  'referrer-policy',
  'vary',
  'x-content-type-options',
]

const front = headersOfFront()

describe('a page of another origin', () => {
  it('may send every header that the gateway reads from a client', () => {
    expect(front.read).toContain('istmo-dry-run')
    const known = [...ALLOWED_HEADERS, ...ALWAYS_ALLOWED, ...BROWSERS_OWN]
    expect(front.read.filter((name) => !known.includes(name))).toEqual([])
  })

  it('may read every header that the gateway writes for a client', () => {
    expect(front.written).toContain('dpop-nonce')
    const known = [...EXPOSED_HEADERS.map((name) => name.toLowerCase()), ...ALWAYS_SHOWN, ...FOR_BROWSERS]
    expect(front.written.filter((name) => !known.includes(name))).toEqual([])
  })

  it('is told of no header that the gateway does not write', () => {
    expect(EXPOSED_HEADERS.filter((name) => !front.written.includes(name.toLowerCase()))).toEqual([])
  })
})

describe('the list of the headers in the code', () => {
  it.each([
    ["request.headers['istmo-new']", ['istmo-new'], []],
    ['request.headersDistinct.fresh?.join()', ['fresh'], []],
    ["headerLines(request, 'fresh')", ['fresh'], []],
    ['const { fresh } = request.headers', ['fresh'], []],
    ["const A_HEADER = 'Istmo-New'; f(request.headers[A_HEADER])", ['istmo-new'], []],
    ["response.setHeader('Istmo-New', '1')", [], ['istmo-new']],
    ["const A_HEADER = 'Istmo-New'; response.setHeader(A_HEADER, '1')", [], ['istmo-new']],
    ["response.http.headers.set('fresh', '1')", [], ['fresh']],
    ["const A_HEADER = 'Istmo-New'; const head = [A_HEADER, '1', 'fresh', value, ...more]", [], ['fresh', 'istmo-new']],
    ['sendError(response, error, { fresh: 1 })', [], ['fresh']],
    ["f({ 'istmo-new': 1 })", [], ['istmo-new']],
    ["headers.get('fresh'); cache.set('other', 1); sendJson(response, 200, { other: 1 })", [], []],
  ])('has what is read and written by %s', (text, read, written) => {
    expect(headersOf([parseModule('gateway/front/a.ts', text)])).toEqual({ read, written })
  })
})
