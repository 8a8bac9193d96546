import { describe, expect, it } from 'vitest'
import { siblingModule } from './module-path.ts'

describe('siblingModule', () => {
  it.each([
    ['file:///istmo/gateway/plan/pool.ts', './worker.ts', 'file:///istmo/gateway/plan/worker.ts'],
    ['file:///istmo/gateway/plan/pool.js', './worker.ts', 'file:///istmo/gateway/plan/worker.js'],
    ['file:///istmo/gateway/plan/pool.js', '../main.ts', 'file:///istmo/gateway/main.js'],
    ['file:///a%20folder/x.ts.d/pool.js?t=1', './worker.ts', 'file:///a%20folder/x.ts.d/worker.js'],
  ] as const)('names from %s the module %s as %s', (url, path, expected) => {
    expect(siblingModule({ url }, path).href).toBe(expected)
  })
})
