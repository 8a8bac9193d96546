import { expect, it } from 'vitest'
import { executeCommand } from './command-line.ts'
import { describeError, describeFileError, errorCode } from './describe-error.ts'

/** An error as Node makes it. */
const node = (message: string, more: object): Error => Object.assign(new Error(message), more)

const IS_FOLDER = node('EISDIR: illegal operation on a directory, read', {
  errno: -21,
  code: 'EISDIR',
  syscall: 'read',
})
const IS_FILE = node("EEXIST: file already exists, mkdir '/srv/home'", {
  ...{ errno: -17, code: 'EEXIST', syscall: 'mkdir', path: '/srv/home' },
})
const REFUSED = node('connect ECONNREFUSED 127.0.0.1:1', {
  ...{ errno: -111, code: 'ECONNREFUSED', syscall: 'connect', address: '127.0.0.1', port: 1 },
})
const REFUSED_6 = node('connect ECONNREFUSED ::1:1', {
  ...{ errno: -111, code: 'ECONNREFUSED', syscall: 'connect', address: '::1', port: 1 },
})
const NO_HOST = node('getaddrinfo ENOTFOUND log.example', {
  ...{ errno: -3008, code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: 'log.example' },
})

it.each([
  [
    'a folder in place of a file',
    IS_FOLDER,
    /^expected to read a file; it is a folder, and not a file \(EISDIR\)\. Look/,
  ],
  [
    'a file in place of a folder',
    IS_FILE,
    /^\/srv\/home: expected to make this folder; there is something of this name already \(EEXIST\)$/,
  ],
  ['an address at which nothing listens', REFUSED, /^127\.0\.0\.1:1: expected to connect; .*: nothing listens there\./],
  ['several addresses', new AggregateError([REFUSED_6, REFUSED]), /^\[::1\]:1: expected to connect; .*nothing listens/],
  ['what fetch says', new TypeError('fetch failed', { cause: REFUSED }), /^127\.0\.0\.1:1: .*nothing listens there/],
  [
    'a certificate of an authority that nobody named',
    new TypeError('fetch failed', {
      cause: node('self-signed certificate in certificate chain', { code: 'SELF_SIGNED_CERT_IN_CHAIN' }),
    }),
    /^expected a certificate that holds; came «self-signed certificate in certificate chain» \(SELF_SIGNED_CERT_IN_CHAIN\): .*NODE_EXTRA_CA_CERTS/,
  ],
  [
    'a certificate that has ended',
    node('certificate has expired', { code: 'CERT_HAS_EXPIRED' }),
    /\(CERT_HAS_EXPIRED\): it has ended\. Ask who runs the server/,
  ],
  ['a name that is none', NO_HOST, /^log\.example: expected to connect; .*there is no host of that name/],
  [
    'a wrong password of a database',
    node('password authentication failed for user "istmo"', { code: '28P01', severity: 'FATAL' }),
    /^the database: expected to connect; came «password .*» \(28P01\): the user or the password is wrong\. Correct/,
  ],
  [
    'a user whom a database does not let in',
    node('role "istmo" does not exist', { code: '28000', severity: 'FATAL' }),
    /^the database: expected to connect; came «role .*» \(28000\): the server has no such user, .*pg_hba\.conf/,
  ],
  [
    'a database that is not there',
    node('database "istmo" does not exist', { code: '3D000', severity: 'FATAL' }),
    /^the database: expected to connect; came «database .*» \(3D000\): the server has no database of this name\. .*create database/,
  ],
  [
    'another cause of fetch',
    new TypeError('fetch failed', { cause: new Error('other side closed') }),
    /^other side closed$/,
  ],
])('says in words what Node says of %s', (_name, error, words) => {
  expect(describeError(error)).toMatch(words)
})

it.each([
  ['of ours', new Error('x: expected a log; came none')],
  ['of ours with a code', node('x: expected a log; came none', { code: 'ENOENT', syscall: 'open' })],
  [
    'of a server that cannot listen',
    node('listen EADDRINUSE: address already in use', { code: 'EADDRINUSE', syscall: 'listen' }),
  ],
])('keeps the message of an error %s', (_name, error) => {
  expect(describeError(error)).toBe(error.message)
})

it('keeps the message of a parser, whatever its code', () => {
  expect(describeFileError(node('Quote Not Closed: line 2', { code: 'CSV_QUOTE_NOT_CLOSED' }))).toBe(
    'Quote Not Closed: line 2',
  )
})

it.each([
  [node('EACCES: permission denied, open /srv/key', { code: 'EACCES', syscall: 'open' }), 'EACCES'],
  [new RangeError('x'), 'RangeError'],
  [Object.assign(new Error('x'), { code: 7 }), 'Error'],
  ['a text with a path', 'an unknown error'],
  [undefined, 'an unknown error'],
])('names an error for a log without its message', (error, code) => {
  expect(errorCode(error)).toBe(code)
})

it('is what a command writes of an error that nobody put into words', async () => {
  let written = ''
  const stream = { write: (text: string) => (written += text) }
  const fail = () => Promise.reject(IS_FILE)
  expect(await executeCommand({ name: 'istmo x', description: 'x' }, [], fail, { out: stream, err: stream })).toBe(1)
  expect(written).toMatch(
    /^istmo x: \/srv\/home: expected to make this folder; there is something of this name already/,
  )
})
