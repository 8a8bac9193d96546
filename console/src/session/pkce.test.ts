import { describe, expect, it } from 'vitest'
import { ConfigProblem, readConfig } from './config.ts'
import { readProviderReturn, toOwnPlace } from './pkce.ts'
import { CONFIG } from './testing.ts'

describe('toOwnPlace', () => {
  it.each(['/', '/cases', '/person/GT%3AP-1', '/cases?iccs=%220704%22'])('keeps %s', (place) => {
    expect(toOwnPlace(place)).toBe(place)
  })

  it.each([
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '/a b',
    '',
    null,
    7,
    '/a\n',
  ])('leads to the first page instead of %j', (place) => {
    expect(toOwnPlace(place)).toBe('/')
  })
})

describe('readProviderReturn', () => {
  it.each([
    ['', null],
    ['?iccs=07', null],
    ['?state=s', null],
    ['?state=s&code=c&iss=https://a', { state: 's', code: 'c', error: null, issuer: 'https://a' }],
    ['?state=s&error=access_denied', { state: 's', code: null, error: 'access_denied', issuer: null }],
    ['?state=s&error=Call+this+number+now', { state: 's', code: null, error: 'unknown', issuer: null }],
  ])('reads %j', (search, expected) => {
    expect(readProviderReturn(search)).toEqual(expected)
  })
})

describe('readConfig', () => {
  it('reads the settings that an authority serves', () => {
    expect(readConfig(CONFIG)).toMatchObject({ country: 'GT', gateway: 'https://istmo.example', oversight: null })
  })

  it.each([
    [{ version: 2 }, 'version'],
    [{ gateway: 'javascript:alert(1)' }, 'gateway'],
    [{ redirectPath: 'https://evil.example/console/' }, 'redirectPath'],
    [{ provider: { ...CONFIG.provider, subjectToken: 'refresh_token' } }, 'provider.subjectToken'],
    [{ provider: { ...CONFIG.provider, authorizationEndpoint: 'data:text/html,x' } }, 'provider.authorizationEndpoint'],
    [{ authority: null }, 'authority'],
    [{ oversight: { url: 'https://o.example', trustPolicy: ['//evil.example'] } }, 'oversight.trustPolicy'],
  ])('refuses %j, and names %s', (wrong, member) => {
    expect(() => readConfig({ ...CONFIG, ...wrong })).toThrow(ConfigProblem)
    expect(() => readConfig({ ...CONFIG, ...wrong })).toThrow(`expected ${member} to be`)
  })
})
