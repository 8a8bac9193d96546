import { expect, it } from 'vitest'
import { readNodeConfig } from './config.ts'
import { rejectDangerousNode } from './dangers.ts'

it('says first in the log of a node that development is on, and what it switches off', async () => {
  const warned: unknown[] = []
  const flags = { country: 'HN', domains: 'cases', port: '0', gatewayJwks: 'leg.jwks.json', development: true }
  await rejectDangerousNode(readNodeConfig(flags, {}), { warn: (line: unknown) => void warned.push(line) } as never)
  expect(warned).toEqual([
    {
      switchedOff: expect.arrayContaining([expect.stringMatching(/^the need for a country token/)]),
      remedy: expect.any(String),
    },
    { danger: expect.stringMatching(/^there is no audit log/), remedy: expect.any(String) },
  ])
})
