import { BlockList } from 'node:net'
import { describe, expect, it } from 'vitest'
import { createGuardedLookup, findAddresses, isReachAllowed } from './probed-addresses.ts'

const NONE = new BlockList()
const OWN = new BlockList()
OWN.addAddress('203.0.113.5', 'ipv4')

describe('the addresses that a probe may go to', () => {
  it.each([
    ['200.30.1.9', true, true],
    ['2800:a4::1', true, true],
    ['10.1.2.3', false, true],
    ['172.31.0.1', false, true],
    ['172.32.0.1', true, true],
    ['192.168.0.10', false, true],
    ['100.64.0.1', false, true],
    ['fd12:3456::1', false, true],
    ['::ffff:10.0.0.1', false, true],
    ['127.0.0.1', false, false],
    ['127.8.8.8', false, false],
    ['0.0.0.0', false, false],
    ['169.254.169.254', false, false],
    ['::1', false, false],
    ['::', false, false],
    ['::ffff:127.0.0.1', false, false],
    ['::ffff:169.254.169.254', false, false],
    ['fe80::1%eth0', false, false],
    ['224.0.0.1', false, false],
    ['255.255.255.255', false, false],
    ['64:ff9b::7f00:1', false, false],
    ['2002:7f00:1::', false, false],
    ['not an address', false, false],
  ])('%s', (address, isPublic, isPrivate) => {
    expect(isReachAllowed(address, 'PUBLIC', NONE)).toBe(isPublic)
    expect(isReachAllowed(address, 'PRIVATE', NONE)).toBe(isPrivate)
    expect(isReachAllowed(address, 'ANY', NONE)).toBe(true)
  })

  it('are not those of the machine itself, whatever they are', () => {
    expect(isReachAllowed('203.0.113.5', 'PRIVATE', OWN)).toBe(false)
    expect(isReachAllowed('203.0.113.6', 'PRIVATE', OWN)).toBe(true)
  })

  it('are checked for a name, and again when the connection is opened', async () => {
    await expect(findAddresses('127.0.0.1', 'PRIVATE')).rejects.toMatchObject({ code: 'ADDRESS_REFUSED' })
    expect(await findAddresses('127.0.0.1', 'ANY')).toEqual(['127.0.0.1'])
    const open = (reach: 'PRIVATE' | 'ANY', all: boolean) =>
      new Promise((resolve) => {
        createGuardedLookup(reach)('localhost', { all }, (error, found) =>
          resolve(error === null ? found : (error as NodeJS.ErrnoException).code),
        )
      })
    expect(await open('PRIVATE', true)).toBe('ADDRESS_REFUSED')
    expect(await open('PRIVATE', false)).toBe('ADDRESS_REFUSED')
    expect(await open('ANY', false)).toMatch(/^(127\.0\.0\.1|::1)$/)
  })
})
